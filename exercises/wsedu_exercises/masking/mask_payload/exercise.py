"""Mask a payload, and unmask it."""

from __future__ import annotations

import random

from websockets.utils import apply_mask

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

from ...server import mask


def cases(chance: random.Random) -> list[Args]:
    """The example of the RFC, short and long data, then random, against the library."""
    key = bytes.fromhex("37fa213d")
    calls = [(b"Hello", key), (b"", key), (b"\x00" * 9, key), (b"Hi", bytes(4))]
    for _case in range(how_many(20)):
        calls.append((chance.randbytes(chance.randrange(1, 40)), chance.randbytes(4)))
    return calls


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, apply_mask, bytes, section="5.3"),
    solution=mask,
    wrong={
        "unchanged": lambda data, key: data,
    },
    piece="mask",
)
