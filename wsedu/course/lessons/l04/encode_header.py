"""04.2: write the header of a frame."""

from __future__ import annotations

import random

from websockets.frames import Frame, Opcode

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...reference import frame_field_at
from ...runner import Attempt
from ...verdict import Verdict


def solution(fin: bool, opcode: int, length: int) -> bytes:
    """FIN and opcode; then the length in the shortest of its three forms."""
    first = bytes([fin << 7 | opcode])
    if length < 126:
        return first + bytes([length])
    if length < 2**16:
        return first + bytes([126]) + length.to_bytes(2, "big")
    return first + bytes([127]) + length.to_bytes(8, "big")


def witness(fin: bool, opcode: int, length: int) -> bytes:
    """The header that the ``websockets`` library writes."""

    class Long(bytes):
        """A payload of any length that takes no memory."""

        def __len__(self) -> int:
            return length

    return Frame(Opcode(opcode), Long(), fin).serialize(mask=False)


LENGTHS = (0, 5, 125, 126, 127, 65535, 65536, 2**31, 2**63 - 1)


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """The lengths at the borders, then random ones, against the library."""
    cases = [(True, 1, length) for length in LENGTHS]
    cases += [(False, 2, 5), (False, 0, 200), (True, 10, 0), (True, 0, 70000)]
    for _case in range(how_many(20)):
        length = chance.randrange(2 ** chance.choice([7, 16, 17, 63]))
        cases.append((chance.random() < 0.5, chance.choice([0, 1, 2]), length))
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="encode_header",
        fits=lambda got: isinstance(got, bytes),
        like=_("bytes"),
        passed=_("The library writes the same headers."),
        section="5.2",
        where=frame_field_at,
    )


SLIPS = (
    Slip(
        "127 in seven bits",
        edited(solution, ("length < 126", "length < 128")),
        _("You write 126 and 127 as lengths. In the 7-bit field, 126 and 127 are markers."),
    ),
    Slip(
        "126 in seven bits",
        edited(solution, ("length < 126", "length <= 126")),
        _("You write 126 as a length. In the 7-bit field, 126 means: two bytes of length follow."),
    ),
    Slip(
        "65535 in eight bytes",
        edited(solution, ("length < 2**16", "length < 2**16 - 1")),
        _("You use eight bytes for 65535. It still fits in two; use the shortest form."),
    ),
    Slip(
        "125 in two bytes",
        edited(solution, ("length < 126", "length < 125")),
        _("You use two bytes for 125. It still fits in seven bits; use the shortest form."),
    ),
    Slip(
        "the smaller byte first",
        edited(solution, ('2, "big"', '2, "little"'), ('8, "big"', '8, "little"')),
        _("You write the length little-endian. Network byte order is big-endian."),
    ),
    Slip(
        "masked",
        edited(solution, ("[length]", "[128 | length]"), ("[126]", "[254]"), ("[127]", "[255]")),
        _("You set MASK. This is a server's header, and a server never masks (5.1)."),
    ),
    Slip(
        "always final",
        edited(solution, ("fin << 7", "128")),
        _("You always set FIN. Set it only if `fin` is true."),
    ),
    Slip(
        "never final",
        edited(solution, ("fin << 7 | opcode", "opcode")),
        _("You never set FIN. It is the first bit of the first byte, 80 in hex."),
    ),
    Slip(
        "four bytes of length",
        edited(solution, ("length.to_bytes(8", "length.to_bytes(4 if length < 2**32 else 8")),
        _("You write four bytes of length after 127. Write eight."),
    ),
)

EXERCISE = Exercise(
    name="04.2",
    title=_("Write the header"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "The first byte holds FIN and the opcode. Then comes the length: up to 125 in the second "
        "byte, up to 65535 in two more bytes after 126, and all others in eight after 127."
    ),
    hints=(
        _("The length has three forms. What is the greatest length of each?"),
        _("bytes([...]) makes bytes from small numbers, n.to_bytes(2, 'big') from greater ones."),
        _("fin << 7 | opcode is the first byte; then [length], or 126 and 2, or 127 and 8 bytes."),
    ),
    slips=SLIPS,
    piece="encode_header",
)
