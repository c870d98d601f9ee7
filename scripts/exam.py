"""Draw, freeze and grade an examination; ``scripts/classroom.py exam`` starts this.

How to think about it: an examination is a folder, ``exams/NAME``. ``make`` draws it and writes
``exam.json``, which holds everything; all other files are made from that one, so ``write`` makes
them again in any later year. ``grade`` runs the grading of a class (``grade.py``) in this folder:
each learner's form says which right answers count.
"""

from __future__ import annotations

import argparse
import csv
import functools
import html
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import points
import stale
import submissions
from nbconvert.filters.markdown import markdown2html
from running import in_a_sentence, keep_private
from wsedu_classroom.examination import __all__ as given
from wsedu_classroom.examination import drawing, paper
from wsedu_classroom.examination.frozen import Examination, Question, changed, judged
from wsedu_classroom.gradebooks import plain

import wsedu
from wsedu.course.catalogue import UnknownName, exercise_named, lessons
from wsedu.course.exercise import Exercise

ROOT = stale.ROOT
MOST = len(drawing.FORMS)
FORMS = Path("forms.csv")  # student_id,form; the teacher may write it
# A line of it, as any spreadsheet saves it: the form is after the last separator.
LISTED = re.compile(r"""\s*("?)(.+?)\1\s*[,;\t]\s*"?\s*([A-Za-z])\s*"?[\s,;]*""")
TITLE = re.compile(r"(?m)^# Examination .*, form ([A-Z])$")
# What an answer does not need: while it is graded, the right ones are in its reach.
KEY = re.compile(r"WSEDU_\w+|exam\.json|wsedu_exercises|from wsedu\S* import .*\bsolution\b")
INTRODUCTION = """# Examination {name}, form {form}

Each task has a cell for your answer. Replace the dots (`...`), and run the cell and the check \
below it. The check says only that your answer is kept. Save the notebook, and hand in its file."""
STYLE = """
body { font: 11pt/1.4 sans-serif; max-width: 46em; margin: 2em auto; }
section { break-inside: avoid; }
table { border-collapse: collapse; } td, th { border: 1px solid #888; padding: 0.2em 0.6em; }
li { margin: 0.3em 0; } .page { break-before: page; }
p span { white-space: nowrap; margin-right: 1em; }
"""
BYTES = """<p>Calls and results show bytes in hex: <code>81 05</code> is two bytes. Beside \
other values they are in &lt;&nbsp;&gt;, such as <code>(1, &lt;81 05&gt;)</code>; \
<code>&lt;&gt;</code> is no bytes.</p>
"""


# Drawing.


def chosen(names: Iterable[str]) -> list[Exercise]:
    """The exercises of these names; a lesson's name stands for all of its exercises."""
    by_lesson = {lesson.slug: lesson.exercises for lesson in lessons()}
    found: dict[str, Exercise] = {}
    for name in names:
        try:
            several = by_lesson.get(name) or (exercise_named(name),)
        except UnknownName as error:
            sys.exit(f"{error} A lesson is called as its folder, such as 04_frame_layout.")
        found |= {exercise.name: exercise for exercise in several}
    return list(found.values())


def make(name: str, names: list[str], seed: int, count: int) -> Examination:
    """An examination with these exercises, frozen."""
    exercises = chosen(names)
    starts, starters = [], {}
    for lesson in lessons():
        if asked := [exercise for exercise in lesson.exercises if exercise in exercises]:
            path = stale.notebook_of(lesson)
            if not path.exists():
                sys.exit(f"{asked[0].name} has no notebook at {path}.")
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
            starts.append(next("".join(c["source"]) for c in cells if c["cell_type"] == "code"))
            for exercise in asked:
                starters[exercise.name] = sources[f"{exercise.name}-answer"]
    return Examination(
        name=name,
        course=wsedu.__version__,
        seed=seed,
        start=start(starts, starters),
        starters={exercise.name: starters[exercise.name] for exercise in exercises},
        forms=drawing.forms(exercises, seed, count),
    )


def start(starts: Iterable[str], asked: Iterable[str]) -> str:
    """The first code cell: what those of the lessons need, and the check of an examination.

    A function that the examination asks for is not lent.
    """
    lent = {f'mine("{name}")' for name in asked}
    imported: set[str] = set()
    lines: dict[str, None] = {}
    for line in "\n".join(starts).splitlines():
        if line.startswith("from wsedu import "):
            imported |= set(line.removeprefix("from wsedu import ").split(", "))
        elif line and line.partition(" = ")[2] not in lent:
            lines[line] = None
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    others = [line for line in lines if line not in imports]
    if usual := sorted(imported - set(given)):
        imports.append(f"from wsedu import {', '.join(usual)}")
    imports.append(f"from wsedu_classroom.examination import {', '.join(given)}")
    return "\n".join(imports + ([""] if others else []) + others)


# Writing.


def write(folder: Path, exam: Examination) -> None:
    """Make the notebooks, the sheets and the key from what is frozen."""
    for form, questions in exam.forms.items():
        notebook = notebook_of(exam, form, questions)
        put(folder / "forms" / form / f"{exam.name}.ipynb", stale.notebook_text(notebook))
        put(folder / f"sheet-{form}.html", page(f"{exam.name}, form {form}", sheet(questions)))
    put(folder / "key.html", page(f"{exam.name}: the key", key(exam)))
    # What nbgrader counts: the checks, which are the same in each form.
    first = next(iter(exam.forms))
    source = (folder / "forms" / first / f"{exam.name}.ipynb").read_bytes()
    put(folder / "source" / exam.name / f"{exam.name}.ipynb", source)
    put(folder / "nbgrader_config.py", CONFIG.encode())


CONFIG = """# Written by the command that made this examination.
c = get_config()
load_subconfig("nbgrader_config.py", path="../..")
c.CourseDirectory.source_directory = "source"
"""


def put(path: Path, data: bytes) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def notebook_of(exam: Examination, form: str, questions: list[Question]) -> dict[str, Any]:
    """The notebook of one form."""
    introduction = INTRODUCTION.format(name=exam.name, form=form)
    cells = [
        stale.prose_cell("exam-title", introduction),
        stale.code_cell("exam-start", exam.start),
    ]
    for asked in questions:
        title, answer = f"{asked.number} {asked.title}", exam.starters[asked.exercise]
        cells += stale.three_cells(asked.exercise, title, asked.stars, asked.task, answer)
    cells.append(stale.code_cell("exam-progress", "progress()"))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    mark = {"examination": exam.name, "form": form}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "wsedu": mark}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def page(title: str, body: str) -> bytes:
    """A page to print."""
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>'
    text = f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n'
    return (text + f"<h1>{html.escape(title)}</h1>\n{body}</body></html>\n").encode()


def heading(question: Question) -> str:
    """The number, the title and the points of a question."""
    points = "1 point" if question.stars == 1 else f"{question.stars} points"
    return f"<h2>{html.escape(f'{question.number} {question.title}')} ({points})</h2>\n"


def sheet(questions: list[Question]) -> str:
    """The questions on paper: each task, and of a function, what it returns in one case."""
    body = "<p>Name: ______________________________</p>\n"
    if any(map(has_bytes, questions)):
        body += BYTES
    for asked in questions:
        task = drawing.examples_in_hex(asked.task)
        body += f"<section>{heading(asked)}{markdown2html(task)}"
        if asked.paper:
            call = html.escape(paper.in_hex(asked.paper.call))
            body += "<p>You need not write the function here. "
            body += f"Which result is right for <code>{call}</code>?"
            printed = (html.escape(paper.in_hex(each)) for each in asked.paper.results)
            results = (f"<li><code>{each}</code></li>" for each in printed)
            body += f'<ol type="a">{"".join(results)}</ol><p>Answer: ________</p>'
        else:
            blanks = " ".join(f"<span>{letter} ________</span>" for letter in asked.answers)
            body += f"<p>{blanks or 'Write your answer in the notebook.'}</p>"
        body += "</section>\n"
    return body


def has_bytes(asked: Question) -> bool:
    """Whether the sheet prints bytes of this question in hex."""
    texts = [asked.paper.call, *asked.paper.results] if asked.paper else []
    in_a_task = drawing.examples_in_hex(asked.task) != asked.task
    return in_a_task or any(paper.in_hex(text) != text for text in texts)


def key(exam: Examination) -> str:
    """The right answers of all forms, and what to say to the wrong results on paper."""
    body = f"<p>Course {html.escape(exam.course)}, seed {exam.seed}. Keep this page private.</p>\n"
    for form, questions in exam.forms.items():
        body += f'<h1 class="page">Form {form}</h1>\n'
        for asked in questions:
            body += f"<section>{heading(asked)}"
            rows: list[tuple[str, ...]] = [*asked.answers.items()]
            if one := asked.paper:
                marks = [" (right)" if n == one.right else "" for n in range(len(one.results))]
                names = ["abcd"[n] + mark for n, mark in enumerate(marks)]
                rows += zip(names, map(paper.in_hex, one.results), one.says, strict=True)
            cells = ("".join(f"<td>{html.escape(each)}</td>" for each in row) for row in rows)
            table = "".join(f"<tr>{row}</tr>" for row in cells)
            body += f"<table>{table}</table>" if table else "<p>Judged in the notebook.</p>"
            body += "</section>\n"
    return body


def read(path: Path) -> Examination:
    """The frozen examination. Raises SystemExit with the place that cannot be read."""
    where = f"exams/{path.parent.name}/{path.name}"
    advice = "Restore the file as it was made."
    try:
        exam = Examination.read(path)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        sys.exit(f"{where} is damaged, or of another edition of the course ({error}). {advice}")
    for form, questions in exam.forms.items():
        for asked in questions:
            try:
                judge = judged(asked)
                if asked.kind == "cases":
                    judge.judge.cases(None)
            except LookupError:
                pass  # the course has it no longer, which ``changed`` says
            except Exception as error:
                name = f"{asked.exercise} of form {form}"
                sys.exit(f"{where}: {name} cannot be read ({error}). {advice}")
    return exam


# Grading.


def grade(folder: Path, exam: Examination, anyway: bool) -> None:
    """Grade what is in ``submitted`` in the folder of the examination."""
    unlike = {
        asked.exercise: reason
        for questions in exam.forms.values()
        for asked in questions
        if (reason := changed(asked))
    }
    for name, reason in unlike.items():
        print(f"{name} has changed since the examination was made: {reason}.")
    if unlike and not anyway:
        sys.exit(
            f"Nothing was graded. Use edition {exam.course} of the course, which made it, or grade "
            "with --anyway and look at these exercises by hand."
        )
    # Whatever runs the answers reads here what is right: also ``grader``, when it is imported.
    os.environ["WSEDU_EXAM"] = str((folder / "exam.json").resolve())
    os.chdir(folder)
    table = listed(exam)
    import grade as of_class

    class Sat(of_class.Class):
        """The class that sat the examination."""

        taken: dict[str, str] = {}  # learner -> form

        def order(self, assignment: str, learner: str) -> Iterable[dict[str, str]]:
            """The usual, and which form it is."""
            yield from super().order(assignment, learner)
            name = self.names[assignment]
            found = of_class.submissions.find(
                Path("submitted") / learner, assignment, name, self.sources
            )
            if found.notebook is None:
                return
            for cell in found.notebook.cells:
                if cell.source != exam.start and (match := KEY.search(cell.source)):
                    said = f"a cell has {match[0]} in it: does it read the right answers?"
                    row = (assignment, learner, "", "reads the key?", said)
                    yield dict(zip(of_class.LOOK_AT, row, strict=True))
            form, remarks = which_form(learner, found.notebook, exam, table)
            if form:
                self.taken[learner] = form
            for reason, said in remarks:
                row = (assignment, learner, "", reason, said)
                yield dict(zip(of_class.LOOK_AT, row, strict=True))

        def grade_all(self, assignment: str, learners: list[str]) -> None:
            """Grade the learners of each form by its own answers."""
            for form in exam.forms:
                os.environ["WSEDU_FORM"] = form
                theirs = [name for name in learners if self.taken.get(name) == form]
                if theirs:
                    super().grade_all(assignment, theirs)

        def accidents(self, assignment: str, learner: str) -> Iterable[dict[str, str]]:
            """The usual, of those who were graded."""
            return super().accidents(assignment, learner) if learner in self.taken else ()

    of_class.the_class = functools.cache(Sat)
    of_class.main("grade", exam.name)
    with_forms(Path("grades.csv"), Sat.taken)
    there = {plain(path.name) for path in Path("submitted").iterdir()}
    for name in table.keys() - there:
        print(f"  {FORMS} names {name}, and there is no folder submitted/{name}.")


def listed(exam: Examination) -> dict[str, str]:
    """Learner -> form, from the teacher's list; empty if there is none.

    Names are as ``plain`` makes them. Raises SystemExit with the line that cannot be read.
    """
    if not FORMS.exists():
        return {}
    try:
        lines = FORMS.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        sys.exit(f"{FORMS} is not in UTF-8: save it as CSV UTF-8.")
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        match = LISTED.fullmatch(line)
        name, form = (plain(match[2]), match[3].upper()) if match else ("", "")
        if form in exam.forms and found.setdefault(name, form) == form:
            continue
        if match or (number > 1 and line.strip(" ,;\t")):  # the first line may be a heading
            sys.exit(
                f"{FORMS}, line {number}: write NAME,FORM, each name once, with a form of "
                f"{', '.join(exam.forms)}; not {line!r}."
            )
    return found


def which_form(
    learner: str, notebook: Any, exam: Examination, table: dict[str, str]
) -> tuple[str, list[tuple[str, str]]]:
    """The form by which a notebook is graded, and what the teacher should know about it.

    The form is empty if it is not known.
    """
    remarks = []
    of = submissions.text_at(notebook.metadata, "wsedu", "examination")
    if of not in ("", exam.name):
        remarks.append(("another", f"the notebook says that it is of the examination {of}"))
    said = forms_of(notebook)
    form = table.get(plain(learner), "")
    if not form:
        form = said[0] if said else ""
        if form not in exam.forms:
            there = f"it says that it is form {form}, which" if form else "it does not say which"
            there += " the examination does not have" if form else " form it is"
            why = f"{there}; write a line into {FORMS}: the name, a comma, the form"
            return "", [*remarks, ("not graded", why)]
        if table:
            remarks.append(("form", f"{FORMS} does not name this learner; graded as form {form}"))
    if others := [other for other in said if other != form]:
        remarks.append(("form", f"graded as form {form}; the notebook also says {others[0]}"))
    return form, remarks


def forms_of(notebook: Any) -> list[str]:
    """The forms that a notebook says it is, in its metadata and in its title."""
    mark = submissions.text_at(notebook.metadata, "wsedu", "form")
    titles = (TITLE.search(cell.source) for cell in notebook.cells)
    found = [mark, *(title[1] for title in titles if title)]
    return list(dict.fromkeys(form for form in found if form))


def with_forms(path: Path, taken: dict[str, str]) -> None:
    """Add to each line of the table which form the learner had."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], "form"])
        writer.writeheader()
        writer.writerows(row | {"form": taken.get(row["student_id"], "")} for row in rows)


# The commands.


def arguments(words: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="classroom.py exam", description=__doc__.partition(";")[0]
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = commands.add_parser("make", help="draw an examination, freeze it, and write its files")
    made.add_argument("name", metavar="NAME")
    made.add_argument("exercises", nargs="+", metavar="EXERCISE", help="or a lesson's folder")
    made.add_argument("--seed", type=int, required=True, help="a number; another draws others")
    made.add_argument("--forms", type=int, choices=range(1, MOST + 1), default=1, metavar="COUNT")
    again = commands.add_parser("write", help="write the files again from exam.json")
    again.add_argument("name", metavar="NAME")
    graded = commands.add_parser("grade", help="grade exams/NAME/submitted")
    graded.add_argument("name", metavar="NAME")
    graded.add_argument("--anyway", action="store_true", help="although exercises have changed")
    exported = commands.add_parser("export", help="fill its points into Moodle's or Canvas's table")
    exported.add_argument("name", metavar="NAME")
    exported.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="--moodle FILE | --canvas FILE"
    )
    return parser.parse_args(words)


def main(words: list[str]) -> None:
    """Do what was asked for."""
    told = arguments(words)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", told.name):
        sys.exit("Name it with lowercase letters, digits and _, such as midterm_2.")
    folder = ROOT / "exams" / told.name
    frozen = folder / "exam.json"
    if told.command == "make":
        if frozen.exists():
            sys.exit(f"exams/{told.name} is frozen. Choose another name, or remove the folder.")
        exam = make(told.name, told.exercises, told.seed, told.forms)
        new = frozen.with_suffix(".new")  # half a file would be frozen, too
        put(new, b"")
        exam.write(new)
        new.replace(frozen)
    elif not frozen.exists():
        sys.exit(f"There is no exams/{told.name}/exam.json. Make the examination first.")
    if told.command == "export":
        if not (grades := folder / "grades.csv").exists():
            sys.exit(f"There is no exams/{told.name}/grades.csv. Grade the examination first.")
        if not told.words:
            sys.exit("Name the table to fill: --moodle FILE or --canvas FILE.")
        points.main(told.words, grades)
        return
    exam = read(frozen)  # what is written comes from the file alone
    if told.command == "grade":
        grade(folder, exam, told.anyway)
        return
    write(folder, exam)
    print(
        f"Give out exams/{told.name}/forms, one form to each learner; print the sheets. "
        "Keep exam.json and key.html private."
    )


if __name__ == "__main__":
    keep_private()
    try:
        # A kernel that is ended by force leaves its temporary files.
        with in_a_sentence(), tempfile.TemporaryDirectory(prefix="wsedu-exam-") as place:
            os.environ["TMPDIR"] = place
            main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("Stopped. Start the command again.")
