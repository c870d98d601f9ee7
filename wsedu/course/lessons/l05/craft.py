"""05.4: the key is known beforehand."""

from __future__ import annotations

import random

from websockets.utils import apply_mask

from ....words import _
from ...exercise import Args, Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict
from .mask import solution as mask


def solution(wanted: bytes, key: bytes, before: int) -> bytes:
    """Masked beforehand, so that the browser's masking takes it off again."""
    return mask(bytes(before) + wanted, key)


def witness(wanted: bytes, key: bytes, before: int) -> bytes:
    """One of the right payloads."""
    return bytes(apply_mask(bytes(before) + wanted, key))


def _nearest(args: Args, got: bytes) -> bytes:
    """What stands before does not matter."""
    *_others, before = args
    right = witness(*args)
    return got[:before] + right[before:] if len(got) >= before else right


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Payloads that the library's masking turns into what was wanted."""
    key = bytes.fromhex("37fa213d")
    request = b"GET /script.js HTTP/1.1\r\n\r\n"
    cases = [(b"GET", key, 0), (request, key, 0), (request, key, 1), (request, key, 4)]
    for _case in range(how_many(20)):
        cases.append((request, chance.randbytes(4), chance.randrange(12)))
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="craft",
        fits=lambda got: isinstance(got, bytes),
        like=_("bytes"),
        nearest=_nearest,
        passed=_("What you wanted is on the wire: with a known key, masking does not help."),
        section="5.3; 10.3",
    )


SLIPS = (
    Slip(
        "as it is",
        edited(solution, ("mask(bytes(before) + wanted, key)", "bytes(before) + wanted")),
        _("The browser masks what you give it, so your text does not appear on the wire."),
    ),
    Slip(
        "the key begins with the text",
        edited(
            solution,
            ("mask(bytes(before) + wanted, key)", "bytes(before) + mask(wanted, key)"),
        ),
        _("The key begins at the first byte of the payload, not where your text begins."),
    ),
    Slip(
        "nothing before",
        edited(solution, ("bytes(before) + wanted", "wanted")),
        _("Your text begins at once; put the required number of bytes before it."),
    ),
)

EXERCISE = Exercise(
    name="05.4",
    title=_("The key is known"),
    stars=4,
    judge=judge,
    solution=solution,
    reason=_(
        "Masking twice is nothing. An attacker who knows the key masks first, and the browser "
        "takes the mask off. So 5.3 wants unpredictable keys, and a new one for each frame."
    ),
    hints=(
        _("What does masking do to something that has been masked with the same key?"),
        _("The key counts from the first byte of the payload, so the bytes before matter, too."),
        _("Mask all of it, bytes(before) + wanted, with the key."),
    ),
    slips=SLIPS,
)
