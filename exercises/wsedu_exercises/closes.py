"""Payloads of a Close: what the real library makes of them, and which ones tell mistakes apart.

How to think about it: a payload is empty, or it is a code of two bytes and a reason. The exercises
of two lessons ask what is wrong with one, so they share the cases, the conditions, and the mistakes
about codes (``close_codes.toml``).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from websockets.exceptions import ProtocolError
from websockets.frames import Close

from wsedu.course.judges import Did, how_many
from wsedu.course.mistakes import Args, Patch, read_mistakes

# Changes of ``parse_close`` that take other codes for those that may be sent.
WRONG_CODES: dict[str, Patch] = read_mistakes(Path(__file__).with_name("close_codes.toml"))


def parsed(payload: bytes) -> Any:
    """What the ``websockets`` library reads, or that it refuses."""
    try:
        close = Close.parse(payload)
        if payload:
            close.check()
    except (ProtocolError, UnicodeDecodeError):
        return Did("raised ValueError")
    return int(close.code), close.reason


# On both sides of every limit, each that may not be sent, and one whose two bytes are equal.
CODES = [0, 3, 232, 999, *range(1000, 1017), 1999, 2000, 2999, 3000, 0x0C0C, 3999, 4000, 4999]
CODES += [5000, 65535]

NOT_UTF8 = [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"a\x80", "👋".encode()[:3]]
UNUSUAL = [
    " bye \n",
    "one\ntwo",
    "a\0b",
    "bye\0\0",
    "\ufeffbye",
    "é",
    "4 words, no more",
    "5",
    "\0",
]
UNUSUAL += ["x" * 120, "x" * 121, "x" * 122, "x" * 123, "€" * 41, "Grüße 👋", "\x03bye"]


def payloads(chance: random.Random) -> list[Args]:
    """Codes on both sides of every limit, reasons that are not UTF-8, then random payloads."""
    found = [(b"\x03\xe8",), (b"\x03\xe8bye",), (b"",), (b"\x03",), (b"\x03\xe8\xff",)]
    found += [(code.to_bytes(2, "big"),) for code in CODES]
    found += [(b"\x03\xe9" + reason.encode(),) for reason in UNUSUAL]
    found += [(b"\x0f\xa0" + reason,) for reason in NOT_UTF8]
    found += [(b"\x07\xd0bye",), (b"\x03\xeebye",), (b"\x03\xee\xff",), (b"\xff",), (b"\x00",)]
    found += [(b"\x00\x00\x03\xe8",), (b"\x00\x00\x00\x00\x03\xe8",)]
    for _case in range(how_many(20)):
        code = chance.choice([1000, 1002, chance.randrange(3000, 5000), chance.randrange(2**16)])
        reason = "".join(chance.choices("aé€", k=chance.randrange(9))).encode()
        found.append((code.to_bytes(2, "big") + reason[: chance.choice([99, 1])],))
    return found


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _of_code(low: int, high: int) -> Callable[[bytes], bool]:
    return lambda payload: len(payload) > 1 and low <= int.from_bytes(payload[:2], "big") <= high


def _refused(payload: bytes) -> bool:
    return isinstance(parsed(payload), Did)


def code_refused(payload: bytes) -> bool:
    """Whether it has a code that may not be sent."""
    return len(payload) > 1 and _refused(payload[:2])


def not_utf8(payload: bytes) -> bool:
    """Whether its reason is all that is wrong."""
    return len(payload) > 2 and not code_refused(payload) and _refused(payload)


CONDITIONS: dict[str, Callable[..., bool]] = {
    "empty": lambda payload: not payload,
    "half": lambda payload: len(payload) == 1,
    "short": lambda payload: len(payload) < 2,
    "no-reason": lambda payload: len(payload) == 2,
    "reason": lambda payload: len(payload) > 2,
    "allowed": lambda payload: not _refused(payload),
    "refused": _refused,
    "code-refused": code_refused,
    "code-allowed": lambda payload: len(payload) > 1 and not code_refused(payload),
    "below": _of_code(0, 999),
    "1000-to-1014": _of_code(1000, 1014),
    "1012-to-1014": _of_code(1012, 1014),
    "reserved": _of_code(1004, 1006),
    "never-sent": lambda payload: payload[:2] in (b"\x03\xed", b"\x03\xee", b"\x03\xf7"),
    "1015": _of_code(1015, 1015),
    "1016-to-2999": _of_code(1016, 2999),
    "3000-to-3999": _of_code(3000, 3999),
    "4000-to-4999": _of_code(4000, 4999),
    "3000-to-4999": _of_code(3000, 4999),
    "above": _of_code(5000, 65535),
    "not-utf8": not_utf8,
    "not-ascii": lambda payload: not _refused(payload) and not payload[2:].isascii(),
    "long": lambda payload: len(payload) > 100,
}
