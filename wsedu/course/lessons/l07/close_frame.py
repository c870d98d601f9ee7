"""07.2: write a Close frame."""

from __future__ import annotations

import random

from websockets.frames import Close, Frame, Opcode

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...reference import frame_field_at
from ...runner import Attempt
from ...verdict import Verdict
from ..l04.encode_header import solution as encode_header


def solution(code: int | None, reason: str) -> bytes:
    """A code and a reason of 123 bytes at most, or nothing."""
    payload = b""
    if code is not None:
        short = reason.encode()[:123].decode(errors="ignore")
        payload = code.to_bytes(2, "big") + short.encode()
    return encode_header(True, 8, len(payload)) + payload


def witness(code: int | None, reason: str) -> bytes:
    """The library's Close, with characters taken from the end of the reason until it fits."""
    if code is None:
        return Frame(Opcode.CLOSE, b"").serialize(mask=False)
    while len(reason.encode()) > 123:
        reason = reason[:-1]
    return Frame(Opcode.CLOSE, Close(code, reason).serialize()).serialize(mask=False)


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Short ones, reasons at the limit in several alphabets, then random ones."""
    cases = [(1000, ""), (1000, "bye"), (None, ""), (4000, "Grüße"), (None, "unsaid")]
    cases += [(1001, "x" * size) for size in (122, 123, 124, 200)]
    cases += [(1008, "é" * 62), (3000, "x" + "é" * 61), (3000, "€" * 42), (4999, "x" + "👋" * 31)]
    cases += [(1011, "xx" + "👋" * 31), (1011, "xxx" + "👋" * 31)]
    for _case in range(how_many(20)):
        code = chance.choice([1000, 1001, 1002, 1011, 3000, 4999])
        cases.append((code, "".join(chance.choices("aé€👋 ", k=chance.randrange(80)))))
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="close_frame",
        fits=lambda got: isinstance(got, bytes),
        like=_("bytes"),
        passed=_("The library writes the same frames."),
        section="5.5; 5.5.1",
        where=frame_field_at,
    )


SLIPS = (
    Slip(
        "None is 1000",
        edited(solution, ("    if code is not None:\n", "    code = code or 1000\n    if True:\n")),
        _("You send 1000 for None. Without a code the payload is empty."),
    ),
    Slip(
        "None is 1005",
        edited(solution, ("    if code is not None:\n", "    code = code or 1005\n    if True:\n")),
        _("You send 1005 for None, but 1005 is never sent (7.4.1). Send an empty payload."),
    ),
    Slip(
        "the smaller byte first",
        edited(solution, ('2, "big"', '2, "little"')),
        _("You write the code little-endian. Network byte order is big-endian: 1000 is 03 e8."),
    ),
    Slip(
        "the reason is not cut",
        edited(solution, ("[:123]", "")),
        _("You do not cut the reason. It may have 123 bytes, the payload 125 (5.5)."),
    ),
    Slip(
        "cut at 125",
        edited(solution, ("[:123]", "[:125]")),
        _("You cut the reason at 125 bytes. The code takes two of them, so cut at 123."),
    ),
    Slip(
        "characters are counted",
        edited(
            solution,
            ("reason.encode()[:123].decode(errors='ignore')".replace("'", '"'), "reason[:123]"),
        ),
        _("You count characters. The limit is 123 bytes, and é takes two."),
    ),
    Slip(
        "cut through a character",
        edited(
            solution,
            ('        short = reason.encode()[:123].decode(errors="ignore")\n', ""),
            ("short.encode()", "reason.encode()[:123]"),
        ),
        _("You cut through a character, so the reason is no longer UTF-8 (5.5.1)."),
    ),
    Slip(
        "the code as text",
        edited(solution, ('code.to_bytes(2, "big")', "str(code).encode()")),
        _("You write the code as four digits. It is a number in two bytes."),
    ),
    Slip(
        "a reason without a code",
        edited(solution, ('payload = b""', 'payload = b"" if code else reason.encode()[:123]')),
        _("You send a reason without a code. Without a code the payload is empty."),
    ),
    Slip(
        "no FIN",
        edited(solution, ("encode_header(True,", "encode_header(False,")),
        _("You do not set FIN. A control frame must not be fragmented (5.5)."),
    ),
    Slip(
        "the length of the reason",
        edited(solution, ("8, len(payload))", "8, max(0, len(payload) - 2))")),
        _("Your length leaves out the code. Its two bytes belong to the payload."),
    ),
)

EXERCISE = Exercise(
    name="07.2",
    title=_("Write a Close"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "The opcode is 8. The payload has at most 125 bytes: two for the code and 123 for the "
        "reason, which must be UTF-8 to its last byte. Without a code the payload is empty."
    ),
    hints=(
        _("You can already write the header: FIN, opcode 8, the length."),
        _("Encode the reason, cut it at 123 bytes, and drop what is left of a cut character."),
        _("b[:123].decode(errors='ignore') drops half a character at the end."),
    ),
    slips=SLIPS,
    piece="close_frame",
)
