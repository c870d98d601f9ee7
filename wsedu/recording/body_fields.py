"""The fields of a body that comes in chunks (RFC 9112 7.1)."""

from __future__ import annotations

from itertools import islice

from ..protocol import ChunkPart, Span, read_chunks
from ..protocol.http import shorten
from ..said import Said
from .fields import Field

SHOWN = 1000  # bytes of a body that are enough for what is shown of it
PARTS_SHOWN = 200  # pieces that get a field of their own


def content_of_chunks(stream: bytes, span: Span) -> bytes:
    """The first ``SHOWN`` bytes that the chunks hold."""
    content = b""
    for part in read_chunks(stream, span.start):
        if part.kind == "data":
            content += stream[part.span.start : min(part.span.end, part.span.start + SHOWN)]
        if len(content) >= SHOWN:
            break
    return content[:SHOWN]


def fields_of_chunks(stream: bytes, span: Span) -> tuple[Field, ...]:
    """A field for each piece of the body; one for the rest if there are many."""
    fields = [_field(part, stream) for part in islice(read_chunks(stream, span.start), PARTS_SHOWN)]
    rest = Span(fields[-1].span.end, span.end)
    if len(rest):
        fields.append(Field(Said("field.more-chunks"), rest, _text(stream, rest)))
    return tuple(fields)


def _field(part: ChunkPart, stream: bytes) -> Field:
    names = {
        "size": (Said("field.chunk-size"), Said("meaning.chunk-size"), "RFC 9112 7.1"),
        "data": (Said("field.chunk"), None, ""),
        "line-end": (Said("field.line-end"), None, ""),
        "trailer": (Said("field.trailer"), Said("meaning.trailer"), "RFC 9112 7.1.2"),
        "end": (Said("field.empty-line"), Said("meaning.end-of-chunks"), "RFC 9112 7.1"),
        "unreadable": (Said("field.not-read"), None, ""),
    }
    name, meaning, section = names[part.kind]
    shown = _text(stream, part.span)
    if part.kind in ("line-end", "end"):
        shown = "CR LF" if shown.startswith("\r") else "LF"
    return Field(name, part.span, shorten(shown.rstrip("\r\n"), 200), meaning, section)


def _text(stream: bytes, span: Span) -> str:
    data = stream[span.start : min(span.end, span.start + SHOWN)]
    return data.decode("utf-8", "replace")
