"""The right answers to who-sends-cookies: from two real browsers, and from the library.

A browser takes seconds, so here is what was recorded. ``tests/browser/test_who_sends_cookies.py``
asks each of these again, in both browsers, and compares.
"""

from __future__ import annotations

from collections.abc import Container

from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.uri import parse_uri

# Letter -> what the server gets; the same in Chromium 156 (156.0.8078) and in Firefox ESR 153
# (153.7.0), on 2026-11-27.
SENT = {"A": "both", "B": "both", "C": "origin", "D": "origin", "F": "both", "G": "origin"}

URL = parse_uri("ws://127.0.0.1:8000/")


def word(names: Container[str]) -> str:
    """Which of the two headers are among these."""
    cookie, origin = "Cookie" in names, "Origin" in names
    return {(1, 1): "both", (1, 0): "cookie", (0, 1): "origin", (0, 0): "neither"}[cookie, origin]


def message() -> str:
    """What goes with a text message of the library's client: only header and masking key."""
    client = ClientProtocol(URL, state=State.OPEN)
    client.send_text(b"hi")
    frame = b"".join(client.data_to_send())
    return "neither" if len(frame) == 2 + 4 + len("hi") else frame.hex()


def program(*added: str) -> set[str]:
    """The names of the headers of the library's client, and of those that the program adds."""
    return {*ClientProtocol(URL).connect().headers, *added}


def right() -> dict[str, object]:
    """Letter -> answer."""
    found = SENT | {"E": message(), "H": word(program()), "I": word(program("Cookie"))}
    return dict(sorted(found.items()))
