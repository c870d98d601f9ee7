"""Frames: the units in which everything travels after the handshake (section 5).

How to think about it: a frame is a short header and a payload. The header says what the
payload is (opcode), whether the message ends here (FIN), how long the payload is, and with
which key it is masked. Lay this file next to the figure in 5.2: the bits are read and written
in its order.

There are two values for a frame. ``Frame`` is what it means. ``FrameLayout`` is how it was
written: which key, which of the three length forms, where every field lies in the stream.
Two frames that mean the same may be written differently, and the layout gives back the
very bytes.

There are two readings, as for a head. ``parse_header`` with ``check_header`` is the strict
one and works before the payload has come. ``read_layout`` is the patient one: it never raises,
whatever the bytes are, and says where they end too early.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from ..words import _
from .errors import ProtocolError
from .http import Span
from .masking import Mask, mask_fast

Role = Literal["client", "server"]
LengthForm = Literal[7, 16, 64]  # bits in which a payload length is written
Field = Literal["first_byte", "second_byte", "extended_length", "masking_key", "payload"]


class Opcode(IntEnum):
    """What the payload is (5.2). All other numbers are reserved."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    # 5.5: "Control frames are identified by opcodes where the most significant bit of the
    # opcode is 1."
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


_OPCODES: dict[int, Opcode] = {opcode.value: opcode for opcode in Opcode}
# 126 and 127 in the seven bits announce the longer forms; a 64-bit length begins with a 0 bit.
_LONGEST: dict[LengthForm, int] = {7: 125, 16: 2**16 - 1, 64: 2**63 - 1}
_EXTENDED_BYTES: dict[LengthForm, int] = {7: 0, 16: 2, 64: 8}


# What a frame means. A NamedTuple is the frozen value that is made fastest, and every frame that
# is sent is made once.


class Frame(NamedTuple):
    """One frame, whoever sent it and however it was written.

    opcode:  one of ``Opcode``, or a reserved number
    payload: the application's bytes, not masked
    fin:     whether the message ends with this frame
    rsv1-3:  bits that belong to extensions
    """

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv1: bool = False
    rsv2: bool = False
    rsv3: bool = False


# Building a frame, in the order of the figure in 5.2.


def build_frame(
    frame: Frame,
    mask_key: bytes | None = None,
    length_form: LengthForm | None = None,
    mask: Mask = mask_fast,
) -> bytes:
    """The frame's bytes: masked if there is a key, with the shortest length unless told.

    Nothing is forbidden that can be written: lessons need wrong frames too.
    """
    opcode, payload, fin, rsv1, rsv2, rsv3 = frame
    if isinstance(payload, str):
        raise TypeError("the payload of a frame is bytes, not str; write b'...' or .encode()")
    length = len(payload)
    form = length_form or shortest_form(length)
    if length_form and length > _LONGEST[length_form]:
        raise ValueError(f"a payload of {length} bytes does not fit the {form}-bit length form")
    if not 0 <= opcode <= 0b1111:
        raise ValueError(f"an opcode has four bits, which {opcode} does not fit")
    if mask_key is not None and len(mask_key) != 4:
        raise ValueError(f"a masking key has 4 bytes, not {len(mask_key)}: RFC 6455 5.3")
    first = (
        0b1000_0000 * fin | 0b0100_0000 * rsv1 | 0b0010_0000 * rsv2 | 0b0001_0000 * rsv3 | opcode
    )
    masked = 0b0000_0000 if mask_key is None else 0b1000_0000
    if form == 7:
        header = bytes((first, masked | length))
    elif form == 16:
        header = bytes((first, masked | 126)) + length.to_bytes(2, "big")
    else:
        header = bytes((first, masked | 127)) + length.to_bytes(8, "big")
    if mask_key is None:
        return header + payload
    return header + mask_key + mask(payload, mask_key)


def shortest_form(length: int) -> LengthForm:
    """5.2: "the minimal number of bytes MUST be used to encode the length"."""
    return 7 if length <= 125 else 16 if length <= 0xFFFF else 64


# Reading the header, in the same order.


@dataclass(frozen=True)
class FrameHeader:
    """What stands before the masking key: enough to refuse a frame without reading it."""

    fin: bool
    rsv1: bool
    rsv2: bool
    rsv3: bool
    opcode: int
    masked: bool
    length: int
    length_form: LengthForm

    @cached_property
    def is_control(self) -> bool:
        """5.5: whether the most significant of the opcode's four bits is set."""
        return bool(self.opcode & 0b1000)

    @cached_property
    def size(self) -> int:
        """How many bytes stand before the payload: 2 to 14, the masking key among them."""
        return 2 + _EXTENDED_BYTES[self.length_form] + (4 if self.masked else 0)


def cut_header(data: bytes, start: int = 0) -> bytes | None:
    """The 2, 4 or 10 bytes of the header at offset ``start``, or None while some are missing."""
    if len(data) < start + 2:
        return None
    end = start + {126: 4, 127: 10}.get(data[start + 1] & 0b0111_1111, 2)
    return data[start:end] if len(data) >= end else None


def parse_header(written: bytes) -> FrameHeader:
    """What the bytes that ``cut_header`` gives say."""
    first, second = written[0], written[1]
    opcode = first & 0b0000_1111
    length = second & 0b0111_1111
    form: LengthForm = 16 if length == 126 else 64 if length == 127 else 7
    return FrameHeader(
        fin=bool(first & 0b1000_0000),
        rsv1=bool(first & 0b0100_0000),
        rsv2=bool(first & 0b0010_0000),
        rsv3=bool(first & 0b0001_0000),
        opcode=_OPCODES.get(opcode, opcode),
        masked=bool(second & 0b1000_0000),
        # 5.2: "Multibyte length quantities are expressed in network byte order."
        length=length if form == 7 else int.from_bytes(written[2:], "big"),
        length_form=form,
    )


# Most frames of a connection begin with the same few headers.
_parse_header = lru_cache(maxsize=1024)(parse_header)


# The rules for one header on its own. Rules about the order of frames are in ``messages``.


def check_header(header: FrameHeader, reader: Role, *, rsv1_allowed: bool = False) -> None:
    """Raise the first rule that the header breaks, for a reader in that role."""
    for _field, error in broken_rules(header, reader, rsv1_allowed=rsv1_allowed):
        raise error


def broken_rules(
    header: FrameHeader, reader: Role, *, rsv1_allowed: bool = False
) -> Iterator[tuple[Field, ProtocolError]]:
    """Every rule that the header breaks, with the field in which it does, in that order.

    ``rsv1_allowed``: an extension that gives RSV1 a meaning was agreed on.
    """
    # 5.2: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero
    # values."
    if (header.rsv1 and not rsv1_allowed) or header.rsv2 or header.rsv3:
        yield (
            "first_byte",
            _error(_("A reserved bit is set, and no extension that was agreed on uses it."), "5.2"),
        )
    # 5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket
    # Connection_."
    if header.opcode not in _OPCODES:
        yield (
            "first_byte",
            _error(_("Opcode {opcode:#x} is reserved.").format(opcode=header.opcode), "5.2"),
        )
    # 5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be
    # fragmented."
    if header.is_control and not header.fin:
        yield (
            "first_byte",
            _error(_("A control frame must be whole: its FIN bit must be 1."), "5.5"),
        )
    # 5.1: "The server MUST close the connection upon receiving a frame that is not masked."
    if reader == "server" and not header.masked:
        yield "second_byte", _error(_("A client's frame must be masked."), "5.1")
    # 5.1: "A client MUST close a connection if it detects a masked frame."
    if reader == "client" and header.masked:
        yield "second_byte", _error(_("A server's frame must not be masked."), "5.1")
    if header.is_control and header.length > 125:
        yield (
            "second_byte",
            _error(_("A control frame's payload may have 125 bytes at most."), "5.5"),
        )
    # 5.2: "the most significant bit MUST be 0"
    if header.length >> 63:
        yield "extended_length", _error(_("The first bit of a 64-bit length must be 0."), "5.2")
    # 5.2: "the minimal number of bytes MUST be used to encode the length"
    if header.length_form != shortest_form(header.length):
        yield (
            "extended_length",
            _error(
                _("Length {length} is written in {form} bits, and fewer would do.").format(
                    length=header.length, form=header.length_form
                ),
                "5.2",
            ),
        )


def _error(sentence: str, section: str) -> ProtocolError:
    # 7.4.1: "1002 indicates that an endpoint is terminating the connection due to a protocol
    # error."
    return ProtocolError(sentence, section=section, close_code=1002)


# How a frame was written.


@dataclass(frozen=True)
class FrameLayout:
    """One frame as it stands in a stream; spans are offsets in that stream.

    frame:    what it means; the payload unmasked, as far as it has come
    begun:    its header, with zeros for the bytes that have not come
    mask_key: the four key bytes, or None: not masked, or cut off
    span:     the whole frame, as far as it has come
    written:  the payload's bytes as they stand in the stream
    """

    frame: Frame
    begun: FrameHeader
    mask_key: bytes | None
    span: Span
    written: bytes

    @property
    def truncated(self) -> Field | None:
        """The first field that is not complete, or None if the frame is."""
        arrived, header = len(self.span), self.begun
        if arrived == header.size + header.length:
            return None
        if arrived < 2:
            return "second_byte"
        if arrived < 2 + _EXTENDED_BYTES[header.length_form]:
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

    # Where the fields lie, in the order of the figure; empty where one is absent or cut off.

    @property
    def first_byte(self) -> Span:
        return self._lie(0, 1)

    @property
    def second_byte(self) -> Span:
        return self._lie(1, 2)

    @property
    def extended_length(self) -> Span:
        return self._lie(2, 2 + _EXTENDED_BYTES[self.length_form])

    @property
    def masking_key(self) -> Span:
        return self._lie(2 + _EXTENDED_BYTES[self.length_form], self.begun.size)

    @property
    def payload(self) -> Span:
        return self._lie(self.begun.size, self.begun.size + self.begun.length)

    def _lie(self, start: int, end: int) -> Span:
        here, there = self.span.start, self.span.end
        return Span(min(here + start, there), min(here + end, there))

    def to_bytes(self) -> bytes:
        """The very bytes that were read; for complete frames only."""
        if self.truncated is not None:
            raise ValueError(f"the frame ends too early, in its {self.truncated}")
        return build_frame(self.frame, self.mask_key, self.length_form)


def read_layout(data: bytes, start: int = 0) -> FrameLayout | None:
    """The frame at offset ``start``, legal or not, complete or not; None if nothing is there."""
    if start >= len(data):
        return None
    # Zeros stand in for header bytes that have not come; the span tells which ones those are.
    header_bytes = cut_header(data[start : start + 10].ljust(10, b"\0"))
    assert header_bytes is not None
    header = _parse_header(bytes(header_bytes))
    body = start + header.size
    span = Span(start, min(body + header.length, len(data)))
    key = bytes(data[body - 4 : body]) if header.masked and body <= span.end else None
    written = bytes(data[body : span.end])
    payload = written if key is None else mask_fast(written, key)
    frame = Frame(header.opcode, payload, header.fin, header.rsv1, header.rsv2, header.rsv3)
    return FrameLayout(frame, header, key, span, written)
