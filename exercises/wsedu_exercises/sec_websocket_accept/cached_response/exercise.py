"""A cache that gives every client the same response."""

from __future__ import annotations

import base64
import hashlib
import random

from websockets.utils import accept_key

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import client_accepts, random_key
from wsedu.protocol import GUID


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


def _response(
    key: str, name: str = "Sec-WebSocket-Accept", space: str = " ", others: str = ""
) -> bytes:
    """A 101 for ``key``: ``space`` on both sides of the value, ``others`` are whole lines."""
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"X-Key: {key}\r\n{others}{name}:{space}{accept_key(key)}{space}\r\n\r\n"
    ).encode()


def cases(chance: random.Random) -> list[Args]:
    """The first client's response, as a cache gives it to the others."""
    first, second = random_key(chance), random_key(chance)
    calls = [(_response(first), [first]), (_response(first), [first, random_key(chance)])]
    calls.append((_response(first, "sec-websocket-accept", ""), [first]))
    calls.append((_response(first, "Sec-WebSocket-ACCEPT", "  "), [random_key(chance), first]))
    other = f"X-Accept: {accept_key(second)}\r\nX-Key: {second}\r\n"
    calls.append((_response(first, others=other), [second, first]))
    for _case in range(how_many(10)):
        keys = [random_key(chance) for _key in range(chance.randint(1, 4))]
        kept = chance.choice([*keys, random_key(chance)])
        stored, value = _response(kept), accept_key(kept).encode()
        calls.append((stored, keys))
        calls.append((stored.replace(value, value.swapcase()), [kept]))
    return calls


EXERCISE = Exercise(
    stars=4,
    judge=Cases(
        cases,
        reference,
        lambda got: isinstance(got, list) and all(type(one) is bool for one in got),
        section="4.1, item 4 of the response; 1.3",
    ),
    solution=who_goes_on,
    wrong={
        "no-client": lambda stored, keys: [False] * len(keys),
        "every-client": lambda stored, keys: [True] * len(keys),
        "first-client": lambda stored, keys: [True] + [False] * (len(keys) - 1),
        "key-in-the-response": lambda stored, keys: [key.encode() in stored for key in keys],
        "value-anywhere": lambda stored, keys: [accept_key(key).encode() in stored for key in keys],
    },
)
