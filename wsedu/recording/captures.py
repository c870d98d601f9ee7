"""The connections in a capture file, each as a ``Recording``.

How to think about it: a capture holds all that crossed a network card, and one connection of it is
of interest. ``open_capture`` gives the connections with WebSocket in them: they begin with its
opening handshake, whatever their port. If a capture begins later than the connection, nothing in
it says "WebSocket": then you name the port. ``connections`` lists everything, with a line each.

What is missing is said in ``notes``, and a refusal says what would help.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from itertools import islice
from pathlib import Path
from typing import Literal

from .._awaited import values_only
from ..said import Said
from .events import Event, Side
from .packets import CaptureError, CaptureFile
from .protocols import protocol_of
from .recording import Recording
from .tcp import Conversation, read_conversations

Kind = Literal["websocket", "http", "http2", "tls", "empty", "other"]

SEARCHED = 1 << 16  # bytes of a stream in which its handshake may be: other requests may come first
REQUESTS = 100  # the same, counted

_REQUEST = re.compile(rb"^[A-Z]+ [^ \r\n]+ HTTP/1\.\d\r?$", re.MULTILINE)
_RESPONSE = re.compile(rb"^HTTP/1\.\d \d{3}", re.MULTILINE)
_SWITCHING = re.compile(rb"^HTTP/1\.\d 101", re.MULTILINE)
UPGRADE = re.compile(rb"^upgrade[ \t]*:[^\n]*websocket", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Connection:
    """One TCP connection of a capture. As a string, it is one line about it.

    client, server: address and port
    kind:           what it begins with; "websocket" if its opening handshake is there
    sent:           how many bytes of each side there are before its first gap, client first
    notes:          what is missing: in the file, and in this connection
    """

    client: str
    server: str
    kind: Kind
    sent: tuple[int, int]
    notes: tuple[Said, ...]
    _conversation: Conversation = field(repr=False, compare=False)
    _names: tuple[Side, Side] = field(repr=False, compare=False)

    def __str__(self) -> str:
        line = Said(
            "capture.connection",
            client=self.client,
            server=self.server,
            sent=self.sent[0],
            back=self.sent[1],
            kind=Said(f"capture.kind-{self.kind}"),
        )
        return str(line)

    @property
    def is_cut(self) -> bool:
        """Whether packets of it were captured in part."""
        return self._conversation.cut > 0

    @property
    def ports(self) -> tuple[int, int]:
        return self._conversation.ports

    @cached_property
    def recording(self) -> Recording:
        """All of it. Times are seconds from its first packet; ``dropped`` are bytes after a gap."""
        return self.first(len(self._conversation.events))

    def first(self, count: int) -> Recording:
        """No more than ``count`` events: there may be a million, and a picture shows a few."""
        conversation, names = self._conversation, self._names
        happened = zip(conversation.times, conversation.sides, conversation.events, strict=True)
        events = tuple(
            Event(time, names[side], "data", event)
            if isinstance(event, bytes)
            else Event(time, names[side], event)
            for time, side, event in islice(happened, count)
        )
        sent = sum(half.reached for half in conversation.halves)
        dropped = sent - sum(len(event.data) for event in events)
        return Recording(events, " ".join(map(str, self.notes)), dropped)


@values_only
def open_capture(source: str | Path | bytes, port: int | None = None) -> tuple[Connection, ...]:
    """The WebSocket connections of a pcap or pcapng file, or the connections with a port.

    source: a path, or the bytes of a file

    Raises CaptureError, a ValueError, if there is none: what the file seems to be, what would help.
    """
    chosen, _others = choose_connections(source, port)
    return chosen


def choose_connections(
    source: str | Path | bytes, port: int | None
) -> tuple[tuple[Connection, ...], tuple[Connection, ...]]:
    """What ``open_capture`` returns, and all other connections of the file; raises like that."""
    capture = _Capture(source, port)
    chosen, others = list[Connection](), list[Connection]()
    for connection in capture.connections:
        is_chosen = connection.kind == "websocket" if port is None else port in connection.ports
        (chosen if is_chosen else others).append(connection)
    if not chosen:
        raise CaptureError(capture.why_nothing(port))
    return tuple(chosen), tuple(others)


@values_only
def connections(source: str | Path | bytes, port: int | None = None) -> tuple[Connection, ...]:
    """All TCP connections of a pcap or pcapng file; print one to see its line.

    port: keep the bytes of connections with this port; else those that do not begin like HTTP are
          only counted

    Raises CaptureError, a ValueError, if the file is neither.
    """
    return _Capture(source, port).connections


class _Capture:
    """A capture file that has been read."""

    def __init__(self, source: str | Path | bytes, port: int | None) -> None:
        with io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
            capture = CaptureFile(file)
            conversations, self.others = read_conversations(capture, port)
        notes = [*capture.notes, *_losses(capture.lost, self.others)]
        self.tls_keys = capture.tls_keys
        self.wrong = bool(capture.notes)
        self.connections = tuple(_connection(each, notes, port) for each in conversations)

    def why_nothing(self, port: int | None) -> Said:
        """Why no connection of it can be opened, and what would help."""
        if not self.connections:
            return self._why_no_tcp()
        if port is not None:
            ports = sorted({min(connection.ports) for connection in self.connections})
            return Said("capture.no-such-port", port=port, ports=", ".join(map(str, ports)))
        if any(connection.is_cut for connection in self.connections):
            return Said("capture.only-cut")
        largest = max(self.connections, key=lambda connection: sum(connection.sent))
        if largest.kind == "tls" and self.tls_keys:
            return Said("capture.only-tls-with-keys")
        if largest.kind == "tls":
            return Said("capture.only-tls")
        if largest.kind == "http2":
            return Said("capture.only-http2")
        return Said("capture.no-websocket", count=len(self.connections), port=min(largest.ports))

    def _why_no_tcp(self) -> Said:
        count = self.others.total()
        if not count and self.wrong:
            return Said("capture.no-whole-packet")
        if not count:
            return Said("capture.no-packets")
        reason, _ = self.others.most_common(1)[0]
        if reason.startswith("link-"):
            return Said("capture.no-such-link", link=int(reason.removeprefix("link-")))
        return Said("capture.no-tcp", count=count, udp=self.others["udp"])


def _losses(lost: int, others: Counter[str]) -> list[Said]:
    """What the file says, or its packets show, about packets that cannot be read."""
    notes = []
    if lost:
        notes.append(Said("capture.lost", count=lost))
    if others["fragment"]:
        notes.append(Said("capture.fragments", count=others["fragment"]))
    if others["short"]:
        notes.append(Said("capture.short", count=others["short"]))
    return notes


def _connection(conversation: Conversation, notes: list[Said], port: int | None) -> Connection:
    streams = tuple(_beginning(conversation, side) for side in (0, 1))
    kind = _kind(streams)
    client = _client(conversation, streams, port)
    names: tuple[Side, Side] = ("server", "client") if client else ("client", "server")
    notes = [*notes, *_own_notes(conversation, kind, names)]
    ends = _addresses(conversation.path)
    halves = conversation.halves
    return Connection(
        ends[client],
        ends[1 - client],
        kind,
        (halves[client].read, halves[1 - client].read),
        tuple(notes),
        conversation,
        names,
    )


def _addresses(path: bytes) -> tuple[str, str]:
    """Address and port of both ends."""
    size = (len(path) - 4) // 2
    source, target = ip_address(path[:size]), ip_address(path[size : 2 * size])
    form = "[{}]:{}" if size == 16 else "{}:{}"
    ports = int.from_bytes(path[-4:-2]), int.from_bytes(path[-2:])
    return form.format(source, ports[0]), form.format(target, ports[1])


def _beginning(conversation: Conversation, side: int) -> bytes:
    """The first bytes of a side, in one piece."""
    pieces, count = [], 0
    for sender, event in zip(conversation.sides, conversation.events, strict=True):
        if sender == side and isinstance(event, bytes):
            pieces.append(event)
            count += len(event)
            if count >= SEARCHED:
                break
    return b"".join(pieces) or conversation.halves[side].start


def _kind(streams: tuple[bytes, ...]) -> Kind:
    """What the connection is, by its first bytes."""
    if any(_upgrades(stream) for stream in streams):
        return "websocket"
    for stream in streams:
        protocol = protocol_of(stream)
        if protocol == "http2":
            return "http2"
        if protocol in ("tls", "client-hello", "tls-alert"):
            return "tls"
        if _REQUEST.match(stream) or _RESPONSE.match(stream):
            return "http"
    return "other" if any(streams) else "empty"


def _upgrades(stream: bytes) -> bool:
    """Whether a side asks for WebSocket, or agrees to it."""
    for form in (_REQUEST, _SWITCHING):
        for found in islice(form.finditer(stream), REQUESTS):
            end = stream.find(b"\r\n\r\n", found.end())
            if UPGRADE.search(stream, found.end(), len(stream) if end < 0 else end):
                return True
    return False


def _client(conversation: Conversation, streams: tuple[bytes, ...], port: int | None) -> int:
    """Which half is the client: it sent the SYN, or a request; else the ports have to tell."""
    if conversation.opener is not None:
        return conversation.opener.side
    for side, stream in enumerate(streams):
        if _REQUEST.match(stream):
            return side
        if _RESPONSE.match(stream):
            return 1 - side
    ports = conversation.ports
    server = port if port in ports else min(ports)
    return 0 if ports[1] == server else 1


def _own_notes(conversation: Conversation, kind: Kind, names: tuple[Side, Side]) -> Iterator[Said]:
    """What is missing in one connection."""
    if kind != "websocket":
        yield Said("capture.no-handshake")
    if conversation.exported:
        yield Said("capture.exported")
    if conversation.cut:
        yield Said("capture.cut-packets", count=conversation.cut)
    for half, name in zip(conversation.halves, names, strict=True):
        side = Said(f"capture.side-{name}")
        if half.missing:
            yield Said("capture.gap", side=side, count=half.missing, offset=half.read)
        if after := half.reached - half.read - half.missing:
            yield Said("capture.after-gap", side=side, count=after)
        if half.odd:
            yield Said("capture.odd", side=side, count=half.odd)
