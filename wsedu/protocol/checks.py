"""What each side must check in the opening handshake, one function for each rule.

How to think about it: the server reads the request and checks the rules of 4.2.1, in that order;
the client reads the response and checks the second list of 4.1. Lay this file next to the two
lists. A rule reads one message and makes one ``Check``: what the rule asks, its section, what was
found, on which line, and whether the rule holds. Nothing is raised: the list of checks is the
result, complete even for damaged bytes.

The line above each function has the rule's name and section and, for the server, the status with
which it refuses. The function says whether the rule holds, and on which part of the first line, or
on which header lines.

Section numbers without a document are those of RFC 6455.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

from ..said import Said
from .extensions import check_agreed
from .handshake import accept_key
from .http import TOKEN, HeaderField, MessageHead, Part, Problem, Span, shorten


@dataclass(frozen=True)
class Check:
    """One rule, checked in one message.

    name:    short and stable, such as ``"key"``
    asked:   what the rule asks; ``requirement`` is the sentence
    section: the section of the rule
    passed:  True, False, or None where the rule concerns something optional that is absent
    seen:    what the bytes say; ``found`` is that in words
    spans:   the bytes it is about; empty if they are missing
    status:  the HTTP status with which a server refuses the request; None on the client side
    """

    name: str
    asked: Said
    section: str
    passed: bool | None
    seen: Said | str
    spans: tuple[Span, ...] = ()
    status: int | None = None

    @property
    def requirement(self) -> str:
        """What the rule asks, in the language of the course."""
        return str(self.asked)

    @property
    def found(self) -> str:
        """What the bytes say, in the language of the course."""
        return str(self.seen)


def holds(checks: tuple[Check, ...]) -> bool:
    """Whether no rule is broken."""
    return all(check.passed is not False for check in checks)


def expected_status(checks: tuple[Check, ...]) -> int:
    """The status that the checks of a request call for: 101, or that of the first broken rule."""
    return next((c.status or 400 for c in checks if c.passed is False), 101)


# What the rules share.

# Whether the rule holds; the places that it is about; and what was found, if not what they say.
Place = Part | HeaderField | Problem
Finding = tuple[bool | None, tuple[Place, ...], Said | str]

REQUEST_RULES: list[Callable[..., Check]] = []
RESPONSE_RULES: list[Callable[..., Check]] = []


def _rule(
    name: str, section: str, status: int | None = None
) -> Callable[[Callable[..., Finding]], Callable[..., Check]]:
    """Make a rule of a function, the next in the list of the server or, without status, client."""

    def make(find: Callable[..., Finding]) -> Callable[..., Check]:
        def rule(*heads: MessageHead) -> Check:
            passed, places, seen = find(*heads)
            spans = tuple(place.span for place in places)
            return Check(name, asked, section, passed, seen, spans, status)

        side = "response" if status is None else "request"
        asked = Said("rule.head") if name == "head" else Said(f"rule.{side}.{name}")
        (RESPONSE_RULES if status is None else REQUEST_RULES).append(rule)
        return rule

    return make


def _well_formed(head: MessageHead) -> Finding:
    """Whether the whole head is HTTP and ends; about the first problem, or the empty line."""
    if head.problems:
        return False, head.problems[:1], head.problems[0].said
    if head.end is None:
        return False, (), Said("seen.no-empty-line")
    newline = Part("", Span(head.end - 1, head.end))
    return True, (newline,), Said("seen.header-lines", count=len(head.headers))


def _word(head: MessageHead, index: int) -> tuple[tuple[Part, ...], str, Said | str]:
    """A part of the first line, if the line has that many; its text; and the text to be shown."""
    parts = head.start_line[index : index + 1]
    text = parts[0].text if parts else ""
    return parts, text, shorten(text) if parts else Said("seen.nothing")


def _values(lines: tuple[HeaderField, ...]) -> Said | str:
    return " | ".join(shorten(line.value.text) for line in lines[:4]) or Said("seen.absent")


def _disputed(seen: Said | str) -> Said:
    """What was found, where good implementations do not agree: see tests/protocol/test_checks."""
    return Said("seen.disputed", seen=seen)


def _lower(names: list[str]) -> list[str]:
    return [name.lower() for name in names]


# The server's checks: 4.2.1, items 1 to 9.


def check_request(head: MessageHead) -> tuple[Check, ...]:
    """The server's checks, in the order of 4.2.1."""
    return tuple(rule(head) for rule in REQUEST_RULES)


@_rule("head", "4.1, item 1; RFC 9112 2", 400)
def _request_head(head: MessageHead) -> Finding:
    """4.1, item 1: "The handshake MUST be a valid HTTP request"."""
    return _well_formed(head)


@_rule("method", "4.2.1, item 1", 405)
def _method(head: MessageHead) -> Finding:
    """Item 1: "An HTTP/1.1 or higher GET request"."""
    place, method, seen = _word(head, 0)
    return method == "GET", place, seen


@_rule("http-version", "4.2.1, item 1", 505)
def _http_version(head: MessageHead) -> Finding:
    place, version, seen = _word(head, 2)
    found = re.fullmatch(r"HTTP/(\d)\.(\d)", version, re.ASCII)
    passed = found is not None and (int(found[1]), int(found[2])) >= (1, 1)
    return passed, place, _disputed(seen) if found and not passed else seen


@_rule("target", "4.2.1, item 1; 3", 400)
def _target(head: MessageHead) -> Finding:
    """Item 1: a "Request-URI"; 3: "Fragment identifiers [...] MUST NOT be used on these URIs"."""
    place, target, seen = _word(head, 1)
    is_resource = target.lower().startswith(("/", "http://", "https://"))
    return is_resource and "#" not in target, place, seen


@_rule("host", "4.2.1, item 2", 400)
def _host(head: MessageHead) -> Finding:
    """Item 2: "A |Host| header field containing the server's authority"."""
    lines = head.find("Host")
    passed = len(lines) == 1 and bool(lines[0].value.text)
    return passed, lines, _values(lines) if passed else _disputed(_values(lines))


@_rule("upgrade", "4.2.1, item 3", 426)
def _request_upgrade(head: MessageHead) -> Finding:
    """Item 3: "containing the value "websocket", treated as an ASCII case-insensitive value"."""
    lines, names = head.find("Upgrade"), _lower(head.tokens("Upgrade"))
    passed = "websocket" in names
    return passed, lines, _disputed(_values(lines)) if passed and names[1:] else _values(lines)


@_rule("connection", "4.2.1, item 4", 426)
def _request_connection(head: MessageHead) -> Finding:
    """Item 4: "that includes the token "Upgrade", treated as an ASCII case-insensitive value"."""
    lines = head.find("Connection")
    return "upgrade" in _lower(head.tokens("Connection")), lines, _values(lines)


@_rule("key", "4.2.1, item 5", 400)
def _key(head: MessageHead) -> Finding:
    """Item 5: "a base64-encoded [...] value that, when decoded, is 16 bytes in length"."""
    lines = head.find("Sec-WebSocket-Key")
    passed, seen = False, _values(lines)
    if len(lines) == 1:
        text = lines[0].value.text
        try:
            nonce = base64.b64decode(text.encode("latin-1"), validate=True)
        except binascii.Error:
            seen = Said("seen.key-not-base64", key=shorten(text))
        else:
            passed = len(nonce) == 16
            seen = Said("seen.key", key=shorten(text), count=len(nonce))
    return passed, lines, _disputed(seen) if lines and not passed else seen


# 4.2.2, item 4 says "such as 426 Upgrade Required"; some servers respond with 400.
@_rule("websocket-version", "4.2.1, item 6; 4.4", 426)
def _websocket_version(head: MessageHead) -> Finding:
    """Item 6: "A |Sec-WebSocket-Version| header field, with a value of 13"."""
    lines = head.find("Sec-WebSocket-Version")
    return [line.value.text for line in lines] == ["13"], lines, _values(lines)


@_rule("origin", "4.2.1, item 7", 400)
def _origin(head: MessageHead) -> Finding:
    """Item 7: "Optionally, an |Origin| header field"."""
    lines = head.find("Origin")
    passed = len(lines) == 1 if lines else None
    return passed, lines, _disputed(_values(lines)) if passed is False else _values(lines)


@_rule("subprotocols", "4.2.1, item 8; 4.1, item 10", 400)
def _subprotocols(head: MessageHead) -> Finding:
    """Item 8; 4.1, item 10: "The elements [...] MUST all be unique strings"."""
    lines, names = head.find("Sec-WebSocket-Protocol"), head.tokens("Sec-WebSocket-Protocol")
    different = len(set(names)) == len(names) and all(TOKEN.fullmatch(name) for name in names)
    return different if lines else None, lines, _values(lines)


@_rule("extensions", "4.2.1, item 9; 9.1", 400)
def _request_extensions(head: MessageHead) -> Finding:
    """Item 9; 9.1: every element begins with the name of an extension, a token."""
    lines, elements = head.find("Sec-WebSocket-Extensions"), head.tokens("Sec-WebSocket-Extensions")
    names = [element.partition(";")[0].strip() for element in elements]
    named = all(TOKEN.fullmatch(name) for name in names)
    return named if lines else None, lines, _values(lines)


# The client's checks: 4.1, the list that begins "the client MUST validate the server's response".


def check_response(head: MessageHead, request: MessageHead) -> tuple[Check, ...]:
    """The client's checks of the response to ``request``, in the order of 4.1."""
    return tuple(rule(head, request) for rule in RESPONSE_RULES)


@_rule("head", "RFC 9112 2")
def _response_head(head: MessageHead, request: MessageHead) -> Finding:
    return _well_formed(head)


@_rule("status", "4.1, response 1")
def _status(head: MessageHead, request: MessageHead) -> Finding:
    """Item 1: "If the status code received from the server is not 101 [...]"."""
    place, status, seen = _word(head, 1)
    return status == "101", place, seen


@_rule("upgrade", "4.1, response 2")
def _response_upgrade(head: MessageHead, request: MessageHead) -> Finding:
    """Item 2: "an ASCII case-insensitive match for the value "websocket""."""
    lines, names = head.find("Upgrade"), _lower(head.tokens("Upgrade"))
    is_one_of_several = "websocket" in names and len(names) > 1
    seen = _disputed(_values(lines)) if is_one_of_several else _values(lines)
    return names == ["websocket"], lines, seen


@_rule("connection", "4.1, response 3")
def _response_connection(head: MessageHead, request: MessageHead) -> Finding:
    """Item 3: "a token that is an ASCII case-insensitive match for the value "Upgrade""."""
    lines = head.find("Connection")
    return "upgrade" in _lower(head.tokens("Connection")), lines, _values(lines)


@_rule("accept", "4.1, response 4")
def _accept(head: MessageHead, request: MessageHead) -> Finding:
    """Item 4: the key that was sent and the GUID, hashed, in Base64."""
    lines, keys = head.find("Sec-WebSocket-Accept"), request.find("Sec-WebSocket-Key")
    wanted = accept_key(keys[0].value.text) if keys else None
    return len(lines) == 1 and lines[0].value.text == wanted, lines, _values(lines)


@_rule("extensions", "4.1, response 5")
def _response_extensions(head: MessageHead, request: MessageHead) -> Finding:
    """Item 5: no "extension that was not present in the client's handshake"; RFC 7692 7."""
    lines, problems = head.find("Sec-WebSocket-Extensions"), check_agreed(head, request)
    passed = not problems if lines else None
    return passed, lines, problems[0].said if problems else _values(lines)


@_rule("subprotocol", "4.1, response 6")
def _subprotocol(head: MessageHead, request: MessageHead) -> Finding:
    """Item 6: no "subprotocol that was not present in the client's handshake"."""
    lines, offered = head.find("Sec-WebSocket-Protocol"), request.tokens("Sec-WebSocket-Protocol")
    passed = (len(lines) == 1 and lines[0].value.text in offered) if lines else None
    return passed, lines, _values(lines)
