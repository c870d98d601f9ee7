"""Why a published test with curl gets 400."""

from __future__ import annotations

import base64
import random
import string

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import random_key, server_status
from wsedu.protocol import build_request


def key_is_good(key: str) -> bool:
    """Whether the key is Base64 from end to end, and decodes to 16 bytes."""
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except ValueError:
        return False


def reference(key: str) -> bool:
    """Whether a ``websockets`` server says 101 to a request with this key."""
    return server_status(build_request("example.com:8000", "/", key).to_bytes()) == 101


def cases(chance: random.Random) -> list[Args]:
    """The key of the published test, keys that are nearly right, and random ones."""
    right = random_key(chance)
    keys = ["dGhlIHNhbXBsZSBub25jZQ==", "SGVsbG8sIHdvcmxkIQ==", "", "x3JJHMbDL1EzLkh9GBhXDw=="]
    keys += [base64.b64encode(chance.randbytes(size)).decode() for size in (15, 17, 18, 32)]
    keys += [right[:-2], right[:-1], "!" + right, right[:8] + "-" + right[8:], "0123456789abcdef"]
    for _case in range(how_many(10)):
        size = chance.choice([16, 16, chance.randint(0, 40)])
        keys.append(base64.b64encode(chance.randbytes(size)).decode())
        keys.append("".join(chance.choices(string.ascii_letters, k=chance.choice([16, 24]))))
    return [(key,) for key in keys]


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, bool, section="4.2.1, item 5"),
    solution=key_is_good,
    wrong={
        "every-key": lambda key: True,
        "the-published-key-alone": lambda key: key != "SGVsbG8sIHdvcmxkIQ==",
        "24-characters": lambda key: len(key) == 24,
        "16-characters": lambda key: len(key) == 16,
    },
)
