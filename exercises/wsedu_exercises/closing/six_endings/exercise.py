"""Name the code that the client records for each of six endings."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="7.1.5; 7.4.1"),
    solution={"A": 1000, "B": 1005, "C": 1006, "D": 4000, "E": 1001, "F": 1006},
    wrong=letters(
        B={"no-code-is-1000": 1000, "no-code-is-1006": 1006},
        C={"tcp-end-is-1000": 1000, "tcp-end-is-1001": 1001, "tcp-end-is-1005": 1005},
        D={"no-application-codes": 1000},
        F={"unfinished-frame-is-1002": 1002},
    ),
)
