"""Find the key of a payload whose beginning is known."""

from __future__ import annotations

import random

from websockets.utils import apply_mask

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

from ...server import mask


def read_along(masked: bytes, begins: bytes) -> bytes:
    """The payload: its first four masked bytes XOR the same four unmasked give the key."""
    key = mask(masked[:4], begins[:4])
    return mask(masked, key)


def reference(masked: bytes, begins: bytes) -> bytes:
    """The same with big integers, and the library's masking."""
    key = int.from_bytes(masked[:4], "big") ^ int.from_bytes(begins[:4], "big")
    return apply_mask(masked, key.to_bytes(4, "big"))


def cases(chance: random.Random) -> list[Args]:
    """Captured payloads whose beginning can be guessed."""
    calls = []
    for _case in range(how_many(20)):
        begins = chance.choice([b"GET ", b'{"to', b'{"type": "', b"Hell"])
        text = begins + chance.randbytes(chance.randrange(1, 30))
        calls.append((apply_mask(text, chance.randbytes(4)), begins))
    return calls


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, bytes, section="5.3; 10.3"),
    solution=read_along,
)
