"""Write the request of the opening handshake."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from typing import Any

from wsedu import protocol
from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import (
    field_at,
    random_host,
    random_key,
    random_target,
    server_status,
    unit_of,
)
from wsedu.protocol import Request, check_request, holds, read_head

from ..heads import KEY


def build_request(host: str, target: str, key: str) -> bytes:
    """The request, line by line."""
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def cases(chance: random.Random) -> list[Args]:
    """The lesson's request, some others, then random ones."""
    found: list[Args] = [("example.com:8000", "/connect-to-ws", KEY)]
    found += [("localhost", "/", "AAAAAAAAAAAAAAAAAAAAAA==")]
    found += [("[::1]:8000", "/chat?room=1&name=a", "+/+/+/+/+/+/+/+/+/+/+w==")]
    for _case in range(how_many(10)):
        found.append((random_host(chance), random_target(chance), random_key(chance)))
    return found


def fields(got: bytes) -> dict[str, Any]:
    """The parts of a request; what is free is left out: order, case, other headers."""
    head = read_head(got, "request")
    method, target, version, *_more = *(part.text for part in head.start_line), None, None, None

    def values(name: str) -> list[str]:
        return [line.value.text for line in head.find(name)]

    connection = [word.lower() for word in head.tokens("Connection")]
    return {
        "method": method,
        "target": target,
        "http-version": version,
        "host": values("Host"),
        "upgrade": [value.lower() for value in values("Upgrade")],
        "connection": ["upgrade"] if "upgrade" in connection else connection,
        "key": values("Sec-WebSocket-Key"),
        "version": values("Sec-WebSocket-Version"),
        "names": _other_names(line.name.text.lower() for line in head.headers),
        "lines": [problem.sentence for problem in head.problems],
        "end": None if head.end is None else got[head.end :],
    }


KNOWN = {"upgrade", "connection", "host", "sec-websocket-key", "sec-websocket-version"}
FREE = {"sec-websocket-protocol", "sec-websocket-extensions", "upgrade-insecure-requests"}


def _other_names(names: Iterable[str]) -> list[str]:
    """Names that were perhaps meant as one of those that are asked for."""
    meant = re.compile("host|upgrade|connection|key|version|accept|socket|protocol")
    return [name for name in names if meant.search(name) and name not in KNOWN | FREE]


def _status(got: bytes) -> int | None:
    """What a server says to the request; it would refuse pages that it does not know."""
    return server_status(re.sub(rb"(?im)^origin:.*\r\n", b"", got))


def _right(args: Args, got: Any) -> bool:
    host, target, key = args
    head = read_head(got, "request")
    return (
        holds(check_request(head))
        and head.end == len(got)
        and head.start_line[1].text == target
        and [line.value.text for line in head.find("Host")] == [host]
        and [line.value.text for line in head.find("Sec-WebSocket-Key")] == [key]
        and _status(got) == 101
    )


def explain(exercise: Exercise, args: Args, got: bytes, results: Results) -> str:
    """What to say if no mistake fits."""
    head = read_head(got, "request")
    broken = [check for check in check_request(head) if check.passed is False]
    if broken:
        found = broken[0].found.removesuffix(".")
        return exercise.words.say("broken", rule=broken[0].requirement, found=found)
    if head.end is not None and head.end < len(got):
        return exercise.words.say("more")
    if _status(got) == 101:
        return exercise.words.say("others")
    return exercise.words.say("refused", status=_status(got) or 400)


def show(args: Args, got: bytes) -> dict[str, Any]:
    """The bytes beside those of a right request."""
    expected = _in_the_order_of(got, args)
    checks = check_request(read_head(got, "request"))
    return {
        "section": next((check.section for check in checks if check.passed is False), "4.1"),
        "expected": expected,
        "got": got,
        "where": field_at(unit_of(expected).fields, expected, got),
    }


def _in_the_order_of(got: bytes, args: tuple[str, str, str]) -> bytes:
    """A right request in the learner's order and case, which are free: only mistakes differ."""
    written = {line.name.text.lower(): line for line in read_head(got, "request").headers}
    places = list(written)
    headers = []
    for name, value in protocol.build_request(*args).headers:
        line = written.get(name.lower())
        if line is not None:
            name = line.name.text
            if name.lower() in ("upgrade", "connection") and line.value.text.isascii():
                value = line.value.text if line.value.text.lower() == value.lower() else value
        place = places.index(name.lower()) if line is not None else len(places)
        headers.append((place, name, value))
    headers.sort(key=lambda header: header[0])
    return Request(args[1], tuple((name, value) for _place, name, value in headers)).to_bytes()


CONDITIONS: dict[str, Callable[..., bool]] = {
    "port": lambda host, target, key: host[-1].isdigit(),
    "no-port": lambda host, target, key: not host[-1].isdigit(),
    "root": lambda host, target, key: target == "/",
    "not-root": lambda host, target, key: target != "/",
    "query": lambda host, target, key: "?" in target,
    "long": lambda host, target, key: target.count("/") > 1,
    "brackets": lambda host, target, key: host.startswith("["),
    "plus": lambda host, target, key: "+" in key or "/" in key,
    "example": lambda host, target, key: key == KEY,
    "not-example": lambda host, target, key: key != KEY,
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases,
        lambda *args: protocol.build_request(*args).to_bytes(),
        bytes,
        section="4.1; 4.2.1",
        right=_right,
    ).telling(
        what=lambda got: sorted(fields(got).items()),
        fields=fields,
        conditions=CONDITIONS,
        explain=explain,
        show=show,
    ),
    solution=build_request,
)
