"""The right answers to choose-technique, from what they are about."""

from __future__ import annotations

from typing import NamedTuple


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


def right() -> dict[str, object]:
    """Letter -> answer."""
    return {letter: simplest(needs) for letter, needs in CASES.items()}
