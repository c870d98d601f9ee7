"""Refuse a length before the payload comes."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame
from websockets.streams import StreamReader

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.protocol.reader import broken_rules, read_header

from ...server import check_length
from ..in_hex import in_hex


@lru_cache(2**12)
def reference(data: bytes, limit: int) -> int | None:
    """1002 by the rules of ``wsedu.protocol``, 1009 by the ``websockets`` library."""
    header = read_header(data)
    if header is None:
        return None
    if any(field == "extended_length" for field, _error in broken_rules(header, "server")):
        return 1002
    stream = StreamReader()
    stream.feed_data(data)
    try:
        next(Frame.parse(stream.read_exact, mask=True, max_size=limit))
    except PayloadTooBig:
        return 1009
    except StopIteration:  # the payload has come, too
        pass
    return None


KEY = b"\x37\xfa\x21\x3d"
LENGTHS = [
    0,
    1,
    5,
    100,
    125,
    200,
    300,
    1000,
    2**20,
    2**24,
    2**31,
    2**32,
    2**40 + 1,
    2**62,
    2**63 - 1,
]
# Next to a border of the forms, with limits that are far away: so mistakes about the forms and
# about the limit are told apart.
BORDERS = [124, 126, 127, 128, 255, 256, 257, 32767, 32768, 65534, 65535, 65536, 65537]
BORDERS += [2**63, 2**63 + 5, 2**64 - 1]
FIRST = b"\x82\x81\x02\x01\x80\x00"


def _headers(first: int, length: int) -> list[bytes]:
    """The length in each form that can hold it, without a key."""
    start = bytes([first])
    found = [start + bytes([128 | length])] if length < 126 else []
    found += [start + b"\xfe" + length.to_bytes(2, "big")] if length < 2**16 else []
    return [*found, start + b"\xff" + length.to_bytes(8, "big")]


def _is_open(data: bytes, limit: int) -> bool:
    """Whether bytes of the length are missing, and on them depends what is right.

    Where it is certain already, to say so before the length is complete would be no mistake.
    """
    if read_header(data) is not None:
        return False
    filled = [(data + fill * 8)[:10] for fill in (b"\x00", b"\x7f", b"\xff")]
    codes = {reference(whole, limit) for whole in filled}
    return None in codes or len(codes) > 1


def cases(chance: random.Random) -> list[Args]:
    """Lengths at every border in every form, with limits around them; cut; with more bytes.

    No case breaks a rule of validate.
    """
    calls: list[Args] = [(b"\x82\xfe\x00\x05", 100), (b"\x82\xfe\x01\x00", 100)]
    calls += [(b"", 100), (b"\x82", 100), (b"", 0), (b"\x81", 0)]
    for number, length in enumerate(LENGTHS):
        limits = (0, 125, length - 1, length, length + 1, length + 5, 65535, 2**20, 2**63 - 1)
        for header in _headers(FIRST[number % len(FIRST)], length):
            calls += [(header, limit) for limit in limits if limit >= 0]
    for length in BORDERS:
        calls += [(header, limit) for header in _headers(0x82, length) for limit in (0, 2**64)]
    # Cut, where what is right depends on the bytes that are missing.
    for length in (5, 126, 300, 2**15, 65536, 2**40 + 1):
        for header in _headers(0x82, length)[-2:]:
            cuts = [(header[:size], limit) for size in range(2, 10) for limit in (0, 100, 2**62)]
            calls += [cut for cut in cuts if _is_open(*cut)]
    # More bytes: of the key, the payload, and the next frame.
    for length in (5, 130, 200, 300):
        rest = KEY + bytes(length) + b"\x82\xfe\x00\x05"
        for header in _headers(0x81, length):
            wholes = [header + rest[:more] for more in (1, 3, 4, 7, len(rest))]
            calls += [(whole, limit) for whole in wholes for limit in (4, length, 2**20)]
    calls += [(b"\x82\xff\x00\x00\x00\x00\x00\x01\x00\x00" + KEY + bytes(5), 2**20)]
    calls += [(b"\x89\xfd" + KEY, 125), (b"\x8a\x80" + KEY, 0), (b"\x88\x82" + KEY, 2**20)]
    for _case in range(how_many(20)):
        length = chance.randrange(2 ** chance.choice([7, 16, 17, 40, 64]))
        header = chance.choice(_headers(chance.choice(FIRST), length))
        limit = max(0, chance.choice([length + chance.randrange(-2, 3), 2**20, 1000]))
        calls.append((header + KEY[: chance.randrange(5)], limit))
    return list(dict.fromkeys(calls))


def _form(data: bytes) -> int:
    """How many bytes the length has beside the second one; -1 if it is not complete."""
    header = read_header(data)
    return {7: 0, 16: 2, 64: 8}[header.length_form] if header else -1


def _length(data: bytes) -> int:
    header = read_header(data)
    return header.length if header else -1


def _gets(code: int | None, *forms: int) -> Callable[[bytes, int], bool]:
    return lambda data, limit: reference(data, limit) == code and _form(data) in forms


def _top_bit(data: bytes, limit: int) -> bool:
    return _length(data) >= 2**63


CONDITIONS: dict[str, Callable[[bytes, int], bool]] = {
    "nothing": lambda data, limit: not data,
    "too-short": lambda data, limit: len(data) < 2,
    "cut": lambda data, limit: _form(data) < 0,
    "marker-alone": lambda data, limit: len(data) == 2 and _form(data) < 0,
    "complete": lambda data, limit: _form(data) >= 0,
    "more": lambda data, limit: len(data) > 2 + _form(data) >= 2,
    "not-shortest": lambda data, limit: _gets(1002, 2, 8)(data, limit) and not _top_bit(data, 0),
    "not-shortest-two": _gets(1002, 2),
    "not-shortest-eight": lambda data, limit: _gets(1002, 8)(data, limit) and not _top_bit(data, 0),
    "top-bit": _top_bit,
    "1002": _gets(1002, 2, 8),
    "1009": _gets(1009, 0, 2, 8),
    "1009-short": _gets(1009, 0),
    "1009-two": _gets(1009, 2),
    "1009-eight": _gets(1009, 8),
    "allowed": _gets(None, 0, 2, 8),
    "allowed-two": _gets(None, 2),
    "allowed-eight": _gets(None, 8),
    "at-limit": lambda data, limit: _length(data) == limit and reference(data, limit) is None,
    "just-over": lambda data, limit: _length(data) == limit + 1 and reference(data, limit) == 1009,
    "both": lambda data, limit: reference(data, limit) == 1002 and _length(data) > limit,
    "limit-0": lambda data, limit: limit == 0 and reference(data, limit) == 1009,
    "half-of-two": lambda data, limit: _gets(None, 2)(data, limit) and _length(data) >= 2**15,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, (data, limit) = exercise.words.say, args
    length, code = _length(data), reference(data, limit)
    if length < 0:
        return say("cut")
    if length >= 2**63:
        return say("top-bit")
    if code == 1002:
        return say("not-shortest", length=length)
    return say("over", length=length) if code else say("allowed", length=length)


JUDGE = Cases(cases, reference, int | None, section="5.2; 7.4.1").telling(
    conditions=CONDITIONS, explain=explain, show=in_hex("check_length", reference)
)
EXERCISE = Exercise(stars=3, judge=JUDGE, solution=check_length, piece="check_length")
