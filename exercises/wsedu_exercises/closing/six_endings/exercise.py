"""Name the code that the client records for each of six endings."""

from __future__ import annotations

import random
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters


def about(code: int = 4000, reason: str = "bye") -> dict[str, Any]:
    """The exercise with this code of an application, and its reason.

    Of the mistakes, those that answer with this code where another one is right.
    """
    return {
        "solution": {"A": 1000, "B": 1005, "C": 1006, "D": code, "E": 1001, "F": 1006},
        "wrong": {"close-is-4000": {"A": code}, "going-away-is-4000": {"E": code}},
        "facts": {"code": code, "reason": reason},
    }


def draw(chance: random.Random) -> dict[str, Any]:
    """Another code of an application."""
    return about(chance.randrange(4000, 5000), chance.choice(["bye", "full", "moved", "late"]))


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="7.1.5; 7.4.1"),
    solution=about()["solution"],
    facts=about()["facts"],
    draw=draw,
)
