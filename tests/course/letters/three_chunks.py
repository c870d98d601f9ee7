"""The right answers to three-chunks, from what they are about."""

from __future__ import annotations

from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.uri import parse_uri

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


def right() -> dict[str, object]:
    """Letter -> answer."""
    return counted()
