"""Match endings to codes."""

from __future__ import annotations

from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.uri import parse_uri

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

# What the server sends before it ends TCP, as the notebook says it in words.
ENDINGS = {
    "A": b"\x88\x02\x03\xe8",
    "B": b"\x88\x00",
    "C": b"",
    "D": b"\x88\x05\x0f\xa0bye",
    "E": b"\x88\x02\x03\xe9",
    "F": b"\x81\x05Hel",
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


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="7.1.5; 7.4.1"),
    solution={"A": 1000, "B": 1005, "C": 1006, "D": 4000, "E": 1001, "F": 1006},
    wrong={
        "no-code-is-1000": {"B": 1000},
        "no-code-is-1006": {"B": 1006},
        "the-end-of-tcp-is-1000": {"C": 1000},
        "the-end-of-tcp-is-1001": {"C": 1001},
        "an-application-has-no-codes": {"D": 1000},
        "half-a-frame-is-an-error-of-the-protocol": {"F": 1002},
        "the-end-of-tcp-is-1005": {"C": 1005},
    },
)
