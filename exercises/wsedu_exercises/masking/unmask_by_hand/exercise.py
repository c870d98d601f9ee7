"""Unmask by hand."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.3"),
    solution={"A": b"Hello", "B": 0xFA, "C": b"Hi", "D": 4},
    wrong=letters(
        A={"still-masked": b"\x7f\x9fMQX"},
        B={"counted-from-one": 55, "last-byte-of-the-key": 61},
        C={"zeros": b"\x00\x00"},
        D={"masking-is-free": 0},
    ),
)
