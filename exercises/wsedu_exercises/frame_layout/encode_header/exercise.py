"""Write the header of a frame."""

from __future__ import annotations

import random

from websockets.frames import Frame, Opcode

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import frame_field_at

from ...server import encode_header


def reference(fin: bool, opcode: int, length: int) -> bytes:
    """The header that the ``websockets`` library writes."""

    class Long(bytes):
        """A payload of any length that takes no memory."""

        def __len__(self) -> int:
            return length

    return Frame(Opcode(opcode), Long(), fin).serialize(mask=False)


LENGTHS = (0, 5, 125, 126, 127, 65535, 65536, 2**31, 2**63 - 1)


def cases(chance: random.Random) -> list[Args]:
    """The lengths at the borders, then random ones, against the library."""
    calls = [(True, 1, length) for length in LENGTHS]
    calls += [(False, 2, 5), (False, 0, 200), (True, 10, 0), (True, 0, 70000)]
    for _case in range(how_many(20)):
        length = chance.randrange(2 ** chance.choice([7, 16, 17, 63]))
        calls.append((chance.random() < 0.5, chance.choice([0, 1, 2]), length))
    return calls


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, bytes, section="5.2", where=frame_field_at),
    solution=encode_header,
    piece="encode_header",
)
