"""Write a Close frame."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from websockets.frames import Close, Frame, Opcode

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import frame_field_at

from ...server import close_frame


def reference(code: int | None, reason: str) -> bytes:
    """The library's Close; characters are dropped from the end of the reason until it fits."""
    if code is None:
        return Frame(Opcode.CLOSE, b"").serialize(mask=False)
    reason = reason[:123]  # no character has less than a byte
    while len(reason.encode()) > 123:
        reason = reason[:-1]
    return Frame(Opcode.CLOSE, Close(code, reason).serialize()).serialize(mask=False)


ENDS = ("é", "€", "👋")  # of two, three and four bytes


def cases(chance: random.Random) -> list[Args]:
    """Short reasons, reasons at the limit in several alphabets, then random ones."""
    found: list[Args] = [(1000, ""), (1000, "bye"), (None, ""), (4000, "Grüße"), (None, "unsaid")]
    found += [(1001, "x" * size) for size in (121, 122, 123, 124, 125, 126, 127, 128, 200, 300)]
    found += [(1008, " bye "), (1008, "bye\n"), (3000, "\ufeffbye"), (1003, "a\0"), (1002, "👋")]
    found += [(1008, "é" * 62), (3000, "x" + "é" * 61), (3000, "€" * 42), (4999, "x" + "👋" * 31)]
    found += [(1011, "xx" + "👋" * 31), (1011, "xxx" + "👋" * 31)]
    # The last character ends at the limit or one byte after it, among characters of one byte.
    found += [
        (1014, "x" * (123 + over - len(end.encode())) + end) for end in ENDS for over in (0, 1)
    ]
    found += [(1014, "x" * (124 - len(end.encode())) + end + "x") for end in ENDS]
    found += [(3999, "word " * 30), (1009, "x" * 121 + "  x"), (None, "x" * 200), (None, "€" * 50)]
    for _case in range(how_many(20)):
        code = chance.choice([1000, 1001, 1002, 1011, 3000, 4999])
        found.append((code, "".join(chance.choices("aé€👋 ", k=chance.randrange(80)))))
    return found


def fields(frame: bytes) -> dict[str, Any]:
    """The parts of a Close frame with a header of two bytes."""
    return {
        "first": frame[0] >> 4,
        "opcode": frame[0] & 15,
        "mask": frame[1] >> 7,
        "length": (frame[1] & 127) - len(frame[2:]),  # 0 if it is that of what follows
        "code": frame[2:4],
        "reason": frame[4:],
    }


def _long(reason: str) -> bool:
    return len(reason.encode()) > 123


def _inside(reason: str) -> bool:
    """Whether byte 123 of a reason is in the middle of a character."""
    return _long(reason) and reason.encode()[123] & 0b11000000 == 0b10000000


CONDITIONS: dict[str, Callable[..., bool]] = {
    "none": lambda code, reason: code is None,
    "none-and-reason": lambda code, reason: code is None and reason != "",
    "code": lambda code, reason: code is not None,
    "not-1000": lambda code, reason: code not in (None, 1000),
    "application": lambda code, reason: code is not None and code >= 3000,
    "no-reason": lambda code, reason: not reason,
    "reason": lambda code, reason: code is not None and reason != "",
    "not-ascii": lambda code, reason: code is not None and not reason.isascii(),
    "too-long": lambda code, reason: code is not None and _long(reason),
    "at-least-123": lambda code, reason: code is not None and len(reason.encode()) >= 123,
    "exactly-123": lambda code, reason: code is not None and len(reason.encode()) == 123,
    "exactly-124": lambda code, reason: code is not None and len(reason.encode()) == 124,
    "characters": lambda code, reason: code is not None and len(reason) > 123,
    "few-characters": lambda code, reason: (
        code is not None and _long(reason) and len(reason) <= 123
    ),
    "inside": lambda code, reason: code is not None and _inside(reason),
    "between": lambda code, reason: code is not None and _long(reason) and not _inside(reason),
    "blank": lambda code, reason: code is not None and reason != reason.strip(" "),
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    code, reason = args
    if code is None:
        return exercise.words.say("no-code")
    if _long(reason):
        return exercise.words.say("long", length=len(reason.encode()))
    return exercise.words.say("short")


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, bytes, section="5.5; 5.5.1").telling(
        fields=fields, conditions=CONDITIONS, explain=explain, where=frame_field_at
    ),
    solution=close_frame,
    piece="close_frame",
)
