"""05.3: find the key without being told."""

from __future__ import annotations

import random

from websockets.utils import apply_mask

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict
from .mask import solution as mask


def solution(masked: bytes, begins: bytes) -> bytes:
    """The first four bytes XOR what they stand for are the key; with it all can be read."""
    key = mask(masked[:4], begins[:4])
    return mask(masked, key)


def witness(masked: bytes, begins: bytes) -> bytes:
    """The text, by big integers."""
    key = int.from_bytes(masked[:4], "big") ^ int.from_bytes(begins[:4], "big")
    return apply_mask(masked, key.to_bytes(4, "big"))


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Captured payloads whose beginning can be guessed."""
    cases = []
    for _case in range(how_many(20)):
        begins = chance.choice([b"GET ", b'{"to', b'{"type": "', b"Hell"])
        text = begins + chance.randbytes(chance.randrange(1, 30))
        cases.append((apply_mask(text, chance.randbytes(4)), begins))
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="read_along",
        fits=lambda got: isinstance(got, bytes),
        like=_("bytes"),
        passed=_("You read it all without being told the key: masking is no encryption."),
        section="5.3; 10.3",
    )


SLIPS = (
    Slip(
        "the key alone",
        edited(solution, ("return mask(masked, key)", "return key")),
        _("That is the key; now unmask the whole payload with it."),
    ),
    Slip(
        "the beginning as the key",
        edited(solution, ("mask(masked[:4], begins[:4])", "begins[:4]")),
        _("You took the known text for the key; the key is that text XOR what came."),
    ),
    Slip(
        "only the beginning",
        edited(solution, ("return mask(masked, key)", "return begins")),
        _("You return only what you knew already; you can read the rest, too."),
    ),
    Slip(
        "masked, as it came",
        edited(solution, ("return mask(masked, key)", "return masked")),
        _("These are the bytes as they came, still masked."),
    ),
)

EXERCISE = Exercise(
    name="05.3",
    title=_("Read along without the key"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "Text XOR key is what came, so what came XOR text is the key. If you can guess four bytes, "
        "you need no key; and it travels in the frame anyway. TLS keeps strangers out."
    ),
    hints=(
        _("What does XOR of the masked bytes with the known text give?"),
        _("Four known bytes at the beginning give the four bytes of the key."),
        _("key = mask(masked[:4], begins[:4]); then mask(masked, key)."),
    ),
    slips=SLIPS,
)
