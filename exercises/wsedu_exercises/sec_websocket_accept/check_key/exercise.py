"""Why a published test with curl gets 400."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import server_status
from wsedu.protocol import build_request


def key_is_good(key: str) -> bool:
    """Whether the key is Base64 from end to end, and decodes to 16 bytes."""
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except ValueError:
        return False


def reference(key: str) -> bool:
    """Whether a ``websockets`` server says 101 to a request with this key."""
    request = build_request("example.com:8000", "/", "the key").to_bytes()
    return server_status(request.replace(b"the key", key.encode())) == 101


# Keys that are nearly right, by what is wrong with them.
KEYS = (
    "dGhlIHNhbXBsZSBub25jZQ==",
    "SGVsbG8sIHdvcmxkIQ==",  # of the published test: 13 bytes
    "",
    "x3JJHMbDL1EzLkh9GBhXDw==",
    "AAAAAAAAAAAAAAAAAAAAAA==",  # zero bytes
    "+/+/+/+/+/+/+/+/+/+/+w==",  # the two signs of the alphabet
    "abcdefghijklmnopqrstug==",  # small letters alone
    "dGhlIHNhbXBsZSBub25jZR==",  # its last two bits stand for nothing
    # Of another length: 1, 9, 12, 14, 15, 17, 18, 20, 24, 32 bytes.
    "AA==",
    "AAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAA=",
    "AAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAA=",
    "AAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",  # an Accept
    # 16 characters, or 32 hex digits, that were not encoded.
    "0123456789abcdef",
    "the sample nonce",
    "746865207361706c65206e6f6e636520",
    # Padding.
    "dGhlIHNhbXBsZSBub25jZQ",
    "dGhlIHNhbXBsZSBub25jZQ=",
    "==dGhlIHNhbXBsZSBub25jZQ",
    "dGhlIHNhbXBs==ZSBub25jZQ",
    "dGhlIHNhbXBsZSBub25jZQ--",
    "======================",
    "========================",
    # Characters that are not in the alphabet.
    "a key of 24 characters!!",
    "a key in which is no b==",
    "!dGhlIHNhbXBsZSBub25jZQ==",
    "dGhlIHNhbXBsZSBub25jZQ==!",
    "dGhlIHNh-bXBsZSBub25jZQ==",
    "dGhl*IHNh*bXBs*ZSBu*b25jZQ==",
    "dGhlIHNh bXBsZSBub25jZQ==",
    "dGhlIHNhbXBsZSBub25j!Q==",
    "dGhlIHNhbXBsZSBub25j\u00e9Q==",
    "dGhlIHNhbXBsZSBub25j\u0665Q==",  # a digit, but not of ASCII
    "dGhlIHNhbXBsZSBub25j_Q==",
    "-_-_-_-_-_-_-_-_-_-_-w==",  # the URL-safe alphabet
    "dGhlIHNhbXBsZSBub25jZQ==\n",
    "\ndGhlIHNhbXBsZSBub25jZQ==",
)


def cases(chance: random.Random) -> list[Args]:
    """The keys of the lesson, keys that are nearly right, and random ones."""
    keys = list(KEYS)
    for _case in range(how_many(10)):
        size = chance.choice([16, 16, chance.randint(0, 40)])
        keys.append(base64.b64encode(chance.randbytes(size)).decode())
        keys.append("".join(chance.choices(string.ascii_letters, k=chance.choice([16, 24]))))
    return [(key,) for key in keys]


CONDITIONS: dict[str, Callable[[str], bool]] = {
    "good": lambda key: key_is_good(key),
    "bad": lambda key: not key_is_good(key),
    "base64": lambda key: _size_of(key) not in (None, 16),
    "no-base64": lambda key: _size_of(key) is None,
    "short": lambda key: (_size_of(key) or 99) < 16,
    "long": lambda key: (_size_of(key) or 0) > 16,
    "24": lambda key: len(key) == 24 and not key_is_good(key),
    "24-base64": lambda key: len(key) == 24 and _size_of(key) in (17, 18),
    "16": lambda key: len(key) == 16,
    "sign": lambda key: key_is_good(key) and ("+" in key or "/" in key),
    "empty": lambda key: not key,
    "newline": lambda key: "\n" in key,
    "foreign": lambda key: not key.isascii(),
}


def _size_of(key: str) -> int | None:
    """How many bytes it decodes to; None if it is not Base64."""
    try:
        return len(base64.b64decode(key, validate=True))
    except ValueError:
        return None


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What to say if no mistake fits."""
    size = _size_of(args[0])
    if size is None:
        return exercise.words.say("no-base64")
    return exercise.words.say("size" if got else "refused", size=size)


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, bool, section="4.2.1, item 5").telling(
        conditions=CONDITIONS, explain=explain
    ),
    solution=key_is_good,
)
