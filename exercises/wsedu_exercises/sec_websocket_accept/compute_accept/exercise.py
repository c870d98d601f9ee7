"""Compute Sec-WebSocket-Accept."""

from __future__ import annotations

import random

from websockets.utils import accept_key as reference

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import random_key

from ...server import accept


def cases(chance: random.Random) -> list[Args]:
    """The example of the RFC, then random keys, against the ``websockets`` library."""
    keys = ["dGhlIHNhbXBsZSBub25jZQ=="] + [random_key(chance) for _case in range(how_many(20))]
    return [(key,) for key in keys]


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, str, section="4.2.2"),
    solution=accept,
    piece="accept",
)
