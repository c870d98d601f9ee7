"""Inflate one captured message."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, Results, how_many, refusing
from wsedu.course.mistakes import Args
from wsedu.protocol import Frame

from .. import deflate

Captured = list[tuple[bool, int, bytes]]  # RSV1, opcode, payload


def inflate_message(frames):
    """The payload of a message, inflated if it is compressed; ValueError if that fails (7.2.2)."""
    import zlib

    compressed = frames[0][0]
    payload = b"".join(part for _rsv1, opcode, part in frames if opcode < 8)
    if not compressed:
        return payload
    try:
        return zlib.decompressobj(wbits=-15).decompress(payload + b"\x00\x00\xff\xff")
    except zlib.error as error:
        raise ValueError("this cannot be inflated") from error


def reference(frames: Captured) -> Any:
    """What a ``websockets`` server reads."""
    last = max(number for number, (_rsv1, opcode, _part) in enumerate(frames) if opcode < 8)
    sent = [
        Frame(opcode, part, fin=opcode >= 8 or number == last, rsv1=rsv1)
        for number, (rsv1, opcode, part) in enumerate(frames)
    ]
    found = deflate.received(sent, keeps_context=False)
    return found if isinstance(found, Did) else found[0]


def message(opcode: int, *parts: bytes, rsv1: bool = True) -> Captured:
    """The frames of a message."""
    return [
        (rsv1 and not number, 0 if number else opcode, part) for number, part in enumerate(parts)
    ]


def with_control(frames: Captured, *controls: tuple[int, bytes]) -> Captured:
    """The same with control frames after the first frame."""
    between = [(False, opcode, payload) for opcode, payload in controls]
    return [frames[0], *between, *frames[1:]]


def cases(chance: random.Random) -> list[Args]:
    """Messages of the RFC, captured ones, and damaged ones; then some made by chance."""
    steady = random.Random(16)
    (far,) = deflate.sent([deflate.FAR])
    found: list[Captured] = [
        message(1, deflate.HELLO),
        message(1, deflate.HELLO[:3], deflate.HELLO[3:]),
        message(1, b"Hello", rsv1=False),
        message(1, b"Hel", b"lo", rsv1=False),
        message(1, b"\x00"),
        message(2, b"", rsv1=False),
        message(2, deflate.HELLO),
        # Not compressed, but bytes that could be inflated.
        message(2, deflate.HELLO, rsv1=False),
        message(2, deflate.HELLO[:3], deflate.HELLO[3:], rsv1=False),
        # The other forms of the RFC, and bytes in them that look like the end.
        message(1, deflate.STORED),
        message(1, deflate.FINAL),
        message(1, deflate.TWO_BLOCKS),
        message(1, deflate.TWO_BLOCKS[:9], deflate.TWO_BLOCKS[9:]),
        message(2, bytes.fromhex("000400fbff0000ffff00")),
        message(2, bytes(4), b"\xff\xff", rsv1=False),
        # Real ones.
        message(1, *deflate.FRAGMENTS),
        message(1, deflate.WEATHER[0]),
        message(1, deflate.GREETINGS[4][:8], deflate.GREETINGS[4][8:]),
        message(2, bytes.fromhex("62601805a360140c770000")),
        # Fragments of any size.
        message(1, b"", deflate.HELLO),
        message(1, deflate.HELLO, b""),
        message(1, deflate.HELLO[:3], b"", deflate.HELLO[3:]),
        message(1, b"", b"", deflate.HELLO),
        message(1, *(deflate.HELLO[at : at + 1] for at in range(len(deflate.HELLO)))),
        message(2, deflate.HELLO[:1], deflate.HELLO[1:5], deflate.HELLO[5:]),
        # Control frames between fragments.
        with_control(message(1, deflate.HELLO[:3], deflate.HELLO[3:]), (9, b"")),
        with_control(message(1, deflate.HELLO[:3], deflate.HELLO[3:]), (9, b"ping")),
        with_control(message(2, deflate.HELLO[:3], deflate.HELLO[3:]), (10, b"pong"), (9, b"Hi")),
        with_control(message(1, b"Hel", b"lo", rsv1=False), (9, b"ping")),
        with_control(message(1, b"Hel", b"lo", rsv1=False), (10, b"\x00\x00\xff\xff")),
        with_control(message(1, *deflate.FRAGMENTS), (9, deflate.HELLO)),
        # Spaces, zeros and lines at both ends belong to a message.
        *(
            message(2, *deflate.sent([text], chance=steady))
            for text in (b" \n x \n", b"\0x\0", b"\r\n")
        ),
        message(2, b"\0 x\n", rsv1=False),
        message(2, far),
        message(2, *(far[at : at + 100] for at in range(0, len(far), 100))),
        # What cannot be inflated.
        *(message(1, payload) for payload in deflate.DAMAGED),
        message(1, deflate.GREETINGS[1]),
        # Its end is missing: without the four bytes zlib waits for it, and says nothing.
        message(1, deflate.STORED[:7]),
        message(1, deflate.HELLO[:3], b"Hello", deflate.HELLO[3:]),
        message(2, b"\xff"),
        with_control(message(1, b"Hel", b"lo"), (9, b"")),
    ]
    for _case in range(how_many(20)):
        (payload,) = deflate.sent([deflate.words(chance)], chance=chance)
        cuts = sorted(chance.randint(0, len(payload)) for _cut in range(chance.randrange(3)))
        ends = zip([0, *cuts], [*cuts, len(payload)], strict=True)
        frames = message(
            chance.choice([1, 2]),
            *(payload[start:end] for start, end in ends),
            rsv1=chance.random() < 0.8,
        )
        if len(frames) > 1 and chance.random() < 0.3:
            frames = with_control(frames, (9, chance.randbytes(4)))
        found.append(frames)
    return [(frames,) for frames in found]


def _compressed(frames: Captured) -> bool:
    return frames[0][0]


def _data(frames: Captured) -> list[bytes]:
    return [payload for _rsv1, opcode, payload in frames if opcode < 8]


def _damaged(frames: Captured) -> bool:
    return isinstance(reference(frames), Did)


CONDITIONS: dict[str, Callable[[Captured], bool]] = {
    "compressed": _compressed,
    "plain": lambda frames: not _compressed(frames),
    "inflates": lambda frames: _compressed(frames) and not _damaged(frames),
    "damaged": _damaged,
    "one": lambda frames: len(_data(frames)) == 1,
    "several": lambda frames: len(_data(frames)) > 1,
    "more-than-two": lambda frames: len(_data(frames)) > 2,
    "compressed-several": lambda frames: _compressed(frames) and len(_data(frames)) > 1,
    "plain-several": lambda frames: not _compressed(frames) and len(_data(frames)) > 1,
    "compressed-one": lambda frames: _compressed(frames) and len(_data(frames)) == 1,
    "control": lambda frames: len(_data(frames)) < len(frames),
    "text": lambda frames: frames[0][1] == 1,
    "binary": lambda frames: frames[0][1] == 2,
    "empty": lambda frames: reference(frames) == b"",
    "empty-frame": lambda frames: b"" in _data(frames),
    "long": lambda frames: not _damaged(frames) and len(reference(frames)) > 16_384,
    "final": lambda frames: frames[0][2] == deflate.FINAL,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, frames = exercise.words.say, args[0]
    if _damaged(frames):
        return say("damaged")
    return say("compressed") if _compressed(frames) else say("plain")


JUDGE = Cases(cases, reference, bytes, section="RFC 7692 7.2.2", through=refusing).telling(
    conditions=CONDITIONS, explain=explain
)
EXERCISE = Exercise(stars=3, judge=JUDGE, solution=inflate_message)
