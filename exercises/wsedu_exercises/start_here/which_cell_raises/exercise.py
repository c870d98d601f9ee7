"""Which of these cells raises."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(),
    solution={"A": True, "B": False, "C": False, "D": True, "E": False, "F": False},
)
