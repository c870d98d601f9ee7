"""02.2: write the request of the opening handshake."""

from __future__ import annotations

import random
from typing import Any

from ....protocol import Request, build_request, check_request, holds, read_head
from ....words import _
from ...exercise import Exercise, Slip, how_many, recognise
from ...reference import field_at, random_host, random_key, random_target, server_status, unit_of
from ...runner import Attempt
from ...verdict import Verdict, not_yet


def solution(host: str, target: str, key: str) -> bytes:
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


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """The example of the RFC, then random requests: our rules, and a real server's verdict."""
    cases = [("example.com:8000", "/connect-to-ws", "dGhlIHNhbXBsZSBub25jZQ==")]
    cases += [
        (random_host(chance), random_target(chance), random_key(chance))
        for _case in range(how_many(10))
    ]
    results = [(args, attempt(*args)) for args in cases]
    if all(_right(args, got) for args, got in results):
        return Verdict(
            "passed", _("A real server says 101 to every request that you wrote."), "4.1; 4.2.1"
        )
    said, args, got = recognise(SLIPS, results, _right)
    return _explain(args, got, said)


def _right(args: tuple[Any, ...], got: Any) -> bool:
    host, target, key = args
    if not isinstance(got, bytes):
        return False
    head = read_head(got, "request")
    return (
        holds(check_request(head))
        and head.end == len(got)
        and head.start_line[1].text == target
        and [line.value.text for line in head.find("Host")] == [host]
        and [line.value.text for line in head.find("Sec-WebSocket-Key")] == [key]
        and server_status(got) == 101
    )


def _explain(args: tuple[str, str, str], got: Any, said: str | None) -> Verdict:
    if not isinstance(got, bytes):
        return not_yet(
            said
            or _("The wire takes bytes; your function returned {type}.").format(
                type="None" if got is None else type(got).__name__
            ),
            "4.1",
        )
    head = read_head(got, "request")
    broken = [check for check in check_request(head) if check.passed is False]
    expected = _in_the_order_of(got, args)
    if said is None and broken:
        said = _("A rule is broken: {rule}. Found: {found}.").format(
            rule=broken[0].requirement, found=broken[0].found.removesuffix(".")
        )
    elif said is None and head.end is not None and head.end < len(got):
        said = _("There are bytes after the empty line; the request ends with it.")
    return not_yet(
        said or _("These are not the host, target and key that were given."),
        broken[0].section if broken else "4.1",
        expected=expected,
        got=got,
        where=field_at(unit_of(expected).fields, expected, got),
    )


def _in_the_order_of(got: bytes, args: tuple[str, str, str]) -> bytes:
    """A right request with its headers in the learner's order and case, which are free."""
    written = {line.name.text.lower(): line for line in read_head(got, "request").headers}
    places = list(written)
    headers = []
    for name, value in build_request(*args).headers:
        line = written.get(name.lower())
        if line is not None:
            name = line.name.text
            if name.lower() in ("upgrade", "connection") and line.value.text.isascii():
                value = line.value.text if line.value.text.lower() == value.lower() else value
        place = places.index(name.lower()) if line is not None else len(places)
        headers.append((place, name, value))
    headers.sort(key=lambda header: header[0])
    return Request(args[1], tuple((name, value) for _place, name, value in headers)).to_bytes()


def _changed(old: str, new: str) -> Any:
    def wrong(host: str, target: str, key: str) -> bytes:
        return solution(host, target, key).replace(old.encode(), new.encode())

    return wrong


def _as_text(host: str, target: str, key: str) -> str:
    return solution(host, target, key).decode()


def _not_ended(host: str, target: str, key: str) -> bytes:
    return solution(host, target, key)[:-2]


SLIPS = (
    Slip(
        "text instead of bytes",
        _as_text,
        _("Your function returned text; a socket sends bytes. Encode it as ASCII."),
    ),
    Slip(
        "LF instead of CR LF",
        _changed("\r\n", "\n"),
        _("Your lines end with LF alone; HTTP ends every line with the two bytes CR LF."),
    ),
    Slip(
        "no empty line",
        _not_ended,
        _("The empty line at the end is missing: the server would wait for it until it gives up."),
    ),
    Slip(
        "no HTTP version",
        _changed(" HTTP/1.1\r\n", "\r\n"),
        _("The first line lacks its HTTP version. (A well-known tutorial prints it this way.)"),
    ),
    Slip(
        "no Host",
        lambda host, target, key: solution(host, target, key).replace(
            f"Host: {host}\r\n".encode(), b""
        ),
        _("Host is missing: HTTP/1.1 requires it, even though some servers do not look."),
    ),
    Slip(
        "Connection: websocket",
        _changed("Connection: Upgrade", "Connection: websocket"),
        _("Connection names the header Upgrade; it is Upgrade that names websocket."),
    ),
    Slip(
        "no version of WebSocket",
        _changed("Sec-WebSocket-Version: 13\r\n", ""),
        _("Sec-WebSocket-Version is missing; the HTTP version in the first line is another one."),
    ),
    Slip(
        "a space before the colon",
        _changed(": ", " : "),
        _("Put no space between a header's name and its colon."),
    ),
)

EXERCISE = Exercise(
    name="02.2",
    title=_("Write the request"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "4.1 lists what must be there; the order of the headers is free. The two empty strings at "
        "the end of the list become the CR LF of the last header and the empty line."
    ),
    hints=(
        _("Look at the picture of the request in the lesson: which lines are in it?"),
        _("Write a list of lines, join them with \\r\\n, and look at how the head must end."),
        _(
            "Six lines: GET … HTTP/1.1, Host, Upgrade, Connection, Sec-WebSocket-Key, "
            "Sec-WebSocket-Version; then \\r\\n twice; then .encode('ascii')."
        ),
    ),
    slips=SLIPS,
)
