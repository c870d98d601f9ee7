"""The right answers to unmask-by-hand, from what they are about."""

from __future__ import annotations

from typing import Any

from websockets.utils import apply_mask

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


def right() -> dict[str, object]:
    """Letter -> answer."""
    return masked()
