"""Squares: a test suite at a glance, a square for each case, a row for each group.

How to think about it: most of it is one colour, and what failed has a mark; point at a square to
learn its name. It can be shown anew while the cases are running.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..words import _
from .drawing import NARROW, clean, fit, headed
from .picture import Picture

LEFT, RIGHT = 190, 70  # pixels for a group's name, and for its count
SIDE, STEP = 15, 17  # pixels
IN_A_ROW = (NARROW - LEFT - RIGHT) // STEP
STYLES = {"passed": "word", "failed": "value", "open": "end"}
MARKS = {"passed": "", "failed": "✘", "open": "·"}
NAMED = 10  # failed cases that the words name in one group


@dataclass(frozen=True)
class Square:
    """One case.

    state: "open" until it has run
    says:  what it is about, if it failed
    """

    name: str
    state: Literal["passed", "failed", "open"]
    says: str = ""


class Squares(Picture):
    """Groups of cases, each with a title, and how each case ended."""

    def __init__(self, groups: Iterable[tuple[str, tuple[Square, ...]]]) -> None:
        super().__init__(hint=_("Point at a square, or walk with the arrow keys, to see its name."))
        self.show(groups)

    def show(self, groups: Iterable[tuple[str, tuple[Square, ...]]]) -> None:
        """Draw these instead."""
        groups = list(groups)
        self.svg, self.text = _draw(groups), _describe(groups)


def _describe(groups: list[tuple[str, tuple[Square, ...]]]) -> str:
    lines = [_summary(groups)]
    for title, squares in groups:
        failed = [square.name for square in squares if square.state == "failed"]
        line = f"  {title}: {_count(squares)}"
        if failed:
            more = " …" if len(failed) > NAMED else ""
            line += "; " + _("not passed: {names}").format(names=", ".join(failed[:NAMED]) + more)
        lines.append(clean(line))
    return "\n".join(lines)


def _draw(groups: list[tuple[str, tuple[Square, ...]]]) -> str:
    drawing = headed(_summary(groups), NARROW)
    y = 40.0
    for title, squares in groups:
        drawing.text(14, y + 12, fit(title, LEFT - 24))
        drawing.text(NARROW - 14, y + 12, _count(squares), "small soft", "end")
        for number, square in enumerate(squares):
            row, column = divmod(number, IN_A_ROW)
            x, top = LEFT + column * STEP, y + row * STEP
            with drawing.item(square.name, _say(square)):
                drawing.rect(x, top, SIDE, SIDE, STYLES[square.state])
                if MARKS[square.state]:
                    drawing.text(x + SIDE / 2, top + 12, MARKS[square.state], "small", "middle")
        y += STEP * (1 + (max(len(squares), 1) - 1) // IN_A_ROW) + 9
    return drawing.svg()


def _summary(groups: list[tuple[str, tuple[Square, ...]]]) -> str:
    squares = [square for _title, group in groups for square in group]
    tried = [square for square in squares if square.state != "open"]
    passed = [square for square in squares if square.state == "passed"]
    if len(tried) < len(squares):
        return _("{passed} of {count} cases pass; {open} have not run yet").format(
            passed=len(passed), count=len(squares), open=len(squares) - len(tried)
        )
    return _("{passed} of {count} cases pass").format(passed=len(passed), count=len(squares))


def _count(squares: tuple[Square, ...]) -> str:
    passed = sum(square.state == "passed" for square in squares)
    return _("{passed} of {count}").format(passed=passed, count=len(squares))


def _say(square: Square) -> str:
    states = {
        "passed": _("passed"),
        "failed": _("not passed"),
        "open": _("has not run yet"),
    }
    says = f"{square.name}: {states[square.state]}"
    return clean(f"{says}. {square.says}" if square.says else says)
