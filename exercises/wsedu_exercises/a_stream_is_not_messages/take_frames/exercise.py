"""Take the complete frames out of a stream, and keep the rest."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

from ...server import decode_header, take_frames


def reference(stream: bytes) -> tuple[list[tuple[bool, int, bytes]], bytes]:
    """The same with the parser of the ``websockets`` library."""
    frames: list[tuple[bool, int, bytes]] = []
    while len(stream) > 1:
        reader = StreamReader()
        reader.feed_data(stream)
        parser = Frame.parse(reader.read_exact, mask=stream[1] > 127)
        try:
            next(parser)
        except StopIteration as end:
            frame: Frame = end.value
            frames.append((frame.fin, int(frame.opcode), bytes(frame.data)))
            stream = bytes(reader.buffer)
        else:
            break  # the parser waits for more bytes
    return frames, stream


def _frame(fin: bool, opcode: int, payload: bytes, masked: bool) -> bytes:
    return Frame(Opcode(opcode), payload, fin).serialize(mask=masked)


def cases(chance: random.Random) -> list[Args]:
    """A client's stream, cut at every place; then random streams, and long frames."""
    hello = bytes.fromhex("818537fa213d7f9f4d5158")
    stream = hello + bytes.fromhex("898037fa213d") + bytes.fromhex("028137fa213d7f")
    found = [(b"",), (hello,), (hello * 2,), (hello + b"\x81",), (b"\x81\x05Hello",)]
    found += [
        (bytes.fromhex("888037fa213d") + hello,),
        (b"\x89\x00" + hello * 3,),
        (b"\x01\x02Hi\x80\x01!",),
    ]
    found += [(stream[:end],) for end in range(1, len(stream) + 1)]
    for _case in range(how_many(20)):
        whole = b"".join(
            bytes([chance.choice([1, 129, 130, 0, 137, 138]), 128 | size])
            + chance.randbytes(4 + size)
            for size in chance.choices(range(12), k=chance.randint(1, 4))
        )
        found.append((whole[: chance.randint(1, len(whole))],))
    for size, header in (
        (125, b"\x82\xfd"),
        (126, b"\x82\xfe\x00\x7e"),
        (127, b"\x02\xfe\x00\x7f"),
        (300, b"\x82\xfe\x01\x2c"),
        (65536, b"\x82\xff" + (65536).to_bytes(8, "big")),
    ):
        whole = header + bytes.fromhex("37fa213d") + b"x" * size
        unmasked = bytes([header[0], header[1] & 127]) + header[2:] + b"x" * size
        found += [(whole + b"\x89",), (whole[:-1],), (unmasked + b"\x81",), (unmasked[:-1],)]
    return found


def _fields(got: Any) -> dict[str, Any]:
    frames, rest = got
    return {
        "number": len(frames),
        "fin": [fin for fin, _opcode, _payload in frames],
        "opcode": [opcode for _fin, opcode, _payload in frames],
        "payload": [payload for _fin, _opcode, payload in frames],
        "rest": rest,
    }


def _frames(stream: bytes) -> list[tuple[bool, int, bytes]]:
    return reference(stream)[0]


CONDITIONS: dict[str, Callable[[bytes], bool]] = {
    "empty": lambda stream: not stream,
    "header-cut": lambda stream: bool(rest := reference(stream)[1]) and not decode_header(rest),
    "payload-cut": lambda stream: bool(decode_header(reference(stream)[1])),
    "nothing-left": lambda stream: not reference(stream)[1],
    "something-left": lambda stream: bool(reference(stream)[1]),
    "one": lambda stream: len(_frames(stream)) == 1,
    "none": lambda stream: not _frames(stream),
    "several": lambda stream: len(_frames(stream)) > 1,
    "unmasked": lambda stream: stream[1:2] < b"\x80" and len(stream) > 1,
    "long": lambda stream: any(len(payload) > 125 for _fin, _opcode, payload in _frames(stream)),
    "two": lambda stream: stream[1:2] in (b"\x7e", b"\xfe"),
    "eight": lambda stream: stream[1:2] in (b"\x7f", b"\xff"),
    "no-payload": lambda stream: any(not payload for _fin, _opcode, payload in _frames(stream)),
    "control": lambda stream: any(opcode > 7 for _fin, opcode, _payload in _frames(stream)),
    "not-final": lambda stream: not all(fin for fin, _opcode, _payload in _frames(stream)),
    "close": lambda stream: any(opcode == 8 for _fin, opcode, _payload in _frames(stream)),
}

EXERCISE = Exercise(
    stars=3,
    judge=Cases(
        cases, reference, tuple[list[tuple[bool, int, bytes]], bytes], section="5.2"
    ).telling(fields=_fields, conditions=CONDITIONS),
    solution=take_frames,
    piece="take_frames",
)
