"""Find the first wrong frame in what a client has sent."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from websockets.frames import Frame
from websockets.streams import StreamReader

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args

from ...server import decode_header, validate
from ..in_hex import in_hex
from ..refused import refused


def first_wrong_frame(stream):
    """Where the first wrong frame begins, and the code to close with; None: all are right."""
    offset = 0
    while offset < len(stream):
        frame = stream[offset:]  # and all that follows it
        code = validate(frame)
        if code:
            return offset, code
        header = decode_header(frame)
        if header is None:
            return None
        _fin, _opcode, _masked, length, size = header
        offset += size + length
    return None


def reference(stream: bytes) -> tuple[int, int] | None:
    """The same with the ``websockets`` library, which reads the frames and refuses them."""
    starts = _starts(stream)
    return next(((at, code) for at in starts if (code := refused(stream[at:]))), None)


@lru_cache(2**11)
def _starts(stream: bytes) -> list[int]:
    """Where frames begin, up to the first that is wrong or unfinished."""
    starts = []
    left = StreamReader()
    left.feed_data(stream)
    while left.buffer:
        starts.append(len(stream) - len(left.buffer))
        if refused(bytes(left.buffer[:2])):
            break
        try:
            next(Frame.parse(left.read_exact, mask=True))
        except StopIteration:  # the library has read the frame
            continue
        break
    return starts


KEY = b"\x37\xfa\x21\x3d"


def _frame(first: int, payload: bytes = b"", mask: int = 128) -> bytes:
    """A frame as a client sends it, its payload masked already."""
    length = len(payload)
    if length < 126:
        start = bytes([first, mask | length])
    elif length < 2**16:
        start = bytes([first, mask | 126]) + length.to_bytes(2, "big")
    else:
        start = bytes([first, mask | 127]) + length.to_bytes(8, "big")
    return start + (KEY if mask else b"") + payload


TEXT = _frame(0x81, b"\x7f\x93")
PING = _frame(0x89)
PONG = _frame(0x8A, b"\x83\xc1\x05")  # a payload that would be wrong as a header
FIRST, LAST = _frame(0x01, b"\x7f\x9f"), _frame(0x80, b"\x5b\x96\x4e")
MIDDLE, LONG = _frame(0x82, bytes(126)), _frame(0x82, b"\x91" * 300)
HUGE = _frame(0x82, bytes(2**16))
CLOSE = _frame(0x88, b"\x34\x12")
RIGHT = [
    b"",
    TEXT,
    PING,
    PONG,
    TEXT + PING,
    FIRST + PING + LAST,
    PING + TEXT * 2,
    LONG,
    TEXT + MIDDLE,
]
RIGHT += [TEXT + PONG * 3 + PING, PONG + HUGE, FIRST]
WRONG = [
    _frame(0x83, b"\x7f\x93"),
    _frame(0x81, b"Hi", mask=0),
    _frame(0xC1, b"\x7f\x93"),
    _frame(0x09),
    _frame(0x89, bytes(126)),
    _frame(0x8B),
    _frame(0xA2, b"\x7f"),
    _frame(0x8A, b"", mask=0),
    _frame(0x91, bytes(130)),
    _frame(0x08, b"\x34\x12"),
    _frame(0x82, bytes(200), mask=0),
    _frame(0x8A, bytes(2**16)),
]


def cases(chance: random.Random) -> list[Args]:
    """Right frames; a wrong one after them, cut or followed by others; then the same by chance.

    No case breaks a rule of another exercise: the lengths are in the shortest form, and nothing
    follows a Close.
    """
    calls = [TEXT + WRONG[0][:1], TEXT + PING + CLOSE, *RIGHT, CLOSE]
    for number, before in enumerate(RIGHT):
        for wrong in (WRONG[number], WRONG[(number + 5) % len(WRONG)]):
            calls += [before + wrong[:size] for size in (1, 2, 3, 5, 7, 9)]
            calls += [before + wrong, before + wrong + TEXT, before + wrong + WRONG[1] + PING]
    # The last frame is right, but cut.
    for before in (b"", TEXT, TEXT + PING, LONG):
        for last in (TEXT, PING, PONG, LONG, HUGE, CLOSE):
            calls += [before + last[:size] for size in (1, 2, 3, 4, 5, 6, 7, 9, 10, 20)]
    calls += [TEXT + b"\x82\xff\x00\x00\x00\x01\x00\x00\x00\x00" + KEY + bytes(9)]
    for _case in range(how_many(20)):
        stream = b"".join(chance.choices([TEXT, PING, PONG, MIDDLE], k=chance.randrange(6)))
        stream += chance.choice([b"", *WRONG[:-1]]) + chance.choice([b"", TEXT, WRONG[0]])
        calls.append(stream[: len(stream) - chance.choice([0, 0, chance.randrange(12)])])
    return [(stream,) for stream in dict.fromkeys(calls)]


def _fields(got: Any) -> dict[str, Any]:
    return {"offset": got[0], "code": got[1]}


def _wrong(stream: bytes) -> bytes:
    """The first wrong frame, and what follows it; empty if there is none."""
    found = reference(stream)
    return stream[found[0] :] if found else b""


def _is_cut(frame: bytes) -> bool:
    header = decode_header(frame)
    return header is None or len(frame) < header[3] + header[4]


def _last(stream: bytes) -> bytes:
    """What has come of the last frame that is read."""
    return stream[_starts(stream)[-1] :] if stream else b""


CONDITIONS: dict[str, Callable[[bytes], bool]] = {
    "empty": lambda stream: not stream,
    "right": lambda stream: reference(stream) is None,
    "right-whole": lambda stream: reference(stream) is None and not _is_cut(_last(stream)),
    "right-cut": lambda stream: reference(stream) is None and _is_cut(_last(stream)),
    "wrong": lambda stream: reference(stream) is not None,
    "first": lambda stream: reference(stream) == (0, 1002),
    "later": lambda stream: reference(stream) not in (None, (0, 1002)),
    "third": lambda stream: bool(_wrong(stream)) and len(_starts(stream)) > 2,
    "wrong-cut": lambda stream: bool(_wrong(stream)) and _is_cut(_wrong(stream)),
    "wrong-one": lambda stream: len(_wrong(stream)) == 1,
    "wrong-header-cut": lambda stream: bool(w := _wrong(stream)) and decode_header(w) is None,
    "wrong-whole": lambda stream: bool(_wrong(stream)) and not _is_cut(_wrong(stream)),
    "second-byte": lambda stream: bool(w := _wrong(stream)) and not refused(w[:1]),
    "after-long": lambda stream: bool(_wrong(stream)) and len(stream) - len(_wrong(stream)) > 125,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, stream = exercise.words.say, args[0]
    number = len(_starts(stream))
    if not _wrong(stream):
        return say("right")
    return say("wrong-cut" if _is_cut(_wrong(stream)) else "wrong", number=number)


EXERCISE = Exercise(
    stars=3,
    solution=first_wrong_frame,
    judge=Cases(cases, reference, tuple[int, int] | None, section="5.1; 5.2; 5.5").telling(
        fields=_fields,
        conditions=CONDITIONS,
        explain=explain,
        show=in_hex("first_wrong_frame", reference),
    ),
)
