"""Predict what a reader has after each chunk."""

from __future__ import annotations

from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.uri import parse_uri

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

# As the notebook shows them.
CHUNKS = ("81 05 48 65 6c", "6c 6f 89 00 82", "01 ff 81 7e")


def counted() -> dict[str, int]:
    """How many frames a ``websockets`` client has more after each chunk, and what is left."""
    client = ClientProtocol(parse_uri("ws://example.com/"), state=State.OPEN)
    counts = []
    for chunk in CHUNKS:
        client.receive_data(bytes.fromhex(chunk))
        counts.append(len(client.events_received()))
    whole = [frame for frame in ("810548656c6c6f", "8900", "8201ff")[: sum(counts)]]
    left = len(bytes.fromhex("".join(CHUNKS))) - sum(len(frame) // 2 for frame in whole)
    return dict(zip("ABCD", [*counts, left], strict=True))


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.2"),
    solution={"A": 0, "B": 2, "C": 1, "D": 2},
    wrong={
        "a-chunk-is-a-frame": {"A": 1},
        "only-one-at-a-time": {"B": 1},
        "a-header-is-a-frame": {"B": 3},
        "what-was-left-is-forgotten": {"C": 0},
        "counted-in-all": {"C": 3},
        "the-last-header-is-a-frame": {"C": 2},
        "nothing-is-left": {"D": 0},
    },
)
