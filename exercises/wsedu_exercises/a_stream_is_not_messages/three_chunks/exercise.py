"""Predict how many frames a reader has after each chunk."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.2"),
    solution={"A": 0, "B": 2, "C": 1, "D": 2},
    wrong={
        "chunk-is-frame": {"A": 1},
        "one-frame-per-chunk": {"B": 1},
        "unfinished-header": {"B": 3},
        "rest-forgotten": {"C": 0},
        "running-total": {"C": 3},
        "unfinished-length": {"C": 2},
        "nothing-left": {"D": 0},
    },
)
