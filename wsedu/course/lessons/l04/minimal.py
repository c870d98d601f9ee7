"""04.4: is a length written in the shortest form?"""

from __future__ import annotations

import random

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict
from .decode_header import solution as decode_header
from .encode_header import solution as encode_header


def solution(header: bytes) -> bool:
    """Read it, write it again, and see whether it is the same."""
    fields = decode_header(header)
    assert fields is not None
    fin, opcode, _masked, length, _size = fields
    return encode_header(fin, opcode, length) == header


def witness(header: bytes) -> bool:
    """By arithmetic: the length would not fit into the next shorter form."""
    longer = int.from_bytes(header[2:], "big")
    return {2: True, 4: longer > 125, 10: longer > 65535}[len(header)]


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """The lengths at the borders in each form that can hold them, then random ones."""
    cases = []
    lengths = [0, 5, 125, 126, 127, 65535, 65536, 2**40]
    lengths += [chance.randrange(2 ** chance.choice([7, 16, 17, 40])) for _n in range(how_many(20))]
    for length in lengths:
        first = bytes([chance.choice([0x81, 0x82, 0x01, 0x02, 0x00])])
        if length < 126:
            cases.append((first + bytes([length]),))
        if length < 65536:
            cases.append((first + b"\x7e" + length.to_bytes(2, "big"),))
        cases.append((first + b"\x7f" + length.to_bytes(8, "big"),))
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="is_minimal",
        fits=lambda got: isinstance(got, bool),
        like=_("True or False"),
        passed=_("You recognise every length in a longer form than it needs."),
        section="5.2",
    )


SLIPS = (
    Slip(
        "the other way round",
        edited(solution, ("== header", "!= header")),
        _("Yours is the other way round: return True for the minimal form."),
    ),
    Slip(
        "every form will do",
        lambda header: True,
        _("You accept every form. 5.2 says that the minimal number of bytes MUST be used."),
    ),
    Slip(
        "another first byte",
        edited(solution, ("encode_header(fin, opcode,", "encode_header(True, 1,")),
        _("You write a different first byte. Take FIN and the opcode from the header."),
    ),
    Slip(
        "only the shortest of all",
        lambda header: len(header) == 2,
        _("You accept only the 2-byte header. From 126 on, a longer form is the minimal one."),
    ),
    Slip(
        "only 126 is looked at",
        lambda header: len(header) != 4 or header[2:] > b"\x00\x7d",
        _("You check only the form with two bytes. The form with eight can be too long as well."),
    ),
    Slip(
        "only 127 is looked at",
        lambda header: len(header) != 10 or header[2:8] != bytes(6),
        _("You check only the form with eight bytes. The form with two can be too long as well."),
    ),
    Slip(
        "the wrong border",
        lambda header: {2: True, 4: header[2:] > b"\x00\x7e", 10: header[2:8] != bytes(6)}[
            len(header)
        ],
        _("You refuse 126 in two bytes. In the 7-bit field 126 is a marker, so two are minimal."),
    ),
)

EXERCISE = Exercise(
    name="04.4",
    title=_("The shortest form"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "There is only one right way to write each header. So a header is minimal exactly when it "
        "stays the same after you read it and write it again."
    ),
    hints=(
        _("You have written both directions already. What comes out if you use both?"),
        _(
            "Read the header with decode_header, and write it again with encode_header. If yours "
            "returns None here, it refuses such lengths: read header[2:] yourself."
        ),
        _(
            "Return whether encode_header(fin, opcode, length) == header. Or compare numbers: "
            "int.from_bytes(header[2:], 'big') is over 125 in 4 bytes, and over 65535 in 10."
        ),
    ),
    slips=SLIPS,
)
