"""Write a Close frame."""

from __future__ import annotations

import random

from websockets.frames import Close, Frame, Opcode

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import frame_field_at

from ...server import close_frame


def reference(code: int | None, reason: str) -> bytes:
    """The library's Close; characters are dropped from the end of the reason until it fits."""
    if code is None:
        return Frame(Opcode.CLOSE, b"").serialize(mask=False)
    while len(reason.encode()) > 123:
        reason = reason[:-1]
    return Frame(Opcode.CLOSE, Close(code, reason).serialize()).serialize(mask=False)


def cases(chance: random.Random) -> list[Args]:
    """Short reasons, reasons at the limit in several alphabets, then random ones."""
    found = [(1000, ""), (1000, "bye"), (None, ""), (4000, "Grüße"), (None, "unsaid")]
    found += [(1001, "x" * size) for size in (122, 123, 124, 200)]
    found += [(1008, "é" * 62), (3000, "x" + "é" * 61), (3000, "€" * 42), (4999, "x" + "👋" * 31)]
    found += [(1011, "xx" + "👋" * 31), (1011, "xxx" + "👋" * 31)]
    for _case in range(how_many(20)):
        code = chance.choice([1000, 1001, 1002, 1011, 3000, 4999])
        found.append((code, "".join(chance.choices("aé€👋 ", k=chance.randrange(80)))))
    return found


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, bytes, section="5.5; 5.5.1", where=frame_field_at),
    solution=close_frame,
    piece="close_frame",
)
