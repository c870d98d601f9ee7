"""Predict when the server gives up."""

from __future__ import annotations

from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters


def fits(answer: Any) -> bool:
    """Whether it is a number of seconds, or None."""
    return answer is None or type(answer) in (int, float)


def same(one: float | None, other: float | None) -> bool:
    """Whether two answers differ by less than a hundredth of a second."""
    if one is None or other is None:
        return one is other
    return -1e6 < one < 1e6 and abs(one - other) < 0.01  # a huge int fits in no float


EXERCISE = Exercise(
    stars=1,
    judge=Letters(
        section="5.5.2; 5.5.3",
        sections={letter: "5.5.3" if letter == "D" else "5.5.2" for letter in "ABCDEFG"},
        fits=fits,
        same=same,
    ),
    solution={
        "A": 1.2,
        "B": 40,
        "C": None,
        "D": 1.2,
        "E": 1.2,
        "F": 7,
        "G": 5.5,
    },
    wrong=letters(
        A={"timeout-only": 0.7, "interval-only": 0.5},
        B={"20-seconds": 20},
        D={"any-pong": None},
        E={"late-pong-counts": None, "until-late-pong": 1.4},
        F={"no-last-interval": 5},
        G={"interval-from-ping": 5},
    ),
)
