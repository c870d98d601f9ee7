"""Tell bytes that are UTF-8 from those that are not."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="8.1; RFC 3629 4"),
    solution={
        "A": True,
        "B": False,
        "C": False,
        "D": True,
        "E": False,
        "F": False,
        "G": False,
        "H": True,
        "I": False,
        "J": True,
    },
)
