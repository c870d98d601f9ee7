"""The right answers to unmask-by-hand, from what they are about."""

from __future__ import annotations

import re
from typing import Any

from websockets.utils import apply_mask

from wsedu.course.catalogue import exercises

USUAL = exercises()["unmask-by-hand"].words["task"]


def right(task: str = USUAL) -> dict[str, Any]:
    """What the ``websockets`` library makes of it."""
    key, masked = map(bytes.fromhex, re.findall(r"(?:key|payload) `([0-9a-f ]+)`", task)[:2])
    place = int(re.findall(r"masks byte (\d+)", task)[0])
    sent = re.findall(r"for the payload `(\w+)`", task)[0].encode()
    zeros = apply_mask(bytes(place + 1), key)  # XOR with 0 shows the key's bytes in their places
    return {
        "A": apply_mask(masked, key),
        "B": zeros[place],
        "C": apply_mask(sent, bytes(4)),
        "D": len(key),
    }
