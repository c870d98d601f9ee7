"""Predict when a message arrives, and when the server has done, with a client that is slow."""

from __future__ import annotations

from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters


def fits(answer: Any) -> bool:
    """Whether it is a number of seconds, or None."""
    return answer is None or type(answer) in (int, float)


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="6.1", fits=fits),
    solution={"A": 5, "B": 8, "C": 0, "D": 7, "E": 4, "F": 0, "G": 4, "H": 6},
    wrong={"slow-client-stops-all": dict.fromkeys("ABCDEFG")}
    | letters(
        A={"loop-never-reaches-dee": None},
        B={"loop-never-ends": None},
        C={"gather-never-sends": None},
        D={"gather-never-returns": None},
        E={"second-message-never-comes": None},
        F={"broadcast-never-returns": None},
        G={"timeout-ends-the-loop": None},
        H={"change-raises-nothing": None},
    ),
)
