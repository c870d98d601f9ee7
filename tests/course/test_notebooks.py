"""The notebooks of the exercises, executed as a learner or a grader does.

That the lessons' stored outputs are true is tested by nbval.
"""

import ast
import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbgrader import preprocessors
from nbgrader.utils import determine_grade, is_grade

from tests.answers import (
    LESSONS,
    NOTEBOOKS,
    ROOT,
    argument,
    cells,
    load,
    skip_without_its_program,
    solved,
)
from wsedu.course.clients import Clients
from wsedu.course.commands import source_of
from wsedu.course.exercise import Exercise
from wsedu.course.texts import DOTS, Texts

RELEASE = [
    preprocessors.IncludeHeaderFooter,
    preprocessors.ClearSolutions,
    preprocessors.LockCells,
    preprocessors.ComputeChecksums,
    preprocessors.CheckCellMetadata,
    preprocessors.ClearOutput,
    preprocessors.ClearHiddenTests,
    preprocessors.ClearMarkScheme,
    preprocessors.ComputeChecksums,
]
PAIRS = [(lesson.slug, exercise) for lesson in LESSONS for exercise in lesson.exercises]


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.slug)
def lesson(request: pytest.FixtureRequest) -> Any:
    return request.param


def stderr(notebook: Any) -> list[str]:
    return [
        output.text
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]


@pytest.fixture(scope="module")
def kernel() -> Iterator[Any]:
    """A kernel for all notebooks: to start one takes longer than to run most of them."""
    manager, client = start_new_kernel(kernel_name="python3")
    client.stop_channels()
    yield manager
    manager.shutdown_kernel(now=True)


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.slug)
def executed(request: pytest.FixtureRequest, tmp_path: Path, kernel: Any) -> tuple[Any, Any, Any]:
    """A lesson, and its notebook twice in one kernel with an empty journal: untouched, solved.

    The kernel has forgotten the names of the notebook before it. Errors stay in the outputs.
    """
    untouched, done = load(request.param.slug), solved(request.param)
    for cell in done.cells:
        cell.id = f"solved-{cell.id}"
    home = f'import os\nos.environ["WSEDU_HOME"] = {str(tmp_path)!r}\n%reset -f'
    both = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(home), *untouched.cells, *done.cells]
    )
    # The kernel may send what a cell prints in several pieces.
    client = NotebookClient(both, km=kernel, timeout=600, allow_errors=True, coalesce_streams=True)
    client.execute()
    client.kc.stop_channels()
    first, half = both.cells[0], len(untouched.cells)
    assert first.outputs == []
    untouched.cells, done.cells = both.cells[1 : 1 + half], both.cells[1 + half :]
    return request.param, untouched, done


@pytest.mark.slow
def test_unsolved_every_check_says_not_attempted_and_solved_it_passes(
    executed: tuple[Any, Any, Any],
) -> None:
    lesson, untouched, done = executed
    skip_without_its_program(*lesson.exercises)
    checks = list(cells(untouched, "-check"))
    assert len(checks) == len(lesson.exercises)
    for cell, exercise in zip(checks, lesson.exercises, strict=True):
        said, error = cell.outputs
        assert (said.output_type, said.name) == ("stream", "stdout")
        assert said.text == f"○ {exercise.number}: Not attempted yet: the dots are still there.\n"
        assert (error.output_type, error.ename) == ("error", "NotYet")
        assert error.evalue.startswith(f"{exercise.number}: not attempted. ")
        assert error.traceback == [error.evalue.partition(". ")[2]], "what to do, in red"
        assert determine_grade(cell) == (0, exercise.stars)
    for cell in untouched.cells:
        if cell.cell_type == "code" and not cell.id.endswith("-check"):
            assert all(output.output_type != "error" for output in cell.outputs)
    assert stderr(untouched) == []

    for cell, exercise in zip(cells(done, "-check"), lesson.exercises, strict=True):
        *pictures, said = cell.outputs
        assert said.name == "stdout" and said.text.startswith(f"✔ {exercise.number}: ")
        assert [picture.output_type for picture in pictures] == ["display_data"] * isinstance(
            exercise.judge, Clients
        ), "the score of a server"
        for picture in pictures:
            count = len(exercise.judge.cases)
            assert picture.data["text/plain"].startswith(f"{count} of {count} cases pass")
        assert determine_grade(cell) == (exercise.stars, exercise.stars)
    (progress,) = cells(done, "-progress")
    shown = progress.outputs[0].data
    assert shown["text/plain"].count("✔ passed") == len(lesson.exercises)
    assert shown["image/svg+xml"].count("✔") == 2 * len(lesson.exercises)
    assert stderr(done) == []


class TestWritten:
    @pytest.mark.parametrize("slug", NOTEBOOKS)
    def test_check_cells_carry_the_metadata_of_nbgrader(self, slug: str) -> None:
        for cell in cells(load(slug), "-check"):
            assert cell.metadata == {
                "deletable": False,
                "editable": False,
                "nbgrader": {
                    "schema_version": 3,
                    "grade_id": cell.id.removesuffix("-check"),
                    "grade": True,
                    "points": cell.metadata.nbgrader.points,
                    "locked": True,
                    "solution": False,
                    "task": False,
                },
            }

    @pytest.mark.parametrize("slug", NOTEBOOKS)
    def test_nbgrader_takes_it_as_its_source(self, slug: str) -> None:
        """The steps that make what learners get, except those that write into a gradebook."""
        notebook, resources = load(slug), {"nbgrader": {}}
        for step in RELEASE:
            notebook, resources = step().preprocess(notebook, resources)
        graded = [cell for cell in notebook.cells if is_grade(cell)]
        assert [cell.source for cell in graded] == [c.source for c in cells(load(slug), "-check")]
        assert all(cell.metadata.nbgrader.checksum for cell in graded)

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
        (at,) = [i for i, c in enumerate(notebook.cells) if c.id == f"{exercise.name}-check"]
        task, answer, check = notebook.cells[at - 2 : at + 1]
        assert [task.id, answer.id] == [f"{exercise.name}-task", f"{exercise.name}-answer"]
        assert check.source == f'check("{exercise.name}", {argument(check)})'
        assert task.cell_type == "markdown"
        heading = f"## {exercise.number} {exercise.title} {'★' * exercise.stars}"
        assert task.source == f"{heading}\n\n{exercise.words['task'].rstrip()}"
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
    def test_answers_are_dots(self, slug: str) -> None:
        for cell in cells(load(slug), "-answer"):
            (statement,) = ast.parse(cell.source).body
            if isinstance(statement, ast.Assign):
                value = statement.value
                values = value.values if isinstance(value, ast.Dict) else [value]
            else:
                assert isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
                (line,) = statement.body
                assert isinstance(line, ast.Return)
                values = [line.value]
            if isinstance(values[0], ast.Constant) and isinstance(values[0].value, str):
                assert DOTS.search(values[0].value), cell.id  # a text: they are in it
                continue
            assert {ast.unparse(value) for value in values} == {"..."}, cell.id

    @pytest.mark.parametrize("slug", NOTEBOOKS)
    def test_solutions_are_not_inside(self, slug: str) -> None:
        assert told(load(slug)) == set()

    @pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
    def test_solutions_would_be_found_inside(self, lesson: Any) -> None:
        """A solution that was left in its cell is one that the test above can see."""
        names = {exercise.name for exercise in lesson.exercises}
        assert told(solved(lesson)) & names == names
        hinted = load(lesson.slug)
        hinted.cells[-1].source = lesson.exercises[0].hints[1]
        assert told(hinted) == {lesson.exercises[0].name}


def told(notebook: Any) -> set[str]:
    """The exercises of which a notebook tells the solution, a hint, or the reason."""
    text = "\n".join(cell.source for cell in notebook.cells)
    code = text.replace("'", '"').replace("}", ",")
    found = set()
    for _slug, exercise in PAIRS:
        lines = telling(exercise)
        # One line of several may be known: a task names a call, a first cell a constant.
        known = sum(line in code for line in lines) >= min(2, len(lines))
        if known or exercise.reason in text or any(hint in text for hint in exercise.hints):
            found.add(exercise.name)
    return found


def telling(exercise: Exercise) -> list[str]:
    """The lines of a solution that give something away, without the space around them."""
    if isinstance(exercise.judge, Texts):
        given = exercise.judge.begin.splitlines()
        return [line.strip() for line in exercise.solution.splitlines() if line not in given]
    if not callable(exercise.solution):
        pairs = exercise.solution.items()
        return [f"{letter!r}: {value!r},".replace("'", '"') for letter, value in pairs]
    tree = ast.parse(source_of(exercise))
    (function,) = tree.body
    assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
    body = function.body[1:] if ast.get_docstring(function) else function.body
    lines = source_of(exercise).splitlines()[body[0].lineno - 1 :]
    lines = [line.strip().replace("'", '"').replace("}", ",") for line in lines]
    return [line for line in lines if len(line) > 8 and not line.startswith("import ")]


@pytest.mark.slow
def test_grader_counts_what_was_solved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is nbgrader's source as it is: solved all points, untouched none.

    Lesson 08 has the most, and a server of its own. What tells one lesson from another is tested
    above in one kernel, and TEACHING.md's test grades lesson 04.
    """
    lesson = LESSONS[-1]
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path / "home"))
    os.symlink(ROOT / "exercises", tmp_path / "exercises")
    os.symlink(ROOT / "scripts", tmp_path / "scripts")
    os.symlink(ROOT / "nbgrader_config.py", tmp_path / "nbgrader_config.py")
    for learner, notebook in (("untouched", load(lesson.slug)), ("solved", solved(lesson))):
        path = tmp_path / "submitted" / learner / lesson.slug / NOTEBOOKS[lesson.slug].name
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    run = subprocess.run(
        [sys.executable, "scripts/grade.py", "grade", lesson.slug],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr
    with open(tmp_path / "grades.csv", newline="") as file:
        found = {row["student_id"]: row for row in csv.DictReader(file)}
    points = sum(exercise.stars for exercise in lesson.exercises)
    assert found.keys() == {"untouched", "solved"}
    for learner, expected in (("untouched", 0), ("solved", points)):
        row = found[learner]
        assert (row["assignment"], row["look_at"]) == (lesson.slug, "")
        assert (float(row["score"]), float(row["max_score"])) == (expected, points), row
