"""The exercises' notebooks, and the same with answers in them: for the tests."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from wsedu.course.catalogue import lessons
from wsedu.course.commands import source_of
from wsedu.course.exercise import Exercise
from wsedu.course.packages import current_name
from wsedu.course.texts import Texts
from wsedu.live.programs import find

ROOT = Path(__file__).parent.parent
LESSONS = [lesson for lesson in lessons() if lesson.exercises]
NOTEBOOKS = {
    lesson.slug: ROOT / "exercises" / "en" / lesson.slug / f"{lesson.number}_exercises.ipynb"
    for lesson in LESSONS
}


def skip_without_its_program(*exercises: Exercise) -> None:
    """Skip the test if a program that judges one of them is missing: nothing is judged then."""
    for judge in (exercise.judge for exercise in exercises):
        if isinstance(judge, Texts) and find(judge.program) is None:
            pytest.skip(f"{judge.program} is not installed")


def load(slug: str) -> Any:
    """A notebook as a learner gets it."""
    return nbformat.read(NOTEBOOKS[slug], as_version=4)


def cells(notebook: Any, ending: str) -> Iterator[Any]:
    return (cell for cell in notebook.cells if cell.id.endswith(ending))


def solved(lesson: Any) -> Any:
    """The notebook with the reference solutions in its answer cells, under the names it uses."""
    notebook = load(lesson.slug)
    for answer, check, exercise in zip(
        cells(notebook, "-answer"), cells(notebook, "-check"), lesson.exercises, strict=True
    ):
        name = argument(check)
        source = source_of(exercise)
        if callable(exercise.solution):
            answer.source = source
        else:
            answer.source = f"{name} = {source}"
    return notebook


def earlier_edition() -> Any:
    """Lesson 04 as it was when exercises had numbers and other ids, with the solutions in it."""
    (lesson,) = [lesson for lesson in LESSONS if lesson.number == "04"]
    path = ROOT / "tests" / "earlier_edition" / "04_exercises.json"
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    solutions = {cell.id: cell.source for cell in cells(solved(lesson), "-answer")}
    for answer, name in zip(cells(notebook, "-answer"), exercises_of(notebook), strict=True):
        answer.source = solutions[f"{name}-answer"]
    return notebook


def exercises_of(notebook: Any) -> list[str]:
    """The exercises whose checks are in a notebook, by the names that they have now."""
    checks = "\n".join(cell.source for cell in cells(notebook, "-check"))
    return [str(current_name(name)) for name in re.findall(r'check\("(.+?)"', checks)]


def argument(check: Any) -> str:
    """The name of the answer that a check cell gives to the check."""
    match = re.fullmatch(r'check\("[a-z0-9.-]+", (\w+)\)', check.source)
    assert match, f"a check cell is one line: {check.source}"
    return match[1]
