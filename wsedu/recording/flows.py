"""The file in which mitmproxy keeps its flows, and the WebSockets in it.

How to think about it: the file is a chain of values, each written as ``length:bytes`` and a letter
for its kind: ``5:hello,`` are bytes, ``2:42#`` is a number, a list or a table holds more of the
same. Such a value is called a tnetstring. A flow is a table; a flow with a WebSocket has the key
``websocket``, with a list of messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..protocol import Close, Opcode, build_close, is_sendable
from ..said import Said
from .events import Side
from .packets import CaptureError
from .rebuilt import Message, Socket, head, seconds

DEEPEST = 30  # tables inside of one another

_BEGIN = re.compile(rb"[0-9]{1,12}:[0-9]{1,12}:[a-z_]+[,;]")  # a table, and its first key
_LENGTH = re.compile(rb"([0-9]{1,12}):")


def is_flows(data: bytes) -> bool:
    """Whether a file begins like one of mitmproxy."""
    return _BEGIN.match(data) is not None


def read_flows(data: bytes) -> list[Socket]:
    """The WebSockets of a file of mitmproxy; raises CaptureError if there are none."""
    sockets, flows, at = [], 0, 0
    damaged = []
    while at < len(data):
        try:
            flow, at = read_value(data, at, len(data))
        except ValueError:
            damaged.append(Said("flows.damaged", offset=at))
            break
        flows += 1
        if isinstance(flow, dict) and isinstance(flow.get("websocket"), dict):
            sockets.append(_socket(flow, flow["websocket"]))
    if not sockets:
        raise CaptureError(damaged[0] if damaged else Said("flows.no-websocket", count=flows))
    for socket in sockets:
        socket.notes += damaged
    return sockets


def read_value(data: bytes, at: int, stop: int, deep: int = 0) -> tuple[Any, int]:
    """The tnetstring at an offset, and the offset after it; raises ValueError if it is damaged.

    stop: where the table ends that it is in, or the file
    """
    found = _LENGTH.match(data, at, stop)
    if found is None or deep > DEEPEST:
        raise ValueError("no tnetstring")
    start, end = found.end(), found.end() + int(found[1])
    if end >= stop:
        raise ValueError("a tnetstring is cut")
    kind = data[end : end + 1]
    if kind in _PLAIN:
        return _PLAIN[kind](data[start:end]), end + 1
    if kind not in (b"}", b"]"):
        raise ValueError(f"no kind of tnetstring: {kind!r}")
    items: list[Any] = []
    while start < end:
        item, start = read_value(data, start, end, deep + 1)
        items.append(item)
    return (_table(items) if kind == b"}" else items), end + 1


# The letters for values that hold no others, and how each is read.
_PLAIN: dict[bytes, Callable[[bytes], Any]] = {
    b",": lambda body: body,
    b";": lambda body: body.decode("utf-8", "replace"),
    b"#": int,
    b"^": float,
    b"!": lambda body: body == b"true",
    b"~": lambda body: None,
}


def _table(items: list[Any]) -> dict[str, Any]:
    """Keys and values by turns; keys are text, or bytes in old files."""
    keys = (_text(key) for key in items[::2])
    return dict(zip(keys, items[1::2], strict=False))


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _socket(flow: dict[str, Any], websocket: dict[str, Any]) -> Socket:
    request, response = _part(flow, "request"), _part(flow, "response")
    host, port, path = (_text(request.get(name, "")) for name in ("host", "port", "path"))
    socket = Socket("mitmproxy", f"{_text(request.get('scheme', ''))}://{host}:{port}{path}")
    socket.started = seconds(request.get("timestamp_start"))
    version = _text(request.get("http_version", ""))
    if version.startswith("HTTP/1"):
        method = _text(request.get("method", ""))
        socket.request = head(f"{method} {path} {version}", _headers(request))
        reason = _text(response.get("reason", ""))
        status = f"{_text(response.get('http_version', version))} {response.get('status_code')}"
        socket.response = head(f"{status} {reason}", _headers(response))
    else:
        socket.upgraded = True
        socket.notes.append(Said("rebuilt.no-handshake"))
    messages = websocket.get("messages")
    _add_messages(socket, messages if isinstance(messages, list) else [])
    _add_close(socket, websocket)
    return socket


def _part(flow: dict[str, Any], name: str) -> dict[str, Any]:
    part = flow.get(name)
    return part if isinstance(part, dict) else {}


def _headers(part: dict[str, Any]) -> list[tuple[str, str]]:
    headers = part.get("headers")
    pairs = headers if isinstance(headers, list) else []
    return [(_text(p[0]), _text(p[1])) for p in pairs if isinstance(p, list) and len(p) == 2]


def _add_messages(socket: Socket, messages: list[Any]) -> None:
    """A message is [opcode, from the client, bytes, time, dropped, injected]."""
    dropped = injected = unreadable = 0
    for message in messages:
        match message:
            case [int(opcode), bool(from_client), bytes(data), time, *more] if 0 <= opcode <= 15:
                side: Side = "client" if from_client else "server"
                socket.messages.append(Message(seconds(time), side, opcode, data))
                dropped += more[:1] == [True]
                injected += more[1:2] == [True]
            case _:
                unreadable += 1
    for id, count in (("dropped", dropped), ("injected", injected), ("unreadable", unreadable)):
        if count:
            socket.notes.append(Said(f"flows.message-{id}", count=count))


def _add_close(socket: Socket, websocket: dict[str, Any]) -> None:
    code, reason = websocket.get("close_code"), _text(websocket.get("close_reason") or "")
    by_client = websocket.get("closed_by_client")
    if not isinstance(code, int) or not isinstance(by_client, bool):
        socket.notes.append(Said("flows.still-open"))
    elif code == 1005 or (is_sendable(code) and len(reason.encode("utf-8", "replace")) <= 123):
        # 7.1.5: 1005 stands for a Close without a code.
        body = b"" if code == 1005 else build_close(Close(code, reason))
        time = seconds(websocket.get("timestamp_end"))
        side: Side = "client" if by_client else "server"
        socket.messages.append(Message(time, side, Opcode.CLOSE, body))
    else:
        socket.notes.append(Said("flows.no-close", code=code))
