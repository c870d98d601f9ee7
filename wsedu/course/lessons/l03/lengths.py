"""03.1: the lengths on the way from key to Accept."""

from __future__ import annotations

import base64
import hashlib
import random

from ....protocol import GUID
from ....words import _
from ...exercise import Exercise, Slip
from ...judges import by_letter
from ...reference import random_key
from ...runner import Attempt
from ...verdict import Verdict

SOLUTION = {"A": 24, "B": 60, "C": 20, "D": 28, "E": 1}

_RULES = {
    "A": _("Look at A again: 16 bytes, and Base64 makes 4 characters of every 3 bytes."),
    "B": _("Look at B again: the characters of the key and those of the GUID, end to end."),
    "C": _("Look at C again: SHA-1 gives 160 bits, whatever goes in."),
    "D": _("Look at D again: Base64 of 20 bytes; the last group is not full."),
    "E": _("Look at E again: 20 bytes are six groups of three, and two bytes more."),
}


def measured(key: str) -> dict[str, int]:
    """The lengths for one key."""
    text = key + GUID
    digest = hashlib.sha1(text.encode()).digest()
    value = base64.b64encode(digest).decode()
    lengths = [len(part) for part in (key, text, digest, value)]
    return dict(zip("ABCDE", [*lengths, value.count("=")], strict=True))


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Each length against those of a fresh key."""
    return by_letter(
        attempt,
        measured(random_key(chance)),
        _RULES,
        SLIPS,
        like=_("a number such as 7"),
        passed=_("These lengths are the same for every key."),
        section="4.2.2",
    )


SLIPS = (
    Slip(
        "the bytes of the nonce",
        SOLUTION | {"A": 16},
        _("A: 16 bytes were drawn, but the header carries them in Base64."),
    ),
    Slip(
        "the key is decoded",
        SOLUTION | {"B": 52},
        _("B: the key goes in as the text that was sent, not as the 16 bytes that it stands for."),
    ),
    Slip(
        "the hex digits of SHA-1",
        SOLUTION | {"C": 40},
        _("C: 40 is the number of hex digits; each two of them are one byte."),
    ),
    Slip(
        "Base64 without padding",
        SOLUTION | {"D": 27},
        _("D: Base64 fills its last group up to four characters."),
    ),
    Slip(
        "Base64 changes no length",
        SOLUTION | {"D": 20},
        _("D: Base64 writes six bits in a character, so it needs more of them than bytes."),
    ),
    Slip(
        "two signs of padding",
        SOLUTION | {"E": 2},
        _("E: two bytes are left over, and they need three characters: one sign fills the four."),
    ),
)

EXERCISE = Exercise(
    name="03.1",
    title=_("Predict the lengths"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "16 bytes give 24 characters, the GUID has 36 more, SHA-1 always gives 20 bytes, and these "
        "give 28 characters with one sign of padding. So a value of another length is wrong at "
        "first sight."
    ),
    hints=(
        _("Go through the picture of the steps in the lesson, and count what is in each row."),
        _("Base64: 3 bytes become 4 characters; what is left over is filled up with =."),
        _("24 + 36; then 160 bits / 8; then 7 groups of 4 characters."),
    ),
    slips=SLIPS,
)
