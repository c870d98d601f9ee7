"""Name the code that the client records for each of six endings."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="7.1.5; 7.4.1"),
    solution={"A": 1000, "B": 1005, "C": 1006, "D": 4000, "E": 1001, "F": 1006},
)
