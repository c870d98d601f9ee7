"""How the learner's server is judged in later lessons, where it has more pieces.

How to think about it: what it could do in lesson 08 it still must do. So the clients of that lesson
come, too: handshakes first, and whole conversations at the end.
"""

from __future__ import annotations

from collections.abc import Iterable

from wsedu.course.clients import Client, Clients

from . import conversations, handshakes


def grown(*clients: Client, section: str, cases: Iterable[str]) -> Clients:
    """A judge with these clients, and those of lesson 08 around them."""
    return Clients(
        clients=(*handshakes.CLIENTS, *clients, *conversations.CLIENTS),
        section=section,
        cases=tuple(cases),
        also="own-server",
    )
