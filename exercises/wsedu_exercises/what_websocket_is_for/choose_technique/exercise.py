"""Choose the technique for a case."""

from __future__ import annotations

from typing import NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters


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


def simplest(needs: Needs) -> str:
    """The simplest technique that does it."""
    if needs.late_is_lost:
        return "WebRTC"
    if needs.client_talks:
        return "WebSocket"
    return "SSE" if needs.server_begins else "HTTP"


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="1.1; 1.5"),
    solution={
        "A": "HTTP",
        "B": "SSE",
        "C": "WebSocket",
        "D": "WebRTC",
        "E": "HTTP",
        "F": "WebSocket",
    },
    wrong={
        "websocket-for-a-question": {"A": "WebSocket"},
        "websocket-for-a-ticker": {"B": "WebSocket"},
        "events-for-a-chat": {"C": "SSE"},
        "websocket-for-a-voice": {"D": "WebSocket"},
        "websocket-for-a-file": {"E": "WebSocket"},
        "asking-for-strokes": {"F": "HTTP"},
    },
)
