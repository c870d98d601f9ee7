"""A cache that gives every client the same response."""

from __future__ import annotations

import base64
import hashlib
import random
import re
from collections.abc import Callable

from websockets.utils import accept_key

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import client_accepts, random_key
from wsedu.protocol import GUID

from ...the_opening_handshake.heads import KEY, changes, respelled, written
from .. import recipes


def who_goes_on(stored: bytes, keys: list[str]) -> list[bool]:
    """Whether each client goes on: only if the stored response has the Accept of its key."""

    def accept(key: str) -> str:
        return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()

    sent = ""
    for line in stored.decode("latin-1").split("\r\n"):
        name, _colon, value = line.partition(":")
        if name.lower() == "sec-websocket-accept":
            sent = value.strip()
    return [sent == accept(key) for key in keys]


def reference(stored: bytes, keys: list[str]) -> list[bool]:
    """Whether a ``websockets`` client with each key accepts the stored response."""
    return [client_accepts(stored, key, []) for key in keys]


# The cases. The response that one client got; and how else it may be written.

STATUS, UPGRADE, CONNECTION, ACCEPT = RIGHT = (
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: {accept}",
)
ANOTHER = "x3JJHMbDL1EzLkh9GBhXDw=="  # the key of another client

OTHERS = changes(
    {
        ACCEPT: (
            f"X-Key: {{key}}\n{ACCEPT}",
            f"{ACCEPT}\nX-Key: {{another}}",
            f"{ACCEPT}\nX-Accept: {{other}}",
            f"X-Accept: {{other}}\n{ACCEPT}",
            f"{ACCEPT}\nX-Sec-WebSocket-Accept: {{other}}",
            f"X-Sec-WebSocket-Accept: {{other}}\n{ACCEPT}",
            f"{ACCEPT}\nX-Lunch: soup: hot",
            f"X-Lunch:\n{ACCEPT}",
            "Sec-WebSocket-Accept: {other}",
            "Sec-WebSocket-Accept: {other}\nX-Accept: {accept}",
            "Sec-WebSocket-Accept: {accept}x",
            "Sec-WebSocket-Accept: x{accept}",
            "Sec-WebSocket-Accept: {begin}",
            "Sec-WebSocket-Accept: {short}",
            "Sec-WebSocket-Accept: {swapped}",
            "Sec-WebSocket-Accept: {key}",
            "Sec-WebSocket-Accept: {another}",
        ),
    }
)
# What a server with a bug computes, and a learner perhaps, too.
RECIPES: tuple[str, ...] = (
    *("decoded-key", "no-guid", "guid-first", "guid-in-lower-case", "newline-after-key"),
    *("newline-after-guid", "sha-256", "hex-digest", "hex-not-base64"),
)


def _response(key: str, *changes: tuple[str, str], another: str = ANOTHER) -> bytes:
    """A 101 for ``key``, with other lines."""
    right = accept_key(key)
    facts = {"key": key, "another": another, "accept": right, "other": accept_key(another)}
    facts |= {"begin": right[:-4], "short": right[:8], "swapped": right.swapcase()}
    return written(RIGHT, *changes, **facts)


def cases(chance: random.Random) -> list[Args]:
    """The first client's response, as a cache gives it to the others; then some by chance."""
    third, good = "AAAAAAAAAAAAAAAAAAAAAA==", _response(KEY)
    calls: list[Args] = [(good, [KEY]), (good, [ANOTHER]), (good, [KEY, ANOTHER])]
    calls += [(good, [ANOTHER, KEY]), (good, []), (good, [KEY, KEY])]
    calls += [(good, [ANOTHER, KEY, third, KEY]), (good, [third, ANOTHER])]
    calls += [(head, [KEY, ANOTHER]) for head in respelled(good)]
    calls += [(_response(KEY, change), [KEY, ANOTHER]) for change in OTHERS]
    for recipe in RECIPES:
        value = recipes.made_by(recipe)(KEY)
        calls.append((_response(KEY, (ACCEPT, f"Sec-WebSocket-Accept: {value}")), [KEY, ANOTHER]))
    for _case in range(how_many(10)):
        keys = [random_key(chance) for _key in range(chance.randint(1, 4))]
        kept = chance.choice([*keys, random_key(chance)])
        calls.append((_response(kept, chance.choice(OTHERS), another=random_key(chance)), keys))
    return calls


CONDITIONS: dict[str, Callable[[bytes, list[str]], bool]] = {
    "no-client": lambda stored, keys: not any(who_goes_on(stored, keys)),
    "somebody": lambda stored, keys: any(who_goes_on(stored, keys)),
    "not-first": lambda stored, keys: any(who_goes_on(stored, keys)[1:]),
    "twice": lambda stored, keys: sum(who_goes_on(stored, keys)) > 1,
    "no-keys": lambda stored, keys: not keys,
    "one-key": lambda stored, keys: len(keys) == 1,
    "other-names": lambda stored, keys: b"Sec-WebSocket-Accept:" not in stored,
    "no-space": lambda stored, keys: re.search(rb"(?m)^[\w-]+:\S", stored) is not None,
    "others": lambda stored, keys: b"\r\nX-" in stored,
}


EXERCISE = Exercise(
    stars=4,
    judge=Cases(
        cases,
        reference,
        list[bool],
        section="4.1, item 4 of the response; 1.3",
        conditions=CONDITIONS,
    ),
    solution=who_goes_on,
)
