"""07.1: match endings to codes."""

from __future__ import annotations

import random

from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.uri import parse_uri

from ...._text import _
from ...attempt import Attempt
from ...exercise import Exercise, Slip
from ...judging import by_letter
from ...verdict import Verdict

# What the server sends before it ends TCP, as the notebook says it in words.
ENDINGS = {
    "A": b"\x88\x02\x03\xe8",
    "B": b"\x88\x00",
    "C": b"",
    "D": b"\x88\x05\x0f\xa0bye",
    "E": b"\x88\x02\x03\xe9",
    "F": b"\x81\x05Hel",
}

SOLUTION = {"A": 1000, "B": 1005, "C": 1006, "D": 4000, "E": 1001, "F": 1006}

_RULES = {
    "A": _("Look at A again: the code is in the Close."),
    "B": _("Look at B again: a Close came, and no code in it."),
    "C": _("Look at C again: no Close came at all."),
    "D": _("Look at D again: applications may have codes of their own."),
    "E": _("Look at E again: which code says that an endpoint goes away?"),
    "F": _("Look at F again: what has come, and what has not?"),
}


def recorded() -> dict[str, int]:
    """What a ``websockets`` client records for each."""
    codes = {}
    for letter, data in ENDINGS.items():
        client = ClientProtocol(parse_uri("ws://example.com/"), state=State.OPEN)
        client.receive_data(data)
        client.receive_eof()
        codes[letter] = int(client.close_code or 0)
    return codes


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Each code as a real client records it."""
    return by_letter(
        attempt,
        recorded(),
        _RULES,
        SLIPS,
        like=_("a code such as 1002"),
        passed=_("A real client records the same."),
        section="7.1.5; 7.4.1",
    )


SLIPS = (
    Slip(
        "no code is 1000",
        SOLUTION | {"B": 1000},
        _("B: a Close without a code is recorded as 1005, «no status received», and not as 1000."),
    ),
    Slip(
        "no code is 1006",
        SOLUTION | {"B": 1006},
        _("B: 1006 would mean that no Close came; one came, and it was empty."),
    ),
    Slip(
        "the end of TCP is 1000",
        SOLUTION | {"C": 1000},
        _("C: without a Close nobody has said that all was well; that is 1006."),
    ),
    Slip(
        "the end of TCP is 1001",
        SOLUTION | {"C": 1001},
        _("C: 1001 must be said in a Close; here nothing was said."),
    ),
    Slip(
        "an application has no codes",
        SOLUTION | {"D": 1000},
        _("D: the code that came is the one that is recorded, and 4000 to 4999 are for you."),
    ),
    Slip(
        "half a frame is an error of the protocol",
        SOLUTION | {"F": 1002},
        _("F: nobody has broken a rule of the frame; TCP ended, and no Close had come: 1006."),
    ),
    Slip(
        "the end of TCP is 1005",
        SOLUTION | {"C": 1005},
        _("C: 1005 would mean that a Close came without a code; here none came at all."),
    ),
)

EXERCISE = Exercise(
    name="07.1",
    title=_("Six endings"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "The code that is recorded is the one in the Close that came (7.1.5). 1005 and 1006 are "
        "words for what is missing: the code, or the whole Close."
    ),
    hints=(
        _("For each: did a Close come, and was a code in it?"),
        _("Two codes never travel; they say that something is missing."),
        _("No code: 1005. No Close: 1006. Otherwise the code that was sent."),
    ),
    slips=SLIPS,
)
