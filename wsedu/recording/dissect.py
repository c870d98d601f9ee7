"""From bytes to meaning: the units of a recording and their fields.

How to think about it: each side of a connection sends one stream of bytes. ``dissect`` walks
along both streams as the two programs did. First both speak HTTP, turn by turn: a request, an
answer. If an answer is 101, the language changes behind its last byte, on both sides; from
there on every byte belongs to a frame.

Every field knows the bytes it was written in, so a picture can light up both. Damaged bytes
are no exception here but a finding: what can be read is read, and the rest says why not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .._awaited import values_only
from ..protocol import (
    Binary,
    Check,
    FrameLayout,
    HeaderField,
    MessageHead,
    Part,
    Problem,
    Span,
    Text,
    check_request,
    check_response,
    read_head,
    read_layout,
)
from ..protocol.handshake import extension_names
from ..protocol.http import Kind, shorten
from ..words import _
from .fields import Field
from .frame_checker import FrameChecker
from .frame_fields import describe_frame, fields_of_frame, name_frame
from .recording import Recording, Side


@dataclass(frozen=True)
class Unit:
    """One thing that one side said.

    kind:     "request", "response", "body" (of an HTTP answer), "frame", or "bytes": not readable
    stream:   all that the sender said
    span:     its bytes in that stream; data holds them
    arrived:  index of the recording's event that completed it
    problems: what is wrong with it
    head:     for a request or response, how it was written
    checks:   for a request or response, the rules of the opening handshake held against it
    layout:   for a frame, how it was written
    message:  for a frame that ends a message, the message

    Its words are found when somebody asks: a recording may hold 100,000 frames, and a picture
    shows a few.
    """

    sender: Side
    kind: str
    stream: bytes = field(repr=False, compare=False)
    span: Span
    data: bytes
    arrived: int
    problems: tuple[Problem, ...] = ()
    head: MessageHead | None = None
    checks: tuple[Check, ...] = ()
    layout: FrameLayout | None = None
    message: Text | Binary | None = None

    @cached_property
    def title(self) -> str:
        """A few words, for the arrow in a ladder."""
        if self.head is not None:
            return _title(self.data, self.head)
        if self.layout is not None:
            return name_frame(self.layout)
        if self.kind == "body":
            return _("body, {count} bytes").format(count=len(self.data))
        return _name_bytes(self.data)

    @cached_property
    def sentence(self) -> str:
        """What it says, in plain words."""
        if self.head is not None:
            return _describe(self.head, self.data)
        if self.layout is not None:
            return describe_frame(self.layout)
        if self.kind == "body":
            return _("The body of the response: {text}").format(text=_text(self.data))
        if self.sender == "client":
            return _("Sent before the server's 101: no rule of WebSocket applies to them yet.")
        return _("Bytes that answer no request that could be read.")

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Its pieces, in the order of their bytes."""
        if self.head is not None:
            return _head_fields(self.stream, self.head, self.span)
        if self.layout is not None:
            return fields_of_frame(self.layout, self.stream)
        if self.kind == "body":
            return (Field(_("body"), self.span, _text(self.data)),)
        return (Field(_("bytes"), self.span, self.data[:16].hex(" ")),)


@dataclass(frozen=True)
class Dissection:
    """A recording that has been read.

    units:  in the order in which they were complete
    switch: index of the 101 behind which both sides speak WebSocket, or None
    """

    recording: Recording
    units: tuple[Unit, ...]
    switch: int | None

    @property
    def messages(self) -> tuple[tuple[Side, Text | Binary], ...]:
        """The messages that arrived whole, each with its sender; compressed ones are not read."""
        return tuple((unit.sender, unit.message) for unit in self.units if unit.message)

    def find(self, kind: str) -> tuple[Unit, ...]:
        """All units of that kind."""
        return tuple(unit for unit in self.units if unit.kind == kind)

    @property
    def request(self) -> Unit:
        """The client's first unit; raises LookupError if it said nothing."""
        for unit in self.units:
            if unit.sender == "client":
                return unit
        raise LookupError(_("In this recording the client says nothing."))

    @property
    def response(self) -> Unit | None:
        """The server's first answer, or None if it said nothing."""
        return next((unit for unit in self.units if unit.kind == "response"), None)

    @property
    def status(self) -> int | None:
        """The status code of the server's first answer, or None if it never answered."""
        if self.response is None or self.response.head is None:
            return None
        return _status(self.response.head)


@values_only
def dissect(recording: Recording) -> Dissection:
    """Read a recording; never raises, whatever bytes it holds."""
    walk = _Walk(recording)
    walk.speak_http()
    for side in ("client", "server"):
        if walk.switch is not None:
            walk.take_frames(side)
        walk.take_the_rest(side)
    units = sorted(walk.units, key=lambda unit: (unit.arrived, unit.span.start))
    switch = next((i for i, unit in enumerate(units) if unit is walk.switch), None)
    return Dissection(recording, tuple(units), switch)


@dataclass
class _Walk:
    """Two streams, and how far each has been read."""

    recording: Recording
    units: list[Unit] = field(default_factory=list)
    switch: Unit | None = None

    def __post_init__(self) -> None:
        self.streams: dict[Side, bytes] = {
            "client": self.recording.sent_by("client"),
            "server": self.recording.sent_by("server"),
        }
        self.read: dict[Side, int] = {"client": 0, "server": 0}
        # For each side: how long its stream was after each of its events, and which event.
        self.lengths: dict[Side, list[int]] = {"client": [], "server": []}
        self.indices: dict[Side, list[int]] = {"client": [], "server": []}
        for index, event in enumerate(self.recording.events):
            if event.kind != "data":
                continue
            lengths = self.lengths[event.sender]
            lengths.append((lengths[-1] if lengths else 0) + len(event.data))
            self.indices[event.sender].append(index)

    def speak_http(self) -> None:
        """Requests and answers in turn, until a 101, the end, or something that is neither."""
        while self.switch is None:
            request = self.take_head("client", "request", None)
            if request is None:
                return
            response = self.take_head("server", "response", request)
            if response is None or response.head is None or response.head.end is None:
                return
            if _status(response.head) == 101:
                self.switch = response
            elif not self.take_body(response.head):
                return

    def take_head(self, side: Side, kind: Kind, request: Unit | None) -> Unit | None:
        """The head at the reading position of ``side``, complete or not; None at the end."""
        stream, start = self.streams[side], self.read[side]
        if start == len(stream):
            return None
        head = read_head(stream, kind, start)
        stop = head.end if head.end is not None else len(stream)
        if request is not None and request.head is not None:
            checks = check_response(head, request.head)
        else:
            checks = check_request(head) if kind == "request" else ()
        return self.add(
            side,
            kind,
            Span(start, stop),
            problems=head.problems,
            head=head,
            checks=checks,
        )

    def take_body(self, head: MessageHead) -> bool:
        """The body of an answer that is not 101; False if its end cannot be told."""
        lengths = {line.value.text for line in head.find("Content-Length")}
        length = lengths.pop() if len(lengths) == 1 else ""
        here, there = self.read["server"], len(self.streams["server"])
        known = length.isdecimal() and length.isascii() and len(length) < 19
        stop = min(there, here + int(length)) if known else there
        if stop > here:
            self.add("server", "body", Span(here, stop))
        return known and stop == here + int(length)

    def take_frames(self, side: Side) -> None:
        """All frames of one side, the last one perhaps incomplete."""
        stream = self.streams[side]
        assert self.switch is not None and self.switch.head is not None
        listener = FrameChecker(side, "permessage-deflate" in extension_names(self.switch.head))
        while layout := read_layout(stream, self.read[side]):
            problems, message = listener.hear(layout)
            if side == "client" and self.arrival(side, layout.span.end) < self.switch.arrived:
                problems = (Problem(_TOO_EARLY, layout.span, "4.1"), *problems)
            self.add(
                side,
                "frame",
                layout.span,
                problems=problems,
                layout=layout,
                message=message,
            )

    def take_the_rest(self, side: Side) -> None:
        """Bytes that no reader above could place."""
        rest = Span(self.read[side], len(self.streams[side]))
        if len(rest):
            self.add(side, "bytes", rest)

    def arrival(self, side: Side, stop: int) -> int:
        """The index of the event that brought the byte before offset ``stop``."""
        return self.indices[side][bisect_left(self.lengths[side], stop)]

    def add(self, side: Side, kind: str, span: Span, **facts: Any) -> Unit:
        """Note a unit, and read on behind it."""
        self.read[side] = span.end
        stream = self.streams[side]
        data = stream[span.start : span.end]
        arrived = self.arrival(side, span.end)
        self.units.append(Unit(side, kind, stream, span, data, arrived, **facts))
        return self.units[-1]


def _title(data: bytes, head: MessageHead, limit: int = 60) -> str:
    """The first line if it can be read as text, else the first bytes."""
    return shorten(_first_line(head), limit) if _readable(head) else _name_bytes(data)


def _readable(head: MessageHead) -> bool:
    line = _first_line(head)
    return bool(line.strip()) and line.isascii() and line.isprintable()


def _first_line(head: MessageHead) -> str:
    return " ".join(part.text for part in head.start_line)


def _status(head: MessageHead) -> int | None:
    """The status code of an answer; None if its first line has none."""
    code = re.match(r"HTTP/\S* (\d{3})(?!\S)", _first_line(head), re.ASCII)
    return int(code[1]) if code else None


def _starts_wrong(head: MessageHead) -> bool:
    """Whether the first line, as a whole, is not what HTTP wants there."""
    if not head.start_line:
        return False
    line = Span(head.start_line[0].span.start, head.start_line[-1].span.end)
    return any(problem.span == line for problem in head.problems)


def _text(data: bytes) -> str:
    return shorten(data.decode("utf-8", "replace"), 200)


def _name_bytes(data: bytes) -> str:
    shown = data[:16].hex(" ") + (" …" if len(data) > 16 else "")
    return _("{count} bytes: {shown}").format(count=len(data), shown=shown)


def _describe(head: MessageHead, data: bytes) -> str:
    """One plain sentence about a head."""
    words = [shorten(part.text) for part in head.start_line] + ["?"] * 3
    if _starts_wrong(head) and head.kind == "request":
        return _('This is not an HTTP request: its first line is not "method target HTTP-version".')
    if head.end is None and b"\n" not in data and head.kind == "request":
        return _("The server reads this as the beginning of a request line; it waits for its end.")
    if head.end is None and head.kind == "request":
        return _("The server reads this as an HTTP request, and waits for its empty line.")
    if head.end is None:
        return _("The client reads this as an HTTP response, and waits for its empty line.")
    if head.kind == "response":
        if _status(head) == 101:
            return _("The server agrees: after this empty line, both sides use WebSocket.")
        if _starts_wrong(head):
            return _(
                'This is not an HTTP response: its first line is not "HTTP-version status reason".'
            )
        if words[1].startswith("2"):
            said = _("The server says {status} {reason}; the connection stays HTTP.")
        else:
            said = _("The server refuses: {status} {reason}. The connection stays HTTP.")
        return said.format(status=words[1], reason=words[2])
    if head.find("Upgrade"):
        return _("The client asks for {target} and offers to change to {protocol}.").format(
            target=words[1], protocol=shorten(head.find("Upgrade")[0].value.text)
        )
    return _("An ordinary HTTP request: {method} {target}.").format(
        method=words[0], target=words[1]
    )


def _head_fields(stream: bytes, head: MessageHead, span: Span) -> tuple[Field, ...]:
    """A field for each line, with its pieces inside; then whatever was not read."""
    fields = []
    if head.start_line:
        start = head.start_line[0].span.start
        if span.start < start:
            fields.append(_empty_lines(Span(span.start, start)))
        line_stop = _line_stop(stream, head.start_line[-1].span.end)
        fields.append(
            Field(
                _("request line") if head.kind == "request" else _("status line"),
                Span(start, line_stop),
                _title(stream[start:line_stop], head, 200),
                *(_NO_TEXT if not _readable(head) else _START_LINE[head.kind]),
                parts=(*_start_parts(head), *_line_end(stream, Span(start, line_stop))),
            )
        )
    for line in head.headers:
        meaning, section = _explain(line, head.kind)
        fields.append(
            Field(
                shorten(line.name.text) or _("(no name)"),
                line.span,
                shorten(line.value.text, 200),
                meaning,
                section,
                parts=(
                    *_part(_("header name"), line.name, 60),
                    *_part(_("value"), line.value, 200),
                    *_line_end(stream, line.span),
                ),
            )
        )
    if head.end is not None:
        start = fields[-1].span.end
        fields.append(
            Field(
                _("empty line"),
                Span(start, head.end),
                _ends(stream, Span(start, head.end)),
                _("ends the head; the next byte is no longer part of it"),
                "RFC 9112 2.1",
            )
        )
    if not fields:
        return (_empty_lines(span),)
    rest = Span(fields[-1].span.end, span.end)
    if len(rest):
        fields.append(Field(_("not read"), rest, _name_bytes(stream[rest.start : rest.end])))
    return tuple(fields)


def _empty_lines(span: Span) -> Field:
    return Field(
        _("empty lines"),
        span,
        _("{count} bytes").format(count=len(span)),
        _("before the first line; a reader may pass over them"),
        "RFC 9112 2.2",
    )


def _start_parts(head: MessageHead) -> tuple[Field, ...]:
    names = (
        (_("method"), _("target"), _("HTTP version"))
        if head.kind == "request"
        else (_("HTTP version"), _("status"), _("reason"))
    )
    pieces: list[tuple[str, Part]] = list(zip(names, head.start_line, strict=False))
    return tuple(field for name, part in pieces for field in _part(name, part, 200))


def _part(name: str, part: Part, limit: int) -> tuple[Field, ...]:
    """A piece of a line, if it is there at all."""
    return (Field(name, part.span, shorten(part.text, limit)),) if len(part.span) else ()


def _line_stop(stream: bytes, end: int) -> int:
    """The offset behind the CR LF, or the LF, that ends a line at ``end``."""
    for mark in (b"\r\n", b"\n"):
        if stream.startswith(mark, end):
            return end + len(mark)
    return end


def _line_end(stream: bytes, line: Span) -> tuple[Field, ...]:
    """The CR LF, or the LF, of a line that has ended."""
    if not stream.endswith(b"\n", line.start, line.end):
        return ()
    ends = _ends(stream, line)
    size = 2 if ends == "CR LF" else 1
    return (Field(_("line end"), Span(line.end - size, line.end), ends),)


def _ends(stream: bytes, span: Span) -> str:
    return "CR LF" if stream.endswith(b"\r\n", span.start, span.end) else "LF"


def _explain(line: HeaderField, kind: Kind) -> tuple[str, str]:
    """What a header line is for, and where that stands."""
    name = line.name.text.lower()
    options = {option.strip().lower() for option in line.value.text.split(",")}
    if name == "connection" and "upgrade" not in options:
        if "close" in options:
            return _("this TCP connection ends after the response"), "RFC 9112 9.6"
        return _("what holds for this TCP connection only; Upgrade is not named"), "RFC 9110 7.6.1"
    known = HEADERS if kind == "request" else HEADERS | ANSWER_HEADERS
    return known.get(name, (_("not part of WebSocket; ignored"), "4.2.1, item 10"))


_TOO_EARLY = _("Sent before the server's 101; a client must wait for it.")

_START_LINE = {
    "request": (
        _("what the client wants, of which resource, in which HTTP version"),
        "4.1, items 2, 3",
    ),
    "response": (_("whether the server agrees: 101 and nothing else means yes"), "4.2.2, item 5.1"),
}
_NO_TEXT = (_("the first line is read from here; but these bytes are not text"), "RFC 9112 2.1")

HEADERS = {
    "host": (_("which server is meant; required by HTTP/1.1"), "4.1, item 4"),
    "upgrade": (_("the protocol to change to"), "4.1, item 5"),
    "connection": (_("Upgrade concerns this TCP connection only"), "4.1, item 6"),
    "sec-websocket-key": (_("16 random bytes in Base64, new each time"), "4.1, item 7"),
    "sec-websocket-version": (_("the version of WebSocket; RFC 6455 is 13"), "4.1, item 9"),
    "sec-websocket-accept": (_("proves that the server read the key"), "4.2.2, item 5"),
    "sec-websocket-protocol": (_("the application's language, by name"), "4.1, item 10"),
    "sec-websocket-extensions": (_("changes to the framing, if both agree"), "4.1, item 11; 9.1"),
    "origin": (_("which page's script asks; browsers set it themselves"), "4.1, item 8"),
    "cookie": (_("sent by the browser unasked; covered here"), "4.1, item 12"),
    "authorization": (_("a secret of the client; covered here"), "4.1, item 12"),
    "proxy-authorization": (_("a secret for a proxy; covered here"), "RFC 9110 11.7.2"),
    "set-cookie": (_("a secret for the browser to keep; covered here"), "RFC 6265 4.1"),
    "user-agent": (_("which program asks; not part of WebSocket"), "RFC 9110 10.1.5"),
    "accept-encoding": (_("about HTTP bodies; not part of WebSocket"), "RFC 9110 12.5.3"),
    "accept-language": (_("the reader's languages; not part of WebSocket"), "RFC 9110 12.5.4"),
    "cache-control": (_("no cache may answer this; not part of WebSocket"), "RFC 9111 5.2"),
    "pragma": (_("Cache-Control, for very old caches"), "RFC 9111 5.4"),
    "date": (_("the server's clock; not part of WebSocket"), "RFC 9110 6.6.1"),
    "server": (_("which program answers; not part of WebSocket"), "RFC 9110 10.2.4"),
    "content-length": (_("how many bytes of body follow the empty line"), "RFC 9110 8.6"),
    "content-type": (_("how to read the body"), "RFC 9110 8.3"),
    "allow": (_("the methods that would be accepted"), "RFC 9110 10.2.1"),
}

# What is different in an answer. "5.2" is point 2 of the list inside item 5 of 4.2.2.
ANSWER_HEADERS = {
    "upgrade": (_("the protocol that is changed to"), "4.2.2, item 5.2"),
    "connection": (_("Upgrade concerns this TCP connection only"), "4.2.2, item 5.3"),
    "sec-websocket-accept": (_("proves that the server read the key"), "4.2.2, item 5.4"),
    "sec-websocket-protocol": (_("the one that was chosen, of those asked for"), "4.2.2, item 5.5"),
    "sec-websocket-extensions": (_("those that are used, of those offered"), "4.2.2, item 5.6"),
    "sec-websocket-version": (_("the versions that the server speaks"), "4.4"),
}
