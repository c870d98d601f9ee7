"""Name the code that the client records for each of six endings."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="7.1.5; 7.4.1"),
    solution={"A": 1000, "B": 1005, "C": 1006, "D": 4000, "E": 1001, "F": 1006},
    wrong={
        "no-code-is-1000": {"B": 1000},
        "no-code-is-1006": {"B": 1006},
        "tcp-end-is-1000": {"C": 1000},
        "tcp-end-is-1001": {"C": 1001},
        "no-application-codes": {"D": 1000},
        "unfinished-frame-is-1002": {"F": 1002},
        "tcp-end-is-1005": {"C": 1005},
    },
)
