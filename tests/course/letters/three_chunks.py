"""The right answers to three-chunks, from what they are about."""

from __future__ import annotations

import re

from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import State
from websockets.uri import parse_uri

from wsedu.course.catalogue import exercises

USUAL = exercises()["three-chunks"].words["task"]


def right(task: str = USUAL) -> dict[str, object]:
    """How many frames a ``websockets`` client has more after each chunk, and what is left."""
    chunks = [bytes.fromhex(row) for row in re.findall(r"(?m)^\d\. `(.+)`", task)]
    client = ClientProtocol(parse_uri("ws://example.com/"), state=State.OPEN)
    counts, whole = [], 0
    for chunk in chunks:
        client.receive_data(chunk)
        frames = client.events_received()
        counts.append(len(frames))
        whole += sum(len(f.serialize(mask=False)) for f in frames if isinstance(f, Frame))
    left = sum(map(len, chunks)) - whole
    return dict(zip("ABCD", [*counts, left], strict=True))
