"""Tell which headers of a request are for one hop only, and which go on to the server."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="RFC 9110 7.6.1"),
    solution={
        "A": "passed on",
        "B": "removed",
        "C": "removed",
        "D": "passed on",
        "E": "passed on",
        "F": "passed on",
        "G": "passed on",
        "H": "removed",
        "I": "removed",
        "J": "removed",
        "K": "passed on",
    },
)
