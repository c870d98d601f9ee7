"""07.1: match endings to codes."""

from __future__ import annotations

import random

from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.uri import parse_uri

from ....words import _
from ...exercise import Exercise, Slip
from ...judges import by_letter
from ...runner import Attempt
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
    "B": _("Look at B again: a Close came, but without a code."),
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
        _("B: no code came, so the client does not record 1000. It records 1005."),
    ),
    Slip(
        "no code is 1006",
        SOLUTION | {"B": 1006},
        _("B: 1006 means that no Close came. Here an empty one came: 1005."),
    ),
    Slip(
        "the end of TCP is 1000",
        SOLUTION | {"C": 1000},
        _("C: no Close frame arrived, so the code is 1006."),
    ),
    Slip(
        "the end of TCP is 1001",
        SOLUTION | {"C": 1001},
        _("C: 1001 comes only in a Close frame. No Close frame arrived."),
    ),
    Slip(
        "an application has no codes",
        SOLUTION | {"D": 1000},
        _("D: the client records the code that came: 4000. Applications may use 4000 to 4999."),
    ),
    Slip(
        "half a frame is an error of the protocol",
        SOLUTION | {"F": 1002},
        _("F: the frame broke no rule, it is only unfinished. No Close frame arrived: 1006."),
    ),
    Slip(
        "the end of TCP is 1005",
        SOLUTION | {"C": 1005},
        _("C: 1005 means that a Close came without a code. Here no Close came at all."),
    ),
)

EXERCISE = Exercise(
    name="07.1",
    title=_("Six endings"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "The client records the code in the Close that came (7.1.5). 1005 and 1006 say what is "
        "missing: the code, or the whole Close."
    ),
    hints=(
        _("For each letter: did a Close come, and did it have a code?"),
        _("Two codes never travel; they say that something is missing."),
        _("No code: 1005. No Close: 1006. Otherwise the code that came."),
    ),
    slips=SLIPS,
)
