"""05.2: mask, and unmask."""

from __future__ import annotations

import random

from websockets.utils import apply_mask

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict


def solution(data: bytes, key: bytes) -> bytes:
    """Each byte XOR the byte of the key whose turn it is."""
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(data))


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """The example of the RFC, short and long data, random ones, against the library."""
    key = bytes.fromhex("37fa213d")
    cases = [(b"Hello", key), (b"", key), (b"\x00" * 9, key), (b"Hi", bytes(4))]
    for _case in range(how_many(20)):
        cases.append((chance.randbytes(chance.randrange(1, 40)), chance.randbytes(4)))
    return by_cases(
        attempt,
        cases,
        apply_mask,
        SLIPS,
        called="mask",
        fits=lambda got: isinstance(got, bytes),
        like=_("bytes"),
        passed=_("The library gives the same bytes, and masking twice gives back what was there."),
        section="5.3",
    )


SLIPS = (
    Slip(
        "nothing is done",
        lambda data, key: data,
        _("Your function returns the data unchanged."),
    ),
    Slip(
        "one byte of the key",
        edited(solution, ("key[i % 4]", "key[0]")),
        _("You use the first byte of the key only; byte i goes with key[i % 4]."),
    ),
    Slip(
        "the key once",
        edited(solution, ("key[i % 4]", "(key[i] if i < 4 else 0)")),
        _("You stop masking after four bytes; the key starts again."),
    ),
    Slip(
        "cut to the key",
        edited(solution, ("enumerate(data)", "enumerate(data[:4])")),
        _("You return four bytes at most; zip stops with the shorter one, the key."),
    ),
    Slip(
        "one place further",
        edited(solution, ("i % 4", "(i + 1) % 4")),
        _("You begin with the second byte of the key; the first byte goes with key[0]."),
    ),
    Slip(
        "the key from its end",
        edited(solution, ("i % 4", "3 - i % 4")),
        _("You go through the key from its end; it is used in the order in which it was sent."),
    ),
    Slip(
        "OR",
        edited(solution, ("byte ^ key", "byte | key")),
        _("That is OR, which cannot be undone; the RFC has XOR, ^ in Python."),
    ),
    Slip(
        "AND",
        edited(solution, ("byte ^ key", "byte & key")),
        _("That is AND, which cannot be undone; the RFC has XOR, ^ in Python."),
    ),
)

EXERCISE = Exercise(
    name="05.2",
    title=_("Mask"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "5.3 gives the formula: byte i of the result is byte i of the data XOR byte i modulo 4 of "
        "the key. The same function unmasks."
    ),
    hints=(
        _("enumerate gives each byte with its number."),
        _("^ is XOR, % the rest of a division, and bytes(...) makes bytes of numbers."),
        _("bytes(byte ^ key[i % 4] for ...) with enumerate(data)."),
    ),
    slips=SLIPS,
    piece="mask",
)
