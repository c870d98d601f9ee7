"""Count the requests of each technique in ten seconds."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="RFC 6202 2; RFC 6455 1.1"),
    solution={"A": 10, "B": 2, "C": 4, "D": 1, "E": 1, "F": 3, "G": 1},
)
