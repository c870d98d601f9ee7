"""From the last line of an error to its cause."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(),
    solution={"A": "path", "B": "loop", "C": "port", "D": "file", "E": "await", "F": "gone"},
    wrong={
        "path-is-a-file": {"A": "file"},
        "forgotten-await": {"B": "await"},
        "closed-by-peer": {"C": "gone"},
        "old-library": {"D": "path"},
        "second-loop": {"E": "loop"},
        "port-in-use": {"F": "port"},
    },
)
