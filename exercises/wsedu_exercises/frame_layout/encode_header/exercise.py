"""Write the header of a frame."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

from websockets.frames import Frame, Opcode

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import frame_field_at

from ...server import encode_header


def reference(fin: bool, opcode: int, length: int) -> bytes:
    """The header that the ``websockets`` library writes."""
    if length > sys.maxsize:  # Python in a browser has 32 bits: nothing is that long
        return reference(fin, opcode, 2**16)[:2] + length.to_bytes(8, "big")

    class Long(bytes):
        """A payload of any length that takes no memory."""

        def __len__(self) -> int:
            return length

    return Frame(Opcode(opcode), Long(), fin).serialize(mask=False)


# Every border, and what a shorter or a signed form would make of it. What an answer might try to
# allocate is small, or so long that this fails at once.
LENGTHS = (
    *(0, 1, 5, 123, 124, 125, 126, 127, 128, 129, 200, 255, 256, 258),
    *(32766, 32767, 32768, 65534, 65535, 65536, 65537, 2**20 + 3, 2**40, 2**48, 2**63 - 1),
)


def cases(chance: random.Random) -> list[Args]:
    """The lengths at the borders and every opcode, then random ones, against the library."""
    calls = [(True, 1, length) for length in LENGTHS]
    calls += [(True, opcode, 5) for opcode in (0, 2, 8, 9, 10)]
    calls += [(False, opcode, 5) for opcode in (0, 1, 2)]
    calls += [(False, 2, 0), (False, 0, 200), (True, 10, 0), (True, 0, 70000), (False, 1, 70000)]
    for _case in range(how_many(20)):
        length = chance.randrange(2 ** chance.choice([7, 16, 17, 63]))
        calls.append((chance.random() < 0.5, chance.choice([0, 1, 2]), length))
    return calls


def fields(header: bytes) -> dict[str, int | bytes]:
    """The parts of a header of two bytes or more."""
    first, second = header[:2]
    return {
        "fin": first >> 7,
        "rsv": first >> 4 & 7,
        "opcode": first & 15,
        "mask": second >> 7,
        "short": second & 127,
        "longer": header[2:],
    }


CONDITIONS: dict[str, Callable[[bool, int, int], bool]] = {
    "final": lambda fin, opcode, length: fin,
    "not-final": lambda fin, opcode, length: not fin,
    "continuation": lambda fin, opcode, length: opcode == 0,
    "control": lambda fin, opcode, length: opcode > 7,
    "empty": lambda fin, opcode, length: length == 0,
    "short": lambda fin, opcode, length: length < 126,
    "marker-126": lambda fin, opcode, length: length == 126,
    "two": lambda fin, opcode, length: 126 <= length < 2**16,
    "byte": lambda fin, opcode, length: 126 <= length < 256,
    "over-byte": lambda fin, opcode, length: length > 255,
    "signed": lambda fin, opcode, length: 2**15 <= length < 2**16,
    "border": lambda fin, opcode, length: length == 65535,
    "over-short": lambda fin, opcode, length: length > 125,
    "eight": lambda fin, opcode, length: length >= 2**16,
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, bytes, section="5.2").telling(
        fields=fields, conditions=CONDITIONS, where=frame_field_at
    ),
    solution=encode_header,
    piece="encode_header",
)
