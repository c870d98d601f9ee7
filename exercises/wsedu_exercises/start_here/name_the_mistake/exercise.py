"""From the last line of an error to its cause."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(),
    solution={"A": "path", "B": "loop", "C": "port", "D": "file", "E": "await", "F": "gone"},
    wrong=letters(
        A={"path-is-a-file": "file"},
        B={"forgotten-await": "await"},
        C={"closed-by-peer": "gone"},
        D={"old-library": "path"},
        E={"second-loop": "loop"},
        F={"port-in-use": "port"},
    ),
)
