"""04.1: read a header by hand."""

from __future__ import annotations

import random
from typing import Any

from websockets.frames import Frame
from websockets.streams import StreamReader

from ....words import _
from ...exercise import Exercise, Slip
from ...judges import by_letter
from ...runner import Attempt
from ...verdict import Verdict

HEADER = bytes.fromhex("827e0100")

SOLUTION: dict[str, Any] = {"A": True, "B": 2, "C": False, "D": 256, "E": 4}

_RULES = {
    "A": _("Look at A again: FIN is the first bit of 82."),
    "B": _("Look at B again: the opcode is the last four bits of 82."),
    "C": _("Look at C again: MASK is the first bit of 7e."),
    "D": _("Look at D again: 7e is 126. What does 126 say about the length?"),
    "E": _("Look at E again: how many bytes come before the payload?"),
}


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


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Each field as the library reads it."""
    return by_letter(
        attempt,
        read(),
        _RULES,
        SLIPS,
        like=_("True or False for A and C, and a number for the others"),
        passed=_("The library reads the same."),
        section="5.2",
    )


SLIPS = (
    Slip(
        "126 is the length",
        SOLUTION | {"D": 126},
        _("D: in the 7-bit field, 126 is a marker: the length is in the next two bytes."),
    ),
    Slip(
        "the smaller byte first",
        SOLUTION | {"D": 1},
        _("D: you read the two bytes in the wrong order. They are big-endian: 01 00 is 256."),
    ),
    Slip(
        "the opcode with FIN",
        SOLUTION | {"B": 130},
        _("B: you took the whole byte. The opcode is only the last four bits of 82."),
    ),
    Slip(
        "text",
        SOLUTION | {"B": 1},
        _("B: 1 is text, but the last four bits of 82 are 0010."),
    ),
    Slip(
        "the header has two bytes",
        SOLUTION | {"E": 2},
        _("E: count the two bytes of the length too; they belong to the header."),
    ),
    Slip(
        "masked",
        SOLUTION | {"C": True},
        _("C: the first bit of 7e is 0, so the frame is not masked: a server sent it."),
    ),
)

EXERCISE = Exercise(
    name="04.1",
    title=_("Read a header"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "82 is 1000 0010: FIN, and opcode 2, binary. 7e is 0111 1110: no MASK, and 126, so the "
        "length is in the next two bytes: 01 00 is 256. The payload begins after four bytes."
    ),
    hints=(
        _("Write the first two bytes as bits, eight for each."),
        _("The first bit of each byte is a flag; in the second byte seven bits are left."),
        _("0111 1110 is 126: two bytes of length follow, the most significant one first."),
    ),
    slips=SLIPS,
)
