"""What each side must check in the opening handshake, one function for each rule.

How to think about it: the server reads the request and checks the rules of 4.2.1, in that order;
the client reads the response and checks the second list of 4.1. Lay this file next to the two
lists. A rule reads one message and makes one ``Check``: what the rule asks, its section, what was
found, on which line, and whether the rule holds. Nothing is raised: the list of checks is the
result, complete even for damaged bytes.

Section numbers without a document are those of RFC 6455.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from ..said import Said
from .extensions import check_agreed
from .handshake import accept_key
from .http import TOKEN, HeaderField, MessageHead, Part, Span, shorten


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


# The server's checks: 4.2.1, items 1 to 9.


def check_request(head: MessageHead) -> tuple[Check, ...]:
    """The server's checks, in the order of 4.2.1."""
    return tuple(rule(head) for rule in REQUEST_RULES)


def _request_head(head: MessageHead) -> Check:
    """4.1, item 1: "The handshake MUST be a valid HTTP request"."""
    asked, passed, seen, spans = _well_formed(head)
    return Check("head", asked, "4.1, item 1; RFC 9112 2", passed, seen, spans, 400)


def _method(head: MessageHead) -> Check:
    """Item 1: "An HTTP/1.1 or higher GET request"."""
    part = _part(head, 0)
    passed = part is not None and part.text == "GET"
    asked = Said("rule.request.method")
    return Check("method", asked, "4.2.1, item 1", passed, _text(part), _place(part), 405)


def _http_version(head: MessageHead) -> Check:
    part = _part(head, 2)
    found = re.fullmatch(r"HTTP/(\d)\.(\d)", part.text, re.ASCII) if part else None
    passed = found is not None and (int(found[1]), int(found[2])) >= (1, 1)
    asked, seen = Said("rule.request.http-version"), _text(part)
    if found and not passed:
        seen = _disputed(seen)
    return Check("http-version", asked, "4.2.1, item 1", passed, seen, _place(part), 505)


def _target(head: MessageHead) -> Check:
    """Item 1: a "Request-URI"; 3: "Fragment identifiers [...] MUST NOT be used on these URIs"."""
    part = _part(head, 1)
    passed = (
        part is not None
        and part.text.lower().startswith(("/", "http://", "https://"))
        and "#" not in part.text
    )
    asked = Said("rule.request.target")
    return Check("target", asked, "4.2.1, item 1; 3", passed, _text(part), _place(part), 400)


def _host(head: MessageHead) -> Check:
    """Item 2: "A |Host| header field containing the server's authority"."""
    lines = head.find("Host")
    passed = len(lines) == 1 and bool(lines[0].value.text)
    asked = Said("rule.request.host")
    seen = _values(lines) if passed else _disputed(_values(lines))
    return Check("host", asked, "4.2.1, item 2", passed, seen, _spans(lines), 400)


def _request_upgrade(head: MessageHead) -> Check:
    """Item 3: "containing the value "websocket", treated as an ASCII case-insensitive value"."""
    lines, names = head.find("Upgrade"), _lower(head.tokens("Upgrade"))
    passed, asked = "websocket" in names, Said("rule.request.upgrade")
    seen = _disputed(_values(lines)) if passed and len(names) > 1 else _values(lines)
    return Check("upgrade", asked, "4.2.1, item 3", passed, seen, _spans(lines), 426)


def _request_connection(head: MessageHead) -> Check:
    """Item 4: "that includes the token "Upgrade", treated as an ASCII case-insensitive value"."""
    lines = head.find("Connection")
    passed = "upgrade" in _lower(head.tokens("Connection"))
    asked = Said("rule.request.connection")
    return Check("connection", asked, "4.2.1, item 4", passed, _values(lines), _spans(lines), 426)


def _key(head: MessageHead) -> Check:
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
    if lines and not passed:
        seen = _disputed(seen)
    return Check("key", Said("rule.request.key"), "4.2.1, item 5", passed, seen, _spans(lines), 400)


def _websocket_version(head: MessageHead) -> Check:
    """Item 6: "A |Sec-WebSocket-Version| header field, with a value of 13"."""
    lines = head.find("Sec-WebSocket-Version")
    passed = [line.value.text for line in lines] == ["13"]
    asked, section = Said("rule.request.websocket-version"), "4.2.1, item 6; 4.4"
    # 4.2.2, item 4 says "such as 426 Upgrade Required"; some servers respond with 400.
    return Check("websocket-version", asked, section, passed, _values(lines), _spans(lines), 426)


def _origin(head: MessageHead) -> Check:
    """Item 7: "Optionally, an |Origin| header field"."""
    lines = head.find("Origin")
    passed = len(lines) == 1 if lines else None
    asked, seen = Said("rule.request.origin"), _values(lines)
    if passed is False:
        seen = _disputed(seen)
    return Check("origin", asked, "4.2.1, item 7", passed, seen, _spans(lines), 400)


def _subprotocols(head: MessageHead) -> Check:
    """Item 8; 4.1, item 10: "The elements [...] MUST all be unique strings"."""
    lines, names = head.find("Sec-WebSocket-Protocol"), head.tokens("Sec-WebSocket-Protocol")
    different = len(set(names)) == len(names) and all(TOKEN.fullmatch(name) for name in names)
    asked, section = Said("rule.request.subprotocols"), "4.2.1, item 8; 4.1, item 10"
    passed = different if lines else None
    return Check("subprotocols", asked, section, passed, _values(lines), _spans(lines), 400)


def _request_extensions(head: MessageHead) -> Check:
    """Item 9; 9.1: every element begins with the name of an extension, a token."""
    lines = head.find("Sec-WebSocket-Extensions")
    named = all(TOKEN.fullmatch(name) for name in extension_names(head))
    asked, section = Said("rule.request.extensions"), "4.2.1, item 9; 9.1"
    passed = named if lines else None
    return Check("extensions", asked, section, passed, _values(lines), _spans(lines), 400)


REQUEST_RULES = (
    _request_head,
    _method,
    _http_version,
    _target,
    _host,
    _request_upgrade,
    _request_connection,
    _key,
    _websocket_version,
    _origin,
    _subprotocols,
    _request_extensions,
)


# The client's checks: 4.1, the list that begins "the client MUST validate the server's response".


def check_response(head: MessageHead, request: MessageHead) -> tuple[Check, ...]:
    """The client's checks of the response to ``request``, in the order of 4.1."""
    return tuple(rule(head, request) for rule in RESPONSE_RULES)


def _response_head(head: MessageHead, request: MessageHead) -> Check:
    asked, passed, seen, spans = _well_formed(head)
    return Check("head", asked, "RFC 9112 2", passed, seen, spans)


def _status(head: MessageHead, request: MessageHead) -> Check:
    """Item 1: "If the status code received from the server is not 101 [...]"."""
    part = _part(head, 1)
    passed = part is not None and part.text == "101"
    asked = Said("rule.response.status")
    return Check("status", asked, "4.1, response 1", passed, _text(part), _place(part))


def _response_upgrade(head: MessageHead, request: MessageHead) -> Check:
    """Item 2: "an ASCII case-insensitive match for the value "websocket""."""
    lines, names = head.find("Upgrade"), _lower(head.tokens("Upgrade"))
    passed, asked = names == ["websocket"], Said("rule.response.upgrade")
    seen = _disputed(_values(lines)) if not passed and "websocket" in names else _values(lines)
    return Check("upgrade", asked, "4.1, response 2", passed, seen, _spans(lines))


def _response_connection(head: MessageHead, request: MessageHead) -> Check:
    """Item 3: "a token that is an ASCII case-insensitive match for the value "Upgrade""."""
    lines = head.find("Connection")
    passed = "upgrade" in _lower(head.tokens("Connection"))
    asked = Said("rule.response.connection")
    return Check("connection", asked, "4.1, response 3", passed, _values(lines), _spans(lines))


def _accept(head: MessageHead, request: MessageHead) -> Check:
    """Item 4: the key that was sent and the GUID, hashed, in Base64."""
    lines, keys = head.find("Sec-WebSocket-Accept"), request.find("Sec-WebSocket-Key")
    wanted = accept_key(keys[0].value.text) if keys else None
    passed = len(lines) == 1 and lines[0].value.text == wanted
    asked = Said("rule.response.accept")
    return Check("accept", asked, "4.1, response 4", passed, _values(lines), _spans(lines))


def _response_extensions(head: MessageHead, request: MessageHead) -> Check:
    """Item 5: no "extension that was not present in the client's handshake"; RFC 7692 7."""
    lines, problems = head.find("Sec-WebSocket-Extensions"), check_agreed(head, request)
    asked, section = Said("rule.response.extensions"), "4.1, response 5"
    seen = problems[0].said if problems else _values(lines)
    passed = not problems if lines else None
    return Check("extensions", asked, section, passed, seen, _spans(lines))


def _subprotocol(head: MessageHead, request: MessageHead) -> Check:
    """Item 6: no "subprotocol that was not present in the client's handshake"."""
    lines, offered = head.find("Sec-WebSocket-Protocol"), request.tokens("Sec-WebSocket-Protocol")
    passed = (len(lines) == 1 and lines[0].value.text in offered) if lines else None
    asked = Said("rule.response.subprotocol")
    return Check("subprotocol", asked, "4.1, response 6", passed, _values(lines), _spans(lines))


RESPONSE_RULES = (
    _response_head,
    _status,
    _response_upgrade,
    _response_connection,
    _accept,
    _response_extensions,
    _subprotocol,
)


# What the rules share.


def extension_names(head: MessageHead) -> list[str]:
    """The extensions that a head names, without their parameters (9.1)."""
    return [item.partition(";")[0].strip() for item in head.tokens("Sec-WebSocket-Extensions")]


def _well_formed(head: MessageHead) -> tuple[Said, bool, Said, tuple[Span, ...]]:
    """The rule for a whole head, whether it holds, what was found, and the bytes it is about."""
    asked = Said("rule.head")
    if head.problems:
        return asked, False, head.problems[0].said, (head.problems[0].span,)
    if head.end is None:
        return asked, False, Said("seen.no-empty-line"), ()
    found = Said("seen.header-lines", count=len(head.headers))
    return asked, True, found, (Span(head.end - 1, head.end),)  # of the empty line


def _part(head: MessageHead, index: int) -> Part | None:
    """A part of the first line; None if the line has fewer."""
    return head.start_line[index] if index < len(head.start_line) else None


def _text(part: Part | None) -> Said | str:
    return shorten(part.text) if part else Said("seen.nothing")


def _place(part: Part | None) -> tuple[Span, ...]:
    return (part.span,) if part else ()


def _values(lines: tuple[HeaderField, ...]) -> Said | str:
    return " | ".join(shorten(line.value.text) for line in lines[:4]) or Said("seen.absent")


def _disputed(seen: Said | str) -> Said:
    """What was found, where good implementations do not agree: see tests/protocol/test_checks."""
    return Said("seen.disputed", seen=seen)


def _spans(lines: tuple[HeaderField, ...]) -> tuple[Span, ...]:
    return tuple(line.span for line in lines)


def _lower(names: list[str]) -> list[str]:
    return [name.lower() for name in names]
