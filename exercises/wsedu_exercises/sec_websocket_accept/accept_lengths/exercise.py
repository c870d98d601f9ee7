"""The lengths of what comes and goes on the way from a key to its Accept."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="4.2.2", fits=int | float),
    solution={"A": 24, "B": 60, "C": 20, "D": 28, "E": 1},
)
