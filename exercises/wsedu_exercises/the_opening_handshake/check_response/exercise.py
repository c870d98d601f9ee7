"""The client's side of the handshake: accept the response, or refuse it."""

from __future__ import annotations

import base64
import hashlib
import random
import re
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import client_accepts, random_key, unit_of
from wsedu.protocol import GUID, Check, accept_key, build_request, read_head
from wsedu.protocol import check_response as checks_of

from .. import heads
from ..heads import KEY, changes, renamed, respelled, written


def check_response(response: bytes, key: str, asked: list[str]) -> bool:
    """The six checks of 4.1."""
    import base64
    import hashlib

    first, *lines = response.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    hashed = key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(hashed).digest()).decode()
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    connection = [word.strip() for word in headers.get("connection", "").lower().split(",")]
    subprotocol = headers.get("sec-websocket-protocol")
    return (
        first.split(" ")[1] == "101"
        and headers.get("upgrade", "").lower() == "websocket"
        and "upgrade" in connection
        and headers.get("sec-websocket-accept", "") == accept
        and "sec-websocket-extensions" not in headers
        and (subprotocol is None or subprotocol in asked)
    )


# The cases. A right response, and what may be there instead of each of its lines.

STATUS, UPGRADE, CONNECTION, ACCEPT = RIGHT = (
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: {accept}",
)

ALLOWED = changes(
    {
        STATUS: (
            "HTTP/1.1 101 Web Socket Protocol Handshake",  # older servers say so
            "HTTP/1.1 101 Upgrade",
            "HTTP/1.1 101 ",
        ),
        UPGRADE: (
            "Upgrade: WebSocket",
            "Upgrade: WEBSOCKET",
            "Upgrade: websocket\nX-Upgrade: h2c",
        ),
        CONNECTION: heads.CONNECTIONS,
        ACCEPT: (
            f"{ACCEPT}\nX-Lunch: soup",
            f"{ACCEPT}\nX-Lunch: soup: hot",
            f"{ACCEPT}\nX-Lunch:",
            f"{ACCEPT}\nX-Lunch: soup\nX-Lunch: salad",
            f"{ACCEPT}\nX-Sec-WebSocket-Accept: {{other}}",
            f"{ACCEPT}\nX-Sec-WebSocket-Extensions: x-turbo",
            f"{ACCEPT}\nX-Sec-WebSocket-Protocol: mqtt",
        ),
    }
)

FORBIDDEN = changes(
    {
        STATUS: (
            "HTTP/1.1 200 OK",
            "HTTP/1.1 100 Continue",
            "HTTP/1.1 200 Switching Protocols",
            "HTTP/1.1 302 Found",
            "HTTP/1.1 404 Not Found",
            "HTTP/1.1 200 See room 101",
            "HTTP/1.1 426 Upgrade Required",
        ),
        UPGRADE: (*heads.WRONG_UPGRADES, "Upgrade: websocket, h2c", "Upgrade: h2c, websocket"),
        CONNECTION: heads.WRONG_CONNECTIONS,
        ACCEPT: (
            "",
            "Sec-WebSocket-Accept:",
            "Sec-WebSocket-Accept: {key}",
            "Sec-WebSocket-Accept: {other}",
            "Sec-WebSocket-Accept: {begin}",
            "Sec-WebSocket-Accept: {accept}x",
            "Sec-WebSocket-Accept: x{accept}",
            "Sec-WebSocket-Accept: {swapped}",
            "Sec-WebSocket-Accept: {other}\nX-Accept: {accept}",
            "Sec-WebSocket-Accept: {accept}\nSec-WebSocket-Accept: {other}",
            "Sec-WebSocket-Accept: {other}\nSec-WebSocket-Accept: {accept}",
            *(f"Sec-WebSocket-Accept: {{{recipe}}}" for recipe in ("decoded", "alone", "first")),
            *(f"Sec-WebSocket-Accept: {{{recipe}}}" for recipe in ("small", "newline", "sha256")),
            *(f"Sec-WebSocket-Accept: {{{recipe}}}" for recipe in ("hexed", "hex", "urlsafe")),
            f"{ACCEPT}\nSec-WebSocket-Extensions: permessage-deflate",
            f"{ACCEPT}\nSec-WebSocket-Extensions: x-turbo; level=9",
        ),
    }
)

# What was asked for, and what the server chose; None: no header.
CHOSEN: tuple[tuple[list[str], str | None], ...] = (
    ([], "chat"),
    ([], ""),
    (["chat"], None),
    (["chat"], "chat"),
    (["chat"], "mqtt"),
    (["chat"], ""),
    (["chat"], "Chat"),
    (["chat"], "superchat"),
    (["superchat"], "chat"),
    (["superchat"], "super"),
    (["WAMP"], "WAMP"),
    (["WAMP"], "wamp"),
    (["chat", "superchat"], None),
    (["chat", "superchat"], "chat"),
    (["chat", "superchat"], "superchat"),
    (["chat", "superchat"], "chat, superchat"),
    (["chat", "superchat"], "chat\nSec-WebSocket-Protocol: superchat"),
    (["chat", "superchat"], "mqtt"),
    (["soap", "chat", "mqtt"], "chat"),
)


def _accepts(key: str) -> dict[str, str]:
    """The right value of Accept, and what comes out if it is computed in another way."""

    def base64_of(digest: bytes) -> str:
        return base64.b64encode(digest).decode()

    def hashed(text: str) -> bytes:
        return hashlib.sha1(text.encode()).digest()

    right = hashed(key + GUID)
    return {
        "accept": accept_key(key),
        "begin": accept_key(key)[:-1],
        "swapped": accept_key(key).swapcase(),
        "decoded": base64_of(hashlib.sha1(base64.b64decode(key) + GUID.encode()).digest()),
        "alone": base64_of(hashed(key)),
        "first": base64_of(hashed(GUID + key)),
        "small": base64_of(hashed(key + GUID.lower())),
        "newline": base64_of(hashed(key + "\n" + GUID)),
        "sha256": base64_of(hashlib.sha256((key + GUID).encode()).digest()),
        "hexed": base64_of(right.hex().encode()),
        "hex": right.hex(),
        "urlsafe": base64.urlsafe_b64encode(right).decode(),
    }


def cases(chance: random.Random) -> list[Args]:
    """The same response with one thing changed; then some, by chance, with fresh keys."""
    facts = {"key": KEY, "other": accept_key("x3JJHMbDL1EzLkh9GBhXDw=="), **_accepts(KEY)}
    good = written(RIGHT, **facts)
    extension = written(RIGHT, FORBIDDEN[-1], **facts)
    found: list[Args] = [(good, KEY, [])]
    found += [(written(RIGHT, change, **facts), KEY, []) for change in ALLOWED]
    found += [(head, KEY, []) for head in respelled(good)]
    found += [(written(RIGHT, change, **facts), KEY, []) for change in FORBIDDEN]
    swapped = (UPGRADE, "Upgrade: Upgrade"), (CONNECTION, "Connection: websocket")
    found += [(written(RIGHT, *swapped, **facts), KEY, [])]
    nothing = [(STATUS, "HTTP/1.1 404 Not Found"), (UPGRADE, "Upgrade: h2c")]
    nothing += [(CONNECTION, "Connection: close"), (ACCEPT, "X-Lunch: soup")]
    turbo = "mqtt\nSec-WebSocket-Extensions: x-turbo"
    found += [(_chosen(written(RIGHT, *nothing), turbo), KEY, ["chat"])]
    found += [(renamed(extension, fold), KEY, []) for fold in (bytes.lower, bytes.upper)]
    found += [(_chosen(good, chosen), KEY, asked) for asked, chosen in CHOSEN]
    found += [(renamed(_chosen(good, "mqtt"), bytes.lower), KEY, ["chat"])]
    return found + [_by_chance(chance) for _case in range(how_many(10))]


def _chosen(head: bytes, subprotocol: str | None) -> bytes:
    """The head, with the subprotocol that the server chose."""
    if subprotocol is None:
        return head
    line = f"Sec-WebSocket-Protocol: {subprotocol}\n\n".replace("\n", "\r\n")
    return head[:-2] + line.encode()


def _by_chance(chance: random.Random) -> Args:
    """A fresh key; one or two things are unusual, and in half of the cases one is wrong."""
    key, other = random_key(chance), accept_key(random_key(chance))
    made = chance.sample(ALLOWED, 2) + chance.sample(FORBIDDEN, 1) * chance.randrange(2)
    head = written(RIGHT, *made, key=key, other=other, **_accepts(key))
    asked, chosen = chance.choice(CHOSEN)
    head = _chosen(head, chance.choice([None, chosen]))
    return chance.choice([head, renamed(head, bytes.lower), renamed(head, bytes.upper)]), key, asked


def _checks(response: bytes, key: str, asked: list[str]) -> tuple[Check, ...]:
    request = build_request("example.com", "/", key, subprotocols=tuple(asked)).to_bytes()
    return checks_of(read_head(response, "response"), read_head(request, "request"))


def _broken(*args: Any) -> list[str]:
    """The names of the rules that a response breaks."""
    return [check.name for check in _checks(*args) if check.passed is False]


def _only(name: str) -> Callable[..., bool]:
    return lambda *args: _broken(*args) == [name]


def _valid_with(pattern: bytes) -> Callable[..., bool]:
    """Whether a response breaks no rule, and has this in it."""
    return lambda *args: not _broken(*args) and re.search(pattern, args[0]) is not None


CONDITIONS = {
    "valid": lambda *args: not _broken(*args),
    "broken": lambda *args: bool(_broken(*args)),
    "status": _only("status"),
    "upgrade": _only("upgrade"),
    "connection": _only("connection"),
    "accept": _only("accept"),
    "extensions": _only("extensions"),
    "subprotocol": _only("subprotocol"),
    "reason": _valid_with(rb" 101 (?!Switching Protocols)"),
    "other-names": _valid_with(rb"(?m)^(connection|CONNECTION|Sec-Web[Ss]ocket-[A-Z]+):"),
    "no-space": _valid_with(rb"(?m)^[\w-]+:\S"),
    "more-space": _valid_with(rb"(?m)^[\w-]+:(\s\s|\t|.*[ \t]\r$)"),
    "list": _valid_with(rb"(?m)^Connection:.*,"),
    "two-lines": _valid_with(rb"(?s)\n(Connection):.*\n\1:"),
    "others": _valid_with(rb"\n[Xx]-"),
    "chosen": _valid_with(rb"(?i)\nSec-WebSocket-Protocol"),
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What to say if no mistake fits."""
    broken = next((check for check in _checks(*args) if check.passed is False), None)
    if broken is None:
        return exercise.words.say("refused")
    found = broken.found.removesuffix(".")
    return exercise.words.say("accepted", rule=broken.requirement, found=found)


def show(args: Args, got: Any) -> dict[str, Any]:
    """The response, as a checklist."""
    response, key, asked = args
    request = build_request("example.com", "/", key, subprotocols=tuple(asked)).to_bytes()
    case = f"key={key!r}, asked={asked}: got {got}, expected {not got}"
    return {"section": "4.1", "message": unit_of(request, response), "case": case}


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, client_accepts, bool, section="4.1; 4.2.2").telling(
        conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=check_response,
)
