"""How many messages make a WebSocket cheaper than polling."""

from __future__ import annotations

import itertools
import random

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args


def worth_it(handshake: int, message: int, request: int) -> int:
    """Each message saves the difference; together they must save more than the handshake."""
    saved = request - message
    if saved <= 0:
        return 0
    return handshake // saved + 1


def counted(handshake: int, message: int, request: int) -> int:
    """The same, found by counting messages."""
    if message >= request:
        return 0
    return next(n for n in itertools.count(1) if handshake + n * message < n * request)


def cases(chance: random.Random) -> list[Args]:
    """The example and its neighbours, messages that save nothing, then random numbers."""
    found: list[Args] = [
        (300, 17, 150),
        (300, 50, 150),
        (301, 50, 150),
        (299, 50, 150),
        (300, 150, 150),
    ]
    found += [(300, 151, 150), (10, 2, 200)]
    for _case in range(how_many(30)):
        found.append(
            (chance.randrange(100, 900), chance.randrange(2, 400), chance.randrange(100, 500))
        )
    return found


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, counted, int, section="1.1"),
    solution=worth_it,
)
