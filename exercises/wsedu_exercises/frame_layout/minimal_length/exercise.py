"""Is a length written in the shortest form?"""

from __future__ import annotations

import random
from collections.abc import Callable

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

from ...server import decode_header, encode_header


def is_minimal(header: bytes) -> bool:
    """Whether the header is the same after it is read and written again."""
    fields = decode_header(header)
    assert fields is not None
    fin, opcode, _masked, length, _size = fields
    return encode_header(fin, opcode, length) == header


def reference(header: bytes) -> bool:
    """By arithmetic: whether the length is too long for the next shorter form."""
    longer = int.from_bytes(header[2:], "big")
    return {2: True, 4: longer > 125, 10: longer > 65535}[len(header)]


FIRST = (0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89)


def cases(chance: random.Random) -> list[Args]:
    """The lengths at the borders in each form that can hold them, then random ones."""
    calls: list[Args] = []
    lengths = [0, 1, 5, 124, 125, 126, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 65537]
    lengths += [2**31, 2**32, 2**40 + 1, 2**56, 2**63 - 1]
    lengths += [chance.randrange(2 ** chance.choice([7, 16, 17, 40])) for _n in range(how_many(20))]
    for length in lengths:
        first = bytes([FIRST[len(calls) % len(FIRST)]])
        if length < 126:
            calls.append((first + bytes([length]),))
        if length < 65536:
            calls.append((first + b"\x7e" + length.to_bytes(2, "big"),))
        calls.append((first + b"\x7f" + length.to_bytes(8, "big"),))
    return calls


def _length(header: bytes) -> int:
    return int.from_bytes(header[2:], "big") if header[2:] else header[1]


CONDITIONS: dict[str, Callable[[bytes], bool]] = {
    "two": lambda header: len(header) == 2,
    "four": lambda header: len(header) == 4,
    "ten": lambda header: len(header) == 10,
    "four-too-long": lambda header: len(header) == 4 and _length(header) < 126,
    "four-minimal": lambda header: len(header) == 4 and _length(header) > 125,
    "ten-too-long": lambda header: len(header) == 10 and _length(header) < 2**16,
    "ten-middle": lambda header: len(header) == 10 and 125 < _length(header) < 2**16,
    "ten-short": lambda header: len(header) == 10 and _length(header) < 126,
    "ten-minimal": lambda header: len(header) == 10 and _length(header) >= 2**16,
    "minimal": reference,
    "too-long": lambda header: not reference(header),
    "zero": lambda header: _length(header) == 0,
    "border-126": lambda header: _length(header) == 126,
    "border-65535": lambda header: _length(header) == 65535,
    "border-65536": lambda header: _length(header) == 65536,
    "not-final": lambda header: header[0] < 128,
}

EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, bool, section="5.2", conditions=CONDITIONS),
    solution=is_minimal,
)
