"""TEACHING.md, followed word for word in a fresh clone by a teacher with six learners."""

import csv
import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from wsedu_classroom.examination.frozen import Examination

from wsedu.course.catalogue import exercises
from wsedu.course.commands import source_of

from .answers import LESSONS, ROOT, argument, cells, earlier_edition, solved
from .terminal import clone_with_this_environment, run_in

(LESSON,) = [lesson for lesson in LESSONS if lesson.number == "04"]
SLUG, NAME = LESSON.slug, "04_exercises.ipynb"
EXERCISE = LESSON.exercises[0]
SOURCES = {exercise.name: exercise.stars for exercise in LESSON.exercises}
PAGE = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
GRADING = r"(?m)^    (python3 scripts/classroom\.py (?:release|grade|export)\b(?! --).*)$"
COMMANDS = re.findall(GRADING, PAGE)
TABLES = re.findall(r"(?m)^    (python3 scripts/classroom\.py export --.+)$", PAGE)
PRINTED = re.findall(r"(?m)^    (python3 scripts/classroom\.py (?:quiz|handouts|keys)\b.*)$", PAGE)
EXAM = re.findall(r"(?m)^    (python3 scripts/classroom\.py exam .*)$", PAGE)


# The learners. Each gets what the teacher gives out, and does something to it. What else they may
# do to a notebook, or to the kernel that grades it, is in test_submissions.py and test_grader.py.


def with_a_file_beside(notebook: Any) -> None:
    set_answer(notebook, 2, "from my_own import decode_header")


def wrong(notebook: Any) -> None:
    for number, check in enumerate(list(cells(notebook, "-check"))):
        set_answer(notebook, number, f"def {argument(check)}(*_):\n    return b''")
    set_answer(notebook, 0, "header = {'A': False, 'B': 2, 'C': False, 'D': 256, 'E': 4}")


def never_begun(notebook: Any) -> None:
    for cell, old in zip(cells(notebook, "-answer"), cells(given(), "-answer"), strict=True):
        cell.source = old.source
    # An answer of another learner would count as a try if the two shared a folder.
    add_to_answer(notebook, 0, 'solution("read-header")')


def of_an_earlier_edition(notebook: Any) -> None:
    """Its exercises have numbers, and another editor has saved it without the ids of its cells."""
    notebook.cells = earlier_edition().cells
    notebook.nbformat_minor = 4
    notebook.metadata = {"language_info": {"name": "python"}}
    for cell in notebook.cells:
        del cell["id"]
        cell.metadata = {}


def harmful(notebook: Any) -> None:
    """One cell prints without end, one does not end, and one ends Python."""
    add_to_answer(notebook, 0, "print('x' * 3_000_000)")
    next(cells(notebook, "-answer")).outputs = [
        nbformat.v4.new_output("stream", text="x" * 3_000_000)
    ]
    add_to_answer(notebook, 1, "import asyncio\nawait asyncio.Future()")
    set_answer(notebook, 2, "import os\nos._exit(0)")


def set_answer(notebook: Any, number: int, text: str) -> None:
    list(cells(notebook, "-answer"))[number].source = text


def add_to_answer(notebook: Any, number: int, text: str) -> None:
    list(cells(notebook, "-answer"))[number].source += "\n" + text


@dataclass
class Learner:
    deed: Callable[[Any], None]
    points: int
    look_at: tuple[tuple[str, str], ...] = ()
    file: str = NAME


ALL = sum(SOURCES.values())
LEARNERS = {
    "renamed": Learner(with_a_file_beside, ALL, (("", "misnamed"),), "04_exercises (1).ipynb"),
    "wrong": Learner(wrong, 0),
    "never begun": Learner(never_begun, 0),
    "earlier edition": Learner(of_an_earlier_edition, ALL),
    "harmful": Learner(
        harmful,
        ALL - SOURCES["decode-header"],
        (("encode-header", "timed out"), ("decode-header", "died")),
    ),
}


# The teacher.


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone_with_this_environment(tmp_path_factory.mktemp("teacher") / "course", "class")


def hand_in(clone: Path) -> None:
    """All learners hand in; each has run the notebook, as JupyterLab saves it."""
    for name, learner in LEARNERS.items():
        notebook = nbformat.read(clone / "release" / SLUG / NAME, as_version=4)
        for cell, answer in zip(
            list(cells(notebook, "-answer")), cells(solved(LESSON), "-answer"), strict=True
        ):
            cell.source = answer.source
        for number, cell in enumerate(cells(notebook, ""), 1):
            if cell.cell_type == "code":
                cell.execution_count = number
                cell.outputs = [nbformat.v4.new_output("stream", text="from another run\n")]
        learner.deed(notebook)
        path = clone / "submitted" / name / SLUG / learner.file
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        if learner.deed is with_a_file_beside:
            own = list(cells(solved(LESSON), "-answer"))[2].source
            (path.parent / "my_own.py").write_text(own, encoding="utf-8")
            (path.parent / "lost").symlink_to("nowhere")
    (clone / "submitted" / "absent").mkdir()


def given() -> Any:
    return nbformat.read(ROOT / "exercises" / "en" / SLUG / NAME, as_version=4)


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_class_from_giving_out_to_grades(clone: Path) -> None:
    release, grade, export = COMMANDS
    started = time.monotonic()
    done = run_in(clone, release)
    assert done.returncode == 0, done.stderr
    assert "](../" not in (clone / "release" / SLUG / NAME).read_text(encoding="utf-8")
    hand_in(clone)
    handed_in = files(clone / "submitted")
    done = run_in(clone, grade)
    assert done.returncode == 0, done.stderr
    assert files(clone / "submitted") == handed_in
    grades = table(clone / "grades.csv")
    told = done.stdout
    died = ("decode-header", "04_exercises", SLUG, "harmful")
    with Gradebook(f"sqlite:///{clone}/gradebook.db") as book:
        assert book.find_grade(*died).needs_manual_grade
        book.find_grade(*died).manual_score = 1.5
        book.db.commit()
    done = run_in(clone, export)
    assert done.returncode == 0, done.stderr
    changed = [row for row in table(clone / "grades.csv") if row not in grades]
    assert [(row["student_id"], row["score"]) for row in changed] == [
        ("harmful", f"{ALL - SOURCES['decode-header'] + 1.5}")
    ]
    took = time.monotonic() - started

    # The tables of two systems, as they are exported there.
    moodle, canvas = TABLES
    (clone / "Grades.csv").write_text(
        'Identifier,"Full name","Email address",Status,Grade,"Maximum grade",'
        '"Grade can be changed","Last modified (grade)"\n'
        '"Participant 7",Harmful,harmful@example.org,"Submitted for grading - ",,8.00,Yes,-\n'
        '"Participant 8",Absent,absent@example.org,"No submission - ",,8.00,Yes,-\n',
        encoding="utf-8",
    )
    (clone / "Gradebook.csv").write_text(
        f"Student,ID,SIS Login ID,Section,{SLUG} (77),Final Score\n"
        f"    Points Possible,,,,{ALL},(read only)\n"
        '"Wrong, W.",12,wrong,Monday,,\n',
        encoding="utf-8",
    )
    done = run_in(clone, moodle)
    assert done.returncode == 0, done.stderr
    assert "  renamed is not in the table.\n" in done.stdout and "harmful is" not in done.stdout
    by_name = {row["Full name"]: row["Grade"] for row in table(clone / "Grades.filled.csv")}
    assert by_name == {"Harmful": f"{ALL - SOURCES['decode-header'] + 1.5}", "Absent": ""}
    done = run_in(clone, canvas)
    assert done.returncode == 0, done.stderr
    in_canvas = table(clone / "Gradebook.filled.csv")
    assert [row[f"{SLUG} (77)"] for row in in_canvas] == [str(ALL), "0"]

    assert {row["student_id"]: row["score"] for row in grades} == {
        name: f"{learner.points}.0" for name, learner in LEARNERS.items()
    } | {"absent": ""}
    look_at = {
        (row["student_id"], row["exercise"], row["reason"]): row["detail"]
        for row in table(clone / "look-at.csv")
    }
    assert set(look_at) == {
        (name, *look) for name, learner in LEARNERS.items() for look in learner.look_at
    } | {("absent", "", "missing")}
    for name, exercise, reason in look_at:
        assert re.search(rf"(?m)^  {name}: {exercise} *{reason}: ", told)
        (row,) = [row for row in grades if row["student_id"] == name]
        assert f"{exercise} {reason}".strip() in row["look_at"].split("; ")
    assert [row["student_id"] for row in grades if row["look_at"]] == sorted(
        {name for name, *_ in look_at}
    )

    # What one learner has tried is nothing to another, and to the teacher.
    graded = nbformat.read(clone / "autograded" / "never begun" / SLUG / NAME, as_version=4)
    (said,) = next(cells(graded, "-answer")).outputs
    assert said.text.startswith("Try first: ")
    assert not (clone.parent / "home" / "wsedu").exists()
    for name in LEARNERS:
        page = clone / "feedback" / name / SLUG / NAME.replace("ipynb", "html")
        text = page.read_text(encoding="utf-8")
        assert LESSON.exercises[0].title in text and len(text) < 2_000_000
        assert "Test cell" not in text and "Grade cell" not in text  # its title says more
        assert "No description" not in text  # each picture says what it shows
        assert "While nbgrader grades, progress is not shown." in text
        assert "Passed: " not in text and "Kept in " not in text
        if name in ("renamed", "wrong"):  # what differs
            pictures = text.count("data:image/svg+xml") + text.count("<svg")
            assert (pictures > 0) == (name == "wrong")

    # Nothing is left for git, in which there would be names.
    status = subprocess.run(["git", "status", "--short"], cwd=clone, capture_output=True, text=True)
    assert status.stdout == ""
    assert took <= 120 or os.getloadavg()[0] > 2 * (os.cpu_count() or 1), took


def test_the_quiz_handouts_and_keys(clone: Path) -> None:
    quiz, compare, handouts, keys = PRINTED
    for command in (quiz, handouts, keys):
        done = run_in(clone, command)
        assert done.returncode == 0, done.stderr
        made = [clone / line for line in done.stdout.splitlines()]
        assert made and all(path.is_file() for path in made)
    head = (clone / "build" / "quiz" / "letters.csv").read_text(encoding="utf-8")
    for name, letters in (("before", "A" * 12), ("after", "B" * 12)):
        line = ",".join(["ada", "A", *letters])
        (clone / f"{name}.csv").write_text(f"{head}{line}\n", encoding="utf-8")
    done = run_in(clone, compare)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Learners in both tables: 1."
    for name in re.findall(r"`(build/(?:quiz|handouts|keys))`", PAGE):
        assert (clone / name).is_dir()
    status = subprocess.run(["git", "status", "--short"], cwd=clone, capture_output=True, text=True)
    assert status.stdout == ""


def test_a_name_that_nbgrader_cannot_take_is_refused(clone: Path) -> None:
    (clone / "submitted" / "anna [2]").mkdir(parents=True)
    done = run_in(clone, f"python3 scripts/classroom.py grade {SLUG}")
    (clone / "submitted" / "anna [2]").rmdir()
    assert (done.returncode, done.stderr) == (
        1,
        "nbgrader takes no name with [ ] * ? in it; rename submitted/anna [2].\n",
    )


def test_an_unknown_assignment_is_refused_with_those_that_there_are(clone: Path) -> None:
    done = run_in(clone, "python3 scripts/classroom.py grade 04")
    assert done.returncode == 2
    assert SLUG in done.stderr and "Traceback" not in done.stderr


# The examination.


def sat(folder: Path, form: str, learner: str, wrong: str = "", marked: bool = True) -> None:
    """A learner hands in form A or B with all answers right, but for one."""
    notebook = nbformat.read(folder / "forms" / form / "midterm.ipynb", as_version=4)
    asked = Examination.read(folder / "exam.json").forms[form]
    for cell, question in zip(cells(notebook, "-answer"), asked, strict=True):
        if question.exercise == wrong:
            cell.source += "\nimport os\nos.environ['WSEDU_EXAM']"
            continue
        if question.answers:
            answers = ", ".join(f"{letter!r}: {text}" for letter, text in question.answers.items())
            cell.source = cell.source.partition("=")[0] + f"= {{{answers}}}"
        else:
            cell.source = source_of(exercises()[question.exercise])
    if not marked:
        del notebook.metadata["wsedu"], notebook.cells[0]
    path = folder / "submitted" / learner / "my midterm.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def test_an_examination_from_drawing_to_grades(clone: Path) -> None:
    make, grade = EXAM
    done = run_in(clone, make)
    assert done.returncode == 0, done.stderr
    folder = clone / "exams" / "midterm"
    if os.name != "nt":  # on the machine of a hub, learners have accounts
        assert (folder / "exam.json").stat().st_mode & 0o077 == 0
    for name in ("forms/A/midterm.ipynb", "forms/B/midterm.ipynb", "sheet-A.html"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "Read a header" in text and EXERCISE.reason not in text
    sat(folder, "A", "ann")
    sat(folder, "B", "bob", wrong="encode-header")
    sat(folder, "A", "cem", marked=False)
    sat(folder, "B", "dee", marked=False)
    sat(folder, "A", "eva")
    (folder / "forms.csv").write_text("dee,b\neva,B\n", encoding="utf-8")
    done = run_in(clone, grade)
    assert done.returncode == 0, done.stderr
    rows = {row["student_id"]: row for row in table(folder / "grades.csv")}
    assert {name: (row["form"], row["score"]) for name, row in rows.items()} == {
        "ann": ("A", "4.0"),
        "bob": ("B", "2.0"),
        "cem": ("", ""),
        "dee": ("B", "4.0"),
        "eva": ("B", "2.0"),  # the answers of form A, but the list says B
    }
    assert rows["cem"]["look_at"] == "misnamed; not graded"
    assert rows["bob"]["look_at"] == "misnamed; reads the key?; form"  # not in the list
    (export,) = re.findall(r"`(python3 scripts/classroom\.py exam export .*?)`", PAGE)
    (clone / "Gradebook.csv").write_text(
        "Student,ID,SIS Login ID,Section,midterm (7)\n    Points Possible,,,,4\nBob,1,bob,S1,\n"
    )
    done = run_in(clone, export)
    assert done.returncode == 0, done.stderr
    assert "Bob,1,bob,S1,2" in (clone / "Gradebook.filled.csv").read_text()
    page = (folder / "feedback" / "eva" / "midterm" / "midterm.html").read_text(encoding="utf-8")
    assert page.count("✘") == 2 and page.count("✔") == 1
    status = subprocess.run(["git", "status", "--short"], cwd=clone, capture_output=True, text=True)
    assert status.stdout == ""
