"""Is a length written in the shortest form?"""

from __future__ import annotations

import random

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


def cases(chance: random.Random) -> list[Args]:
    """The lengths at the borders in each form that can hold them, then random ones."""
    calls = []
    lengths = [0, 5, 125, 126, 127, 65535, 65536, 2**40]
    lengths += [chance.randrange(2 ** chance.choice([7, 16, 17, 40])) for _n in range(how_many(20))]
    for length in lengths:
        first = bytes([chance.choice([0x81, 0x82, 0x01, 0x02, 0x00])])
        if length < 126:
            calls.append((first + bytes([length]),))
        if length < 65536:
            calls.append((first + b"\x7e" + length.to_bytes(2, "big"),))
        calls.append((first + b"\x7f" + length.to_bytes(8, "big"),))
    return calls


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, bool, section="5.2"),
    solution=is_minimal,
    wrong={
        "every-form": lambda header: True,
        "two-bytes-only": lambda header: len(header) == 2,
        "only-126-checked": lambda header: len(header) != 4 or header[2:] > b"\x00\x7d",
        "only-127-checked": lambda header: len(header) != 10 or header[2:8] != bytes(6),
        "wrong-border": lambda header: {
            2: True,
            4: header[2:] > b"\x00\x7e",
            10: header[2:8] != bytes(6),
        }[len(header)],
    },
)
