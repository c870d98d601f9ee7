"""Predict when the server gives up."""

from __future__ import annotations

from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters


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
    wrong={
        "timeout-only": {"A": 0.7},
        "interval-only": {"A": 0.5},
        "20-seconds": {"B": 20},
        "any-pong": {"D": None},
        "late-pong-counts": {"E": None},
        "until-late-pong": {"E": 1.4},
        "no-last-interval": {"F": 5},
        "interval-from-ping": {"G": 5},
    },
)
