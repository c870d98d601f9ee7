"""Decide whether a page of this origin may connect."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import random
import re
from collections.abc import Callable

from websockets.datastructures import Headers
from websockets.exceptions import InvalidOrigin
from websockets.server import ServerProtocol
from websockets.typing import Origin

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args


def origin_allowed(origin, allowed):
    """Whether the whole origin is one of those allowed; None stands for a missing header."""

    def normal(text):
        text = text.lower()
        if text.startswith("http:"):
            return text.removesuffix(":80")
        if text.startswith("https:"):
            return text.removesuffix(":443")
        return text

    if origin is None:
        return None in allowed
    if origin == "null":
        return False
    return normal(origin) in [normal(entry) for entry in allowed if entry is not None]


Entry = str | None


def reference(origin: Entry, allowed: list[Entry]) -> bool:
    """What a ``websockets`` server does, when all is written as a browser writes it."""
    if origin == "null":  # an origin that equals no other, not even itself (RFC 6454, 5)
        return False
    origins = [None if entry is None else Origin(_serialized(entry)) for entry in allowed]
    server = ServerProtocol(origins=origins)
    headers = Headers() if origin is None else Headers(Origin=_serialized(origin))
    try:
        server.process_origin(headers)
    except InvalidOrigin:
        return False
    return True


def _serialized(text: str) -> str:
    """An origin as a browser writes it (RFC 6454, 6.2); what is no origin stays as it is."""
    found = re.fullmatch(r"([a-z]+)://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d+)?", text.lower())
    if found is None:
        return text
    scheme, host, port = found.groups()
    usual = {"http": ":80", "https": ":443"}.get(scheme)
    return f"{scheme}://{host}{'' if port in (None, usual) else port}"


OWN, OTHER = "https://example.com", "https://chat.example"
BOTH: list[Entry] = [OWN, OTHER]

# Each origin with the list that it meets: the shortest first, then a trap for each habit.
FIXED: list[tuple[Entry, list[Entry]]] = [
    (OWN, [OWN]),
    (OTHER, [OWN]),
    (OTHER, BOTH),
    (OWN, BOTH),
    (OWN, []),
    # No header, an empty one, and "null".
    (None, [OWN]),
    (None, [OWN, None]),
    (None, []),
    (None, ["null"]),
    (OWN, [None, OWN]),
    (OTHER, [None, OWN]),
    ("", [OWN]),
    ("", [OWN, None]),
    ("None", [OWN, None]),
    ("null", [OWN]),
    ("null", [OWN, "null"]),
    ("null", [OWN, None]),
    ("null", []),
    (OWN, ["null", OWN]),
    # Upper and lower case.
    (OWN, ["https://Example.COM"]),
    (OWN, ["HTTPS://example.com"]),
    ("https://Example.com", [OWN]),
    ("HTTPS://example.com", [OWN]),
    ("https://Example.com", ["https://example.COM"]),
    # The scheme.
    ("http://example.com", [OWN]),
    (OWN, ["http://example.com"]),
    ("wss://example.com", [OWN]),
    ("http://example.com:443", [OWN]),
    ("https://example.com:80", ["http://example.com"]),
    ("app://example.com", ["app://example.com"]),
    ("http://example.com", ["http://example.com"]),
    # The port.
    ("https://example.com:443", [OWN]),
    (OWN, ["https://example.com:443"]),
    ("http://example.com:80", ["http://example.com"]),
    ("http://example.com", ["http://example.com:80"]),
    ("http://example.com", ["HTTP://Example.com:80"]),
    ("https://example.com:80", [OWN]),
    ("http://example.com:443", ["http://example.com"]),
    ("https://example.com:8443", [OWN]),
    (OWN, ["https://example.com:8443"]),
    ("https://example.com:8443", ["https://example.com:8443"]),
    ("https://example.com:8443", ["https://example.com:9443"]),
    ("http://example.com:8080", ["http://example.com"]),
    ("http://example.com:8000", ["http://example.com:800"]),
    ("http://example.com:8000", ["http://example.com00"]),
    ("https://example.com:4430", ["https://example.com0"]),
    ("https://example.com:3443", [OWN]),
    ("app://example.com:80", ["app://example.com"]),
    ("app://example.com:443", ["app://example.com"]),
    ("http://[2001:db8::1]:8000", ["http://[2001:db8::1]:8000"]),
    ("http://[2001:db8::1]:80", ["http://[2001:db8::1]"]),
    ("http://[2001:db8::1]:8000", ["http://[2001:db8::1]"]),
    ("http://[2001:db8::80]", ["http://[2001:db8::]"]),
    ("http://127.0.0.1:8000", ["http://127.0.0.1:8000"]),
    ("http://127.0.0.1:8000", ["http://localhost:8000"]),
    ("http://127.0.0.1:9000", ["http://127.0.0.1:8000"]),
    ("http://localhost:8000", ["http://localhost:8000"]),
    # Hosts that look alike.
    ("https://example.com.evil.example", [OWN]),
    ("https://evil-example.com", [OWN]),
    ("https://evilexample.com", [OWN]),
    ("https://chat.example.com", [OWN]),
    ("https://www.example.com", [OWN]),
    (OWN, ["https://www.example.com"]),
    ("https://example.co", [OWN]),
    ("https://examplexcom", [OWN]),
    ("https://example.com.", [OWN]),
    ("https://evil.example/https://example.com", [OWN]),
    ("https://example.org", [OWN]),
    ("https://evil.example", ["*"]),
    ("https://chat.example.com", ["https://*.example.com"]),
    ("https://evil.example", []),
    # More than an origin.
    ("https://example.com/", [OWN]),
    ("https://example.com/chat", [OWN]),
    ("https://example.com?a", [OWN]),
    ("https://example.com#a", [OWN]),
    ("https://me@example.com", [OWN]),
    ("https://example.com@evil.example", [OWN]),
    ("https://example.com https://evil.example", [OWN]),
    ("https://evil.example https://example.com", [OWN]),
    ("https://example.com https://chat.example", BOTH),
    ("https://evil.example, https://example.com", [OWN]),
    ("example.com", [OWN]),
    ("//example.com", [OWN]),
    ("https:", [OWN]),
]


def cases(chance: random.Random) -> list[Args]:
    """Those above; then origins and lists by chance."""
    drawn: list[Args] = []
    for _case in range(how_many(20)):
        hosts = chance.sample(
            ["example.com", "chat.example", "localhost", "[2001:db8::1]", "a.test"], 2
        )
        places = [_origin(chance, hosts) for _place in range(chance.randrange(1, 5))]
        others: list[Entry] = [None, "null"]
        entries = [*places[1:], *chance.sample(others, chance.randrange(2))]
        if chance.random() < 0.5:
            entries.append(chance.choice([places[0].upper(), places[0]]))
        chance.shuffle(entries)
        drawn.append((chance.choice([places[0], None]), entries))
    return [*FIXED, *drawn]


def _origin(chance: random.Random, hosts: list[str]) -> str:
    port = chance.choice(["", "", ":80", ":443", ":8000"])
    return f"{chance.choice(['http', 'https'])}://{chance.choice(hosts)}{port}"


Holds = Callable[[Entry, list[Entry]], bool]


def _text(holds: Callable[[str], bool]) -> Holds:
    """Whether it holds for the origin, which is there."""
    return lambda origin, allowed: origin is not None and holds(origin)


def _any(holds: Callable[[str], bool]) -> Holds:
    """Whether it holds for the origin or an entry."""
    return lambda origin, allowed: any(
        text is not None and holds(text) for text in (origin, *allowed)
    )


CONDITIONS: dict[str, Holds] = {
    "missing": lambda origin, allowed: origin is None,
    "null": lambda origin, allowed: origin == "null",
    "right": reference,
    "wrong": lambda origin, allowed: not reference(origin, allowed),
    "listed": lambda origin, allowed: origin in allowed,
    "none-listed": lambda origin, allowed: None in allowed,
    "null-listed": lambda origin, allowed: "null" in allowed,
    "several": lambda origin, allowed: len(allowed) > 1,
    "empty-list": lambda origin, allowed: not allowed,
    "case": _any(lambda text: text != text.lower()),
    "origin-case": _text(lambda text: text != text.lower()),
    "ip": _any(lambda text: "[" in text),
    "port": _text(lambda text: text[-1:].isdigit()),
    "any-port": _any(lambda text: text[-1:].isdigit()),
    "http": _text(lambda text: text.lower().startswith("http:")),
    "https": _text(lambda text: text.lower().startswith("https:")),
    "other-scheme": _text(lambda text: not text.lower().startswith("http")),
    "path": _text(lambda text: "/" in text.partition("://")[2]),
    "space": _text(lambda text: " " in text),
    "at": _text(lambda text: "@" in text),
    "empty": lambda origin, allowed: origin == "",
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, bool, section="10.2", conditions=CONDITIONS),
    solution=origin_allowed,
)
