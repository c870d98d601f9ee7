"""Say which clients hear a message, with two processes, with and without a broker."""

from __future__ import annotations

from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters


def fits(answer: Any) -> bool:
    """Whether it is a number, or a list or set of numbers."""
    if isinstance(answer, (list, tuple, set, frozenset)):
        return all(type(client) is int for client in answer)
    return type(answer) is int


def same(one: Any, other: Any) -> bool:
    """Whether two answers name the same clients, in any order, or are the same number."""
    if isinstance(one, int) or isinstance(other, int):
        return bool(one == other)
    return set(one) == set(other)


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="1.5", fits=fits, same=same),
    solution={
        "A": [1, 2],
        "B": [1, 2, 3, 4],
        "C": [1, 2],
        "D": [3, 4],
        "E": [1, 2],
        "F": [1, 2, 3],
        "G": [1, 2, 3, 4],
        "H": [1, 2],
        "I": 1,
        "J": 2,
    },
)
