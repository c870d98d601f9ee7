"""Read the payload of a Close frame."""

from __future__ import annotations

import random
from typing import Any

from websockets.exceptions import ProtocolError
from websockets.frames import Close

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, how_many, refusing
from wsedu.course.mistakes import Args

from ...server import parse_close


def reference(payload: bytes) -> Any:
    """What the ``websockets`` library reads, or that it refuses."""
    try:
        close = Close.parse(payload)
        if payload:
            close.check()
    except (ProtocolError, UnicodeDecodeError):
        return Did("raised ValueError")
    return int(close.code), close.reason


# On both sides of every limit, and one whose two bytes are equal.
CODES = (0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 1016, 2999, 3000)


def cases(chance: random.Random) -> list[Args]:
    """Codes on both sides of every limit, reasons that are not UTF-8, then random payloads."""
    found = [(b"\x03\xe8",), (b"\x03\xe8bye",), (b"",), (b"\x03",), (b"\x03\xe8\xff",)]
    found += [(code.to_bytes(2, "big"),) for code in (*CODES, 0x0C0C, 4999, 5000, 65535)]
    found += [(b"\x03\xe8 bye \n",), (b"\x03\xe8\xed\xa0\x80",)]
    found += [(b"\x0f\xa0" + "Grüße 👋".encode(),), (b"\x0f\xa0" + "👋".encode()[:3],)]
    for _case in range(how_many(20)):
        code = chance.choice([1000, 1002, chance.randrange(3000, 5000), chance.randrange(2**16)])
        reason = "".join(chance.choices("aé€", k=chance.randrange(9))).encode()
        found.append((code.to_bytes(2, "big") + reason[: chance.choice([99, 1])],))
    return found


def _fits(got: Any) -> bool:
    if isinstance(got, Did):
        return True
    return isinstance(got, tuple) and [type(part) for part in got] == [int, str]


def _refuses_every_code(payload: bytes) -> tuple[int, str]:
    if payload:
        raise ValueError
    return 1005, ""


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, _fits, section="5.5.1; 7.4", through=refusing),
    solution=parse_close,
    wrong={
        "refuses-all": _refuses_every_code,
        "skips-a-header": lambda payload: parse_close(payload[2:]),
    },
    piece="parse_close",
)
