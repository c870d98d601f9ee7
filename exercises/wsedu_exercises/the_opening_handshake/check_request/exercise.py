"""The server's side of the handshake: read a request, and accept or refuse it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from wsedu import protocol
from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import (
    OWN_ORIGIN,
    random_host,
    random_key,
    random_target,
    server_status,
    unit_of,
)
from wsedu.course.runner import shorten
from wsedu.protocol import read_head

from ...server import check_request
from .. import heads
from ..heads import KEY, changes, renamed, respelled, written

# The cases. A right request, and what may be there instead of each of its lines.

GET, HOST, UPGRADE, CONNECTION, NONCE, VERSION = RIGHT = (
    "GET {target} HTTP/1.1",
    "Host: {host}",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: {key}",
    "Sec-WebSocket-Version: 13",
)

ALLOWED = changes(
    {
        GET: (
            "GET / HTTP/1.1",
            "GET /POST?version=HTTP/1.0 HTTP/1.1",
            "GET /a:b?c=1 HTTP/1.1",
        ),
        HOST: (
            "Host: localhost",
            "Host: [::1]:8000",
        ),
        UPGRADE: (
            "Upgrade: WebSocket",
            "Upgrade: WEBSOCKET",
            "Upgrade-Insecure-Requests: 1\nUpgrade: websocket",
            "Upgrade: websocket\nX-Upgrade: h2c",
        ),
        CONNECTION: heads.CONNECTIONS,
        NONCE: (
            "Sec-WebSocket-Key: +/+/+/+/+/+/+/+/+/+/+w==",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            f"{NONCE}\nX-Sec-WebSocket-Key: none",
        ),
        VERSION: (
            f"{VERSION}\nX-Sec-WebSocket-Version: 12",
            f"{VERSION}\nX-Lunch: soup",
            f"{VERSION}\nX-Lunch: soup: hot",
            f"{VERSION}\nX-Lunch:",
            f"{VERSION}\nCookie: a=1; b=2\nCookie: c=3",
            f"{VERSION}\nOrigin: {OWN_ORIGIN}",
            f"{VERSION}\nSec-WebSocket-Protocol: chat, superchat",
            f"{VERSION}\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        ),
    }
)

FORBIDDEN = changes(
    {
        GET: (
            "POST {target} HTTP/1.1",
            "HEAD {target} HTTP/1.1",
            "get {target} HTTP/1.1",
            "GETS {target} HTTP/1.1",
            "FORGET {target} HTTP/1.1",
            "POST /GET HTTP/1.1",
            "GET {target} HTTP/1.0",
            "GET /HTTP/1.1 HTTP/1.0",
        ),
        HOST: (
            "",
            "Host:",
            "Host:  ",
            "X-Forwarded-Host: {host}",
            "Host: {host}\nHost: other.example",
            "Host: {host}\nHost: {host}",
        ),
        UPGRADE: heads.WRONG_UPGRADES,
        CONNECTION: heads.WRONG_CONNECTIONS,
        NONCE: (
            "",
            "Sec-WebSocket-Key:",
            "Sec-WebSocket-Key: SGVsbG8sIHdvcmxkIQ==",  # 13 bytes
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA",  # 15 bytes
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=",  # 17 bytes, 24 characters
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA",  # 18 bytes, 24 characters
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",  # 32 bytes
            "Sec-WebSocket-Key: not Base64 at all",  # 16 characters
            "Sec-WebSocket-Key: a key of 24 characters!!",
            "Sec-WebSocket-Key: a key in which is no b==",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=",
            "Sec-WebSocket-Key: dGhl*IHNh*bXBs*ZSBu*b25jZQ==",
            "Sec-WebSocket-Key: -_-_-_-_-_-_-_-_-_-_-w==",
            "Sec-WebSocket-Key: 0123456789abcdef",
            "X-Sec-WebSocket-Key: {key}",
            f"{NONCE}\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            f"Sec-WebSocket-Key: none\n{NONCE}",
            f"{NONCE}\nSec-WebSocket-Key: none",
        ),
        VERSION: (
            "",
            "Sec-WebSocket-Version:",
            "Sec-WebSocket-Version: 8",
            "Sec-WebSocket-Version: 12",
            "Sec-WebSocket-Version: 14",
            "Sec-WebSocket-Version: 3",
            "Sec-WebSocket-Version: 130",
            "Sec-WebSocket-Version: 113",
            "Sec-WebSocket-Version: 013",
            "Sec-WebSocket-Version: 13, 8",
            "Sec-WebSocket-Version: 8, 13",
            "Sec-WebSocket-Version: 13.0",
            "Sec-WebSocket-Version: HyBi-13",
            "X-Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Version: 8\nSec-WebSocket-Version: 13",
            "Sec-WebSocket-Version: 13\nSec-WebSocket-Version: 8",
        ),
    }
)


def cases(chance: random.Random) -> list[Args]:
    """The lesson's request with one thing changed; then some, by chance, with other values."""
    facts = {"target": "/connect-to-ws", "host": "example.com:8000", "key": KEY}
    good = written(RIGHT, **facts)
    found = [good, *(written(RIGHT, change, **facts) for change in ALLOWED)]
    found += respelled(good)
    found += [written(RIGHT, change, **facts) for change in FORBIDDEN]
    swapped = (UPGRADE, "Upgrade: Upgrade"), (CONNECTION, "Connection: websocket")
    found += [written(RIGHT, *swapped, **facts), written(RIGHT[:2], **facts)]
    found += [_by_chance(chance) for _case in range(how_many(12))]
    return [(request,) for request in found]


def _by_chance(chance: random.Random) -> bytes:
    """Two things are unusual, and in half of the cases one is wrong."""
    made = chance.sample(ALLOWED, 2) + chance.sample(FORBIDDEN, 1) * chance.randrange(2)
    target, host, key = random_target(chance), random_host(chance), random_key(chance)
    head = written(RIGHT, *made, target=target, host=host, key=key)
    return chance.choice([head, renamed(head, bytes.lower), renamed(head, bytes.upper)])


@lru_cache(1024)  # every mistake meets the same cases
def right_statuses(data: bytes) -> frozenset[int]:
    """The statuses that count as right.

    If a request breaks several rules, the order of the checks is free. The library differs from
    the RFC three times: it does not check Host (4.2.1, item 2); it sends 400 for a wrong version
    (4.2.2, item 4 says "such as 426"), which counts as right too; and it refuses a list in
    Upgrade, which may be accepted (item 3). HTTP/1.0 may be a bad request as well (400).
    """
    checks = protocol.check_request(read_head(data, "request"))
    broken = {check.name: check.status or 400 for check in checks if check.passed is False}
    if not broken:
        return frozenset({101, server_status(data) or 400})
    statuses = {*broken.values(), server_status(data) or 400}
    if broken.keys() & {"websocket-version", "http-version"}:
        statuses.add(400)
    return frozenset(statuses - {101})


def fits(got: Any) -> bool:
    """Whether it is a status and a reason."""
    return isinstance(got, tuple) and [type(part) for part in got] == [int, str] and bool(got[1])


def _told_by(got: Any) -> Any:
    """What tells one mistake from another: the status, and the types. The reason is free."""
    if isinstance(got, (tuple, list)):
        parts = (part if isinstance(part, int) else (type(part), bool(part)) for part in got)
        return type(got), *parts
    return got


def _broken(data: bytes) -> list[str]:
    """The names of the rules that a request breaks."""
    checks = protocol.check_request(read_head(data, "request"))
    return [check.name for check in checks if check.passed is False]


def _only(name: str) -> Callable[..., bool]:
    return lambda data: _broken(data) == [name]


def _valid_with(pattern: bytes) -> Callable[..., bool]:
    """Whether a request breaks no rule, and has this in it."""
    return lambda data: not _broken(data) and re.search(pattern, data) is not None


CONDITIONS = {
    "valid": lambda data: not _broken(data),
    "broken": lambda data: bool(_broken(data)),
    "method": _only("method"),
    "http-version": _only("http-version"),
    "host": _only("host"),
    "upgrade": _only("upgrade"),
    "connection": _only("connection"),
    "key": _only("key"),
    "version": _only("websocket-version"),
    "other-names": _valid_with(rb"(?m)^(host|HOST|Sec-Web[Ss]ocket-[A-Z]+):"),
    "no-space": _valid_with(rb"(?m)^[\w-]+:\S"),
    "more-space": _valid_with(rb"(?m)^[\w-]+:(\s\s|\t|.*[ \t]\r$)"),
    "list": _valid_with(rb"(?m)^Connection:.*,"),
    "two-lines": _valid_with(rb"(?s)\n(Connection):.*\n\1:"),
    "others": _valid_with(rb"\n([Xx]-|Cookie|Origin|Sec-WebSocket-[EP])"),
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What to say if no mistake fits."""
    if 101 in right_statuses(*args):
        return exercise.words.say("refused", got=got[0])
    if got[0] != 101:
        return exercise.words.say("status", got=got[0])
    checks = protocol.check_request(read_head(args[0], "request"))
    check = next(check for check in checks if check.passed is False)
    found = check.found.removesuffix(".")
    return exercise.words.say("accepted", rule=check.requirement, found=found)


def show(args: Args, got: Any) -> dict[str, Any]:
    """The request, as a checklist."""
    right = " or ".join(str(status) for status in sorted(right_statuses(args[0])))
    case = f"got {shorten(got)}, expected {right}"
    return {"section": "4.2.1", "message": unit_of(args[0]), "case": case}


EXERCISE = Exercise(
    stars=3,
    judge=Cases(
        cases,
        right_statuses,
        fits,
        section="4.2.1; 4.2.2",
        right=lambda args, got: got[0] in right_statuses(*args),
    ).telling(what=_told_by, conditions=CONDITIONS, explain=explain, show=show),
    solution=check_request,
    piece="check_request",
)
