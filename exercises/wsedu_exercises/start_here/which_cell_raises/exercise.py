"""Which of these cells raises."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section=""),
    solution={"A": True, "B": False, "C": False, "D": True, "E": False, "F": False},
    wrong={
        "asyncio-run-is-always-right": {"A": False},
        "a-cell-cannot-wait": {"B": True},
        "what-is-forgotten-raises": {"C": True},
        "another-method-helps": {"D": False},
        "a-task-needs-a-loop-of-its-own": {"E": True},
    },
)
