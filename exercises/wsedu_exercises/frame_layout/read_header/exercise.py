"""Read a header by hand."""

from __future__ import annotations

from typing import Any

from websockets.frames import Frame
from websockets.streams import StreamReader

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

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


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.2"),
    solution={"A": True, "B": 2, "C": False, "D": 256, "E": 4},
    wrong={
        "126-is-the-length": {"D": 126},
        "the-smaller-byte-first": {"D": 1},
        "the-opcode-with-fin": {"B": 130},
        "text": {"B": 1},
        "the-header-has-two-bytes": {"E": 2},
        "masked": {"C": True},
    },
)
