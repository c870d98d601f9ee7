"""Reading frames from a stream that TCP may cut anywhere.

How to think about it: bytes arrive in chunks that know nothing of frames. A chunk may end in
the middle of a header, and it may hold a hundred frames. The reader turns every chunk into
pieces: a piece is as much of one frame as has come. The first piece of a frame appears as soon
as its header is complete, so that whoever takes the pieces can refuse the frame before its
payload is there, and can look at every payload byte when it comes.

The reader itself keeps no payload. All that waits in it is a header that is not complete yet,
13 bytes at most, whatever length a frame announces.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ..words import _
from .errors import ProtocolError
from .frames import Frame, FrameHeader, Role, check_header, cut_header, parse_header
from .masking import Mask, mask_fast


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
        """The frames that end in the bytes that came, whole."""
        for piece in self.receive(data):
            if piece.first:
                self._payload.clear()
            self._payload += piece.payload
            if piece.last:
                head = piece.header
                bits = (head.fin, head.rsv1, head.rsv2, head.rsv3)
                yield Frame(head.opcode, bytes(self._payload), *bits)

    def _pieces(self) -> Iterator[Piece]:
        data, here = self._unread, 0
        try:
            while True:
                header = self._header
                first = header is None
                if header is None:
                    header = self._begin_frame(data, here)
                    if header is None:
                        return
                    here += header.size
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

    def _begin_frame(self, data: bytes, start: int) -> FrameHeader | None:
        written = cut_header(data, start)
        if written is None:
            return None
        header = _legal_header(written, self.role)
        # 10.4: "Implementations that have implementation- and/or platform-specific limitations
        # regarding the frame size [...] MUST protect themselves against exceeding those limits."
        if self.max_size is not None and header.length > self.max_size:
            raise ProtocolError(
                _("A frame announces {length} bytes; the limit is {limit}.").format(
                    length=header.length, limit=self.max_size
                ),
                section="10.4",
                close_code=1009,
            )
        end = start + header.size
        if len(data) < end:  # of the masking key
            return None
        self._header, self._missing = header, header.length
        self._key = data[end - 4 : end]
        return header


@lru_cache(maxsize=1024)  # most frames of a connection begin with the same few headers
def _legal_header(written: bytes, role: Role) -> FrameHeader:
    header = parse_header(written)
    check_header(header, role)
    return header
