"""Find the key without being told."""

from __future__ import annotations

import random

from websockets.utils import apply_mask

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch

from ...server import mask


def read_along(masked: bytes, begins: bytes) -> bytes:
    """The first four bytes XOR what they stand for are the key; with it all can be read."""
    key = mask(masked[:4], begins[:4])
    return mask(masked, key)


def reference(masked: bytes, begins: bytes) -> bytes:
    """The text, by big integers."""
    key = int.from_bytes(masked[:4], "big") ^ int.from_bytes(begins[:4], "big")
    return apply_mask(masked, key.to_bytes(4, "big"))


def cases(chance: random.Random) -> list[Args]:
    """Captured payloads whose beginning can be guessed."""
    cases = []
    for _case in range(how_many(20)):
        begins = chance.choice([b"GET ", b'{"to', b'{"type": "', b"Hell"])
        text = begins + chance.randbytes(chance.randrange(1, 30))
        cases.append((apply_mask(text, chance.randbytes(4)), begins))
    return cases


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, bytes, section="5.3; 10.3"),
    solution=read_along,
    wrong={
        "the-key-alone": patch("return mask(masked, key)", "return key"),
        "the-beginning-as-the-key": patch("mask(masked[:4], begins[:4])", "begins[:4]"),
        "only-the-beginning": patch("return mask(masked, key)", "return begins"),
        "masked-as-it-came": patch("return mask(masked, key)", "return masked"),
    },
)
