"""04.3: read the header of a frame, or say that more bytes are needed."""

from __future__ import annotations

import random
import struct
from typing import Any

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict


def solution(data: bytes) -> tuple[bool, int, bool, int, int] | None:
    """FIN, opcode, MASK, length, size of the header with its key; None for too few bytes."""
    if len(data) < 2:
        return None
    length, size = data[1] & 127, 2
    if length == 126:
        size = 4
    elif length == 127:
        size = 10
    if len(data) < size:
        return None
    if size > 2:
        length = int.from_bytes(data[2:size], "big")
    masked = data[1] > 127
    return data[0] > 127, data[0] & 15, masked, length, size + 4 * masked


def witness(data: bytes) -> tuple[bool, int, bool, int, int] | None:
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


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
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
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="decode_header",
        fits=_fits,
        like=_("None, or (fin, opcode, masked, length, size), True or False for fin and masked"),
        passed=_("You read every header, and you wait for the rest of it where you must."),
        section="5.2",
    )


def _fits(got: Any) -> bool:
    kinds = [bool, int, bool, int, int]
    return got is None or (isinstance(got, tuple) and [type(part) for part in got] == kinds)


SLIPS = (
    Slip(
        "always more",
        lambda data: None,
        _("You return None, which asks for more bytes, even when the header is complete."),
    ),
    Slip(
        "126 is a length",
        edited(solution, ("length == 126", "length == 128")),
        _("You take 126 as a length. In the 7-bit field, 126 means: the next two bytes hold it."),
    ),
    Slip(
        "the smaller byte first",
        edited(solution, ('"big"', '"little"')),
        _("You read the length little-endian. Network byte order is big-endian."),
    ),
    Slip(
        "the key does not count",
        edited(solution, (" + 4 * masked", "")),
        _("You leave out the masking key: with MASK, the header is four bytes longer."),
    ),
    Slip(
        "the key must be there",
        edited(
            solution,
            (
                "    return data[0] > 127",
                "    if len(data) < size + 4 * masked:\n        return None\n"
                "    return data[0] > 127",
            ),
        ),
        _("You wait for the masking key. You can tell all five fields before it comes."),
    ),
    Slip(
        "the opcode with FIN",
        edited(solution, ("data[0] & 15", "data[0]")),
        _("Your opcode includes FIN. The opcode is only the last four bits."),
    ),
    Slip(
        "the opcode with RSV",
        edited(solution, ("data[0] & 15", "data[0] & 127")),
        _("Your opcode includes the three bits after FIN: those are RSV1, RSV2 and RSV3."),
    ),
    Slip(
        "the length with MASK",
        edited(solution, ("data[1] & 127", "data[1]")),
        _("Your length includes MASK, the first bit of the second byte."),
    ),
    Slip(
        "half a length",
        edited(solution, ("    if len(data) < size:\n        return None\n", "")),
        _("You read a length before all its bytes have come. Return None to ask for more."),
    ),
)

EXERCISE = Exercise(
    name="04.3",
    title=_("Read the header"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "The first two bytes say how many more the header has. Until all of them have come, None "
        "is the only honest answer: a stream may be cut anywhere."
    ),
    hints=(
        _("First look at how many bytes there are. Fewer than two say nothing."),
        _("& 127 takes seven bits, & 15 four; > 127 asks for the first bit."),
        _("126: the header has 4 bytes; 127: 10; else 2; and 4 more if it is masked."),
    ),
    slips=SLIPS,
    piece="decode_header",
)
