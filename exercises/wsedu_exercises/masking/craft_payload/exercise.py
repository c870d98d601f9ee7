"""The key is known beforehand."""

from __future__ import annotations

import random

from websockets.utils import apply_mask

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch

from ...server import mask


def craft(wanted: bytes, key: bytes, before: int) -> bytes:
    """Masked beforehand, so that the browser's masking takes it off again."""
    return mask(bytes(before) + wanted, key)


def reference(wanted: bytes, key: bytes, before: int) -> bytes:
    """One of the right payloads."""
    return bytes(apply_mask(bytes(before) + wanted, key))


def _nearest(args: Args, got: bytes) -> bytes:
    """What stands before does not matter."""
    *_others, before = args
    right = reference(*args)
    return got[:before] + right[before:] if len(got) >= before else right


def cases(chance: random.Random) -> list[Args]:
    """Payloads that the library's masking turns into what was wanted."""
    key = bytes.fromhex("37fa213d")
    request = b"GET /script.js HTTP/1.1\r\n\r\n"
    cases = [(b"GET", key, 0), (request, key, 0), (request, key, 1), (request, key, 4)]
    for _case in range(how_many(20)):
        cases.append((request, chance.randbytes(4), chance.randrange(12)))
    return cases


EXERCISE = Exercise(
    stars=4,
    judge=Cases(cases, reference, bytes, nearest=_nearest, section="5.3; 10.3"),
    solution=craft,
    wrong={
        "as-it-is": patch("mask(bytes(before) + wanted, key)", "bytes(before) + wanted"),
        "the-key-begins-with-the-text": patch(
            "mask(bytes(before) + wanted, key)", "bytes(before) + mask(wanted, key)"
        ),
        "nothing-before": patch("bytes(before) + wanted", "wanted"),
    },
)
