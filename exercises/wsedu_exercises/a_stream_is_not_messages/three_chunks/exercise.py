"""Predict what a reader has after each chunk."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.2"),
    solution={"A": 0, "B": 2, "C": 1, "D": 2},
    wrong={
        "a-chunk-is-a-frame": {"A": 1},
        "only-one-at-a-time": {"B": 1},
        "a-header-is-a-frame": {"B": 3},
        "what-was-left-is-forgotten": {"C": 0},
        "counted-in-all": {"C": 3},
        "the-last-header-is-a-frame": {"C": 2},
        "nothing-is-left": {"D": 0},
    },
)
