"""Read the header of a frame, or say that more bytes are needed."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
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


# First bytes next to every flag, every opcode, and lengths at each border and with each bit.
HEADERS = (
    "8000",
    "0100",
    "8180",
    "817d",
    "81fd",
    "0000",
    "8900",
    "8a03",
    "9105",
    "a105",
    "1005",
    "7205",
    "8b05",
    "8305",
    "8f81",
    "817e0005",
    "817e007e",
    "827eff01",
    "01fe8000",
    "817e7fff",
    "827f0000000000000005",
    "02ff0000000100020003",
    "827f0102030405060708",
    "8105",
    "8100",
    "c105",
    "0203",
    "89fd",
    "8185",
    "817e0100",
    "82fe007e",
    "827e007f",
    "82fe007f",
    "827f0000000000010000",
    "82ff0102030405060708",
)


def cases(chance: random.Random) -> list[Args]:
    """Headers of every form: whole, cut at every byte, and with bytes after them; then random."""
    wholes = [bytes.fromhex(text) for text in HEADERS]
    calls = [(whole,) for whole in wholes]
    calls += [(whole[:size],) for whole in wholes for size in range(len(whole))]
    calls += [(whole + b"\x37\xfa\x21\x3dHello",) for whole in wholes]
    calls += [(b"\x81\x05H",), (b"\x81\x85\x37",)]
    for _case in range(how_many(20)):
        length = chance.choice([126, 127, chance.randrange(126)])
        second = length | chance.choice([0, 128])
        fin, rsv1 = chance.choice([0, 128]), chance.choice([0, 0, 64])
        first = fin | rsv1 | chance.choice([0, 1, 2, 8, 9, 10])
        calls.append((bytes([first, second]) + chance.randbytes(chance.randrange(12)),))
    return calls


def _fields(got: Any) -> dict[str, Any]:
    return dict(zip(("fin", "opcode", "masked", "length", "size"), got, strict=True))


def _is_cut(data: bytes) -> bool:
    return reference(data) is None


CONDITIONS: dict[str, Callable[[bytes], bool]] = {
    "nothing": lambda data: not data,
    "one": lambda data: len(data) == 1,
    "too-short": lambda data: len(data) < 2,
    "cut-two": lambda data: _is_cut(data) and data[1:2] in (b"\x7e", b"\xfe"),
    "cut-eight": lambda data: _is_cut(data) and data[1:2] in (b"\x7f", b"\xff"),
    "cut": _is_cut,
    "whole": lambda data: not _is_cut(data),
    "more": lambda data: len(data) > (reference(data) or (0,) * 4 + (len(data),))[4],
    "masked": lambda data: not _is_cut(data) and data[1] > 127,
    "unmasked": lambda data: not _is_cut(data) and data[1] < 128,
    "two": lambda data: not _is_cut(data) and data[1] & 127 == 126,
    "eight": lambda data: not _is_cut(data) and data[1] & 127 == 127,
    "short": lambda data: not _is_cut(data) and data[1] & 127 < 126,
    "not-final": lambda data: not _is_cut(data) and data[0] < 128,
    "rsv": lambda data: not _is_cut(data) and data[0] & 112 > 0,
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, tuple[bool, int, bool, int, int] | None, section="5.2").telling(
        fields=_fields, conditions=CONDITIONS
    ),
    solution=decode_header,
    wrong={
        "always-none": lambda data: None,
    },
    piece="decode_header",
)
