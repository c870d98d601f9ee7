"""TODO: what the exercise asks for, in a line."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.2"),  # TODO: the section of the RFC
    solution={"A": 2, "B": True},  # TODO: your answers
)
