"""The right answers to read-header, from what they are about."""

from __future__ import annotations

from typing import Any

from websockets.frames import Frame
from websockets.streams import StreamReader

HEADER = bytes.fromhex("827e0100")


def read() -> dict[str, Any]:
    """What the ``websockets`` library reads, with a payload after the header."""
    stream = StreamReader()
    stream.feed_data(HEADER + bytes(1000))
    parser = Frame.parse(stream.read_exact, mask=False)
    try:
        while True:
            next(parser)
    except StopIteration as end:
        frame: Frame = end.value
    size = 1000 + len(HEADER) - len(stream.buffer) - len(frame.data)
    return {
        "A": frame.fin,
        "B": int(frame.opcode),
        "C": HEADER[1] > 127,
        "D": len(frame.data),
        "E": size,
    }


def right() -> dict[str, object]:
    """Letter -> answer."""
    return read()
