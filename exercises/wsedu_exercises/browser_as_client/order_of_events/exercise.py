"""Tell which events a page hears, in Chromium 156 and in Firefox ESR 153."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="7.1.7", sections={"F": "5.1", "G": "5.1", "H": "4.1", "I": "4.1"}),
    solution={
        "A": "error close",
        "B": "open close",
        "C": "open message close",
        "D": "open close",
        "E": "open error close",
        "F": "open error close",
        "G": "open message close",
        "H": "error close",
        "I": "open close",
        "J": "open message error close",
    },
)
