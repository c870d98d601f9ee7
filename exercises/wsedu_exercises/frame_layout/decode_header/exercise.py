"""Read the header of a frame, or say that more bytes are needed."""

from __future__ import annotations

import random
import struct
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch

from ...server import decode_header


def reference(data: bytes) -> tuple[bool, int, bool, int, int] | None:
    """The same by the ``struct`` module, form by form."""
    for form, sign in (("!BB", None), ("!BBH", 126), ("!BBQ", 127)):
        size = struct.calcsize(form)
        if len(data) < 2:
            return None
        short = data[1] % 128
        if sign == short or (sign is None and short < 126):
            if len(data) < size:
                return None
            first, second, *long = struct.unpack_from(form, data)
            masked = second // 128 == 1
            return first // 128 == 1, first % 16, masked, (long or [short])[0], size + 4 * masked
    raise AssertionError("three forms are all")


HEADERS = (
    "8105",
    "8100",
    "c105",
    "0203",
    "89fd",
    "8185",
    "817e0100",
    "82fe007e",
    "827f0000000000010000",
)


def cases(chance: random.Random) -> list[Args]:
    """Every beginning of every form of header, with and without bytes after it, then random."""
    wholes = [bytes.fromhex(text) for text in HEADERS]
    wholes.append(bytes.fromhex("82ff0102030405060708"))
    cases = [(whole,) for whole in wholes]
    cases += [(whole[:size],) for whole in wholes for size in range(len(whole))]
    cases += [(whole + b"\x37\xfa\x21\x3dHello",) for whole in wholes]
    for _case in range(how_many(20)):
        sign = chance.choice([126, 127, chance.randrange(126)])
        second = sign | chance.choice([0, 128])
        first = (
            chance.choice([0, 128]) | chance.choice([0, 0, 64]) | chance.choice([0, 1, 2, 8, 9, 10])
        )
        cases.append((bytes([first, second]) + chance.randbytes(chance.randrange(12)),))
    return cases


def _fits(got: Any) -> bool:
    kinds = [bool, int, bool, int, int]
    return got is None or (isinstance(got, tuple) and [type(part) for part in got] == kinds)


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, _fits, section="5.2"),
    solution=decode_header,
    wrong={
        "always-more": lambda data: None,
        "126-is-a-length": patch("length == 126", "length == 128"),
        "the-smaller-byte-first": patch('"big"', '"little"'),
        "the-key-does-not-count": patch(" + 4 * masked", ""),
        "the-key-must-be-there": patch(
            "    return data[0] > 127",
            "    if len(data) < size + 4 * masked:\n        return None\n    return data[0] > 127",
        ),
        "the-opcode-with-fin": patch("data[0] & 15", "data[0]"),
        "the-opcode-with-rsv": patch("data[0] & 15", "data[0] & 127"),
        "the-length-with-mask": patch("data[1] & 127", "data[1]"),
        "half-a-length": patch("    if len(data) < size:\n        return None\n", ""),
    },
    piece="decode_header",
)
