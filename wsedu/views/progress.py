"""Progress: every exercise as a box, a row for each lesson; what is passed, tried, open."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..words import _
from .drawing import clean, fit, headed
from .picture import Picture

LEFT = 300  # the x where the boxes begin
BOX, ROW = 96, 46  # pixels
STYLES = {"passed": "word", "not yet": "value", "open": "end"}


@dataclass(frozen=True)
class Standing:
    """How one exercise stands.

    state: "passed"; "not yet", tried without success; or "open", not tried
    tries: how often an answer was checked
    """

    name: str
    title: str
    stars: int
    state: Literal["passed", "not yet", "open"]
    tries: int


class Progress(Picture):
    """What is done: the title of each lesson, with the standing of its exercises."""

    def __init__(self, lessons: Iterable[tuple[str, tuple[Standing, ...]]]) -> None:
        lessons = list(lessons)
        hint = _("Point at an exercise, or walk with the arrow keys, to see what it is.")
        super().__init__(svg=_draw(lessons), text=_describe(lessons), hint=hint)


def _describe(lessons: list[tuple[str, tuple[Standing, ...]]]) -> str:
    lines = [_summary(lessons)]
    for title, exercises in lessons:
        lines.append(clean(title))
        lines += [f"  {_say(exercise)}" for exercise in exercises]
    return "\n".join(lines)


def _draw(lessons: list[tuple[str, tuple[Standing, ...]]]) -> str:
    drawing = headed(_summary(lessons))
    y = 40.0
    for title, exercises in lessons:
        drawing.text(14, y + 24, fit(title, LEFT - 24))
        for number, exercise in enumerate(exercises):
            x = LEFT + number * BOX
            with drawing.item(exercise.name, _say(exercise)):
                drawing.rect(x, y, BOX - 8, ROW - 8, STYLES[exercise.state])
                mark = f"{_mark(exercise)} {exercise.name}"
                drawing.text(x + 8, y + 16, mark, "strong")
                drawing.text(x + 8, y + 32, "★" * exercise.stars, "small")
        y += ROW
    return drawing.svg()


def _summary(lessons: list[tuple[str, tuple[Standing, ...]]]) -> str:
    every = [exercise for _title, exercises in lessons for exercise in exercises]
    passed = [exercise for exercise in every if exercise.state == "passed"]
    return _("Passed: {passed} of {count} exercises, {stars} of {all} stars").format(
        passed=len(passed),
        count=len(every),
        stars=sum(exercise.stars for exercise in passed),
        all=sum(exercise.stars for exercise in every),
    )


def _mark(exercise: Standing) -> str:
    return {"passed": "✔", "not yet": "✘", "open": "○"}[exercise.state]


def _say(exercise: Standing) -> str:
    words = {
        "passed": _("passed"),
        "not yet": _("not yet (tries: {count})").format(count=exercise.tries),
        "open": _("not attempted"),
    }
    state = f"{_mark(exercise)} {words[exercise.state]}"
    return clean(f"{exercise.name} {'★' * exercise.stars:<4} {exercise.title}: {state}")
