"""02.4: the client's side: believe the answer, or hang up."""

from __future__ import annotations

import base64
import hashlib
import random
from typing import Any

from ....protocol import GUID, Response, accept_key, build_request, build_response
from ....words import _
from ...exercise import Exercise, Slip, edited, how_many, recognise
from ...reference import client_accepts, random_key, unit_of
from ...runner import Attempt, shorten
from ...verdict import Verdict, not_yet


def solution(response: bytes, key: str, asked: list[str]) -> bool:
    """The six checks of 4.1."""
    import base64
    import hashlib

    first, *lines = response.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        headers[name.lower()] = value.strip()
    connection = [word.strip() for word in headers.get("connection", "").lower().split(",")]
    hashed = key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(hashed).digest()).decode()
    subprotocol = headers.get("sec-websocket-protocol")
    return (
        first.split(" ")[1] == "101"
        and headers.get("upgrade", "").lower() == "websocket"
        and "upgrade" in connection
        and headers.get("sec-websocket-accept", "") == accept
        and "sec-websocket-extensions" not in headers
        and (subprotocol is None or subprotocol in asked)
    )


def _accept_of_decoded(key: str) -> str:
    digest = hashlib.sha1(base64.b64decode(key) + GUID.encode()).digest()
    return base64.b64encode(digest).decode()


Case = tuple[bytes, str, list[str]]


def _cases(chance: random.Random) -> list[Case]:
    """Answers to fresh keys: right ones, and each with one thing turned."""
    cases: list[Case] = []
    for _round in range(how_many(2)):
        for asked in ([], ["chat"], ["chat", "superchat"]):
            key = random_key(chance)
            right = build_response(key)
            other = accept_key(random_key(chance))
            good = right.to_bytes()
            turned = [
                good,
                good.replace(b"websocket", b"WebSocket"),
                good.replace(b"Connection: Upgrade", b"connection: upgrade"),
                _add(right, "X-Lunch", "soup"),
                good.replace(accept_key(key).encode(), other.encode()),
                good.replace(accept_key(key).encode(), accept_key(key).swapcase().encode()),
                good.replace(accept_key(key).encode(), _accept_of_decoded(key).encode()),
                good.replace(b"101 Switching Protocols", b"200 OK"),
                good.replace(b"Upgrade: websocket\r\n", b""),
                good.replace(b"Connection: Upgrade\r\n", b""),
                good.replace(b"Sec-WebSocket-Accept: " + accept_key(key).encode() + b"\r\n", b""),
                _add(right, "Sec-WebSocket-Extensions", "permessage-deflate"),
                _add(right, "Sec-WebSocket-Protocol", "mqtt"),
                *(_add(right, "Sec-WebSocket-Protocol", name) for name in asked),
            ]
            cases += [(answer, key, asked) for answer in turned]
    first, *rest = cases
    chance.shuffle(rest)
    return [first, *rest]


def _add(response: Response, name: str, value: str) -> bytes:
    headers = (*response.headers, (name, value))
    return Response(response.status, response.reason, headers).to_bytes()


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Every answer against the decision of a real client."""
    results = [
        ((response, key, asked), attempt(response, key, list(asked)))
        for response, key, asked in _cases(chance)
    ]
    if all(_right(args, got) for args, got in results):
        return Verdict(
            "passed",
            _("Your client accepts every valid response and refuses the rest."),
            "4.1; 4.2.2",
        )
    said, args, got = recognise(SLIPS, results, _right)
    response, key, asked = args
    return _explain(response, key, asked, got, said)


def _right(args: tuple[Any, ...], got: Any) -> bool:
    return isinstance(got, bool) and got == client_accepts(*args)


def _explain(response: bytes, key: str, asked: list[str], got: Any, said: str | None) -> Verdict:
    if not isinstance(got, bool):
        return not_yet(_("Return True or False, not {got}.").format(got=shorten(got)), "4.1")
    if said is None and not got:
        said = _("You refused a response that breaks no rule.")
    request = build_request("example.com", "/", key, subprotocols=tuple(asked)).to_bytes()
    return not_yet(
        said or _("You accepted a response that breaks a rule."),
        "4.1",
        message=unit_of(request, response),
        case=_("key={key}, asked={asked}: you returned {got}, expected {right}").format(
            key=repr(key), asked=asked, got=got, right=not got
        ),
    )


SLIPS = (
    Slip(
        "any status",
        edited(solution, ('first.split(" ")[1] == "101"', "True")),
        _("You do not look at the status; anything but 101 means that HTTP stays in force."),
    ),
    Slip(
        "the decoded key is hashed",
        edited(solution, ("key.encode()", "base64.b64decode(key)")),
        _(
            "You hashed the decoded key; 4.2.2 hashes the Base64 text as it was sent, "
            "followed by the GUID."
        ),
    ),
    Slip(
        "case of Accept ignored",
        edited(
            solution,
            (
                'headers.get("sec-websocket-accept", "")',
                'headers.get("sec-websocket-accept", "").lower()',
            ),
            ("== accept", "== accept.lower()"),
        ),
        _("You ignore case in Sec-WebSocket-Accept; Base64 distinguishes a from A."),
    ),
    Slip(
        "extensions not looked at",
        edited(solution, ('"sec-websocket-extensions" not in headers', "True")),
        _("You accept an extension that you did not offer; you could not read its frames."),
    ),
    Slip(
        "subprotocol not looked at",
        edited(solution, ("subprotocol is None or subprotocol in asked", "True")),
        _(
            "You accept a subprotocol that you did not ask for; 4.1, item 6, forbids it. (If "
            "a page asks for none, Firefox ESR 153 accepts one as well.)"
        ),
    ),
    Slip(
        "a subprotocol is insisted on",
        edited(
            solution,
            ("subprotocol is None or subprotocol in asked", "not asked or subprotocol in asked"),
        ),
        _(
            "You insist on a subprotocol because you asked for one; the RFC lets the server choose "
            "none (4.2.2). Chromium 156 insists as you do; Firefox ESR 153 opens the connection."
        ),
    ),
)

EXERCISE = Exercise(
    name="02.4",
    title=_("Believe the answer, or hang up"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "4.1 lists six checks. Upgrade and Connection ignore case, Accept does not. What the "
        "server adds must have been asked for; what was asked for need not be added."
    ),
    hints=(
        _("RFC 6455 4.1 lists six numbered checks of the answer; write one line for each."),
        _("Which of the six ignore case? And what if the server chose no subprotocol at all?"),
        _(
            "Status 101; upgrade; connection as a list; Accept equal to Base64 of SHA-1 of key + "
            "GUID; no Sec-WebSocket-Extensions; Sec-WebSocket-Protocol absent or in asked."
        ),
    ),
    slips=SLIPS,
)
