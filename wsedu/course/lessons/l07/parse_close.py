"""07.3: read a Close."""

from __future__ import annotations

import random
from typing import Any

from websockets.exceptions import ProtocolError
from websockets.frames import Close

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import Did, by_cases, refusing
from ...runner import Attempt
from ...verdict import Verdict


def solution(payload: bytes) -> tuple[int, str]:
    """The code and the reason; 1005 if there is none; ValueError if it may not be so."""
    if not payload:
        return 1005, ""
    if len(payload) < 2:
        raise ValueError("half a code")
    code = int.from_bytes(payload[:2], "big")
    if not (1000 <= code <= 1014 or 3000 <= code <= 4999) or code in (1004, 1005, 1006):
        raise ValueError("this code may not be sent")
    return code, payload[2:].decode()


def witness(payload: bytes) -> Any:
    """What the ``websockets`` library reads."""
    try:
        close = Close.parse(payload)
        if payload:
            close.check()
    except (ProtocolError, UnicodeDecodeError):
        return Did("raised ValueError")
    return int(close.code), close.reason


CODES = (
    0,
    999,
    1000,
    1001,
    1003,
    1004,
    1005,
    1006,
    1007,
    1011,
    1014,
    1015,
    1016,
    2999,
    3000,
    0x0C0C,
)


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Every border of the codes, broken reasons, then random ones, against the library."""
    cases = [(b"\x03\xe8",), (b"\x03\xe8bye",), (b"",), (b"\x03",), (b"\x03\xe8\xff",)]
    cases += [(code.to_bytes(2, "big"),) for code in (*CODES, 4999, 5000, 65535)]
    cases += [(b"\x03\xe8 bye \n",), (b"\x03\xe8\xed\xa0\x80",)]
    cases += [(b"\x0f\xa0" + "Grüße 👋".encode(),), (b"\x0f\xa0" + "👋".encode()[:3],)]
    for _case in range(how_many(20)):
        code = chance.choice([1000, 1002, chance.randrange(3000, 5000), chance.randrange(2**16)])
        reason = "".join(chance.choices("aé€", k=chance.randrange(9))).encode()
        cases.append((code.to_bytes(2, "big") + reason[: chance.choice([99, 1])],))
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="parse_close",
        fits=_fits,
        like=_("(code, reason), a number and a string"),
        passed=_("You read every Close as the library does, and refuse what it refuses."),
        section="5.5.1; 7.4",
        through=refusing,
    )


def _fits(got: Any) -> bool:
    if isinstance(got, Did):
        return True
    return isinstance(got, tuple) and [type(part) for part in got] == [int, str]


def _refuses_every_code(payload: bytes) -> tuple[int, str]:
    if payload:
        raise ValueError
    return 1005, ""


SLIPS = (
    Slip(
        "no code is good",
        _refuses_every_code,
        _("You refuse every code. Do you write `code == 1004 or 1005`? That is always true."),
    ),
    Slip(
        "a header in front",
        lambda payload: solution(payload[2:]),
        _("You skip a header. `payload` has none: begin at its first byte."),
    ),
    Slip(
        "empty is 1000",
        edited(solution, ("return 1005", "return 1000")),
        _("You return 1000 for an empty payload. It has no code: return 1005."),
    ),
    Slip(
        "empty is 1006",
        edited(solution, ("return 1005", "return 1006")),
        _("You return 1006 for an empty payload. 1006 means that no Close came: return 1005."),
    ),
    Slip(
        "empty is an error",
        edited(solution, ('return 1005, ""', 'raise ValueError("empty")')),
        _("You refuse an empty payload. It is allowed (5.5.1)."),
    ),
    Slip(
        "half a code",
        edited(solution, ('raise ValueError("half a code")', 'return 1005, ""')),
        _("You accept a payload of one byte. It is half a code: raise ValueError."),
    ),
    Slip(
        "the smaller byte first",
        edited(solution, ('"big"', '"little"')),
        _("You read the code little-endian. Network byte order is big-endian: 03 e8 is 1000."),
    ),
    Slip(
        "any code",
        edited(
            solution,
            (
                "not (1000 <= code <= 1014 or 3000 <= code <= 4999) or code in (1004, 1005, 1006)",
                "False",
            ),
        ),
        _("You accept every code. 7.4 says which may be sent."),
    ),
    Slip(
        "codes that never travel",
        edited(solution, (" or code in (1004, 1005, 1006)", "")),
        _("You accept 1004, 1005 or 1006. They are reserved and never sent (7.4.1)."),
    ),
    Slip(
        "no codes for applications",
        edited(solution, (" or 3000 <= code <= 4999", "")),
        _("You refuse 3000 to 4999. They are for libraries and applications (7.4.2)."),
    ),
    Slip(
        "broken text passes",
        edited(solution, (".decode()", '.decode(errors="replace")')),
        _("You accept a reason that is not UTF-8. Raise ValueError."),
    ),
    Slip(
        "1015 travels",
        edited(solution, ("1014", "1015")),
        _("You accept 1015. It is never sent: it means that the TLS handshake failed (7.4.1)."),
    ),
    Slip(
        "the list of 2011",
        edited(solution, ("1014", "1011")),
        _("You stop at 1011. IANA has added 1012, 1013 and 1014 since."),
    ),
    Slip(
        "broken text is dropped",
        edited(solution, (".decode()", '.decode(errors="ignore")')),
        _("You drop the bytes that are not UTF-8. Raise ValueError instead."),
    ),
)

EXERCISE = Exercise(
    name="07.3",
    title=_("Read a Close"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "A payload is empty, or it is a code of two bytes and a reason. 7.4 and the list at IANA, "
        "which has grown to 1014, say which codes may be sent."
    ),
    hints=(
        _("Tell three lengths apart: 0, 1, and 2 or more."),
        _("bytes.decode raises UnicodeDecodeError, and that is a ValueError already."),
        _("1000 to 1014 without 1004, 1005, 1006; and 3000 to 4999."),
    ),
    slips=SLIPS,
    piece="parse_close",
)
