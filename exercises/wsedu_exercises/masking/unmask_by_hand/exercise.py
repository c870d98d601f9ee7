"""Unmask by hand."""

from __future__ import annotations

from typing import Any

from websockets.utils import apply_mask

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

KEY = bytes.fromhex("37fa213d")
MASKED = bytes.fromhex("7f9f4d5158")


def masked() -> dict[str, Any]:
    """What the ``websockets`` library makes of it."""
    zeros = apply_mask(bytes(10), KEY)  # XOR with 0 shows the bytes of the key in their places
    return {
        "A": apply_mask(MASKED, KEY),
        "B": zeros[9],
        "C": apply_mask(b"Hi", bytes(4)),
        "D": len(KEY),
    }


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.3"),
    solution={"A": b"Hello", "B": 0xFA, "C": b"Hi", "D": 4},
    wrong={
        "nothing-was-unmasked": {"A": b"\x7f\x9fMQX"},
        "counted-from-one": {"B": 55},
        "the-last-byte-of-the-key": {"B": 61},
        "zeros-in-zeros-out": {"C": b"\x00\x00"},
        "masking-is-free": {"D": 0},
    },
)
