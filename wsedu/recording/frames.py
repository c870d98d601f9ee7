"""The frames of one side: where each begins. What it is, is read when you ask for it.

How to think about it: a stream may hold a million frames, and a picture shows a few. So all that
is kept of a frame is the place where it begins; its unit reads it there when you look at it.

To find the places, every frame has to be checked once, and nearly all frames are plain: one whole
message, a Ping or a Pong, written as the rules want it, when no other message is in progress.
``plain_frames`` walks over those and needs no more than their headers, and the bytes of texts.
Every other frame is read by ``read_layout`` and checked by a ``FrameChecker``, which is right for
plain frames too: a test compares the two ways.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from ..protocol import (
    Binary,
    Deflate,
    FrameHeader,
    FrameLayout,
    Opcode,
    Problem,
    Span,
    Text,
    broken_rules,
    mask_fast,
    read_header,
    read_layout,
)
from ..said import Said
from .events import Event, Side
from .frame_checker import Checked, FrameChecker
from .inflating import Inflated
from .units import Unit


@dataclass(frozen=True)
class Frames:
    """The frames in a stream of ``sender``.

    events:  the recording's
    starts:  where each frame begins, in their order
    checked: of those that are not plain: what is wrong, and what they stand for
    """

    sender: Side
    stream: bytes
    events: tuple[Event, ...]
    starts: list[int] = field(default_factory=list)
    checked: dict[int, Checked] = field(default_factory=dict)

    def read(self, here: int, deflate: Deflate | None, early: int, midway: bool) -> None:
        """Find and check all frames from offset ``here`` on, the last one perhaps incomplete.

        deflate: how permessage-deflate was agreed on, or None
        early:   the offset before which a frame came too early: before the server's 101
        midway:  whether the first frame may be in the middle of a message
        """
        checker = FrameChecker(self.sender, deflate, len(self.stream), midway)
        while True:
            if here >= early and checker.is_between_messages:
                found, here = plain_frames(self.stream, here, checker.reader)
                self.starts.extend(found)
                # Only Pings and Pongs leave open whether a message has begun (5.5).
                checker.midway &= all(self.stream[start] & 0b1000 for start in found)
            layout = read_layout(self.stream, here)
            if layout is None:
                return
            problems, message, inflated = checker.check(layout)
            if layout.span.end <= early:
                problems = (Problem(Said("frame.too-early"), layout.span, "4.1"), *problems)
            self.starts.append(here)
            self.checked[here] = problems, message, inflated
            here = layout.span.end


def plain_frames(stream: bytes, here: int, reader: Side) -> tuple[list[int], int]:
    """Where the plain frames from offset ``here`` on begin, and where the last of them ends."""
    starts: list[int] = []
    while (header := read_header(stream, here)) is not None and _is_plain(header, reader):
        end = here + header.size + header.length
        if end > len(stream):
            break
        if header.opcode == Opcode.TEXT:
            try:
                _payload(stream, here, header).decode()
            except UnicodeDecodeError:
                break
        starts.append(here)
        here = end
    return starts, here


@lru_cache(maxsize=1024)
def _is_plain(header: FrameHeader, reader: Side) -> bool:
    """Whether a frame with this header is plain, if its payload is there and no text is wrong."""
    if not header.fin or header.opcode in (Opcode.CONTINUATION, Opcode.CLOSE):
        return False
    return not any(broken_rules(header, reader))


def _payload(stream: bytes, start: int, header: FrameHeader) -> bytes:
    """The payload of the whole frame at offset ``start``, unmasked."""
    start += header.size
    payload = stream[start : start + header.length]
    return mask_fast(payload, stream[start - 4 : start]) if header.masked else payload


_set = object.__setattr__  # in an object that is frozen for everyone else


class FrameUnit(Unit):
    """A frame, of which nothing is read before you ask for it."""

    __slots__ = ("_frames", "_start", "arrived")

    _frames: Frames
    _start: int
    kind = "frame"

    def __init__(self, frames: Frames, start: int, arrived: int) -> None:
        _set(self, "_frames", frames)
        _set(self, "_start", start)
        _set(self, "arrived", arrived)

    def __reduce__(self) -> tuple[object, ...]:
        """For ``copy`` and ``pickle``, which do not set what is frozen."""
        return FrameUnit, (self._frames, self._start, self.arrived)

    @property
    def sender(self) -> Side:
        return self._frames.sender

    @property
    def stream(self) -> bytes:
        return self._frames.stream

    @cached_property
    def layout(self) -> FrameLayout:
        layout = read_layout(self._frames.stream, self._start)
        assert layout is not None
        return layout

    @property
    def span(self) -> Span:
        return self.layout.span

    @property
    def data(self) -> bytes:
        return self.stream[self.span.start : self.span.end]

    @property
    def problems(self) -> tuple[Problem, ...]:
        checked = self._checked
        return () if checked is None else checked[0]

    @property
    def message(self) -> Text | Binary | None:
        if self._checked is not None:
            return self._checked[1]
        header = read_header(self.stream, self._start)
        assert header is not None
        if header.is_control:
            return None
        payload = _payload(self.stream, self._start, header)
        return Text(payload.decode()) if header.opcode == Opcode.TEXT else Binary(payload)

    @property
    def inflated(self) -> Inflated | None:
        checked = self._checked
        return None if checked is None else checked[2]

    @property
    def note(self) -> str:
        return self._frames.events[self.arrived].note

    @property
    def _checked(self) -> Checked | None:
        """What is known of it, if it is not plain."""
        return self._frames.checked.get(self._start)
