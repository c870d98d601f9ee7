"""Run nbgrader on the folders of a class; ``scripts/classroom.py`` starts this.

How to think about it: nbgrader grades. Before that, each learner's notebook is found and put in
order (``submissions.py``) in the folder ``ordered``; what the learner handed in stays as it is.
After that, ``look-at.csv`` lists what a teacher should look at by hand, and ``grades.csv`` has no
score where nothing could be counted: a zero there is a true zero.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import html
import logging
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

import grader
import nbformat
import points
import submissions
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from running import in_a_sentence, keep_private, take_over

LIST = Path("look-at.csv")
LOOK_AT = ["assignment", "student_id", "exercise", "reason", "detail"]
GRADES = [
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score", "look_at"),
]


class Class:
    """The folders of a class, in the current directory."""

    def __init__(self) -> None:
        warnings.filterwarnings("ignore", module="nbgrader")  # about its own use of SQLAlchemy
        self.app = NbGrader()
        self.app.initialize([])
        for handler in self.app.log.handlers:
            handler.setLevel("CRITICAL")
        file = logging.FileHandler("nbgrader.log", encoding="utf-8")
        file.setLevel("INFO")
        self.app.log.addHandler(file)
        self.course = self.app.coursedir
        self.course.submitted_directory = "ordered"
        self.course.db_url += "?timeout=60"  # two processes may meet there: then one waits
        paths = sorted(Path(self.course.source_directory).glob("*/*.ipynb"))
        self.names = {path.parent.name: path.name for path in paths}
        self.sources = {p.parent.name: nbformat.read(p, as_version=4) for p in paths}

    def run(self, step: type, assignment: str, learner: str = "*") -> bool:
        """Whether one step of nbgrader went well."""
        self.course.assignment_id, self.course.student_id = assignment, learner
        converter = step(coursedir=self.course, parent=self.app)
        converter.force = True
        try:
            converter.start()
        except NbGraderException:
            return False
        return True

    def release(self, assignment: str) -> None:
        """Make what learners get, and note in the gradebook what there is to gain."""
        if not self.run(GenerateAssignment, assignment):
            sys.exit("nbgrader could not make it; nbgrader.log says why.")
        path = Path("release") / assignment / self.names[assignment]
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(submissions.without_links_out(notebook), path)

    def grade(self, assignment: str) -> None:
        """Grade an assignment for every learner who has a folder in ``submitted``."""
        with Gradebook(self.course.db_url, self.course.course_id) as book:
            try:
                book.find_assignment(assignment)
            except MissingEntry:
                self.release(assignment)
        learners = handed_in()
        if not learners:
            sys.exit(
                "Nothing to grade: put what NAME has handed in into the folder submitted/NAME."
            )
        if bad := [learner for learner in learners if re.search(r"[][*?]", learner)]:
            sys.exit(f"nbgrader takes no name with [ ] * ? in it; rename submitted/{bad[0]}.")
        with Gradebook(self.course.db_url, self.course.course_id) as book:
            for learner in learners:
                book.update_or_create_student(learner)
        for stage in ("ordered", "autograded", "feedback"):
            for path in Path(stage).glob(f"*/{assignment}"):
                shutil.rmtree(path)
        rows = [row for learner in learners for row in self.order(assignment, learner)]
        ordered = [name for name in learners if (Path("ordered") / name / assignment).exists()]
        self.forget(assignment, set(learners) - set(ordered))
        self.grade_all(assignment, ordered)
        rows += [row for learner in learners for row in self.accidents(assignment, learner)]
        write_look_at(assignment, rows)

    def forget(self, assignment: str, learners: Iterable[str]) -> None:
        """Take back the points of an earlier grading, where there is nothing to grade now."""
        with Gradebook(self.course.db_url, self.course.course_id) as book:
            for learner in learners:
                with contextlib.suppress(MissingEntry):
                    book.remove_submission(assignment, learner)

    def grade_all(self, assignment: str, learners: list[str]) -> None:
        """Grade those whose notebooks are in order, in several processes."""
        # A process may come from one that was started before this form of an examination.
        now = {name: value for name, value in os.environ.items() if name.startswith("WSEDU_")}
        with ProcessPoolExecutor(os.cpu_count(), initializer=take_over, initargs=(now,)) as pool:
            graded = list(pool.map(grade_one, repeat(assignment), learners))
        for learner, went_well in zip(learners, graded, strict=True):
            if not went_well:  # perhaps because of the other process; once more, alone
                grade_one(assignment, learner)

    def order(self, assignment: str, learner: str) -> Iterable[dict[str, str]]:
        """Put one learner's notebook in order; what the teacher should know about it."""
        place = Path("ordered") / learner / assignment
        folder = Path("submitted") / learner
        name = self.names[assignment]
        found = submissions.find(folder, assignment, name, self.sources)
        if found.notebook and found.path:
            # What an answer may need: the other files beside the notebook, if they can be copied.
            others = shutil.ignore_patterns("*.ipynb", ".*", *self.names)
            with contextlib.suppress(shutil.Error):
                shutil.copytree(found.path.parent, place, ignore=others)
            notebook = submissions.in_order(found.notebook, self.sources[assignment])
            nbformat.write(notebook, place / name)
        for reason, detail in found.remarks:
            yield dict(zip(LOOK_AT, (assignment, learner, "", reason, detail), strict=True))

    def accidents(self, assignment: str, learner: str) -> Iterable[dict[str, str]]:
        """What happened while one learner's notebook was graded."""
        name = self.names[assignment]
        if not (Path("ordered") / learner / assignment).exists():
            return
        path = Path("autograded") / learner / assignment / name
        if path.exists():
            found = grader.to_look_at(nbformat.read(path, as_version=4))
        else:
            found = [("", "not graded")]
        for exercise, reason in found:
            said = {
                "died": "a cell ended Python; the other exercises were graded without it",
                "timed out": "a cell or an answer did not end; the others were graded",
                "not graded": "nbgrader could not grade it; nbgrader.log says why",
            }[reason]
            row = (assignment, learner, exercise, reason, said)
            yield dict(zip(LOOK_AT, row, strict=True))

    def export(self) -> None:
        """Write ``grades.csv``: the columns of nbgrader's own export, and what to look at.

        It lists those who have a folder. The gradebook still has others, such as one whose folder
        was renamed.
        """
        looks, learners = read_look_at(), handed_in()
        with (
            Gradebook(self.course.db_url, self.course.course_id) as book,
            open("grades.csv", "w", newline="", encoding="utf-8") as file,
        ):
            writer = csv.writer(file)
            writer.writerow(GRADES)
            for assignment in book.assignments:
                if not assignment.submissions and assignment.name not in {
                    row["assignment"] for row in looks
                }:
                    continue  # it was given out, and not graded yet
                for student in book.students:
                    if student.id not in learners:
                        continue
                    reasons = [
                        f"{row['exercise']} {row['reason']}".strip()
                        for row in looks
                        if (row["assignment"], row["student_id"]) == (assignment.name, student.id)
                    ]
                    writer.writerow(self.line(book, assignment, student, reasons))
            for left in sorted({student.id for student in book.students} - set(learners)):
                print(f"  {left} is not in grades.csv: there is no folder submitted/{left}.")

    def line(self, book: Gradebook, assignment: Any, student: Any, reasons: list[str]) -> list[Any]:
        """One line of ``grades.csv``; without a score if there is none."""
        try:
            found = book.find_submission(assignment.name, student.id)
        except MissingEntry:
            found, reasons = None, reasons or ["missing"]
        raw = late = score = ""
        if found and "not graded" not in reasons and (found.score or not found.needs_manual_grade):
            late = found.late_submission_penalty
            raw, score = found.score, max(0.0, found.score - late)
        person = [student.last_name, student.first_name, student.email]
        when = [assignment.duedate, found and found.timestamp]
        return [
            *(assignment.name, *when, student.id, *person),
            *(raw, late, score, assignment.max_score, "; ".join(reasons)),
        ]


def handed_in() -> list[str]:
    """The learners: the names of the folders in ``submitted``."""
    return sorted(path.name for path in Path("submitted").glob("[!.]*") if path.is_dir())


the_class = functools.cache(Class)  # once in each process


def grade_one(assignment: str, learner: str) -> bool:
    """Grade one learner's notebook, in a process of its own; whether that went well."""
    folders = the_class()
    went_well = folders.run(Autograde, assignment, learner) and folders.run(
        GenerateFeedback, assignment, learner
    )
    for page in Path("feedback", learner, assignment).glob("*.html"):
        name_exercises(page, folders.sources[assignment])
    return went_well


def name_exercises(page: Path, source: Any) -> None:
    """Name the exercises in the headers of a page of feedback as their tasks do.

    nbgrader calls each of them "Test cell" in the list, and by its id above the check.
    """
    text = page.read_text(encoding="utf-8")
    for cell in source.cells:
        name = cell.id.removesuffix("-task")
        if name != cell.id:
            title = html.escape(cell.source.splitlines()[0].removeprefix("## "))
            text = text.replace(
                f'<a href="#{name}">Test cell</a>', f'<a href="#{name}">{title}</a>'
            )
            text = text.replace(f"Grade cell: <code>{name}</code>", title)
    page.write_text(text, encoding="utf-8")


def read_look_at() -> list[dict[str, str]]:
    """What was found out about all assignments so far."""
    if not LIST.exists():
        return []
    with open(LIST, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_look_at(assignment: str, rows: list[dict[str, str]]) -> None:
    """Put the rows of an assignment in the place of those that it had, and print them."""
    rows = sorted(rows, key=lambda row: (row["student_id"], row["exercise"]))
    others = [row for row in read_look_at() if row["assignment"] != assignment]
    with open(LIST, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, LOOK_AT)
        writer.writeheader()
        writer.writerows(others + rows)
    for row in rows:
        who = f"  {row['student_id']}: {row['exercise']}".rstrip()
        print(f"{who} {row['reason']}: {row['detail']}")


def main(command: str, *words: str) -> None:
    """What ``scripts/classroom.py`` was asked to do."""
    assignments = () if command == "export" else words
    # nbgrader calls a program that is installed beside it.
    os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    Path("nbgrader.log").unlink(missing_ok=True)
    if command != "release":
        keep_private()
    folders = the_class()
    for assignment in assignments:
        if command == "release":
            folders.release(assignment)
            print(f"Give out the folder release/{assignment}.")
        else:
            print(f"Grading {assignment} ...", flush=True)
            folders.grade(assignment)
    if command != "release":
        folders.export()
        print("The points are in grades.csv, what to look at by hand in look-at.csv.")
    if command == "export":
        points.main(list(words), Path("grades.csv"))


if __name__ == "__main__":
    try:
        # A kernel that is ended by force leaves its temporary files.
        with in_a_sentence(), tempfile.TemporaryDirectory(prefix="wsedu-class-") as folder:
            os.environ["TMPDIR"] = folder
            main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("Stopped. Start the command again to grade from the beginning.")
