"""Say what a server does with RSV1 in twelve places."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(
        section="RFC 7692 6",
        sections={"F": "RFC 7692 6.1; 5.5", "H": "RFC 7692 7.2.3.6", "J": "5.2", "K": "5.2; 9.1"},
    ),
    solution={
        "A": "as it is",
        "B": "inflate",
        "C": "inflate",
        "D": "1002",
        "E": "1002",
        "F": "1002",
        "G": "inflate",
        "H": "inflate",
        "I": "as it is",
        "J": "1002",
        "K": "1002",
        "L": "inflate",
    },
)
