"""The opening handshake: one HTTP request, one answer, and what each side must check.

How to think about it: the client asks an HTTP server to change the language of this very TCP
connection (4.1). The server checks the request (4.2.1) and proves with Sec-WebSocket-Accept
that it understood (4.2.2). The client checks the answer (4.1, second half). Only then does
the first frame travel.

Every rule is one ``Check``: its name, its section, what was found, on which line, and whether
it holds. Nothing is raised: the list is the result, complete even for damaged bytes.
Section numbers without a document are those of RFC 6455.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from .._awaited import values_only
from ..words import _
from .http import TOKEN, HeaderField, MessageHead, Request, Response, Span, shorten

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # 1.3: the same for everybody, for ever


@values_only
def accept_key(key: str) -> str:
    """Sec-WebSocket-Accept for a Sec-WebSocket-Key: the key's text and the GUID, hashed (4.2.2)."""
    if not isinstance(key, str):
        raise TypeError(f"the key is a str, as it stands in the header, not {type(key).__name__}")
    return base64.b64encode(hashlib.sha1((key + GUID).encode("latin-1")).digest()).decode()


def make_key(nonce: bytes) -> str:
    """Sec-WebSocket-Key for 16 bytes, which a real client takes at random (4.1, item 7)."""
    if len(nonce) != 16:
        raise ValueError(f"a key is made of 16 bytes, not {len(nonce)}: RFC 6455 4.1")
    return base64.b64encode(nonce).decode()


@values_only
def build_request(
    host: str,
    target: str,
    key: str,
    *,
    origin: str | None = None,
    subprotocols: tuple[str, ...] = (),
    extensions: str | None = None,
) -> Request:
    """The client's request (4.1): ``host`` is ``name[:port]``, ``target`` is ``/path``."""
    headers = [
        ("Host", host),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Version", "13"),
    ]
    if origin is not None:
        headers.append(("Origin", origin))
    if subprotocols:
        headers.append(("Sec-WebSocket-Protocol", ", ".join(subprotocols)))
    if extensions is not None:
        headers.append(("Sec-WebSocket-Extensions", extensions))
    return Request(target, tuple(headers))


def build_response(key: str, *, subprotocol: str | None = None) -> Response:
    """The server's answer to a request that passed every check (4.2.2)."""
    headers = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accept_key(key)),
    ]
    if subprotocol is not None:
        headers.append(("Sec-WebSocket-Protocol", subprotocol))
    return Response(101, "Switching Protocols", tuple(headers))


@dataclass(frozen=True)
class Check:
    """One rule held against one message.

    name:        short and stable, such as ``"key"``
    requirement: what the rule asks
    section:     where it stands
    passed:      True, False, or None where the rule concerns something optional that is absent
    found:       what the bytes say
    spans:       the bytes it is about; empty if they are missing
    status:      the HTTP status with which a server refuses the request; None on the client side
    """

    name: str
    requirement: str
    section: str
    passed: bool | None
    found: str
    spans: tuple[Span, ...] = ()
    status: int | None = None


def check_request(head: MessageHead) -> tuple[Check, ...]:
    """The server's checks, in the order of 4.2.1, items 1 to 9."""
    method = head.start_line[0] if head.start_line else None
    target, version = (*head.start_line[1:], None, None)[:2]
    hosts = head.find("Host")
    keys = head.find("Sec-WebSocket-Key")
    versions = head.find("Sec-WebSocket-Version")
    upgrade = head.tokens("Upgrade")
    key_passed, key_found = _judge_key(keys)
    return (
        _check_head(head, status=400),
        Check(
            "method",
            _("The method is GET"),
            "4.2.1, item 1",
            method is not None and method.text == "GET",
            shorten(method.text) if method else _("nothing"),
            (method.span,) if method else (),
            405,
        ),
        Check(
            "http-version",
            _("The HTTP version is 1.1 or higher"),
            "4.2.1, item 1",
            version is not None and _version(version.text) >= (1, 1),
            shorten(version.text) if version else _("nothing"),
            (version.span,) if version else (),
            505,
        ),
        Check(
            "target",
            _("The target is a path or an http(s) address, without a fragment"),
            "4.2.1, item 1; 3",
            target is not None
            and target.text.lower().startswith(("/", "http://", "https://"))
            and "#" not in target.text,
            shorten(target.text) if target else _("nothing"),
            (target.span,) if target else (),
            400,
        ),
        Check(
            "host",
            _("There is one Host header, and it is not empty"),
            "4.2.1, item 2",
            len(hosts) == 1 and bool(hosts[0].value.text),
            _values(hosts),
            _spans(hosts),
            400,
        ),
        Check(
            "upgrade",
            _("Upgrade names websocket (any case)"),
            "4.2.1, item 3",
            "websocket" in (token.lower() for token in upgrade),
            _values(head.find("Upgrade")),
            _spans(head.find("Upgrade")),
            426,
        ),
        Check(
            "connection",
            _("Connection names Upgrade (any case, perhaps among others)"),
            "4.2.1, item 4",
            "upgrade" in (token.lower() for token in head.tokens("Connection")),
            _values(head.find("Connection")),
            _spans(head.find("Connection")),
            426,
        ),
        Check(
            "key",
            _("There is one Sec-WebSocket-Key: Base64 of 16 bytes"),
            "4.2.1, item 5",
            key_passed,
            key_found,
            _spans(keys),
            400,
        ),
        Check(
            "websocket-version",
            _("There is one Sec-WebSocket-Version, and it is 13"),
            "4.2.1, item 6; 4.4",
            [line.value.text for line in versions] == ["13"],
            _values(versions),
            _spans(versions),
            # 4.2.2, item 4 says "such as 426"; some servers answer 400.
            426,
        ),
        _optional(
            head,
            "origin",
            "Origin",
            _("There is at most one Origin (browsers always send it)"),
            "4.2.1, item 7",
            len(head.find("Origin")) <= 1,
        ),
        _optional(
            head,
            "subprotocols",
            "Sec-WebSocket-Protocol",
            _("The subprotocols asked for, if any, are different names"),
            "4.2.1, item 8; 4.1, item 10",
            _different_tokens(head.tokens("Sec-WebSocket-Protocol")),
        ),
        _optional(
            head,
            "extensions",
            "Sec-WebSocket-Extensions",
            _("The extensions offered, if any, begin with a name"),
            "4.2.1, item 9; 9.1",
            all(TOKEN.fullmatch(name) for name in extension_names(head)),
        ),
    )


def check_response(head: MessageHead, request: MessageHead) -> tuple[Check, ...]:
    """The client's checks of the answer to ``request``: 4.1, the list after the request."""
    status = head.start_line[1] if len(head.start_line) > 1 else None
    keys = request.find("Sec-WebSocket-Key")
    accepts = head.find("Sec-WebSocket-Accept")
    accept = accepts[0].value.text if len(accepts) == 1 else None
    wanted = accept_key(keys[0].value.text) if keys else None
    offered = {name.lower() for name in extension_names(request)}
    chosen = head.find("Sec-WebSocket-Protocol")
    return (
        _check_head(head, status=None),
        Check(
            "status",
            _("The status is 101"),
            "4.1, answer 1",
            status is not None and status.text == "101",
            shorten(status.text) if status else _("nothing"),
            (status.span,) if status else (),
        ),
        Check(
            "upgrade",
            _("Upgrade is websocket (any case)"),
            "4.1, answer 2",
            [token.lower() for token in head.tokens("Upgrade")] == ["websocket"],
            _values(head.find("Upgrade")),
            _spans(head.find("Upgrade")),
        ),
        Check(
            "connection",
            _("Connection names Upgrade (any case)"),
            "4.1, answer 3",
            "upgrade" in (token.lower() for token in head.tokens("Connection")),
            _values(head.find("Connection")),
            _spans(head.find("Connection")),
        ),
        Check(
            "accept",
            _("Sec-WebSocket-Accept answers the key that was sent"),
            "4.1, answer 4",
            accept is not None and accept == wanted,
            _values(accepts),
            _spans(accepts),
        ),
        _optional(
            head,
            "extensions",
            "Sec-WebSocket-Extensions",
            _("The server uses only extensions that were offered"),
            "4.1, answer 5",
            {name.lower() for name in extension_names(head)} <= offered,
        ),
        _optional(
            head,
            "subprotocol",
            "Sec-WebSocket-Protocol",
            _("The server chose at most one subprotocol, and one that was asked for"),
            "4.1, answer 6",
            len(chosen) == 1 and chosen[0].value.text in request.tokens("Sec-WebSocket-Protocol"),
        ),
    )


def holds(checks: tuple[Check, ...]) -> bool:
    """Whether no rule is broken."""
    return all(check.passed is not False for check in checks)


def expected_status(checks: tuple[Check, ...]) -> int:
    """The status that the checks of a request call for: 101, or that of the first broken rule."""
    return next((c.status or 400 for c in checks if c.passed is False), 101)


def extension_names(head: MessageHead) -> list[str]:
    """The extensions that a head names, without their parameters (9.1)."""
    return [item.partition(";")[0].strip() for item in head.tokens("Sec-WebSocket-Extensions")]


def _check_head(head: MessageHead, status: int | None) -> Check:
    spans = tuple(problem.span for problem in head.problems[:1])
    if head.end is not None and not spans:
        spans = (Span(head.end - 1, head.end),)  # of the empty line
    if head.problems:
        found = head.problems[0].sentence
    elif head.end is None:
        found = _("no empty line yet: the head has not ended")
    else:
        found = _("{count} header lines").format(count=len(head.headers))
    return Check(
        "head",
        _("The head is well-formed HTTP and ends with an empty line"),
        "4.1, item 1; RFC 9112 2" if status else "RFC 9112 2",
        not head.problems and head.end is not None,
        found,
        spans,
        status,
    )


def _optional(
    head: MessageHead, name: str, header: str, requirement: str, section: str, right: bool
) -> Check:
    lines = head.find(header)
    status = 400 if head.kind == "request" else None
    passed = right if lines else None
    return Check(name, requirement, section, passed, _values(lines), _spans(lines), status)


def _judge_key(keys: tuple[HeaderField, ...]) -> tuple[bool, str]:
    if len(keys) != 1:
        return False, _values(keys)
    text = keys[0].value.text
    try:
        nonce = base64.b64decode(text.encode("latin-1"), validate=True)
    except binascii.Error:
        return False, _("{key} (not Base64)").format(key=shorten(text))
    return len(nonce) == 16, _("{key} ({count} bytes)").format(key=shorten(text), count=len(nonce))


def _different_tokens(names: list[str]) -> bool:
    return len(set(names)) == len(names) and all(TOKEN.fullmatch(name) for name in names)


def _version(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"HTTP/(\d)\.(\d)", text, re.ASCII)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _values(lines: tuple[HeaderField, ...]) -> str:
    return " | ".join(shorten(line.value.text) for line in lines[:4]) or _("absent")


def _spans(lines: tuple[HeaderField, ...]) -> tuple[Span, ...]:
    return tuple(line.span for line in lines)
