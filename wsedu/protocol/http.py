"""HTTP/1.1 message heads: the language both sides speak before WebSocket begins.

How to think about it: a head is lines of text. Each line ends with the two bytes CR LF. The
first line of a request says what the client wants, that of a response what the server decided.
The header lines say ``Name: value``, and an empty line ends the head. The bytes after that empty
line do not belong to it.

There are two readings of the same bytes. ``read_head`` is the patient one: it takes any bytes
at all, never raises, says where each name and value lies, and lists what is wrong.
``parse_request`` and ``parse_response`` are strict: they return what the head means, or raise
the first thing that is wrong. The rules are those of RFC 9112 (HTTP/1.1), which RFC 6455
takes over in 4.1 and 4.2.1.
"""

import re
from dataclasses import dataclass
from typing import Literal

from ..said import Said
from .errors import ProtocolError

# Policies, not rules: HTTP sets no limits (RFC 9112 3), every server must choose its own.
MAX_LINE = 8192  # bytes in one line, without its end
MAX_HEADERS = 128  # header lines in one head

TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")  # RFC 9110 5.6.2

Kind = Literal["request", "response"]


@dataclass(frozen=True)
class Span:
    """Bytes ``start`` to ``end`` (not included) of a stream."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Part:
    """One readable piece of a head: its bytes as Latin-1 text, and where they lie."""

    text: str
    span: Span


@dataclass(frozen=True)
class HeaderField:
    """``name: value``; the span covers the line with its CR LF."""

    name: Part
    value: Part
    span: Span


@dataclass(frozen=True)
class Problem:
    """Something in a head that HTTP forbids: what, where, and which rule says so."""

    said: Said
    span: Span
    section: str

    @property
    def sentence(self) -> str:
        """What is wrong, in the language of the course."""
        return str(self.said)


@dataclass(frozen=True)
class MessageHead:
    """How a head was written.

    start_line: method, target, version of a request; version, status, reason of a response;
                fewer parts if the line has fewer
    headers:    the header lines in the order in which they were sent
    end:        offset of the first byte after the empty line, or None while it is missing
    problems:   what is wrong, in the order of the bytes
    """

    kind: Kind
    start_line: tuple[Part, ...]
    headers: tuple[HeaderField, ...]
    end: int | None
    problems: tuple[Problem, ...]

    @property
    def first_line(self) -> str:
        """The request line or the status line, without its end."""
        return " ".join(part.text for part in self.start_line)

    @property
    def status(self) -> int | None:
        """The status code of a response; None if its first line has none."""
        code = re.match(r"HTTP/\S* (\d{3})(?!\S)", self.first_line, re.ASCII)
        return int(code[1]) if code else None

    def find(self, name: str) -> tuple[HeaderField, ...]:
        """All header lines of that name; names do not distinguish case (RFC 9110 5.1)."""
        return tuple(line for line in self.headers if line.name.text.lower() == name.lower())

    def tokens(self, name: str) -> list[str]:
        """The elements of a comma-separated list, all header lines of that name together."""
        return [
            item.strip()
            for line in self.find(name)
            for item in line.value.text.split(",")
            if item.strip()
        ]


def read_head(data: bytes, kind: Kind, start: int = 0) -> MessageHead:
    """Read one head from offset ``start`` of ``data``, whatever the bytes are.

    Stops at the empty line, at the end of the data, or after too many lines. A line that is too
    long is a problem, and reading goes on after it.
    """
    start_line: tuple[Part, ...] = ()
    headers: list[HeaderField] = []
    problems: list[Problem] = []
    here = start
    lines = 0  # empty ones before the first line among them
    while True:
        newline = data.find(b"\n", here)
        end = newline if newline >= 0 else min(len(data), here + MAX_LINE)
        if end > here and data[end - 1] == 0x0D:  # CR; its LF may be still to come
            end -= 1
        elif newline >= 0:
            lf = Span(newline, newline + 1)
            problems.append(Problem(Said("http.lf-alone"), lf, "RFC 9112 2.2"))
        if end == here and newline >= 0 and start_line:  # the empty line
            return MessageHead(kind, start_line, tuple(headers), newline + 1, tuple(problems))
        text = Part(data[here:end].decode("latin-1"), Span(here, end))
        if end > here:
            problems += _problems_in_text(text, _own_words(text, kind, bool(start_line)))
            if not start_line:
                start_line = _split_start_line(text, kind, newline >= 0, problems)
            elif newline >= 0:
                headers.append(_split_header(text, newline + 1, problems))
        if (end if newline >= 0 else len(data) - 1) - here > MAX_LINE:
            said = Said("http.line-too-long", limit=MAX_LINE)
            problems.append(Problem(said, Span(here, here + MAX_LINE), "RFC 9112 3"))
        if newline < 0:
            break
        here = newline + 1
        lines += 1
        if lines > MAX_HEADERS + 1:
            said = Said("http.too-many-lines", limit=MAX_HEADERS)
            problems.append(Problem(said, Span(end, here), "RFC 9110 5.4"))
            break
    return MessageHead(kind, start_line, tuple(headers), None, tuple(problems))


def _own_words(line: Part, kind: Kind, is_header: bool) -> str:
    """The beginning of a line that must be ASCII. After it, a header's value and the reason of a
    response may have any bytes from 0x80 to 0xff (obs-text: RFC 9110 5.5, RFC 9112 4).
    """
    if is_header:
        return line.text.partition(":")[0]
    return " ".join(line.text.split(" ", 2)[:2]) if kind == "response" else line.text


def _problems_in_text(line: Part, own_words: str) -> list[Problem]:
    """NUL and other control characters, and bytes outside ASCII; the first of each sort."""
    found = []
    if control := re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line.text):
        offset = line.span.start + control.start()
        said = Said("http.control-character", byte=ord(control[0]), offset=offset)
        found.append(Problem(said, Span(offset, offset + 1), "RFC 9110 5.5"))
    if foreign := re.search(r"[\x80-\xff]", own_words):
        offset = line.span.start + foreign.start()
        said = Said("http.not-ascii", byte=ord(foreign[0]), offset=offset)
        found.append(Problem(said, Span(offset, offset + 1), "RFC 9112 2.2"))
    return sorted(found, key=lambda problem: problem.span.start)


def _split_start_line(
    line: Part, kind: Kind, complete: bool, problems: list[Problem]
) -> tuple[Part, ...]:
    parts = []
    offset = line.span.start
    for text in line.text.split(" ", 2):
        parts.append(Part(text, Span(offset, offset + len(text))))
        offset += len(text) + 1
    wanted = r"\S+ \S+ HTTP/\d\.\d" if kind == "request" else r"HTTP/\d\.\d \d{3} .*"
    if complete and not re.fullmatch(wanted, line.text, re.ASCII):
        if kind == "request":
            problems.append(Problem(Said("http.no-request-line"), line.span, "RFC 9112 3"))
        else:
            problems.append(Problem(Said("http.no-status-line"), line.span, "RFC 9112 4"))
    return tuple(parts)


def _split_header(line: Part, stop: int, problems: list[Problem]) -> HeaderField:
    name, colon, rest = line.text.partition(":")
    start = line.span.start
    value = rest.strip(" \t")
    value_start = start + len(name) + len(colon) + len(rest) - len(rest.lstrip(" \t"))
    if not colon:
        problems.append(Problem(Said("http.no-colon"), line.span, "RFC 9112 5"))
    elif not TOKEN.fullmatch(name):
        said = Said("http.no-name", name=shorten(name))
        problems.append(Problem(said, Span(start, start + len(name)), "RFC 9112 5.1"))
    return HeaderField(
        Part(name, Span(start, start + len(name))),
        Part(value, Span(value_start, value_start + len(value))),
        Span(start, stop),
    )


def shorten(text: str, limit: int = 60) -> str:
    """Text from the network, safe to put into a sentence: bounded, and printable only."""
    visible = "".join(char if char.isprintable() else "\N{MIDDLE DOT}" for char in text[:limit])
    return visible if len(text) <= limit else visible + "…"


# What a head means.


@dataclass(frozen=True)
class Request:
    """A request head as values. ``headers`` keep their order and may repeat a name."""

    target: str
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "GET"
    version: str = "HTTP/1.1"

    def to_bytes(self) -> bytes:
        """The head as it goes over the wire."""
        return _write([f"{self.method} {self.target} {self.version}"], self.headers)


@dataclass(frozen=True)
class Response:
    """A response head as values, without its body."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()
    version: str = "HTTP/1.1"

    def to_bytes(self) -> bytes:
        """The head as it goes over the wire."""
        return _write([f"{self.version} {self.status} {self.reason}"], self.headers)


def _write(lines: list[str], headers: tuple[tuple[str, str], ...]) -> bytes:
    lines += [f"{name}: {value}" for name, value in headers]
    for line in lines:
        # A line end inside a value would start a header line that the caller did not write.
        if re.search(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\x7f]", line):
            raise ValueError(f"only printable ASCII can be written into a head, not {line!r}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def parse_request(data: bytes) -> Request:
    """What a request head means; raises ProtocolError if it is incomplete or malformed."""
    method, target, version, headers = _strict(read_head(data, "request"))
    return Request(target, headers, method, version)


def parse_response(data: bytes) -> Response:
    """What a response head means; raises ProtocolError if it is incomplete or malformed."""
    version, status, reason, headers = _strict(read_head(data, "response"))
    return Response(int(status), reason, headers, version)


def _strict(head: MessageHead) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    if head.problems:
        raise ProtocolError(head.problems[0].said, section=head.problems[0].section)
    if head.end is None:
        raise ProtocolError(Said("http.not-complete"), section="RFC 9112 2.1")
    first, second, third = (part.text for part in head.start_line)
    headers = tuple((line.name.text, line.value.text) for line in head.headers)
    return first, second, third, headers
