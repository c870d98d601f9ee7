"""Refuse a frame by its first two bytes, as early as possible."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args

from ...server import validate
from ..in_hex import in_hex
from ..refused import refused

KEY = b"\x37\xfa\x21\x3d"
FIRST = b"\x81\x82\x80\x88\x89\x8a\x01\x02\x00"  # the first bytes that are allowed
LENGTHS = (0, 2, 5, 18, 31, 32, 63, 64, 100, 112, 123, 124, 125, 126, 127)
MORE = (  # what may follow: a longer length, the key, the payload, the next frame
    "81 85 37fa213d 7f9f4d5158",
    "81 85 37fa213d 7f9f",
    "81 85 37",
    "82 83 37fa213d 708300",
    "81 80 37fa213d 83 80 37fa213d",
    "8a 80 37fa213d 81 05 48656c6c6f",
    "80 85 37fa213d 7f9f4d5158",
    "82 fe 00",
    "82 fe 007e 37fa213d",
    "01 fe 0100 37fa213d f0",
    "82 ff 0000000000010000 37fa213d",
    "89 fd 37fa213d 7f9f",
    "88 82 37fa213d 3412",
    "81 05 48656c6c6f",
    "82 7e 007e",
    "8a 00 81",
    "89 fe 00",
    "89 fe 0005",
    "89 fe 007e",
    "89 fe 007e 37fa213d",
    "8a ff 0000000000000005",
    "8a ff 0000000000010000 37fa213d",
    "88 fe 0002 37fa213d 3412",
    "88 fe 0100 37fa213d 3412",
    "c1 85 37fa213d 7f9f4d5158",
    "a2 85 37fa213d 7f9f4d5158",
    "91 85 37fa213d 7f9f4d5158",
    "83 85 37fa213d 7f9f4d5158",
    "8b 85 37fa213d 7f9f4d5158",
    "09 80 37fa213d",
    "08 82 37fa213d 3412",
    "0a 85 37fa213d 7f9f4d5158",
)


def cases(chance: random.Random) -> list[Args]:
    """Each first byte alone; those that are allowed with many a second; more bytes; then chance.

    No case breaks a rule of another exercise: a longer length is in the shortest form, and no
    Close has a payload of one byte.
    """
    calls = [b""]
    calls += [bytes([first]) for first in range(256)]
    calls += [bytes([first, masked | n]) for first in FIRST for masked in (0, 128) for n in LENGTHS]
    calls += [bytes.fromhex(text) for text in MORE]
    calls += [bytes([first, 0x85]) + KEY for first in range(0, 256, 3)]
    for _case in range(how_many(20)):
        first = chance.choice([chance.choice(FIRST), chance.randrange(256)])
        length = chance.choice([126, 127, chance.randrange(2, 126)])
        longer = {126: b"\x01", 127: b"\x00\x00\x00\x00\x00\x01\x00"}.get(length, b"")
        second = length | chance.choice([0, 128, 128])
        data = bytes([first, second]) + longer + chance.randbytes(chance.randrange(9))
        calls.append(data[: chance.randrange(1, 20)])
    return [(data,) for data in calls]


def _first(data: bytes) -> int:
    """The first byte; that of a text frame if it has not come."""
    return data[0] if data else 0x81


def _rule(data: bytes) -> str:
    """The name of the first rule that is broken; empty if none is."""
    first, opcode = _first(data), _first(data) & 15
    if first & 0x70:
        return "reserved-bit"
    if opcode not in (0, 1, 2, 8, 9, 10):
        return "reserved-opcode"
    if opcode >= 8 and first < 128:
        return "control-fragment"
    if len(data) > 1 and data[1] < 128:
        return "unmasked"
    if len(data) > 1 and opcode >= 8 and data[1] & 127 > 125:
        return "control-too-long"
    return ""


def _breaks(*rules: str) -> Callable[[bytes], bool]:
    return lambda data: _rule(data) in rules


CONDITIONS: dict[str, Callable[[bytes], bool]] = {
    "nothing": lambda data: not data,
    "one": lambda data: len(data) == 1,
    "one-wrong": lambda data: len(data) == 1 and bool(_rule(data)),
    "one-allowed": lambda data: len(data) == 1 and not _rule(data),
    "more": lambda data: len(data) > 2,
    "reserved-bit": _breaks("reserved-bit"),
    "rsv1-alone": lambda data: _first(data) & 0x70 == 0x40,
    "rsv2-alone": lambda data: _first(data) & 0x70 == 0x20,
    "rsv3-alone": lambda data: _first(data) & 0x70 == 0x10,
    "reserved-opcode": _breaks("reserved-opcode"),
    "3-to-7": lambda data: _breaks("reserved-opcode")(data) and _first(data) & 8 == 0,
    "11-to-15": lambda data: _breaks("reserved-opcode")(data) and _first(data) & 8 == 8,
    "control-fragment": _breaks("control-fragment"),
    "unmasked": _breaks("unmasked"),
    "unmasked-data": lambda data: _breaks("unmasked")(data) and _first(data) & 8 == 0,
    "unmasked-control": lambda data: _breaks("unmasked")(data) and _first(data) & 8 == 8,
    "control-too-long": _breaks("control-too-long"),
    "first": _breaks("reserved-bit", "reserved-opcode", "control-fragment"),
    "second": _breaks("unmasked", "control-too-long"),
    "wrong": lambda data: bool(_rule(data)),
    "allowed": lambda data: not _rule(data),
    "allowed-masked": lambda data: len(data) > 1 and not _rule(data),
    "not-final": lambda data: not _rule(data) and _first(data) < 128,
    "final": lambda data: not _rule(data) and _first(data) >= 128 and bool(data),
    "control": lambda data: not _rule(data) and _first(data) & 8 == 8,
    "continuation": lambda data: not _rule(data) and _first(data) & 15 == 0,
    "long-data": lambda data: not _rule(data) and data[1:2] in (b"\xfe", b"\xff"),
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, data = exercise.words.say, args[0]
    rule = _rule(data)
    if rule == "reserved-bit":
        return say("reserved-bit")
    if rule == "reserved-opcode":
        return say("reserved-opcode", opcode=data[0] & 15)
    if rule == "control-fragment":
        return say("control-fragment")
    if rule == "unmasked":
        return say("unmasked")
    return say("control-too-long") if rule else say("allowed")


EXERCISE = Exercise(
    stars=2,
    solution=validate,
    piece="validate",
    judge=Cases(cases, refused, int | None, section="5.1; 5.2; 5.5").telling(
        conditions=CONDITIONS, explain=explain, show=in_hex("validate", refused)
    ),
)
