"""What a lesson promises it also practises: with an exercise, a prediction or a quiz."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from wsedu.course.catalogue import lessons
from wsedu.course.lesson import Lesson

LESSONS = lessons()

FOLDER = Path(__file__).parent.parent.parent / "notebooks" / "en"


def prose_and_code(lesson: Lesson) -> tuple[list[str], str]:
    cells = json.loads((FOLDER / f"{lesson.slug}.ipynb").read_text("utf-8"))["cells"]
    texts = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    prose = [text for kind, text in texts if kind == "markdown"]
    return prose, "\n".join(text for kind, text in texts if kind == "code")


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.number)
def lesson(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_objectives_are_those_of_the_title_cell(lesson: Lesson) -> None:
    title = prose_and_code(lesson)[0][0]
    promised = re.findall(r"(?m)^\d+\. (.+)[;.]$", title.partition("You will be able to")[2])
    assert 3 <= len(promised) <= 5
    assert [objective.says for objective in lesson.objectives] == promised


def test_every_objective_names_what_practises_it(lesson: Lesson) -> None:
    code = prose_and_code(lesson)[1]
    exercises = {exercise.name for exercise in lesson.exercises}
    asked = {p.name for p in lesson.predictions if f'predict("{p.name}")' in code}
    ordered = {q.name for q in lesson.quizzes if f'quiz("{q.name}")' in code}
    for objective in lesson.objectives:
        assert objective.practised, objective.says
        assert {*objective.practised} <= exercises | asked | ordered, objective.says


def test_what_you_saw_has_a_line_for_each_objective(lesson: Lesson) -> None:
    (seen,) = [text for text in prose_and_code(lesson)[0] if text.startswith("## What you saw")]
    table = re.findall(r"(?m)^\| (?!you can now|---)(.+?) \| .+ \|$", seen.partition("\n## ")[0])
    assert len(table) == len(lesson.objectives)
