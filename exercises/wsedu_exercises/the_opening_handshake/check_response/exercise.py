"""The client's side of the handshake: accept the response, or refuse it."""

from __future__ import annotations

import base64
import hashlib
import random
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import client_accepts, random_key, unit_of
from wsedu.protocol import GUID, Response, accept_key, build_request, build_response


def check_response(response: bytes, key: str, asked: list[str]) -> bool:
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


def cases(chance: random.Random) -> list[Case]:
    """Responses to fresh keys: valid ones, and each with one thing changed."""
    found: list[Case] = []
    for _round in range(how_many(2)):
        for asked in ([], ["chat"], ["chat", "superchat"]):
            key = random_key(chance)
            right = build_response(key)
            other = accept_key(random_key(chance))
            good = right.to_bytes()
            changed = [
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
            found += [(response, key, asked) for response in changed]
    first, *rest = found
    chance.shuffle(rest)
    return [first, *rest]


def _add(response: Response, name: str, value: str) -> bytes:
    headers = (*response.headers, (name, value))
    return Response(response.status, response.reason, headers).to_bytes()


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What to say if no mistake fits."""
    return exercise.words.say("accepted" if got else "refused")


def show(args: Args, got: Any) -> dict[str, Any]:
    """The response, as a checklist."""
    response, key, asked = args
    request = build_request("example.com", "/", key, subprotocols=tuple(asked)).to_bytes()
    case = f"key={key!r}, asked={asked}: got {got}, expected {not got}"
    return {"section": "4.1", "message": unit_of(request, response), "case": case}


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, client_accepts, bool, section="4.1; 4.2.2", explain=explain, show=show),
    solution=check_response,
)
