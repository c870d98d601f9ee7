"""Tell from a server's log how a connection died."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from websockets.frames import Close, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from .log import Line, Log, stored


def which_death(log):
    """The first line that ends the connection says which death it was."""
    unanswered = None
    for side, what, data in log:
        if what == "response" and data.split()[1] != b"101":
            return "refused"
        if what == "Ping" and side == "server":
            unanswered = data
        if what == "Pong" and side == "client" and data == unanswered:
            unanswered = None
        if what == "Close" and side == "client":
            code = int.from_bytes(data[:2], "big")
            if code == 1001:
                return "page left"
            if code in (0, 1000) or code >= 3000:
                return "page closed"
            return "rule broken"
        if what == "Close":
            code = int.from_bytes(data[:2], "big")
            if code == 1011 and unanswered is not None:
                return "no pong"
            return "server closed"
        if what == "RST":
            return "reset"
        if what == "FIN":
            return "cut off"


WORDS = (
    "page closed",
    "page left",
    "server closed",
    "no pong",
    "rule broken",
    "refused",
    "cut off",
    "reset",
)


def reference(log: Log) -> str:
    """The same, by what a server of the library knows after these Closes."""
    if any(what == "response" and data[9:12] != b"101" for _side, what, data in log):
        return "refused"
    server = ServerProtocol(state=State.OPEN)
    pongs: list[bytes] = []
    for side, what, data in log:
        if what in ("FIN", "RST") and not (server.close_rcvd or server.close_sent):
            return {"FIN": "cut off", "RST": "reset"}[what]
        if what == "Ping" and side == "server":
            pongs.append(data)
        if what == "Pong" and side == "client" and data in pongs[-1:]:
            pongs = []
        if what == "Close" and not (server.close_rcvd or server.close_sent):
            if side == "client":
                server.receive_data(Frame(Opcode.CLOSE, data).serialize(mask=True))
            else:
                server.send_close(*_code_and_reason(data))
                unanswered = bool(pongs)
    received = server.close_rcvd
    if received is None:
        is_keepalive = server.close_sent is not None and server.close_sent.code == 1011
        return "no pong" if is_keepalive and unanswered else "server closed"
    if received.code == 1001:
        return "page left"
    return "page closed" if received.code in (1000, 1005, *range(3000, 5000)) else "rule broken"


def _code_and_reason(data: bytes) -> tuple[int | None, str]:
    if not data:
        return None, ""
    close = Close.parse(data)
    return close.code, close.reason


REQUEST: Line = ("client", "request", b"GET / HTTP/1.1")
RESPONSE: Line = ("server", "response", b"HTTP/1.1 101 Switching Protocols")
FIN: Log = [("server", "FIN", b""), ("client", "FIN", b"")]


def closed(first: str, body: bytes, *before: Line) -> Log:
    """A log with a closing handshake that this side begins."""
    other = "server" if first == "client" else "client"
    return [REQUEST, RESPONSE, *before, (first, "Close", body), (other, "Close", body), *FIN]


def code(number: int, reason: str = "") -> bytes:
    """The payload of a Close."""
    return number.to_bytes(2, "big") + reason.encode()


def refused(first_line: bytes) -> Log:
    """A log in which the handshake fails."""
    return [REQUEST, ("server", "response", first_line), *FIN]


def made() -> list[Log]:
    """Logs of what no browser can be brought to do at will: borders, and what crosses."""
    ping: Line = ("server", "Ping", b"1234")
    pong: Line = ("client", "Pong", b"1234")
    second: Line = ("server", "Ping", b"5678")
    rst: Line = ("client", "RST", b"")
    text: Line = ("client", "text", b"hi")
    gone = code(1011, "keepalive ping timeout")
    found = [closed("client", code(number)) for number in (1000, 3000, 3072, 4999)]
    found += [closed("client", code(number)) for number in (1003, 1007, 1009, 1010, 1011, 1014)]
    found += [closed("server", code(number)) for number in (1000, 1002, 1011, 1012, 4000)]
    found += [
        closed("server", b""),
        closed("client", b""),
        closed("client", code(1000, "page left")),
        # Keepalive: which Ping has no Pong?
        closed("server", gone, ping),
        closed("server", gone, ping, pong),
        closed("server", gone, ping, pong, second),
        closed("server", gone, ping, second, ("client", "Pong", b"5678")),
        closed("server", gone, ping, second, pong),
        closed("server", gone, ping, ("client", "Pong", b"123")),
        closed("server", gone, ping, ("client", "Pong", b"")),
        closed("server", gone, ("server", "Ping", b"")),
        closed("server", gone, ("server", "Ping", b""), ("client", "Pong", b"")),
        closed("server", gone, pong, ping),
        closed("server", gone, ping, text),
        closed("server", gone, ("client", "Ping", b"1234")),
        closed("server", gone, ("client", "Ping", b"1234"), ("server", "Pong", b"1234")),
        closed("server", gone, ping, ("server", "Pong", b"1234")),
        closed("server", gone, ping, pong, ("client", "Ping", b"x")),
        closed("server", code(1001), ping),
        closed("server", code(1000), ping),
        closed("client", code(1001), ping),
        closed("client", code(1000), ping),
        closed("client", code(1002), ping),
        [REQUEST, RESPONSE, ping, *FIN],
        [REQUEST, RESPONSE, ping, rst],
        [REQUEST, RESPONSE, ping, ("server", "Close", gone), ("server", "RST", b"")],
        # The handshake.
        refused(b"HTTP/1.1 200 OK"),
        refused(b"HTTP/1.1 426 Upgrade Required"),
        refused(b"HTTP/1.1 503 Service Unavailable"),
        refused(b"HTTP/1.1 404 Room 101 is empty"),
        refused(b"HTTP/1.1 302 Found"),
        [REQUEST, ("server", "response", b"HTTP/1.1 403 Forbidden"), rst],
        [REQUEST, ("client", "FIN", b""), ("server", "FIN", b"")],
        [REQUEST, rst],
        # Without a Close; with one that comes too late; and with TCP that ends badly after one.
        [REQUEST, RESPONSE, ("client", "FIN", b""), ("server", "FIN", b"")],
        [REQUEST, RESPONSE, ("client", "FIN", b""), ("server", "Close", code(1001)), FIN[0]],
        [REQUEST, RESPONSE, ("client", "FIN", b""), rst],
        [REQUEST, RESPONSE, text, ("server", "RST", b"")],
        [REQUEST, RESPONSE, ("server", "Close", code(1001)), *FIN],
        [REQUEST, RESPONSE, ("server", "Close", code(1000)), rst],
        [REQUEST, RESPONSE, ("client", "Close", code(1001)), rst],
        [REQUEST, RESPONSE, ("client", "Close", b""), rst],
        [REQUEST, RESPONSE, ("client", "Close", code(1002)), rst],
        # Both close at once: the first Close decides.
        [REQUEST, RESPONSE, ("server", "Close", code(1000)), ("client", "Close", code(1001)), *FIN],
        [REQUEST, RESPONSE, ("client", "Close", code(1001)), ("server", "Close", code(1000)), *FIN],
        [REQUEST, RESPONSE, ("client", "Close", b""), ("server", "Close", code(1001)), *FIN],
        [REQUEST, RESPONSE, ("server", "Close", code(1001)), ("client", "Close", b""), *FIN],
        # Messages that look like something else.
        closed("client", code(1000), ("client", "text", b"Close"), ("server", "text", b"FIN")),
        [REQUEST, RESPONSE, ("client", "binary", code(1001)), ("client", "FIN", b""), FIN[0]],
        [REQUEST, RESPONSE, ("client", "text", code(1002)), rst],
    ]
    return found


def cases(chance: random.Random) -> list[Args]:
    """The real logs, the borders, and then real ones with more talk before their end."""
    real = [log for _name, log in sorted(stored().items())]
    found = sorted([*real, *made()], key=len)
    for _case in range(how_many(8)):
        log = list(chance.choice([*real, *made()]))
        if log[1:2] == [RESPONSE]:
            payload = chance.randbytes(4)
            talk: list[Line] = [
                ("client", "text", b"more"),
                ("server", "binary", chance.randbytes(3)),
                ("client", "Ping", payload),
                ("server", "Pong", payload),
            ]
            log[2:2] = talk[: chance.randrange(1, 5)]
        found.append(log)
    distinct = {repr(log): log for log in found}
    return [(log,) for log in distinct.values()]


def show(args: Args, got: Any) -> dict[str, Any]:
    """The log, a line each, and the two words."""
    lines = [f"{side:6} {what} {_written(what, data)}".rstrip() for side, what, data in args[0]]
    said = f"got {shorten(got, 60)}, expected {reference(*args)!r}"
    return {"case": "\n  ".join(["which_death of this log:", *lines, said])}


def _written(what: str, data: bytes) -> str:
    if what == "Close" and len(data) >= 2:
        number, reason = int.from_bytes(data[:2], "big"), data[2:].decode("utf-8", "replace")
        return f"{data!r} (code {number}{f', {reason}' if reason else ''})"
    return repr(data) if data or what in ("Ping", "Pong", "Close") else ""


Holds = Callable[[Log], bool]


def _has(*lines: tuple[str, str]) -> Holds:
    """Whether the log has a line of one of these sides and kinds."""
    return lambda log: any((side, what) in lines for side, what, _data in log)


CONDITIONS: dict[str, Holds] = {
    **{
        word.replace(" ", "-"): (lambda log, word=word: reference(log) == word)  # type: ignore[misc]
        for word in WORDS
    },
    "client-close": _has(("client", "Close")),
    "server-close": _has(("server", "Close")),
    "no-close": lambda log: not _has(("client", "Close"), ("server", "Close"))(log),
    "rst": _has(("client", "RST"), ("server", "RST")),
    "no-code": lambda log: any(what == "Close" and not data for _side, what, data in log),
    "ping": _has(("server", "Ping")),
    "client-ping": _has(("client", "Ping")),
    "pong": _has(("client", "Pong")),
    "no-response": lambda log: not _has(("server", "response"))(log),
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, word = exercise.words.say, reference(*args)
    if word in ("refused", "reset"):
        return say("refused" if word == "refused" else "reset")
    if word in ("cut off", "no pong"):
        return say("cut-off" if word == "cut off" else "no-pong")
    if word in ("server closed", "rule broken"):
        return say("server-closed" if word == "server closed" else "rule-broken")
    return say("page-left" if word == "page left" else "page-closed")


EXERCISE = Exercise(
    stars=4,
    judge=Cases(
        cases, reference, lambda got: isinstance(got, str) and got in WORDS, section="7.1.5"
    ).telling(conditions=CONDITIONS, explain=explain, show=show),
    solution=which_death,
)
