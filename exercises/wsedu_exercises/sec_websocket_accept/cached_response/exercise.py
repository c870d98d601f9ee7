"""A cache that gives everybody the same answer."""

from __future__ import annotations

import base64
import hashlib
import random

from websockets.utils import accept_key

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch
from wsedu.course.reference import client_accepts, random_key
from wsedu.protocol import GUID


def who_goes_on(stored: bytes, keys: list[str]) -> list[bool]:
    """A client goes on only if the stored answer has the Accept of its own key."""

    def accept(key: str) -> str:
        return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()

    sent = ""
    for line in stored.decode("latin-1").split("\r\n"):
        name, _colon, value = line.partition(":")
        if name.lower() == "sec-websocket-accept":
            sent = value.strip()
    return [sent == accept(key) for key in keys]


def reference(stored: bytes, keys: list[str]) -> list[bool]:
    """What a ``websockets`` client with each key makes of the stored answer."""
    return [client_accepts(stored, key, []) for key in keys]


def _answer(
    key: str, name: str = "Sec-WebSocket-Accept", space: str = " ", others: str = ""
) -> bytes:
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"X-Key: {key}\r\n{others}{name}:{space}{accept_key(key)}{space}\r\n\r\n"
    ).encode()


def _value(key: str) -> bytes:
    return accept_key(key).encode()


def cases(chance: random.Random) -> list[Args]:
    """The first client's answer, as a cache gives it to the others."""
    first, second = random_key(chance), random_key(chance)
    cases = [(_answer(first), [first]), (_answer(first), [first, random_key(chance)])]
    cases.append((_answer(first, "sec-websocket-accept", ""), [first]))
    cases.append((_answer(first, "Sec-WebSocket-ACCEPT", "  "), [random_key(chance), first]))
    other = f"X-Accept: {accept_key(second)}\r\nX-Key: {second}\r\n"
    cases.append((_answer(first, others=other), [second, first]))
    for _case in range(how_many(10)):
        keys = [random_key(chance) for _key in range(chance.randint(1, 4))]
        kept = chance.choice([*keys, random_key(chance)])
        cases.append((_answer(kept), keys))
        cases.append((_answer(kept).replace(_value(kept), _value(kept).swapcase()), [kept]))
    return cases


EXERCISE = Exercise(
    stars=4,
    judge=Cases(
        cases,
        reference,
        lambda got: isinstance(got, list) and all(type(one) is bool for one in got),
        section="4.1, item 4 of the answer; 1.3",
    ),
    solution=who_goes_on,
    wrong={
        "no-client-goes-on": lambda stored, keys: [False] * len(keys),
        "every-client-goes-on": lambda stored, keys: [True] * len(keys),
        "the-first-one-goes-on": lambda stored, keys: [True] + [False] * (len(keys) - 1),
        "the-answer-holds-the-key": lambda stored, keys: [key.encode() in stored for key in keys],
        "anywhere-in-the-answer": lambda stored, keys: [
            accept_key(key).encode() in stored for key in keys
        ],
        "the-name-s-case-matters": patch(
            ("name.lower()", "name"), ('"sec-websocket-accept"', '"Sec-WebSocket-Accept"')
        ),
        "the-value-s-case-does-not-matter": patch(
            ("value.strip()", "value.strip().lower()"), ("== accept(key)", "== accept(key).lower()")
        ),
    },
)
