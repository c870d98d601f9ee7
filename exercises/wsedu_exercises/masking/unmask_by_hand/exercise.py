"""Unmask by hand."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.3"),
    solution={"A": b"Hello", "B": 0xFA, "C": b"Hi", "D": 4},
    wrong={
        "still-masked": {"A": b"\x7f\x9fMQX"},
        "counted-from-one": {"B": 55},
        "last-byte-of-the-key": {"B": 61},
        "zeros": {"C": b"\x00\x00"},
        "masking-is-free": {"D": 0},
    },
)
