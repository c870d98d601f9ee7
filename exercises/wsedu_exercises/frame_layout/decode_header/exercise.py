"""Read the header of a frame, or say that more bytes are needed."""

from __future__ import annotations

import random
import struct
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

from ...server import decode_header


def reference(data: bytes) -> tuple[bool, int, bool, int, int] | None:
    """The same with the ``struct`` module, form by form."""
    for form, marker in (("!BB", None), ("!BBH", 126), ("!BBQ", 127)):
        size = struct.calcsize(form)
        if len(data) < 2:
            return None
        short = data[1] % 128
        if marker == short or (marker is None and short < 126):
            if len(data) < size:
                return None
            first, second, *long = struct.unpack_from(form, data)
            masked = second // 128 == 1
            return first // 128 == 1, first % 16, masked, (long or [short])[0], size + 4 * masked
    raise AssertionError("there is no fourth form")


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
    "82ff0102030405060708",
)


def cases(chance: random.Random) -> list[Args]:
    """Headers of every form: whole, cut at every byte, and with bytes after them; then random."""
    wholes = [bytes.fromhex(text) for text in HEADERS]
    calls = [(whole,) for whole in wholes]
    calls += [(whole[:size],) for whole in wholes for size in range(len(whole))]
    calls += [(whole + b"\x37\xfa\x21\x3dHello",) for whole in wholes]
    for _case in range(how_many(20)):
        length = chance.choice([126, 127, chance.randrange(126)])
        second = length | chance.choice([0, 128])
        fin, rsv1 = chance.choice([0, 128]), chance.choice([0, 0, 64])
        first = fin | rsv1 | chance.choice([0, 1, 2, 8, 9, 10])
        calls.append((bytes([first, second]) + chance.randbytes(chance.randrange(12)),))
    return calls


def _fits(got: Any) -> bool:
    kinds = [bool, int, bool, int, int]
    return got is None or (isinstance(got, tuple) and [type(part) for part in got] == kinds)


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, _fits, section="5.2"),
    solution=decode_header,
    wrong={
        "always-none": lambda data: None,
    },
    piece="decode_header",
)
