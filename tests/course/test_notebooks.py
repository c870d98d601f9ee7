"""The notebooks of the exercises, executed as a learner or a grader does.

That the lessons' stored outputs are true is tested by nbval.
"""

import copy
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from wsedu.course.catalogue import LESSONS as ALL_LESSONS
from wsedu.course.desk import source_of
from wsedu.course.exercise import Exercise

ROOT = Path(__file__).parent.parent.parent
LESSONS = [lesson for lesson in ALL_LESSONS if lesson.exercises]
NOTEBOOKS = {
    lesson.slug: ROOT / "exercises" / "en" / lesson.slug / f"{lesson.number}_exercises.ipynb"
    for lesson in LESSONS
}
PAIRS = [(lesson.slug, exercise) for lesson in LESSONS for exercise in lesson.exercises]


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.slug)
def lesson(request: pytest.FixtureRequest) -> Any:
    return request.param


def load(slug: str) -> Any:
    return nbformat.read(NOTEBOOKS[slug], as_version=4)


def cells(notebook: Any, ending: str) -> Iterator[Any]:
    return (cell for cell in notebook.cells if cell.id.endswith(ending))


def execute(notebook: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """All cells in order, in a kernel with an empty journal; errors stay in the outputs."""
    monkeypatch.setenv("WSEDU_HOME", str(home))
    done = copy.deepcopy(notebook)
    NotebookClient(done, timeout=600, kernel_name="python3", allow_errors=True).execute()
    return done


def stderr(notebook: Any) -> list[str]:
    return [
        output.text
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]


class TestExecuted:
    def test_unsolved_every_check_says_not_attempted(
        self, lesson: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done = execute(load(lesson.slug), tmp_path, monkeypatch)
        checks = list(cells(done, "-check"))
        assert len(checks) == len(lesson.exercises)
        for cell, exercise in zip(checks, lesson.exercises, strict=True):
            said, error = cell.outputs
            assert (said.output_type, said.name) == ("stream", "stdout")
            assert said.text == (
                f"○ {exercise.name}: Not attempted yet: the dots are still there.\n"
            )
            assert (error.output_type, error.ename) == ("error", "NotYet")
            assert error.evalue.startswith(f"{exercise.name}: not attempted. ")
            assert error.traceback == [error.evalue.partition(". ")[2]], "what to do, in red"
        for cell in done.cells:
            if cell.cell_type == "code" and not cell.id.endswith("-check"):
                assert all(output.output_type != "error" for output in cell.outputs)
        assert stderr(done) == []

    def test_solved_every_check_passes(
        self, lesson: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done = execute(solved(lesson), tmp_path, monkeypatch)
        for cell, exercise in zip(cells(done, "-check"), lesson.exercises, strict=True):
            (said,) = cell.outputs
            assert said.name == "stdout" and said.text.startswith(f"✔ {exercise.name}: ")
        (progress,) = cells(done, "-progress")
        shown = progress.outputs[0].data
        assert shown["text/plain"].count("✔ passed") == len(lesson.exercises)
        assert shown["image/svg+xml"].count("✔") == 2 * len(lesson.exercises)
        assert stderr(done) == []


def solved(lesson: Any) -> Any:
    """The notebook with the reference solutions in its answer cells, under the names it uses."""
    notebook = load(lesson.slug)
    for answer, check, exercise in zip(
        cells(notebook, "-answer"), cells(notebook, "-check"), lesson.exercises, strict=True
    ):
        name = argument(check)
        source = source_of(exercise)
        if callable(exercise.solution):
            answer.source = f"{source}\n{name} = solution"
        else:
            answer.source = f"{name} = {source}"
    return notebook


def argument(check: Any) -> str:
    match = re.fullmatch(r'check\("\d\d\.\d", (\w+)\)', check.source)
    assert match, f"a check cell is one line: {check.source}"
    return match[1]


class TestWritten:
    @pytest.mark.parametrize("slug", NOTEBOOKS)
    def test_check_cells_carry_the_metadata_of_nbgrader(self, slug: str) -> None:
        for cell in cells(load(slug), "-check"):
            assert cell.metadata == {
                "deletable": False,
                "editable": False,
                "nbgrader": {
                    "schema_version": 3,
                    "grade_id": cell.id,
                    "grade": True,
                    "points": cell.metadata.nbgrader.points,
                    "locked": True,
                    "solution": False,
                    "task": False,
                },
            }

    @pytest.mark.parametrize("slug", NOTEBOOKS)
    def test_no_other_cell_carries_any(self, slug: str) -> None:
        for cell in load(slug).cells:
            if not cell.id.endswith("-check"):
                assert cell.metadata == {}

    @pytest.mark.parametrize("slug", NOTEBOOKS)
    def test_ids_are_readable_and_unique(self, slug: str) -> None:
        ids = [cell.id for cell in load(slug).cells]
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", name) for name in ids)

    @pytest.mark.parametrize("slug", NOTEBOOKS)
    def test_nothing_is_stored_that_running_it_makes(self, slug: str) -> None:
        notebook = load(slug)
        nbformat.validate(notebook)
        assert not any(
            cell.outputs or cell.execution_count
            for cell in notebook.cells
            if cell.cell_type == "code"
        )

    @pytest.mark.parametrize(("slug", "exercise"), PAIRS, ids=[e.name for _slug, e in PAIRS])
    def test_exercise_has_task_answer_and_check_in_this_order(
        self, slug: str, exercise: Exercise
    ) -> None:
        notebook = load(slug)
        (check,) = [c for c in cells(notebook, "-check") if f'"{exercise.name}"' in c.source]
        at = notebook.cells.index(check)
        stem = check.id.removesuffix("-check")
        task, answer = notebook.cells[at - 2 : at]
        assert [task.id, answer.id] == [f"{stem}-task", f"{stem}-answer"]
        assert task.cell_type == "markdown"
        assert task.source.startswith(f"## {exercise.name} ")
        assert task.source.splitlines()[0].endswith(" " + "★" * exercise.stars)
        assert "..." in answer.source, "the starter has dots"
        assert re.search(
            rf"^((async )?def {argument(check)}\(|{argument(check)} = )", answer.source, re.M
        )
        assert check.metadata.nbgrader.points == exercise.stars

    @pytest.mark.parametrize("slug", NOTEBOOKS)
    def test_title_promises_minutes_and_how_to_get_help(self, slug: str) -> None:
        title = load(slug).cells[0].source
        assert re.search(r"\*\*\d+ minutes\.\*\*", title)
        assert "hint(" in title and "solution(" in title and "progress()" in title

    @pytest.mark.parametrize("slug", NOTEBOOKS)
    def test_solutions_are_not_inside(self, slug: str) -> None:
        text = NOTEBOOKS[slug].read_text(encoding="utf-8")
        for lesson in LESSONS:
            for exercise in lesson.exercises:
                assert exercise.reason not in text
                assert all(hint not in text for hint in exercise.hints)


def test_grader_counts_what_was_solved(
    lesson: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader takes the learner's own file for its source, and grades a class with it."""
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path / "home"))
    # It calls a program that is installed beside it.
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", folder + os.pathsep + os.environ["PATH"])
    half = solved(lesson)
    next(cells(half, "-answer")).source = "statuses = 7"
    places = {
        "source": load(lesson.slug),
        "submitted/untouched": load(lesson.slug),
        "submitted/half": half,
        "submitted/solved": solved(lesson),
    }
    for place, notebook in places.items():
        path = tmp_path / place / lesson.slug / f"{lesson.number}_exercises.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    nbgrader(tmp_path, "generate_assignment", lesson.slug)
    nbgrader(tmp_path, "autograde", lesson.slug)
    points = [exercise.stars for exercise in lesson.exercises]
    expected = {"untouched": 0, "half": sum(points[1:]), "solved": sum(points)}
    assert scores(tmp_path) == expected


def nbgrader(folder: Path, command: str, slug: str, *options: str) -> None:
    """Run one command of nbgrader in a teacher's folder."""
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", command, slug, f"--course-dir={folder}", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr


def scores(folder: Path) -> dict[str, float]:
    """The points of each learner."""
    with closing(sqlite3.connect(folder / "gradebook.db")) as book:
        found = book.execute(
            "SELECT submitted_assignment.student_id, SUM(grade.auto_score) FROM grade "
            "JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id "
            "JOIN submitted_assignment ON submitted_notebook.assignment_id "
            "= submitted_assignment.id GROUP BY submitted_assignment.student_id"
        ).fetchall()
    return dict(found)


def test_a_class_with_the_config_of_the_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right answers, wrong ones, answers that never end, and one who never began."""
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path / "home"))
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", folder + os.pathsep + os.environ["PATH"])
    (lesson,) = [lesson for lesson in ALL_LESSONS if lesson.number == "04"]
    points = [exercise.stars for exercise in lesson.exercises]
    wrong, endless = solved(lesson), solved(lesson)
    names = [argument(check) for check in cells(wrong, "-check")]
    for answer, name, exercise in zip(
        cells(wrong, "-answer"), names, lesson.exercises, strict=True
    ):
        if callable(exercise.solution):
            answer.source = f"def {name}(*args):\n    return b''"
    answers = list(cells(endless, "-answer"))
    answers[1].source = "while True:\n    pass"  # a cell that does not end
    answers[2].source = f"def {names[2]}(*args):\n    while True:\n        pass"
    places = {
        "exercises/en": load(lesson.slug),
        "submitted/right": solved(lesson),
        "submitted/wrong": wrong,
        "submitted/endless": endless,
        "submitted/never": load(lesson.slug),
    }
    for place, notebook in places.items():
        path = tmp_path / place / lesson.slug / f"{lesson.number}_exercises.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    nbgrader(tmp_path, "generate_assignment", lesson.slug)
    nbgrader(tmp_path, "autograde", lesson.slug, "--Execute.timeout=8")
    values = [p for p, e in zip(points, lesson.exercises, strict=True) if not callable(e.solution)]
    assert scores(tmp_path) == {
        "right": sum(points),
        "wrong": sum(values),
        "endless": points[0],  # the last exercise uses the third
        "never": 0,
    }
    for learner, passed in (("right", len(points)), ("never", 0)):  # of their own, and no others'
        graded = (
            tmp_path / "autograded" / learner / lesson.slug / f"{lesson.number}_exercises.ipynb"
        )
        (progress,) = cells(nbformat.read(graded, as_version=4), "-progress")
        assert progress.outputs[0].data["text/plain"].count("✔ passed") == passed
    nbgrader(tmp_path, "generate_feedback", lesson.slug)
    for learner in ("right", "wrong", "endless", "never"):
        path = tmp_path / "feedback" / learner / lesson.slug / f"{lesson.number}_exercises.html"
        page = path.read_text(encoding="utf-8")
        assert lesson.exercises[0].title in page
        pictures = page.count("data:image/svg+xml") + page.count("<svg")
        assert pictures > 1 if learner == "wrong" else pictures == 1  # what differs; the progress
