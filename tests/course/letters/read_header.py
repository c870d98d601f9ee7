"""The right answers to read-header, from what they are about."""

from __future__ import annotations

import re
from typing import Any

from websockets.frames import Frame
from websockets.streams import StreamReader

from wsedu.course.catalogue import exercises

USUAL = exercises()["read-header"].words["task"]


def right(task: str = USUAL) -> dict[str, Any]:
    """What the ``websockets`` library reads in a task, with a payload after the header."""
    header = bytes.fromhex(re.findall(r"`((?:[0-9a-f]{2} ?){4})`", task)[0])
    stream = StreamReader()
    stream.feed_data(header + bytes(2**16))
    parser = Frame.parse(stream.read_exact, mask=False)
    try:
        while True:
            next(parser)
    except StopIteration as end:
        frame: Frame = end.value
    size = 2**16 + len(header) - len(stream.buffer) - len(frame.data)
    return {
        "A": frame.fin,
        "B": int(frame.opcode),
        "C": header[1] > 127,
        "D": len(frame.data),
        "E": size,
    }
