"""01.1: how many requests in ten seconds."""

from __future__ import annotations

import random

from ....words import _
from ...exercise import Exercise, Slip
from ...judges import by_letter
from ...runner import Attempt
from ...verdict import Verdict

SECONDS = 10
EVENTS = (2, 5, 6)  # when something happens

SOLUTION = {"A": 10, "B": 2, "C": 4, "D": 1, "E": 1, "F": 3, "G": 1}

_RULES = {
    "A": _("Look at A again: it asks in each of the ten seconds, whether anything is new or not."),
    "B": _("Look at B again: it asks at 0 and at 5 s."),
    "C": _("Look at C again: every answer that comes is followed by a new request."),
    "D": _("Look at D again: how often does its one answer end?"),
    "E": _("Look at E again: the handshake is a request. What comes after it?"),
    "F": _("Look at F again: how does a client say something beside its stream of events?"),
    "G": _("Look at G again: who may send messages once the connection is open?"),
}


def polling(every: int) -> int:
    """One request each time, whatever has happened."""
    return len(range(0, SECONDS, every))


def long_polling() -> int:
    """A request waits for the next event; when it is answered, the client asks again."""
    count, waiting = 0, False
    for second in range(SECONDS):
        if not waiting:
            count, waiting = count + 1, True
        if second in EVENTS:
            waiting = False
    return count


def counted() -> dict[str, int]:
    """The requests of each, counted second by second."""
    stream, handshake, orders = 1, 1, 2
    return {
        "A": polling(1),
        "B": polling(5),
        "C": long_polling(),
        "D": stream,
        "E": handshake,
        "F": stream + orders,
        "G": handshake,
    }


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Counted second by second."""
    return by_letter(
        attempt,
        counted(),
        _RULES,
        SLIPS,
        like=_("a number such as 7"),
        passed=_("All seven are counted right."),
        section="RFC 6202 2; RFC 6455 1.1",
    )


SLIPS = (
    Slip(
        "polling asks only when there is news",
        SOLUTION | {"A": 3},
        _("A: the client cannot know when there is something new; that is why it asks each time."),
    ),
    Slip(
        "the last request is forgotten",
        SOLUTION | {"C": 3},
        _("C: three are answered, and a fourth waits for what may come next."),
    ),
    Slip(
        "a request for each event",
        SOLUTION | {"D": 3},
        _("D: all events come in one response that does not end."),
    ),
    Slip(
        "each message is a request",
        SOLUTION | {"E": 4},
        _("E: messages are not requests; the handshake is the only request."),
    ),
    Slip(
        "a handshake is no request",
        SOLUTION | {"E": 0},
        _("E: the handshake is a GET, an HTTP request like any other."),
    ),
    Slip(
        "a stream has two directions",
        SOLUTION | {"F": 1},
        _("F: events go one way; each order of the client needs a request."),
    ),
    Slip(
        "WebSocket has one direction",
        SOLUTION | {"G": 3},
        _("G: the client sends its orders as messages, on the connection that is open."),
    ),
)

EXERCISE = Exercise(
    name="01.1",
    title=_("Ten seconds"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "Polling pays for time, long polling for events. A stream of events and a WebSocket pay "
        "once, and only on a WebSocket can the client speak without another request."
    ),
    hints=(
        _("Who begins: does the client ask, or does the server tell?"),
        _("Long polling has one request more than there were events: one that still waits."),
        _("The handshake is one request; messages are not requests."),
    ),
    slips=SLIPS,
)
