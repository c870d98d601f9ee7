"""The lessons as a whole: each has its notebook, its beliefs point to cells, its words are kept."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from wsedu import views
from wsedu.course.catalogue import lessons, predictions
from wsedu.course.lesson import Lesson

LESSONS = lessons()
PREDICTIONS = predictions()

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "notebooks" / "en"


def cells(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.ipynb").read_text("utf-8"))["cells"]
    return found


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.slug)
def lesson(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_every_belief_points_to_a_code_cell(lesson: Lesson) -> None:
    code = {cell["id"] for cell in cells(lesson.slug) if cell["cell_type"] == "code"}
    assert len(lesson.misconceptions) >= 3
    assert {belief.cell for belief in lesson.misconceptions} <= code


def test_every_prediction_is_asked_before_it_is_recalled(lesson: Lesson) -> None:
    code = [source(cell) for cell in cells(lesson.slug) if cell["cell_type"] == "code"]
    for prediction in lesson.predictions:
        asked = [i for i, text in enumerate(code) if f'predict("{prediction.name}")' in text]
        met = [i for i, text in enumerate(code) if f'revisit("{prediction.name}")' in text]
        assert len(asked) == len(met) == 1, prediction.name
        # Something is run in between: a revisit right after the question would show nothing.
        assert asked[0] + 1 < met[0], prediction.name
    named = set(re.findall(r'(?:predict|revisit)\("([\w.-]+)"\)', "\n".join(code)))
    assert named == {prediction.name for prediction in lesson.predictions}
    assert 2 <= len(lesson.predictions)


def test_predictions_have_one_home() -> None:
    assert sum(len(lesson.predictions) for lesson in LESSONS) == len(PREDICTIONS)


def test_lesson_has_the_frame_of_a_lesson(lesson: Lesson) -> None:
    prose = [source(cell) for cell in cells(lesson.slug) if cell["cell_type"] == "markdown"]
    assert prose[0].startswith(f"# {lesson.title}\n")
    assert re.search(r"\*\*\d+ minutes\*\*", prose[0]) and "You will be able to" in prose[0]
    text = "\n".join(prose)
    for heading in ("## What you saw", "## Read more", "## Roads not taken"):
        assert heading in text


def test_lesson_02_explains_each_tool_where_it_first_uses_it() -> None:
    """It is the lesson that introduces them; a list of imports at its top explains none."""
    prose = ""
    for cell in cells("02_the_opening_handshake"):
        text = source(cell)
        if cell["cell_type"] == "markdown":
            prose += text
            continue
        imported = re.findall(r"(?m)^from wsedu(?:\.protocol)? import (.+)$", text)
        for name in ", ".join(imported).split(", ") if imported else []:
            used = len(re.findall(rf"\b{name}\b", text)) > 1 or name == "revisit"
            assert used, f"{name} is imported before it is used"
            # The lab has a paragraph of its own; frames are the subject of lesson 04.
            said = f"`{name}`" in prose or name in ("Lab", "Frame", "Opcode")
            assert said, f"{name} is used without a sentence"


def test_no_cell_shows_true_where_it_could_show_what_it_compares(lesson: Lesson) -> None:
    """A learner sees the address or the seconds; an assert may say what must hold of them."""
    for cell in cells(lesson.slug):
        if cell["cell_type"] == "code" and source(cell):
            last = ast.parse(source(cell)).body[-1]
            if isinstance(last, ast.Expr):
                shown = last.value
                order = isinstance(shown, ast.Compare) and not isinstance(shown.ops[0], ast.Eq)
                call = isinstance(shown, ast.Call) and isinstance(shown.func, ast.Attribute)
                assert not order, cell["id"]
                assert not (call and shown.func.attr in ("startswith", "endswith")), cell["id"]


def test_at_most_one_cell_in_ten_is_not_compared(lesson: Lesson) -> None:
    code = [cell for cell in cells(lesson.slug) if cell["cell_type"] == "code"]
    ignored = [cell for cell in code if "nbval-ignore-output" in cell["metadata"].get("tags", [])]
    assert len(ignored) * 10 <= len(code)


def test_terms_of_the_glossary_are_in_the_lesson_that_they_name() -> None:
    (table,) = [source(cell) for cell in cells("glossary") if "|---|" in source(cell)]
    rows = re.findall(r"(?m)^\| \*\*(.+?)\*\* \| .+ \| \[(\d\d)\]\((\S+)\.ipynb\) \|$", table)
    assert len(rows) == len(table.splitlines()) - 2
    assert [term.lower() for term, *_ in rows] == sorted(term.lower() for term, *_ in rows)
    for term, number, name in rows:
        assert name.startswith(number)
        text = " ".join(source(cell) for cell in cells(name) if cell["cell_type"] == "markdown")
        assert term.lower() in text.lower(), f"{term} in {name}"


def test_frame_layout_needs_no_close_code() -> None:
    """Lesson 07 explains them; here the server's own words say enough."""
    (lesson,) = [lesson for lesson in LESSONS if lesson.number == "04"]
    said = [source(cell) for cell in cells(lesson.slug) if cell["cell_type"] == "markdown"]
    for prediction in lesson.predictions:
        said += [text for option in prediction.options for text in option]
    assert [text for text in said if re.search(r"\b10[01]\d\b", text)] == []


# What is no picture of bytes: the questions, the progress, and what pictures are made of.
OTHER_VIEWS = {"Ordering", "Picture", "Progress", "Question", "Square", "Squares", "Standing"}


def test_gallery_shows_every_picture_of_the_course() -> None:
    code = "\n".join(source(cell) for cell in cells("gallery") if cell["cell_type"] == "code")
    shown = {name for name in views.__all__ if re.search(rf"\b{name}\(", code)}
    assert shown == set(views.__all__) - OTHER_VIEWS
