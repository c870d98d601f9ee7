"""From the last line of an error to its cause."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(),
    solution={"A": "path", "B": "loop", "C": "port", "D": "file", "E": "await", "F": "gone"},
)
