"""Predict how many frames a reader has after each chunk."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.2"),
    solution={"A": 0, "B": 2, "C": 1, "D": 2},
)
