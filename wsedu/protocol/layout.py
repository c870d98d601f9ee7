"""How a frame was written: which bytes of a stream each of its fields has.

How to think about it: ``reader`` is strict, refuses what is wrong, and forgets the bytes that it
has read. A picture needs the opposite. ``read_layout`` is patient: it never raises, whatever the
bytes are, and says where they end too early. Frames that mean the same may be written
differently; a ``FrameLayout`` keeps the difference, and gives back the very bytes.
"""

from dataclasses import dataclass

from .frames import Frame, LengthForm, build_frame
from .http import Span
from .masking import mask_fast
from .reader import EXTENDED_BYTES, FieldName, FrameHeader, read_header


@dataclass(frozen=True)
class FrameLayout:
    """One frame as it was written in a stream; spans are offsets in that stream.

    frame:    what it means; the payload unmasked, as far as it has come
    begun:    its header, with zeros for the bytes that have not come
    mask_key: the four key bytes, or None: not masked, or cut off
    span:     the whole frame, as far as it has come
    written:  the payload's bytes as they are in the stream
    """

    frame: Frame
    begun: FrameHeader
    mask_key: bytes | None
    span: Span
    written: bytes

    @property
    def truncated(self) -> FieldName | None:
        """The first field that is not complete, or None if the frame is."""
        arrived, header = len(self.span), self.begun
        if arrived == header.size + header.length:
            return None
        if arrived < 2:
            return "second_byte"
        if arrived < 2 + EXTENDED_BYTES[header.length_form]:
            return "extended_length"
        return "masking_key" if arrived < header.size else "payload"

    @property
    def header(self) -> FrameHeader | None:
        """The header for ``check_header``, or None while some of it is missing."""
        return None if self.truncated in ("second_byte", "extended_length") else self.begun

    @property
    def masked(self) -> bool:
        """The MASK bit."""
        return self.begun.masked

    @property
    def length(self) -> int | None:
        """The payload length that the header announces, or None: cut off."""
        return None if self.header is None else self.header.length

    @property
    def length_form(self) -> LengthForm:
        """In how many bits that length is written."""
        return self.begun.length_form

    # The bytes of each field, in the order of the figure; empty where one is absent or cut off.

    @property
    def first_byte(self) -> Span:
        return self._span(0, 1)

    @property
    def second_byte(self) -> Span:
        return self._span(1, 2)

    @property
    def extended_length(self) -> Span:
        return self._span(2, 2 + EXTENDED_BYTES[self.length_form])

    @property
    def masking_key(self) -> Span:
        return self._span(2 + EXTENDED_BYTES[self.length_form], self.begun.size)

    @property
    def payload(self) -> Span:
        return self._span(self.begun.size, self.begun.size + self.begun.length)

    def _span(self, start: int, end: int) -> Span:
        here, there = self.span.start, self.span.end
        return Span(min(here + start, there), min(here + end, there))

    def to_bytes(self) -> bytes:
        """The very bytes that were read; for complete frames only."""
        if self.truncated is not None:
            raise ValueError(f"the frame ends too early, in its {self.truncated}")
        return build_frame(self.frame, self.mask_key, self.length_form)


def read_layout(data: bytes, start: int = 0) -> FrameLayout | None:
    """The frame at offset ``start``, legal or not, complete or not; None if there are no bytes."""
    if start >= len(data):
        return None
    written = bytes(data[start : start + 10])
    # Zeros stand in for bytes that have not come; the span tells which ones those are.
    header = read_header(written) or read_header(written.ljust(10, b"\0"))
    assert header is not None
    body = start + header.size
    span = Span(start, min(body + header.length, len(data)))
    key = bytes(data[body - 4 : body]) if header.masked and body <= span.end else None
    written = bytes(data[body : span.end])
    payload = written if key is None else mask_fast(written, key)
    frame = Frame(header.opcode, payload, header.fin, header.rsv1, header.rsv2, header.rsv3)
    return FrameLayout(frame, header, key, span, written)
