"""Reading frames from a stream that TCP may cut anywhere (5.2).

How to think about it: bytes arrive in chunks that know nothing of frames. A chunk may end in
the middle of a header, and it may hold a hundred frames. Lay this file next to the figure in
5.2. ``read_header`` reads its first two rows: FIN, the reserved bits, the opcode, MASK and the
payload length. ``broken_rules`` says what no sender may write there. ``FrameReader`` goes on with
the masking key and the payload, and keeps its place when the bytes run out.

The reader turns every chunk into pieces: a piece is as much of one frame as has come. The first
piece of a frame appears as soon as its header is complete. So a program can refuse the frame
before its payload arrives, and can look at every payload byte as it comes.

The reader itself keeps no payload. All that waits in it is a header that is not complete yet,
13 bytes at most, whatever length a frame announces.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from ..said import Said
from .errors import ProtocolError
from .frames import Frame, LengthForm, Opcode, Role, shortest_form
from .masking import Mask, mask_fast

FieldName = Literal["first_byte", "second_byte", "extended_length", "masking_key", "payload"]
EXTENDED_BYTES: dict[LengthForm, int] = {7: 0, 16: 2, 64: 8}
_OPCODES: dict[int, Opcode] = {opcode.value: opcode for opcode in Opcode}


# The header, up to the masking key.


class FrameHeader(NamedTuple):
    """What comes before the masking key: enough to refuse a frame without reading it."""

    fin: bool
    rsv1: bool
    rsv2: bool
    rsv3: bool
    opcode: int
    masked: bool
    length: int
    length_form: LengthForm

    @property
    def is_control(self) -> bool:
        """5.5: whether the most significant of the opcode's four bits is set."""
        return self.opcode >= 0b1000

    @property
    def size(self) -> int:
        """How many bytes come before the payload: 2 to 14, the masking key among them."""
        return 2 + EXTENDED_BYTES[self.length_form] + (4 if self.masked else 0)


def read_header(data: bytes, start: int = 0) -> FrameHeader | None:
    """The header at offset ``start``, or None while some of its 2, 4 or 10 bytes are missing."""
    if len(data) < start + 2:
        return None
    seven_bits = data[start + 1] & 0b0111_1111
    end = start + (2 if seven_bits < 126 else 4 if seven_bits == 126 else 10)
    return _header(data[start:end]) if len(data) >= end else None


# The same bytes always mean the same, and most frames of a connection begin with the same few.
@lru_cache(maxsize=1024)
def _header(written: bytes) -> FrameHeader:
    first, second = written[0], written[1]
    opcode = first & 0b0000_1111
    seven_bits = second & 0b0111_1111
    return FrameHeader(
        fin=bool(first & 0b1000_0000),
        rsv1=bool(first & 0b0100_0000),
        rsv2=bool(first & 0b0010_0000),
        rsv3=bool(first & 0b0001_0000),
        opcode=_OPCODES.get(opcode, opcode),
        masked=bool(second & 0b1000_0000),
        # 5.2: "Multibyte length quantities are expressed in network byte order."
        length=seven_bits if seven_bits < 126 else int.from_bytes(written[2:], "big"),
        length_form=7 if seven_bits < 126 else 16 if seven_bits == 126 else 64,
    )


# The rules for one header on its own. Rules about the order of frames are in ``messages``.


def broken_rules(
    header: FrameHeader, reader: Role, *, rsv1_allowed: bool = False
) -> Iterator[tuple[FieldName, ProtocolError]]:
    """Every rule that the header breaks, with the field in which it does, in that order.

    ``rsv1_allowed``: an extension that gives RSV1 a meaning was agreed on.
    """
    # 5.2: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero
    # values."
    if (header.rsv1 and not rsv1_allowed) or header.rsv2 or header.rsv3:
        yield "first_byte", _error(Said("frame.reserved-bit"), "5.2")
    # 5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket
    # Connection_."
    if header.opcode not in _OPCODES:
        yield "first_byte", _error(Said("frame.reserved-opcode", opcode=header.opcode), "5.2")
    # 5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be
    # fragmented."
    if header.is_control and not header.fin:
        yield "first_byte", _error(Said("frame.control-fragment"), "5.5")
    # 5.1: "The server MUST close the connection upon receiving a frame that is not masked."
    if reader == "server" and not header.masked:
        yield "second_byte", _error(Said("frame.client-unmasked"), "5.1")
    # 5.1: "A client MUST close a connection if it detects a masked frame."
    if reader == "client" and header.masked:
        yield "second_byte", _error(Said("frame.server-masked"), "5.1")
    if header.is_control and header.length > 125:
        yield "second_byte", _error(Said("frame.control-too-long"), "5.5")
    # 5.2: "the most significant bit MUST be 0"
    if header.length >> 63:
        yield "extended_length", _error(Said("frame.length-top-bit"), "5.2")
    # 5.2: "the minimal number of bytes MUST be used to encode the length"
    if header.length_form != shortest_form(header.length):
        said = Said("frame.length-not-minimal", length=header.length, form=header.length_form)
        yield "extended_length", _error(said, "5.2")


def _error(said: Said, section: str) -> ProtocolError:
    # 7.4.1: "1002 indicates that an endpoint is terminating the connection due to a protocol
    # error."
    return ProtocolError(said, section=section, close_code=1002)


@lru_cache(maxsize=1024)  # a header that is legal once is legal always
def check_header(header: FrameHeader, reader: Role, *, rsv1_allowed: bool = False) -> None:
    """Raise the first rule that the header breaks, for a reader in that role."""
    for _field, error in broken_rules(header, reader, rsv1_allowed=rsv1_allowed):
        raise error


# The masking key and the payload, as they come.


class Piece(NamedTuple):
    """As much of one frame as has come.

    header:  the header of the frame, the same for all its pieces
    payload: the next payload bytes, unmasked; may be empty
    first:   whether the frame begins with this piece
    last:    whether the frame ends with this piece
    """

    header: FrameHeader
    payload: bytes
    first: bool
    last: bool


class FrameReader:
    """The reading end of a connection, for a ``role`` of client or server.

    max_size: the longest payload of one frame that is accepted, in bytes
    mask:     another function with the result of ``mask``
    """

    def __init__(
        self,
        role: Role,
        *,
        max_size: int | None = None,
        mask: Mask = mask_fast,
    ) -> None:
        self.role = role
        self.max_size = max_size
        self.mask = mask
        self._unread = b""
        self._header: FrameHeader | None = None  # of the frame that is being read
        self._key = b""  # its masking key, beginning with the byte that is next in turn
        self._missing = 0  # how many of its payload bytes have not come
        self._payload = bytearray()  # for ``frames`` only: those that have come

    def receive(self, data: bytes) -> Iterator[Piece]:
        """The pieces in the bytes that came. Take them all before the next call.

        Raises ProtocolError where a rule is broken; what follows in the stream means nothing.
        """
        self._unread += data
        return self._pieces()

    def frames(self, data: bytes) -> Iterator[Frame]:
        """The whole frames that end in the bytes that came."""
        for piece in self.receive(data):
            if piece.first:
                self._payload.clear()
            self._payload += piece.payload
            if piece.last:
                header = piece.header
                bits = (header.fin, header.rsv1, header.rsv2, header.rsv3)
                yield Frame(header.opcode, bytes(self._payload), *bits)

    def _pieces(self) -> Iterator[Piece]:
        data, here = self._unread, 0
        try:
            while True:
                header = self._header
                first = header is None
                if header is None:
                    # FIN to extended payload length.
                    header = read_header(data, here)
                    if header is None:
                        return
                    check_header(header, self.role)
                    if self.max_size is not None and header.length > self.max_size:
                        raise _too_big(header.length, self.max_size)
                    # Masking-key.
                    payload_start = here + header.size
                    if len(data) < payload_start:
                        return
                    self._header, self._missing = header, header.length
                    self._key = data[payload_start - 4 : payload_start]
                    here = payload_start
                # Payload data.
                payload = data[here : here + self._missing]
                size = len(payload)
                here += size
                self._missing -= size
                if header.masked and size:
                    payload = self.mask(payload, self._key)
                last = self._missing == 0
                if last:
                    self._header = None
                else:  # the next payload byte goes on with the next byte of the key
                    self._key = self._key[size % 4 :] + self._key[: size % 4]
                if first or size:
                    yield Piece(header, payload, first, last)
                if not last:
                    return
        finally:
            self._unread = data[here:]


def _too_big(length: int, limit: int) -> ProtocolError:
    # 10.4: "Implementations that have implementation- and/or platform-specific limitations
    # regarding the frame size [...] MUST protect themselves against exceeding those limits."
    said = Said("frame.too-big", count=length, limit=limit)
    return ProtocolError(said, section="10.4", close_code=1009)
