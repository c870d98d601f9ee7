"""Mask, and unmask."""

from __future__ import annotations

import random

from websockets.utils import apply_mask

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch

from ...server import mask


def cases(chance: random.Random) -> list[Args]:
    """The example of the RFC, short and long data, random ones, against the library."""
    key = bytes.fromhex("37fa213d")
    cases = [(b"Hello", key), (b"", key), (b"\x00" * 9, key), (b"Hi", bytes(4))]
    for _case in range(how_many(20)):
        cases.append((chance.randbytes(chance.randrange(1, 40)), chance.randbytes(4)))
    return cases


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, apply_mask, bytes, section="5.3"),
    solution=mask,
    wrong={
        "nothing-is-done": lambda data, key: data,
        "one-byte-of-the-key": patch("key[i % 4]", "key[0]"),
        "the-key-once": patch("key[i % 4]", "(key[i] if i < 4 else 0)"),
        "cut-to-the-key": patch("enumerate(data)", "enumerate(data[:4])"),
        "one-place-further": patch("i % 4", "(i + 1) % 4"),
        "the-key-from-its-end": patch("i % 4", "3 - i % 4"),
        "or": patch("byte ^ key", "byte | key"),
        "and": patch("byte ^ key", "byte & key"),
    },
    piece="mask",
)
