"""01.3: choose the technique for a case."""

from __future__ import annotations

import random
from typing import NamedTuple

from ....words import _
from ...exercise import Exercise, Slip
from ...judges import by_letter
from ...runner import Attempt
from ...verdict import Verdict


class Needs(NamedTuple):
    """What a case asks for."""

    server_begins: bool  # the server has something to say that nobody asked for
    client_talks: bool  # the client speaks often, too
    late_is_lost: bool  # what comes late is of no use any more


# As the notebook tells them.
CASES = {
    "A": Needs(server_begins=False, client_talks=False, late_is_lost=False),
    "B": Needs(server_begins=True, client_talks=False, late_is_lost=False),
    "C": Needs(server_begins=True, client_talks=True, late_is_lost=False),
    "D": Needs(server_begins=True, client_talks=True, late_is_lost=True),
    "E": Needs(server_begins=False, client_talks=False, late_is_lost=False),
    "F": Needs(server_begins=True, client_talks=True, late_is_lost=False),
}

SOLUTION = {
    "A": "HTTP",
    "B": "SSE",
    "C": "WebSocket",
    "D": "WebRTC",
    "E": "HTTP",
    "F": "WebSocket",
}

_RULES = {
    "A": _("Look at A again: who begins, and how often?"),
    "B": _("Look at B again: which of the two sides has something to say?"),
    "C": _("Look at C again: both sides speak, and nobody waits for a turn."),
    "D": _("Look at D again: what is a word worth that comes a second late?"),
    "E": _("Look at E again: what if it breaks off in the middle?"),
    "F": _("Look at F again: each stroke of one goes to all others at once."),
}


def simplest(needs: Needs) -> str:
    """The simplest technique that does it."""
    if needs.late_is_lost:
        return "WebRTC"
    if needs.client_talks:
        return "WebSocket"
    return "SSE" if needs.server_begins else "HTTP"


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """The simplest that does what the case needs."""
    return by_letter(
        attempt,
        {letter: simplest(needs) for letter, needs in CASES.items()},
        _RULES,
        SLIPS,
        like=_("one of the four names, such as 'SSE'"),
        passed=_("The simplest that does it, in all six."),
        section="1.1; 1.5",
    )


SLIPS = (
    Slip(
        "WebSocket for a question",
        SOLUTION | {"A": "WebSocket"},
        _("A: one side asks, the other answers: that is HTTP, which has caches and status codes."),
    ),
    Slip(
        "WebSocket for a ticker",
        SOLUTION | {"B": "WebSocket"},
        _("B: it would work; but only the server speaks, and an SSE page reconnects by itself."),
    ),
    Slip(
        "events for a chat",
        SOLUTION | {"C": "SSE"},
        _("C: with SSE each word of a client would be a request of its own."),
    ),
    Slip(
        "WebSocket for a voice",
        SOLUTION | {"D": "WebSocket"},
        _("D: TCP holds back all that follows a lost packet; a voice would stand still."),
    ),
    Slip(
        "WebSocket for a file",
        SOLUTION | {"E": "WebSocket"},
        _("E: with HTTP a download can go on where it broke off, if the server serves ranges."),
    ),
    Slip(
        "asking for strokes",
        SOLUTION | {"F": "HTTP"},
        _("F: a client that polls hears of a stroke late, or asks very often."),
    ),
)

EXERCISE = Exercise(
    name="01.3",
    title=_("Which one would you take?"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "Take the simplest that does it: HTTP if one side asks, SSE if only the server has news, "
        "WebSocket if both speak when they like, WebRTC if late is as bad as never."
    ),
    hints=(
        _("For each: who begins? Who speaks often? Is a late byte still worth something?"),
        _("Two are ordinary HTTP, and two are WebSocket."),
        _("Only the server speaks: SSE. A voice: WebRTC."),
    ),
    slips=SLIPS,
)
