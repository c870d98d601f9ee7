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
    """Whether two answers differ by a hundredth of a second at most, or are the same otherwise."""
    if one == other or one is None or other is None:
        return one == other
    return max(abs(one), abs(other)) < 1e6 and abs(one - other) < 0.015  # no float is that huge


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
        "never-gives-up": dict.fromkeys("ABDEFG"),
        "any-pong-or-late": dict.fromkeys("DE"),
        "answered-once-is-enough": dict.fromkeys("FG"),
    }
    | letters(
        A={"silent-never": None},
        B={"default-never": None},
        D={"any-pong": None},
        E={"late-pong-counts": None},
        F={"answers-stop-never": None},
        G={"late-answers-stop-never": None},
    ),
)
