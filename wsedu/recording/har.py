"""A HAR, the log that browsers and proxies export, and the WebSockets in it.

How to think about it: a HAR is JSON: one entry for each request. The entry of a WebSocket has its
handshake, and a list ``_webSocketMessages``, which is not a part of the format: each program writes
it in its own way. So nothing here is taken for granted: a time may be seconds, milliseconds or
missing, a status may be 200 or -1, and the list may be in another file.

The format: HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ..protocol import Opcode
from ..said import Said
from .events import Side
from .packets import CaptureError
from .readable import json_value
from .rebuilt import Message, Socket, head, seconds

ERRORS = 3  # of one socket that are told
Attached = Callable[[str], "bytes | None"]  # the content of a file that belongs to the HAR


def is_har(content: Any) -> bool:
    """Whether this JSON is a HAR."""
    return isinstance(_get(content, "log", "entries"), list)


def read_har(content: Any, attached: Attached) -> list[Socket]:
    """The WebSockets of a HAR; raises CaptureError if it has none."""
    entries = content["log"]["entries"]
    creator = _get(content, "log", "creator", "name")
    found = [_socket(entry, creator, attached) for entry in entries if _is_websocket(entry)]
    if not found:
        raise CaptureError(Said("har.no-websocket", count=len(entries)))
    return found


def read_lines(text: str) -> Socket:
    """The messages that Playwright keeps in a file of their own, one in each line."""
    socket = Socket("a HAR", upgraded=True, notes=[Said("rebuilt.no-handshake")])
    _add_messages(socket, map(json_value, text.splitlines()))
    return socket


def _get(value: Any, *names: str) -> Any:
    """A value deep inside of JSON, or None if there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _is_websocket(entry: Any) -> bool:
    """A socket says so by its list of messages, its type, its address, or its status."""
    if isinstance(_get(entry, "_webSocketMessages"), list):
        return True
    if _get(entry, "_resourceType") == "websocket":
        return True
    if str(_get(entry, "request", "url")).startswith(("ws:", "wss:")):
        return True
    upgrades = dict(_headers(_get(entry, "response"), lower=True)).get("upgrade", "")
    return _get(entry, "response", "status") == 101 and upgrades.lower() == "websocket"


def _headers(message: Any, lower: bool = False) -> list[tuple[str, str]]:
    found = []
    headers = _get(message, "headers")
    for line in headers if isinstance(headers, list) else []:
        name, value = _get(line, "name"), _get(line, "value")
        if isinstance(name, str) and isinstance(value, str):
            found.append((name.lower() if lower else name, value))
    return found


def _socket(entry: Any, creator: Any, attached: Attached) -> Socket:
    socket = Socket("a HAR", str(_get(entry, "request", "url") or ""))
    socket.started = _moment(_get(entry, "startedDateTime"))
    messages = _get(entry, "_webSocketMessages")
    name = _get(entry, "response", "content", "_file")
    if isinstance(messages, list):
        _add_messages(socket, messages)
    elif isinstance(name, str):
        data = attached(name)
        if data is None:
            socket.notes.append(Said("har.no-file", name=name))
        else:
            _add_messages(socket, map(json_value, data.decode("utf-8", "replace").splitlines()))
    elif creator == "Firefox":
        socket.notes.append(Said("har.firefox"))
    else:
        socket.notes.append(Said("har.no-messages"))
    if creator == "Playwright":
        socket.notes.append(Said("har.playwright"))
    elif creator == "WebInspector" and any(
        message.sender == "client" and message.opcode == Opcode.BINARY and not message.data
        for message in socket.messages
    ):
        socket.notes.append(Said("har.blob"))
    _add_heads(socket, entry)
    _add_end(socket, entry)
    return socket


def _add_heads(socket: Socket, entry: Any) -> None:
    """The handshake, if the file has one."""
    status = _get(entry, "response", "status")
    request, response = _headers(_get(entry, "request")), _headers(_get(entry, "response"))
    # RFC 8441, RFC 9220: over HTTP/2 and HTTP/3, 200 means what 101 means.
    version = str(_get(entry, "response", "httpVersion")).lower()
    if status == 200 and (socket.messages or version.startswith(("h2", "h3", "http/2", "http/3"))):
        socket.upgraded = True
        socket.notes.append(Said("har.http2"))
        return
    if not request and socket.messages:
        socket.upgraded = True
        socket.notes.append(Said("rebuilt.no-handshake"))
        return
    method = _get(entry, "request", "method") or "GET"
    socket.request = head(f"{method} {_target(socket.url)} HTTP/1.1", request)
    if isinstance(status, int) and status > 0:
        reason = _get(entry, "response", "statusText") or ""
        socket.response = head(f"HTTP/1.1 {status} {reason}", response)
    elif socket.messages:  # no answer, and yet messages
        socket.request, socket.upgraded = b"", True
        socket.notes.append(Said("rebuilt.no-handshake"))
    else:
        socket.notes.append(Said("har.no-response"))


def _target(url: str) -> str:
    """What the request line names: path and query."""
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a port that is no number, or half of an IPv6 address
        return url
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _add_messages(socket: Socket, written: Iterable[Any]) -> None:
    errors, not_base64 = [], 0
    for line in written:
        kind, text = _get(line, "type"), _get(line, "data")
        data = text if isinstance(text, str) else "" if text is None else json.dumps(text)
        if kind == "error":
            errors.append(data)
        if kind not in ("send", "receive"):
            continue
        sender: Side = "client" if kind == "send" else "server"
        opcode = _get(line, "opcode")
        if not isinstance(opcode, int) or not 0 <= opcode <= 15:
            opcode = Opcode.TEXT  # hand-made files have none
        payload = data.encode("utf-8", "replace")
        if opcode == Opcode.BINARY:
            try:
                payload = base64.b64decode(payload, validate=True)
            except binascii.Error:
                not_base64 += 1
        socket.messages.append(Message(seconds(_get(line, "time")), sender, opcode, payload))
    if not_base64:
        socket.notes.append(Said("har.not-base64", count=not_base64))
    socket.notes += [Said("har.error", sentence=error) for error in errors[:ERRORS]]


def _add_end(socket: Socket, entry: Any) -> None:
    """What some programs say of the end, outside of the list of messages."""
    failure, close = _get(entry, "response", "_failureText"), _get(entry, "_webSocketClose")
    if isinstance(failure, str) and failure:
        socket.notes.append(Said("har.error", sentence=failure))
    if close == "aborted":
        socket.notes.append(Said("har.aborted"))
    elif isinstance(close, dict):
        socket.notes.append(
            Said("har.close", code=str(close.get("code")), reason=str(close.get("reason") or ""))
        )


def _moment(written: Any) -> float | None:
    """A date and time of ISO 8601, in seconds since 1970."""
    try:
        return datetime.fromisoformat(written).timestamp()
    except (TypeError, ValueError, OverflowError, OSError):
        return None
