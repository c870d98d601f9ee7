"""03.5: a cache that gives everybody the same answer."""

from __future__ import annotations

import base64
import hashlib
import random

from websockets.utils import accept_key

from ....protocol import GUID
from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...reference import client_accepts, random_key
from ...runner import Attempt
from ...verdict import Verdict


def solution(stored: bytes, keys: list[str]) -> list[bool]:
    """A client goes on only if the stored answer has the Accept of its own key."""

    def accept(key: str) -> str:
        return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()

    sent = ""
    for line in stored.decode("latin-1").split("\r\n"):
        name, _colon, value = line.partition(":")
        if name.lower() == "sec-websocket-accept":
            sent = value.strip()
    return [sent == accept(key) for key in keys]


def witness(stored: bytes, keys: list[str]) -> list[bool]:
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


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
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
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="who_goes_on",
        fits=lambda got: isinstance(got, list) and all(type(one) is bool for one in got),
        like=_("a list of True and False"),
        passed=_("Real clients go on, and hang up, exactly where you say."),
        section="4.1, item 4 of the answer; 1.3",
    )


SLIPS = (
    Slip(
        "no client goes on",
        lambda stored, keys: [False] * len(keys),
        _("You let no client go on; the one that the response was made for does."),
    ),
    Slip(
        "every client goes on",
        lambda stored, keys: [True] * len(keys),
        _("You let every client go on; the response was made for one key only."),
    ),
    Slip(
        "the first one goes on",
        lambda stored, keys: [True] + [False] * (len(keys) - 1),
        _("You let the first client go on; only the Accept tells whose response it is."),
    ),
    Slip(
        "the answer holds the key",
        lambda stored, keys: [key.encode() in stored for key in keys],
        _("You look for the key in the response; look for the Accept of the key."),
    ),
    Slip(
        "anywhere in the answer",
        lambda stored, keys: [accept_key(key).encode() in stored for key in keys],
        _("You look for the value anywhere in the response; only Sec-WebSocket-Accept counts."),
    ),
    Slip(
        "the name's case matters",
        edited(
            solution, ("name.lower()", "name"), ('"sec-websocket-accept"', '"Sec-WebSocket-Accept"')
        ),
        _("Case does not matter in header names."),
    ),
    Slip(
        "the value's case does not matter",
        edited(
            solution,
            ("value.strip()", "value.strip().lower()"),
            ("== accept(key)", "== accept(key).lower()"),
        ),
        _("Case matters in Base64: the value must be the same, letter by letter."),
    ),
)

EXERCISE = Exercise(
    name="03.5",
    title=_("A cache that answers too much"),
    stars=4,
    judge=judge,
    solution=solution,
    reason=_(
        "Every handshake has a fresh key. A cache that gives out an old answer cannot have the "
        "Accept of a key that it has never read, so every later client hangs up."
    ),
    hints=(
        _("Which part of the stored answer depends on the key of the one who asked first?"),
        _("Find that header, whatever the case of its name, and compare for each key."),
        _("True where the value of that header is accept(key), letter by letter."),
    ),
    slips=SLIPS,
)
