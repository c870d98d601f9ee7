"""Count the bytes of short texts by hand."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.6", sections={"I": "5.5"}),
    solution={"A": 17, "B": 8, "C": 7, "D": 0, "E": 1, "F": 5, "G": 8, "H": 18, "I": 41},
)
