"""The attacker knows the key in advance."""

from __future__ import annotations

import random

from websockets.utils import apply_mask

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

from ...server import mask


def craft(wanted: bytes, key: bytes, before: int) -> bytes:
    """The payload masked in advance, so that the browser's masking undoes it."""
    return mask(bytes(before) + wanted, key)


def reference(wanted: bytes, key: bytes, before: int) -> bytes:
    """One of the right payloads: its first ``before`` bytes could be any others."""
    return bytes(apply_mask(bytes(before) + wanted, key))


def _nearest(args: Args, got: bytes) -> bytes:
    """The right payload that begins with the bytes of ``got``; these may be anything."""
    *_others, before = args
    right = reference(*args)
    return got[:before] + right[before:] if len(got) >= before else right


def cases(chance: random.Random) -> list[Args]:
    """A short text and a request, at several distances from the start, then at random ones."""
    key = bytes.fromhex("37fa213d")
    request = b"GET /script.js HTTP/1.1\r\n\r\n"
    calls = [(b"GET", key, 0), (b"", key, 0), (b"", key, 3), (b"\x00\xff\x00", key, 2)]
    calls += [(request, key, before) for before in (0, 1, 2, 3, 4, 5, 8, 11)]
    calls += [(b"GET", bytes(4), 1), (b"GETGETGET", b"\x00\x01\x80\xff", 6), (b"X" * 200, key, 130)]
    for _case in range(how_many(20)):
        calls.append((request, chance.randbytes(4), chance.randrange(12)))
    return calls


EXERCISE = Exercise(
    stars=4,
    judge=Cases(cases, reference, bytes, nearest=_nearest, section="5.3; 10.3"),
    solution=craft,
)
