"""Answer a browser that asks for the page, and leave its WebSocket to your own server."""

from __future__ import annotations

import functools
import http.client
import io
import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args


def respond(request: bytes, page: str) -> bytes | None:
    """The HTTP response to a request; None if it asks for a WebSocket."""
    first, *lines = request.decode("latin-1").split("\r\n")
    for line in lines:
        name, _colon, value = line.partition(":")
        words = [word.strip() for word in value.lower().split(",")]
        if name.lower() == "upgrade" and "websocket" in words:
            return None
    method, target, _version = first.split(" ")
    status, body = "200 OK", page.encode()
    if method != "GET":
        status, body = "405 Method Not Allowed", b""
    elif target.partition("?")[0] != "/":
        status, body = "404 Not Found", b""
    head = f"HTTP/1.1 {status}\r\n"
    head += "Content-Type: text/html; charset=utf-8\r\n"
    head += f"Content-Length: {len(body)}\r\n"
    head += "Connection: close\r\n"
    return (head + "\r\n").encode() + body


class _Read:
    """A response as the standard library's client reads it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.response = http.client.HTTPResponse(self)  # type: ignore[arg-type]
        self.response.begin()

    def makefile(self, *_args: Any) -> io.BytesIO:
        """What the client calls a socket for."""
        return io.BytesIO(self._data)


@functools.lru_cache(1024)
def fields(got: bytes | None) -> dict[str, Any]:
    """The parts of a response; raises ValueError if it is none."""
    if got is None:
        return {"response": False}
    head, _end, body = got.partition(b"\r\n\r\n")
    try:
        read = _Read(got).response
    except (http.client.HTTPException, OSError) as error:
        raise ValueError("it is not a response") from error
    return {
        "status": (read.version, read.status),
        "type": read.getheader("Content-Type", "").lower().replace(" ", ""),
        "length": read.getheader("Content-Length", ""),
        "connection": read.getheader("Connection", "").lower(),
        "lines": head.count(b"\n") == head.count(b"\r\n"),
        "body": body,
        "response": True,
    }


@functools.cache
def expected(request: bytes, page: str) -> bytes | None:
    """One right response, by the standard library's own reading of the request."""
    first, _end, rest = request.partition(b"\r\n")
    headers = http.client.parse_headers(io.BytesIO(rest))
    named = ",".join(headers.get_all("Upgrade", [])).lower().replace(" ", "").replace("\t", "")
    if "websocket" in named.split(","):
        return None
    is_get, path = first.startswith(b"GET "), first.split(b" ")[1].split(b"?")[0]
    status = 405 if not is_get else 200 if path == b"/" else 404
    body = page.encode() if status == 200 else b""
    lines = [
        f"HTTP/1.1 {status} {http.client.responses[status]}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def nearest(args: Args, got: bytes | None) -> bytes | None:
    """The same response, if it says the same; headers may come in any order, and others too."""
    right = expected(*args)
    try:
        return got if fields(got) == fields(right) else right
    except ValueError:
        return right


def asked(first: str, *lines: str) -> bytes:
    """A request."""
    return "\r\n".join([f"{first} HTTP/1.1", "Host: 127.0.0.1:8000", *lines, "", ""]).encode()


UPGRADE = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
PAGE = "<!doctype html><p>Hello"


def cases(chance: random.Random) -> list[Args]:
    """The page and the WebSocket first, then other paths, methods, spellings, and pages."""
    requests = [
        asked("GET /"),
        asked("GET /", *UPGRADE),
        asked("GET /favicon.ico"),
        asked("POST /"),
        asked("HEAD /"),
        asked("get /"),
        asked("GETS /"),
        asked("OPTIONS *"),
        asked("POST /other"),
        asked("GET /?"),
        asked("GET /?token=1234"),
        asked("GET /?next=/favicon.ico"),
        asked("GET /index.html"),
        asked("GET //"),
        asked("GET /page/"),
        asked("GET /other?next=/"),
        asked("GET /", "Accept: text/html", "Connection: keep-alive", "Cookie: a=b"),
        # Requests for a WebSocket, which are not ours to judge.
        asked("GET /chat", *UPGRADE),
        asked("GET /?token=1234", *UPGRADE),
        asked("POST /", *UPGRADE),
        asked("GET /", "upgrade: websocket"),
        asked("GET /", "UPGRADE: WEBSOCKET", "Connection: Upgrade"),
        asked("GET /", "Upgrade: WebSocket"),
        asked("GET /", "Upgrade:websocket"),
        asked("GET /", "Upgrade:  websocket "),
        asked("GET /", "Upgrade: h2c, websocket"),
        asked("GET /", "Upgrade: websocket,h2c"),
        asked("GET /", "Accept: */*", "Upgrade: websocket"),
        # What only looks like one.
        asked("GET /", "Upgrade: h2c"),
        asked("GET /", "Upgrade:"),
        asked("GET /", "Upgrade: notwebsocket"),
        asked("GET /", "Upgrade: websocket2"),
        asked("GET /", "Connection: Upgrade"),
        asked("GET /", "X-Upgrade: websocket"),
        asked("GET /", "Upgrade-Insecure-Requests: 1"),
        asked("GET /", "Referer: http://127.0.0.1/?Upgrade: websocket"),
        asked("GET /", "X-Wants: websocket"),
        asked("GET /", "Sec-WebSocket-Version: 13"),
        asked("GET /", "Cookie: upgrade=websocket"),
        asked("GET /websocket"),
    ]
    found: list[Args] = [(request, PAGE) for request in requests]
    pages = [
        "",
        "é",
        "<p>Grüße 👋",
        "a\r\n\r\nb",
        "<p>one\n<p>two\n",
        "x" * 300,
        " page ",
        "{page}",
    ]
    found += [(asked("GET /"), page) for page in pages]
    found += [(asked("GET /none"), ""), (asked("GET /none"), "é"), (asked("GET /", *UPGRADE), "")]
    for _case in range(how_many(10)):
        line = (
            f"{chance.choice(['GET', 'GET', 'POST', 'PUT'])} /{chance.choice(['', '', 'a', '?b'])}"
        )
        more = chance.choice([(), UPGRADE, ("Upgrade: h2c",), ("Accept: */*",)])
        found.append((asked(line, *more), "".join(chance.choices("abcé👋<>\n", k=9))))
    return found


def _upgrades(request: bytes) -> bool:
    return expected(request, "") is None


def _status(request: bytes) -> bytes:
    return (expected(request, "") or b"")[9:12]


CONDITIONS: dict[str, Callable[[bytes, str], bool]] = {
    "websocket": lambda request, page: _upgrades(request),
    "http": lambda request, page: not _upgrades(request),
    "200": lambda request, page: _status(request) == b"200",
    "404": lambda request, page: _status(request) == b"404",
    "405": lambda request, page: _status(request) == b"405",
    "error": lambda request, page: _status(request) in (b"404", b"405"),
    "query": lambda request, page: b"?" in request.partition(b"\r\n")[0],
    "upgrade": lambda request, page: b"\r\nupgrade:" in request.lower(),
    "other-upgrade": lambda request, page: (
        b"\r\nupgrade:" in request.lower() and not _upgrades(request)
    ),
    "several": lambda request, page: b"," in request and _upgrades(request),
    "capitals": lambda request, page: _upgrades(request) and b"Upgrade: websocket" not in request,
    "not-ascii": lambda request, page: not page.isascii(),
    "empty": lambda request, page: not page,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is wrong in this case, if no mistake fits."""
    say, right = exercise.words.say, expected(*args)
    if right is None or got is None:
        return say("asked" if right is None else "not-asked")
    wanted = fields(right)
    try:
        found = fields(got)
    except ValueError:
        return say("no-response")
    if found["status"] != wanted["status"]:
        return say("status", got=found["status"][1], right=wanted["status"][1])
    if found["body"] != wanted["body"]:
        return say("body")
    if found["length"] != wanted["length"]:
        return say("length", got=found["length"] or "missing", right=wanted["length"])
    return say("headers" if found["lines"] else "lines")


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, expected, bytes | None, section="4.2.1", nearest=nearest).telling(
        fields=fields, conditions=CONDITIONS, explain=explain
    ),
    solution=respond,
)
