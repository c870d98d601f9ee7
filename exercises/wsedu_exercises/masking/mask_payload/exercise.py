"""Mask a payload, and unmask it."""

from __future__ import annotations

import random
from collections.abc import Callable

from websockets.utils import apply_mask

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

from ...server import mask


def cases(chance: random.Random) -> list[Args]:
    """The example of the RFC, lengths around the key's, zeros at each end, then random ones."""
    key = bytes.fromhex("37fa213d")
    calls = [(b"Hello", key), (b"", key), (b"\x00" * 9, key), (b"Hi", bytes(4))]
    calls += [(bytes(range(65, 65 + size)), key) for size in (1, 2, 3, 4, 5, 7, 8, 9, 12, 17)]
    # What a number, a text or a stop at zero would lose: in front, in the middle, at the end.
    calls += [(b"\x37\xfabc", key), (b"ab\x21\x3d", key), (b"\x00\x00\x00\x01", bytes(4))]
    calls += [(b"a\x00b", key), (b"\xff\x80\x7f\xfe\x00", b"\x80\xff\x00\x01")]
    calls += [(key, key), (b"abcdefgh", b"\x00\x00\x00\x01"), (b"\x00" * 6, b"\x00\x01\x02\x03")]
    calls += [(bytes(range(256)), key), (bytes(1000), b"\x01\x02\x03\x04")]
    for _case in range(how_many(20)):
        calls.append((chance.randbytes(chance.randrange(1, 40)), chance.randbytes(4)))
    return calls


CONDITIONS: dict[str, Callable[[bytes, bytes], bool]] = {
    "empty": lambda data, key: not data,
    "over-four": lambda data, key: len(data) > 4,
    "over-eight": lambda data, key: len(data) > 8,
    "up-to-four": lambda data, key: len(data) <= 4,
    "under-four": lambda data, key: len(data) < 4,
    "no-multiple": lambda data, key: len(data) % 4 != 0,
    "multiple": lambda data, key: len(data) % 4 == 0,
    "zero-key": lambda data, key: not any(key),
    "key-with-zero": lambda data, key: 0 in key,
    "data-with-zero": lambda data, key: 0 in data,
    "no-text": lambda data, key: max(data, default=0) > 127,
    "leading-zeros": lambda data, key: apply_mask(data, key)[:1] == b"\x00",
    "result-no-text": lambda data, key: max(apply_mask(data, key), default=0) > 127,
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, apply_mask, bytes, section="5.3", conditions=CONDITIONS),
    solution=mask,
    piece="mask",
)
