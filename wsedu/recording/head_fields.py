"""What the lines of an HTTP head mean: their fields, a title, and one sentence.

How to think about it: a head is a first line, header lines and an empty line, and so are its
fields. ``HEADERS`` says what each header is for. A response gives some of them another meaning;
``RESPONSE_HEADERS`` has those.
"""

from __future__ import annotations

from ..protocol import HeaderField, MessageHead, Part, Span
from ..protocol.http import Kind, shorten
from ..said import Said
from .fields import Field


def title_of_head(data: bytes, head: MessageHead, limit: int = 60) -> Said | str:
    """The first line if it can be read as text, else the first bytes."""
    return shorten(head.first_line, limit) if _readable(head) else name_bytes(data)


def name_bytes(data: bytes) -> Said:
    """How many bytes there are, and the first of them."""
    shown = data[:16].hex(" ") + (" …" if len(data) > 16 else "")
    return Said("bytes.count", count=len(data), shown=shown)


def describe_head(data: bytes, head: MessageHead) -> Said:
    """What a head says, in one plain sentence."""
    return _describe_request(data, head) if head.kind == "request" else _describe_response(head)


def _describe_request(data: bytes, head: MessageHead) -> Said:
    if _starts_wrong(head):
        return Said("request.no-http")
    if head.end is None and b"\n" not in data:
        return Said("request.first-line-unfinished")
    if head.end is None:
        return Said("request.unfinished")
    method, target, _version = (shorten(part.text) for part in head.start_line)
    if lines := head.find("Upgrade"):
        protocol = shorten(lines[0].value.text)
        return Said("request.offers-upgrade", target=target, protocol=protocol)
    return Said("request.ordinary", method=method, target=target)


def _describe_response(head: MessageHead) -> Said:
    if head.end is None:
        return Said("response.unfinished")
    if head.status == 101:
        return Said("response.agrees")
    if _starts_wrong(head):
        return Said("response.no-http")
    _version, status, reason = (shorten(part.text) for part in head.start_line)
    if status.startswith("1"):
        return Said("response.interim", status=status, reason=reason)
    if status.startswith("2") or status == "304":
        return Said("response.stays-http", status=status, reason=reason)
    return Said("response.refuses", status=status, reason=reason)


def _readable(head: MessageHead) -> bool:
    line = head.first_line
    return bool(line.strip()) and line.isascii() and line.isprintable()


def _starts_wrong(head: MessageHead) -> bool:
    """Whether the first line, as a whole, is not what HTTP requires."""
    if not head.start_line:
        return False
    line = Span(head.start_line[0].span.start, head.start_line[-1].span.end)
    return any(problem.span == line for problem in head.problems)


# Its fields.


def fields_of_head(head: MessageHead, stream: bytes, span: Span) -> tuple[Field, ...]:
    """A field for each line, with its pieces inside; then the bytes that were not read."""
    fields = []
    if head.start_line:
        start = head.start_line[0].span.start
        if span.start < start:
            fields.append(_empty_lines(Span(span.start, start)))
        fields.append(_start_line(head, stream))
    fields += [_header_line(line, head.kind, stream) for line in head.headers]
    if head.end is not None:
        empty = Span(fields[-1].span.end, head.end)
        said = Said("meaning.empty-line")
        fields.append(
            Field(Said("field.empty-line"), empty, _ends(stream, empty), said, "RFC 9112 2.1")
        )
    if not fields:
        return (_empty_lines(span),)
    rest = Span(fields[-1].span.end, span.end)
    if len(rest):
        fields.append(
            Field(Said("field.not-read"), rest, name_bytes(stream[rest.start : rest.end]))
        )
    return tuple(fields)


def _empty_lines(span: Span) -> Field:
    count, said = Said("bytes.only-count", count=len(span)), Said("meaning.empty-lines")
    return Field(Said("field.empty-lines"), span, count, said, "RFC 9112 2.2")


def _start_line(head: MessageHead, stream: bytes) -> Field:
    start, end = head.start_line[0].span.start, head.start_line[-1].span.end
    line = Span(start, _line_end(stream, end))
    if head.kind == "request":
        name = Said("field.request-line")
        names = (Said("field.method"), Said("field.target"), Said("field.http-version"))
        meaning, section = Said("meaning.request-line"), "4.1, items 2, 3"
    else:
        name = Said("field.status-line")
        names = (Said("field.http-version"), Said("field.status"), Said("field.reason"))
        meaning, section = Said("meaning.status-line"), "4.2.2, item 5.1"
    if not _readable(head):
        meaning, section = Said("meaning.no-text"), "RFC 9112 2.1"
    pieces = [
        field
        for name_of_part, part in zip(names, head.start_line, strict=False)
        for field in _part(name_of_part, part, 200)
    ]
    title = title_of_head(stream[line.start : line.end], head, 200)
    return Field(name, line, title, meaning, section, (*pieces, *_end_of(line, stream)))


def _header_line(line: HeaderField, kind: Kind, stream: bytes) -> Field:
    meaning, section = _explain(line, kind)
    parts = (
        *_part(Said("field.header-name"), line.name, 60),
        *_part(Said("field.value"), line.value, 200),
        *_end_of(line.span, stream),
    )
    name = shorten(line.name.text) or Said("field.no-name")
    return Field(name, line.span, shorten(line.value.text, 200), meaning, section, parts)


def _part(name: Said, part: Part, limit: int) -> tuple[Field, ...]:
    """A piece of a line, if it has any bytes."""
    return (Field(name, part.span, shorten(part.text, limit)),) if len(part.span) else ()


def _line_end(stream: bytes, end: int) -> int:
    """The offset after the CR LF, or the LF, that ends a line at ``end``."""
    for mark in (b"\r\n", b"\n"):
        if stream.startswith(mark, end):
            return end + len(mark)
    return end


def _end_of(line: Span, stream: bytes) -> tuple[Field, ...]:
    """The CR LF, or the LF, of a line that has ended."""
    if not stream.endswith(b"\n", line.start, line.end):
        return ()
    ends = _ends(stream, line)
    size = 2 if ends == "CR LF" else 1
    return (Field(Said("field.line-end"), Span(line.end - size, line.end), ends),)


def _ends(stream: bytes, span: Span) -> str:
    return "CR LF" if stream.endswith(b"\r\n", span.start, span.end) else "LF"


# What headers are for.


def _explain(line: HeaderField, kind: Kind) -> tuple[Said, str]:
    """What a header line is for, and the section that says so."""
    name = line.name.text.lower()
    options = {option.strip().lower() for option in line.value.text.split(",")}
    if name == "connection" and "upgrade" not in options:
        if "close" in options:
            return Said("header.connection-close"), "RFC 9112 9.6"
        return Said("header.connection-other"), "RFC 9110 7.6.1"
    if name == "upgrade" and kind == "request" and len(options) > 1:
        return Said("header.upgrade-list"), "4.2.1, item 3"
    known = HEADERS if kind == "request" else HEADERS | RESPONSE_HEADERS
    return known.get(name, (Said("header.unknown"), "4.2.1, item 10"))


HEADERS = {
    "host": (Said("header.host"), "4.1, item 4"),
    "upgrade": (Said("header.upgrade"), "4.1, item 5"),
    "connection": (Said("header.connection"), "4.1, item 6"),
    "sec-websocket-key": (Said("header.key"), "4.1, item 7"),
    "sec-websocket-version": (Said("header.version"), "4.1, item 9"),
    "sec-websocket-accept": (Said("header.accept"), "4.2.2, item 5"),
    "sec-websocket-protocol": (Said("header.protocol"), "4.1, item 10"),
    "sec-websocket-extensions": (Said("header.extensions"), "4.1, item 11; 9.1"),
    "origin": (Said("header.origin"), "4.1, item 8"),
    "cookie": (Said("header.cookie"), "4.1, item 12"),
    "authorization": (Said("header.authorization"), "4.1, item 12"),
    "proxy-authorization": (Said("header.proxy-authorization"), "RFC 9110 11.7.2"),
    "set-cookie": (Said("header.set-cookie"), "RFC 6265 4.1"),
    "user-agent": (Said("header.user-agent"), "RFC 9110 10.1.5"),
    "accept-encoding": (Said("header.accept-encoding"), "RFC 9110 12.5.3"),
    "accept-language": (Said("header.accept-language"), "RFC 9110 12.5.4"),
    "cache-control": (Said("header.cache-control"), "RFC 9111 5.2"),
    "pragma": (Said("header.pragma"), "RFC 9111 5.4"),
    "date": (Said("header.date"), "RFC 9110 6.6.1"),
    "server": (Said("header.server"), "RFC 9110 10.2.4"),
    "content-length": (Said("header.content-length"), "RFC 9110 8.6"),
    "transfer-encoding": (Said("header.transfer-encoding"), "RFC 9112 6.1"),
    "content-type": (Said("header.content-type"), "RFC 9110 8.3"),
    "allow": (Said("header.allow"), "RFC 9110 10.2.1"),
}

# What is different in a response. "5.2" is point 2 of the list inside item 5 of 4.2.2.
RESPONSE_HEADERS = {
    "upgrade": (Said("header.upgrade-chosen"), "4.2.2, item 5.2"),
    "connection": (Said("header.connection"), "4.2.2, item 5.3"),
    "sec-websocket-accept": (Said("header.accept"), "4.2.2, item 5.4"),
    "sec-websocket-protocol": (Said("header.protocol-chosen"), "4.2.2, item 5.5"),
    "sec-websocket-extensions": (Said("header.extensions-chosen"), "4.2.2, item 5.6"),
    "sec-websocket-version": (Said("header.versions-of-server"), "4.4"),
}
