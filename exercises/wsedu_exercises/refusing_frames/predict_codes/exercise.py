"""Predict the code with which a server closes."""

from __future__ import annotations

from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters


def fits(answer: Any) -> bool:
    """Whether it is a number, or None."""
    return answer is None or type(answer) is int


EXERCISE = Exercise(
    stars=1,
    judge=Letters(
        section="5.2; 7.4.1",
        sections={
            "A": "5.1",
            "B": "5.2",
            "C": "5.2",
            "D": "5.5",
            "E": "7.4.1; 10.4",
            "F": "5.6; 8.1",
            "G": "5.6",
            "H": "5.4",
            "I": "5.5.3",
            "J": "5.5.1; 7.4.1",
        },
        fits=fits,
    ),
    solution={
        "A": 1002,
        "B": 1002,
        "C": 1002,
        "D": 1002,
        "E": 1009,
        "F": 1007,
        "G": None,
        "H": 1002,
        "I": None,
        "J": 1002,
    },
    wrong={
        "nothing-is-wrong": dict.fromkeys("ABCDEFHJ"),
        "unknown-is-ignored": dict.fromkeys("BCH"),
        "control-frames-are-lax": dict.fromkeys("DJ"),
        "payload-is-not-checked": dict.fromkeys("EF"),
    }
    | letters(
        A={"unmasked-is-none": None},
        B={"rsv1-is-none": None},
        C={"opcode-3-is-none": None},
        D={"long-ping-is-none": None},
        E={"too-big-is-none": None},
        F={"not-utf8-is-none": None},
        H={"continuation-is-none": None},
        J={"close-1006-is-none": None},
    ),
)
