"""TODO: what the exercise asks for, in a line."""

from __future__ import annotations

import random

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args


def idle_cuts(data: bytes) -> int:
    """TODO: your solution. This example adds all bytes, and keeps the last eight bits."""
    total = 0
    for octet in data:
        total = (total + octet) % 256
    return total


def reference(data: bytes) -> int:
    """TODO: the right result by another way, such as a library: it finds your own mistakes."""
    return sum(data) & 255


def cases(chance: random.Random) -> list[Args]:
    """TODO: the borders, the shortest first, then random ones."""
    fixed = [b"", b"\x01", b"\xff", b"\xff\x01", b"\x80\x80\x03"]
    drawn = [chance.randbytes(chance.randrange(1, 20)) for _case in range(how_many(20))]
    return [(data,) for data in fixed + drawn]


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, int, section="5.2"),  # TODO: the section of the RFC
    solution=idle_cuts,
)
