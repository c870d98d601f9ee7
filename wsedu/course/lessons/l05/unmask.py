"""05.1: unmask by hand."""

from __future__ import annotations

import random
from typing import Any

from websockets.utils import apply_mask

from ....words import _
from ...exercise import Exercise, Slip
from ...judges import by_letter
from ...runner import Attempt
from ...verdict import Verdict

KEY = bytes.fromhex("37fa213d")
MASKED = bytes.fromhex("7f9f4d5158")

SOLUTION: dict[str, Any] = {"A": b"Hello", "B": 0xFA, "C": b"Hi", "D": 4}

_RULES = {
    "A": _("Look at A again: 7f XOR 37 is 48, which is H."),
    "B": _("Look at B again: the key is used again from its beginning after every four bytes."),
    "C": _("Look at C again: what does XOR with 0 change?"),
    "D": _("Look at D again: masking gives one byte for each; what comes in addition?"),
}


def masked() -> dict[str, Any]:
    """What the ``websockets`` library makes of it."""
    zeros = apply_mask(bytes(10), KEY)  # XOR with 0 shows the bytes of the key in their places
    return {
        "A": apply_mask(MASKED, KEY),
        "B": zeros[9],
        "C": apply_mask(b"Hi", bytes(4)),
        "D": len(KEY),
    }


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Each answer as the library has it."""
    return by_letter(
        attempt,
        masked(),
        _RULES,
        SLIPS,
        like=_("bytes such as b'abc' for A and C, and a number for B and D"),
        passed=_("The library masks in the same way."),
        section="5.3",
    )


SLIPS = (
    Slip(
        "nothing was unmasked",
        SOLUTION | {"A": MASKED},
        _("A: these are the bytes as they came; XOR each with a byte of the key."),
    ),
    Slip(
        "counted from one",
        SOLUTION | {"B": 0x37},
        _("B: counted from 0, the key starts again at byte 8, and byte 9 meets its second byte."),
    ),
    Slip(
        "the last byte of the key",
        SOLUTION | {"B": 0x3D},
        _("B: the key does not stop at its end; it starts again, and 9 modulo 4 is 1."),
    ),
    Slip(
        "zeros in, zeros out",
        SOLUTION | {"C": bytes(2)},
        _("C: XOR with 0 does not make 0; it changes nothing."),
    ),
    Slip(
        "masking is free",
        SOLUTION | {"D": 0},
        _("D: the payload keeps its length, but the key travels in the header."),
    ),
)

EXERCISE = Exercise(
    name="05.1",
    title=_("Unmask by hand"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "Byte i goes with byte i modulo 4 of the key. XOR twice is nothing, so unmasking is "
        "masking again; and a key of zeros changes nothing at all."
    ),
    hints=(
        _("Write the five bytes in a row, and the key under them, again and again."),
        _("In Python, 0x7f ^ 0x37 is a number, and chr(...) shows its character."),
        _("7f^37, 9f^fa, 4d^21, 51^3d, 58^37; and 9 modulo 4 is 1."),
    ),
    slips=SLIPS,
)
