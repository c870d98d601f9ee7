"""Predict how many frames a reader has after each chunk."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.2"),
    solution={"A": 0, "B": 2, "C": 1, "D": 2},
    wrong=letters(
        A={"chunk-is-frame": 1},
        B={"one-frame-per-chunk": 1, "unfinished-header": 3},
        C={"rest-forgotten": 0, "running-total": 3, "unfinished-length": 2},
        D={"nothing-left": 0},
    ),
)
