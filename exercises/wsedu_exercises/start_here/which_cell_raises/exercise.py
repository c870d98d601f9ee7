"""Which of these cells raises."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(),
    solution={"A": True, "B": False, "C": False, "D": True, "E": False, "F": False},
    wrong=letters(
        A={"run-in-notebook": False},
        B={"no-await-in-cell": True},
        C={"unawaited-raises": True},
        D={"run-until-complete": False},
        E={"second-loop": True},
    ),
)
