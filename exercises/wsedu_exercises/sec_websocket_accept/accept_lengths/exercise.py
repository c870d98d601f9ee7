"""The lengths of what comes and goes on the way from a key to its Accept."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters


def fits(answer: object) -> bool:
    """Whether it is a number; 160 / 8 is one."""
    return isinstance(answer, (int, float)) and not isinstance(answer, bool)


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="4.2.2", fits=fits),
    solution={"A": 24, "B": 60, "C": 20, "D": 28, "E": 1},
)
