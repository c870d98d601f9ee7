"""The plans by the minute: they name what there is, in the order of the lessons, and add up."""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from wsedu.course.catalogue import exercises, lessons
from wsedu.course.texts import Texts

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "plans.md").read_text(encoding="utf-8")
LESSONS = {lesson.number: lesson for lesson in lessons()}
HANDOUTS = tomllib.loads(
    (ROOT / "classroom" / "wsedu_classroom" / "handouts.toml").read_text(encoding="utf-8")
)
MINUTES = 90


@dataclass
class Row:
    """A line of a plan, cell by cell."""

    start: str
    minutes: str
    lesson: str
    predicts: str
    shows: str
    learners: str
    late: str


def names(text: str) -> list[str]:
    """What is written as code."""
    return re.findall(r"`(.+?)`", text)


def plans() -> dict[str, list[Row]]:
    """The rows of each plan, by its heading."""
    found = {}
    for part in TEXT.split("\n## ")[1:]:
        lines = [line for line in part.splitlines() if re.match(r"\| \d", line)]
        rows = [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]
        found[part.splitlines()[0]] = rows
    return found


PLANS = plans()
ROWS = [(plan, row) for plan, rows in PLANS.items() for row in rows]


def sources(number: str) -> dict[str, str]:
    """The code of a lesson, by the name of its cell, in order."""
    path = ROOT / "notebooks" / "en" / f"{LESSONS[number].slug}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


def test_there_is_a_plan_for_90_minutes_and_one_for_five_sessions() -> None:
    assert len(PLANS) == 6 and list(PLANS)[0] == "90 minutes"
    assert [name for name in PLANS if name.startswith("A week, session ")] == list(PLANS)[1:]


@pytest.mark.parametrize("plan", PLANS)
def test_the_minutes_add_up_and_each_row_says_when_it_begins(plan: str) -> None:
    passed = 0
    for row in PLANS[plan]:
        assert row.start == f"{passed // 60}:{passed % 60:02}"
        passed += int(row.minutes)
    assert passed == MINUTES


@pytest.mark.parametrize(("plan", "row"), ROWS, ids=[f"{p} {r.start}" for p, r in ROWS])
def test_a_row_names_cells_predictions_and_exercises_that_there_are(plan: str, row: Row) -> None:
    known = exercises()
    for number, name in re.findall(r"(\d\d\.\d) `(.+?)`", row.learners):
        assert known[name].number == number
    if "Work on" in row.learners:
        assert re.findall(r"(\d\d)\.\d", row.learners) == [row.lesson]
    numbers = {exercise.number for exercise in known.values()}
    assert set(re.findall(r"\d\d\.\d", row.learners + row.late)) <= numbers
    for number in re.findall(r"handout (\d\d)", row.learners + row.late):
        assert LESSONS[number].slug in HANDOUTS and number == row.lesson
    if not row.lesson:
        assert not row.predicts and not row.shows
        return
    cells = sources(row.lesson)
    order = list(cells)
    for name, link in re.findall(r"\[`(.+?)`\]\(\.\.(.+?)\)", row.shows):
        # JupyterLab opens the notebook at this cell.
        assert link == f"/notebooks/en/{LESSONS[row.lesson].slug}.ipynb#cell-id={name}"
    assert row.shows.count("](") == len(names(row.shows))
    shown = [order.index(name) for name in names(row.shows)]
    assert shown == sorted(shown)
    assert set(names(row.late)) <= set(names(row.shows))
    asks = re.findall(r"\[predict `(.+?)`\]\(\.\.(.+?)\)", row.predicts)
    assert [name for name, _link in asks] == names(row.predicts)
    for name, link in asks:
        assert name in {prediction.name for prediction in LESSONS[row.lesson].predictions}
        (asked,) = [at for at, cell in enumerate(order) if f'predict("{name}")' in cells[cell]]
        assert link == f"/notebooks/en/{LESSONS[row.lesson].slug}.ipynb#cell-id={order[asked]}"
        (met,) = [at for at, cell in enumerate(order) if f'revisit("{name}")' in cells[cell]]
        assert any(asked < at < met for at in shown), f"{name} is asked, and nothing is shown"


def test_the_page_says_that_a_link_only_scrolls() -> None:
    top = TEXT.partition("\n## ")[0]
    assert "A link scrolls to the cell; click the cell before you run it." in top


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_goes_through_its_lessons_in_order(plan: str) -> None:
    at = [
        (row.lesson, list(sources(row.lesson)).index(names(row.shows)[0]))
        for row in PLANS[plan]
        if row.shows
    ]
    assert [number for number, _place in at] == sorted(number for number, _place in at)
    assert all(row.late for row in PLANS[plan][:-1])  # what to do if it is late


def test_what_teaching_says_to_grade_by_hand_is_what_no_check_judges_here() -> None:
    page = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
    section = page.partition("### What you grade by hand")[2].partition("\n## ")[0]
    known = {exercise.number: exercise for exercise in exercises().values()}
    needs = {number for number, each in known.items() if isinstance(each.judge, Texts)}
    assert set(re.findall(r"\d\d\.\d", section)) == {"13.5", *needs}
    # The one exercise with two right answers.
    assert "1008" in known["13.5"].words["task"] and "1013" in known["13.5"].words["task"]
    by_hand = (ROOT / "docs" / "by-hand.md").read_text(encoding="utf-8")
    stars = {number for number, each in known.items() if each.stars == 4}
    assert stars == set(re.findall(r"(?m)^\* (\d\d\.\d) ", by_hand))
