"""One thing that one side said: a request, a response, its body, a frame, or bytes.

How to think about it: a unit knows its bytes and how they were read. Its words are found when
they are read: a recording may hold 100,000 frames, and a picture shows a few.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from ..protocol import Binary, Check, FrameLayout, MessageHead, Problem, Span, Text
from ..protocol.http import shorten
from ..said import Said
from .body_fields import SHOWN, content_of_chunks, fields_of_chunks
from .events import Side
from .fields import Field
from .frame_fields import describe_frame, fields_of_frame, title_of_frame
from .head_fields import describe_head, fields_of_head, name_bytes, title_of_head
from .inflating import Inflated


@dataclass(frozen=True)
class Unit:
    """One thing that one side said.

    kind:     "request", "response", "body" (of either), "frame", or "bytes": not readable
    stream:   all that the sender said
    span:     its bytes in that stream; data holds them
    arrived:  index of the recording's event that completed it
    problems: what is wrong with it
    head:     for a request or response, how it was written
    checks:   for a request or response, the rules of the opening handshake, checked in it
    layout:   for a frame, how it was written
    message:  for a frame that ends a message, the message
    inflated: for a frame of a compressed message, what its payload stands for
    is_chunked: for a body, whether it is written in chunks
    note:     what must be said of its bytes, if they did not cross a wire as they are
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
    inflated: Inflated | None = None
    is_chunked: bool = False
    note: str = ""

    @property
    def opcode(self) -> int | None:
        """Of a frame, what kind of frame it is (5.2)."""
        return None if self.layout is None else self.layout.frame.opcode

    @property
    def is_interim(self) -> bool:
        """Whether it is a response such as 100 or 103, after which the real one follows."""
        status = None if self.head is None else self.head.status
        return status is not None and 100 <= status < 200 and status != 101

    @property
    def content(self) -> bytes:
        """Of a body, its bytes; if it is written in chunks, the first that these hold."""
        return content_of_chunks(self.stream, self.span) if self.is_chunked else self.data

    @property
    def title(self) -> str:
        """A few words, for the arrow in a ladder."""
        return str(self._titled)

    @property
    def sentence(self) -> str:
        """What it says, in plain words."""
        return str(self._described)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Its pieces, in the order of their bytes."""
        if self.head is not None:
            return fields_of_head(self.head, self.stream, self.span)
        if self.layout is not None:
            return fields_of_frame(self.layout, self.stream, self.inflated)
        if self.kind == "body" and self.is_chunked:
            return fields_of_chunks(self.stream, self.span)
        if self.kind == "body":
            return (Field(Said("field.body"), self.span, _text(self.data)),)
        return (Field(Said("field.bytes"), self.span, self.data[:16].hex(" ")),)

    @cached_property
    def _titled(self) -> Said | str:
        if self.head is not None:
            return title_of_head(self.data, self.head)
        if self.layout is not None:
            return title_of_frame(self.layout, self.inflated)
        if self.kind == "body" and self.is_chunked:
            return Said("body.title-chunked", count=len(self.data))
        if self.kind == "body":
            return Said("body.title", count=len(self.data))
        return name_bytes(self.data)

    @cached_property
    def _described(self) -> Said:
        if self.head is not None:
            return describe_head(self.data, self.head)
        if self.layout is not None:
            return describe_frame(self.layout, self.inflated)
        if self.kind == "body":
            if self.sender == "client":
                return Said("body.of-request", text=_text(self.content))
            return Said("body.sentence", text=_text(self.content))
        return Said("bytes.too-early") if self.sender == "client" else Said("bytes.no-request")


def _text(data: bytes) -> str:
    return shorten(data[:SHOWN].decode("utf-8", "replace"), 200)
