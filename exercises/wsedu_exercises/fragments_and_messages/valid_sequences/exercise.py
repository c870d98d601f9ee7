"""Say which of ten sequences of frames are valid."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.4", sections={"D": "5.5.1", "F": "5.5"}),
    solution={
        "A": True,
        "B": True,
        "C": False,
        "D": False,
        "E": True,
        "F": False,
        "G": False,
        "H": False,
        "I": False,
        "J": True,
    },
)
