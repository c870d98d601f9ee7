"""06.3: take the whole frames out of a stream, and keep the rest."""

from __future__ import annotations

import random
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict
from ..l04.decode_header import solution as decode_header
from ..l05.mask import solution as mask


def solution(stream: bytes) -> tuple[list[tuple[bool, int, bytes]], bytes]:
    """The whole frames at the beginning, without their masks, and the rest."""
    frames = []
    while header := decode_header(stream):
        fin, opcode, masked, length, size = header
        if len(stream) < size + length:
            break
        payload = stream[size : size + length]
        if masked:
            payload = mask(payload, stream[size - 4 : size])
        frames.append((fin, opcode, payload))
        stream = stream[size + length :]
    return frames, stream


def witness(stream: bytes) -> tuple[list[tuple[bool, int, bytes]], bytes]:
    """The same by the ``websockets`` library's own parser."""
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
            break  # it waits for more bytes
    return frames, stream


def _frame(fin: bool, opcode: int, payload: bytes, masked: bool) -> bytes:
    return Frame(Opcode(opcode), payload, fin).serialize(mask=masked)


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Streams of a client, cut at every place; then random ones, and long frames."""
    hello = bytes.fromhex("818537fa213d7f9f4d5158")
    stream = hello + bytes.fromhex("898037fa213d") + bytes.fromhex("028137fa213d7f")
    cases = [(b"",), (hello,), (hello * 2,), (hello + b"\x81",), (b"\x81\x05Hello",)]
    cases += [(bytes.fromhex("888037fa213d") + hello,)]
    cases += [(stream[:end],) for end in range(1, len(stream) + 1)]
    for _case in range(how_many(20)):
        whole = b"".join(
            bytes([chance.choice([1, 129, 130, 0, 137, 138]), 128 | size])
            + chance.randbytes(4 + size)
            for size in chance.choices(range(12), k=chance.randint(1, 4))
        )
        cases.append((whole[: chance.randint(1, len(whole))],))
    for size in (126, 65536):
        head = b"\x82\xfe" + size.to_bytes(2, "big") if size < 65536 else b"\x82\xff"
        head += size.to_bytes(8, "big") if size == 65536 else b""
        whole = head + b"\x37\xfa\x21\x3d" + b"x" * size
        cases += [(whole + b"\x89",), (whole[:-1],)]
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="take_frames",
        fits=_fits,
        like=_("(frames, rest): a list of tuples (fin, opcode, payload), and bytes, as payload is"),
        passed=_("However the stream is cut, the library finds the same frames and the same rest."),
        section="5.2",
    )


def _fits(got: Any) -> bool:
    if not (isinstance(got, tuple) and len(got) == 2):
        return False
    frames, rest = got
    return (
        isinstance(frames, list)
        and type(rest) is bytes
        and all(
            isinstance(frame, tuple) and [type(part) for part in frame] == [bool, int, bytes]
            for frame in frames
        )
    )


SLIPS = (
    Slip(
        "the rest is thrown away",
        edited(solution, ("return frames, stream", 'return frames, b""')),
        _("You throw the rest away; it is the beginning of the next frame."),
    ),
    Slip(
        "only the first",
        edited(
            solution,
            ("while header :=", "if header :="),
            ("            break\n", "            return [], stream\n"),
        ),
        _("You take one frame; the same bytes may hold more."),
    ),
    Slip(
        "half a frame",
        edited(solution, ("        if len(stream) < size + length:\n            break\n", "")),
        _("You return a frame whose payload is not complete."),
    ),
    Slip(
        "still masked",
        edited(solution, ("        if masked:\n", "        if False:\n")),
        _("Your payloads are still masked; the key is the last four bytes of the header."),
    ),
    Slip(
        "the key at a fixed place",
        edited(solution, ("stream[size - 4 : size]", "stream[2:6]")),
        _("You take the key from bytes 2 to 5; after 126 or 127 the length is there."),
    ),
    Slip(
        "the key after the header",
        edited(solution, ("stream[size - 4 : size]", "stream[size : size + 4]")),
        _("You take the first bytes of the payload for the key, which belongs to the header."),
    ),
    Slip(
        "seven bits of length",
        edited(
            solution,
            ("size = header\n", "size = header\n        length = stream[1] & 127\n"),
        ),
        _("You take 126 and 127 for lengths; decode_header tells the real one."),
    ),
    Slip(
        "always the last fragment",
        edited(solution, ("append((fin,", "append((True,")),
        _("You say that FIN is set in every frame; decode_header tells whether it is."),
    ),
    Slip(
        "nothing in it",
        edited(
            solution, ("        frames.append", "        if payload:\n            frames.append")
        ),
        _("You leave out frames without a payload; a Ping often has none."),
    ),
    Slip(
        "one byte too early",
        edited(solution, ("< size + length", "< size + length - 1")),
        _("You return a frame whose last byte is missing."),
    ),
    Slip(
        "one byte too late",
        edited(solution, ("< size + length", "<= size + length")),
        _("You wait for a byte after the frame; the frame is complete without it."),
    ),
    Slip(
        "a Close ends it",
        edited(
            solution,
            (
                "size + length :]\n",
                "size + length :]\n        if opcode == 8:\n            break\n",
            ),
        ),
        _("You stop at a Close; return every complete frame, whatever it says."),
    ),
)

EXERCISE = Exercise(
    name="06.3",
    title=_("Take the frames"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "The loop takes frames as long as there are whole ones, and gives back what is left. The "
        "caller puts the next chunk after it; so it does not matter where the stream is cut."
    ),
    hints=(
        _("decode_header says how long the header is, and how long the payload."),
        _("A frame is whole if the stream has size + length bytes; then cut it off, and go on."),
        _("The key is stream[size - 4 : size]; at the end return frames and the stream."),
    ),
    slips=SLIPS,
    piece="take_frames",
)
