"""From the last line of an error to its cause."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section=""),
    solution={"A": "path", "B": "loop", "C": "port", "D": "file", "E": "await", "F": "gone"},
    wrong={
        "a-path-in-the-address": {"A": "file"},
        "the-await-was-forgotten": {"B": "await"},
        "the-other-side-is-gone": {"C": "gone"},
        "an-old-version": {"D": "path"},
        "a-loop-in-the-coroutine": {"E": "loop"},
        "it-broke": {"F": "port"},
    },
)
