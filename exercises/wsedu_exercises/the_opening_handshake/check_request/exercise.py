"""The server's side of the handshake: read a request, and accept or refuse it."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from typing import Any

from wsedu import protocol
from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import random_host, random_key, random_target, server_status, unit_of
from wsedu.course.runner import shorten
from wsedu.protocol import Request, build_request, read_head

from ...server import check_request

Change = Callable[[list[tuple[str, str]], random.Random], None]


def _set(name: str, value: str) -> Change:
    def change(headers: list[tuple[str, str]], chance: random.Random) -> None:
        headers[:] = [(n, value if n == name else v) for n, v in headers]

    return change


def _drop(name: str) -> Change:
    def change(headers: list[tuple[str, str]], chance: random.Random) -> None:
        headers[:] = [header for header in headers if header[0] != name]

    return change


def _fold_names(headers: list[tuple[str, str]], chance: random.Random) -> None:
    fold = chance.choice([str.lower, str.upper])
    headers[:] = [(fold(name), value) for name, value in headers]


def _key_of(length: int) -> Change:
    def change(headers: list[tuple[str, str]], chance: random.Random) -> None:
        key = base64.b64encode(chance.randbytes(length)).decode()
        _set("Sec-WebSocket-Key", key)(headers, chance)

    return change


def _no_space(headers: list[tuple[str, str]], chance: random.Random) -> None:
    headers.append(("X-No-Space", ""))  # ``cases`` takes it out, with the space after every colon


def _add_header(headers: list[tuple[str, str]], chance: random.Random) -> None:
    headers.insert(chance.randrange(len(headers)), ("X-Lunch", "soup: hot"))


def _shuffle(headers: list[tuple[str, str]], chance: random.Random) -> None:
    chance.shuffle(headers)


# The first six are allowed, the others break a rule.
CHANGES: tuple[Change, ...] = (
    _set("Connection", "keep-alive, Upgrade"),
    _set("Upgrade", "WebSocket"),
    _fold_names,
    _add_header,
    _shuffle,
    _no_space,
    _drop("Upgrade"),
    _drop("Connection"),
    _drop("Sec-WebSocket-Key"),
    _drop("Sec-WebSocket-Version"),
    _drop("Host"),
    _set("Connection", "keep-alive"),
    _set("Connection", "NotUpgrade"),
    _set("Upgrade", "h2c"),
    _set("Upgrade", "notwebsocket"),
    _set("Sec-WebSocket-Version", "12"),
    _set("Sec-WebSocket-Key", "not Base64 at all"),
    _set("Sec-WebSocket-Key", "dGhl*IHNh*bXBs*ZSBu*b25jZQ=="),  # 16 bytes if "*" is passed over
    _key_of(13),
    _key_of(17),  # as long as a right key, in Base64
    _key_of(18),
)


def cases(chance: random.Random) -> list[Args]:
    """The plain request, each change alone, then random mixtures."""
    mixtures: list[tuple[Change, ...]] = [(), *((change,) for change in CHANGES)]
    mixtures += [tuple(chance.sample(CHANGES, 2)) for _case in range(how_many(20))]
    requests = []
    for changes in mixtures:
        request = build_request(random_host(chance), random_target(chance), random_key(chance))
        headers = list(request.headers)
        for change in changes:
            change(headers, chance)
        written = Request(request.target, tuple(headers)).to_bytes()
        if ("X-No-Space", "") in headers:  # the space after a colon is optional (RFC 9112 5)
            written = written.replace(b"X-No-Space: \r\n", b"").replace(b": ", b":")
        requests.append(written)
    requests.append(requests[0].replace(b"GET ", b"POST ", 1))
    return [(request,) for request in requests]


def right_statuses(data: bytes) -> set[int]:
    """The statuses that count as right.

    If a request breaks several rules, the order of the checks is free. The library differs from
    the RFC twice: it does not check Host (4.2.1, item 2), and it sends 400 for a wrong version
    (4.2.2, item 4 says "such as 426"), which counts as right too.
    """
    checks = protocol.check_request(read_head(data, "request"))
    broken = {check.status or 400 for check in checks if check.passed is False}
    if not broken:
        return {server_status(data) or 400}
    if any(check.name == "websocket-version" and check.passed is False for check in checks):
        broken.add(400)
    return (broken | {server_status(data) or 400}) - {101}


def fits(got: Any) -> bool:
    """Whether it is a status and a reason."""
    return isinstance(got, tuple) and [type(part) for part in got] == [int, str] and bool(got[1])


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What to say if no mistake fits."""
    said = (
        "refused" if 101 in right_statuses(args[0]) else "accepted" if got[0] == 101 else "status"
    )
    return exercise.words.say(said, got=got[0])


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
        what=lambda got: got[0],
        explain=explain,
        show=show,
    ),
    solution=check_request,
    piece="check_request",
)
