"""How many messages make a WebSocket cheaper than polling."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

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
    found += [(300, 151, 150), (10, 2, 200), (300, 400, 150), (100, 50, 150), (101, 50, 150)]
    found += [(99, 50, 150), (150, 50, 150), (151, 50, 150), (249, 50, 150), (250, 50, 150)]
    found += [(500, 149, 150), (750, 2, 152), (5, 2, 3), (1, 0, 1), (400, 100, 300), (260, 60, 160)]
    for _case in range(how_many(30)):
        found.append(
            (chance.randrange(100, 900), chance.randrange(2, 400), chance.randrange(100, 500))
        )
    return found


CONDITIONS: dict[str, Callable[[int, int, int], bool]] = {
    "free": lambda handshake, message, request: message < request,
    "never": lambda handshake, message, request: message >= request,
    "equal": lambda handshake, message, request: message == request,
    "dearer": lambda handshake, message, request: message > request,
    "exact": lambda handshake, message, request: (
        message < request and handshake % (request - message) == 0
    ),
    "not-exact": lambda handshake, message, request: (
        message < request and handshake % (request - message) > 0
    ),
    "first": lambda handshake, message, request: handshake < request - message,
    "many": lambda handshake, message, request: counted(handshake, message, request) > 100,
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, counted, int, section="1.1", conditions=CONDITIONS),
    solution=worth_it,
)
