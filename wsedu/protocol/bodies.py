"""Where the body of an HTTP message ends (RFC 9112 6.3), and how chunks are written (7.1).

How to think about it: after the empty line of a head may come a body, and nothing in the body
says where it ends. The head says it: as a number of bytes, or that the body comes in chunks, each
with its size before it; if a response says neither, its body ends with the connection. Some
messages never have a body, whatever their head says. A reader that gets this wrong takes the next
response for a part of the body, and never sees the 101.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ..said import Said
from .http import MAX_LINE, MessageHead, Problem, Span

# In bytes; or in chunks; or to the end of the connection.
Length = int | Literal["chunked", "until-close"]

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(;[^\r\n]*)?\r?\n")  # 7.1, 7.1.1
_SIZE_BEGUN = re.compile(rb"[0-9A-Fa-f]{1,16}[ \t]*(;[^\r\n]*)?\r?")
_LINE_END = re.compile(rb"\r?\n|\r?\Z")


def body_length(head: MessageHead, request: MessageHead | None) -> Length:
    """How long the body after a complete head is; the request is that of a response."""
    if request is not None and _has_no_body(head, request):
        return 0
    codings = [coding.lower() for coding in head.tokens("Transfer-Encoding")]
    if codings:  # item 3: it wins over Content-Length
        return "chunked" if codings[-1] == "chunked" else "until-close"
    lengths = set(head.tokens("Content-Length"))  # item 5: it may be there twice, if it is the same
    if not lengths:
        return 0 if request is None else "until-close"
    length = lengths.pop()
    return int(length) if not lengths and _is_length(length) else "until-close"


def check_body(head: MessageHead, request: MessageHead | None) -> tuple[Problem, ...]:
    """What is wrong in the lines that say how long the body is."""
    if request is not None and _has_no_body(head, request):
        return ()
    codings, lengths = head.find("Transfer-Encoding"), head.find("Content-Length")
    found = []
    if codings and lengths:
        found.append(Problem(Said("body.said-twice"), lengths[0].span, "RFC 9112 6.3, item 3"))
    if codings and request is None and body_length(head, None) != "chunked":
        said = Said("body.unknown-end")
        found.append(Problem(said, codings[0].span, "RFC 9112 6.3, item 4"))
    values = head.tokens("Content-Length")
    if lengths and (len(set(values)) != 1 or not _is_length(values[0])):
        said = Said("body.wrong-length")
        found.append(Problem(said, lengths[0].span, "RFC 9112 6.3, item 5"))
    return tuple(found)


def _has_no_body(response: MessageHead, request: MessageHead) -> bool:
    """Items 1 and 2: whatever the head says, the next byte belongs to something else."""
    status = response.status or 0
    method = request.start_line[0].text if request.start_line else ""
    is_tunnel = method == "CONNECT" and 200 <= status < 300
    return method == "HEAD" or 100 <= status < 200 or status in (204, 304) or is_tunnel


def _is_length(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 19


class ChunkPart(NamedTuple):
    """A piece of a chunked body; the pieces follow one another.

    kind: "size": a line with a size; "data": that many bytes; "line-end": after them;
          "trailer": a header line after the last chunk; "end": the empty line that ends it all;
          "unreadable": what cannot be a chunk, and all that follows
    """

    kind: str
    span: Span


def read_chunks(data: bytes, start: int) -> Iterator[ChunkPart]:
    """The pieces of the chunked body at offset ``start``, as many as have come."""
    here, size = start, 1
    while size and here < len(data):
        line = _SIZE.match(data, here, here + MAX_LINE)
        if line is None:
            begun = _SIZE_BEGUN.fullmatch(data, here) if len(data) - here < MAX_LINE else None
            yield ChunkPart("unreadable" if begun is None else "size", Span(here, len(data)))
            return
        yield ChunkPart("size", Span(here, line.end()))
        here, size = line.end(), int(line[1], 16)
        if size and here < len(data):
            end = min(here + size, len(data))
            yield ChunkPart("data", Span(here, end))
            here = end
            ends = _LINE_END.match(data, here)
            if ends is None:
                yield ChunkPart("unreadable", Span(here, len(data)))
                return
            if ends.end() > here:
                yield ChunkPart("line-end", Span(here, ends.end()))
            here = ends.end()
    while here < len(data):  # 7.1.2: the trailers, and the empty line
        newline = data.find(b"\n", here)
        end = newline + 1 if newline >= 0 else len(data)
        is_empty = data[here:end] in (b"\r\n", b"\n")
        yield ChunkPart("end" if is_empty else "trailer", Span(here, end))
        here = end
        if is_empty:
            return
