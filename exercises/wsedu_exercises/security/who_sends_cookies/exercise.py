"""Say which requests carry the cookie, and which carry the origin."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="10.2; RFC 6454 7.3; RFC 6265 5.4"),
    solution={
        "A": "both",
        "B": "both",
        "C": "origin",
        "D": "origin",
        "E": "neither",
        "F": "both",
        "G": "origin",
        "H": "neither",
        "I": "cookie",
    },
)
