"""Messages: what applications send and receive, in whatever frames it travels (5.4, 5.6).

How to think about it: a message is a text or some bytes. It travels in one frame or in several
fragments: the first says what it is, the others say "continuation", the last has the FIN bit.
Control frames may come between the fragments; they belong to no message. So a reader needs to
remember one thing: the message that has begun and not ended.

Everything is refused as early as it can be known: a wrong order and a message that will be too
long at the header, text that is not UTF-8 at its first impossible byte, even in the middle of
a frame.
"""

import codecs
from dataclasses import dataclass
from typing import ClassVar

from ..said import Said
from .errors import ProtocolError
from .frames import Frame, Opcode
from .reader import FrameHeader, Piece

CONTINUATION, TEXT = Opcode.CONTINUATION, Opcode.TEXT


@dataclass(frozen=True)
class Text:
    """A text message (5.6)."""

    text: str
    reply: ClassVar[bytes] = b""  # see ``endpoint``: a message needs no reply


@dataclass(frozen=True)
class Binary:
    """A binary message (5.6)."""

    data: bytes
    reply: ClassVar[bytes] = b""


class MessageReader:
    """Puts messages together from the pieces that a ``FrameReader`` gives.

    max_size:      the longest message that is accepted, in bytes
    max_fragments: the largest number of frames that one message may take
    """

    def __init__(self, *, max_size: int | None = None, max_fragments: int | None = None) -> None:
        self.max_size = max_size
        self.max_fragments = max_fragments
        self._kind: int | None = None  # TEXT or BINARY while a message has begun and not ended
        self._data = bytearray()  # what has come of it
        self._fragments = 0
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._control = b""  # what has come of a control frame

    @property
    def in_progress(self) -> bool:
        """Whether a message has begun and not ended."""
        return self._kind is not None

    def receive(self, piece: Piece) -> Text | Binary | Frame | None:
        """The message or the control frame that ends with this piece, if one does."""
        header, payload, first, last = piece
        # 5.4: "Control frames (see Section 5.5) MAY be injected in the middle of a fragmented
        # message."
        if header.is_control:
            self._control = payload if first else self._control + payload
            return Frame(header.opcode, self._control) if last else None
        if first:
            self._begin_fragment(header)
        ended = last and header.fin
        if self._kind == TEXT:
            self._check_utf8(payload, ended)
        if not ended:
            self._data += payload
            return None
        self._fragments = 0
        if self._data:
            self._data += payload
            payload = bytes(self._data)
            self._data.clear()
        kind, self._kind = self._kind, None
        return Text(payload.decode()) if kind == TEXT else Binary(payload)

    def _begin_fragment(self, header: FrameHeader) -> None:
        # 5.4: "A fragmented message consists of a single frame with the FIN bit clear and an
        # opcode other than 0, followed by zero or more frames with the FIN bit clear and the
        # opcode set to 0, and terminated by a single frame with the FIN bit set and an opcode
        # of 0."
        if header.opcode != CONTINUATION:
            if self._kind is not None:
                raise _error(Said("message.not-ended"), "5.4")
            self._kind = header.opcode
        elif self._kind is None:
            raise _error(Said("message.not-begun"), "5.4")
        # 10.4: "Implementations that have implementation- and/or platform-specific limitations
        # regarding the frame size or total message size after reassembly from multiple frames
        # MUST protect themselves against exceeding those limits."
        length = len(self._data) + header.length
        if self.max_size is not None and length > self.max_size:
            said = Said("message.too-long", count=length, limit=self.max_size)
            raise _error(said, "10.4", 1009)
        self._fragments += 1
        if self.max_fragments is not None and self._fragments > self.max_fragments:
            said = Said("message.too-many-frames", count=self.max_fragments)
            raise _error(said, "10.4", 1009)

    def _check_utf8(self, payload: bytes, ended: bool) -> None:
        # 8.1: "When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte
        # stream is not, in fact, a valid UTF-8 stream, that endpoint MUST _Fail the WebSocket
        # Connection_."
        try:
            self._utf8.decode(payload, ended)
            # Python waits for a third byte before it refuses a surrogate (ED A0 to ED BF).
            unfinished = self._utf8.getstate()[0]
            if b"\xed\xa0" <= unfinished <= b"\xed\xbf":
                self._utf8.decode(b"", True)
        except UnicodeDecodeError as error:
            seen = len(self._data) + len(payload)
            said = Said(
                "message.not-utf8",
                octets=error.object[error.start : error.end].hex(" "),
                offset=seen - len(error.object) + error.start,
                reason=_UTF8_REASONS.get(error.reason, error.reason),
            )
            raise _error(said, "8.1", 1007) from None


# What Python's decoder says, for ``words``.
_UTF8_REASONS = {
    "invalid start byte": Said("utf8.no-start"),
    "invalid continuation byte": Said("utf8.no-continuation"),
    "unexpected end of data": Said("utf8.unfinished"),
}


def _error(said: Said, section: str, close_code: int = 1002) -> ProtocolError:
    return ProtocolError(said, section=section, close_code=close_code)


def fragment(opcode: int, payload: bytes, size: int) -> list[Frame]:
    """A message as frames of ``size`` bytes at most (5.4)."""
    parts = [payload[i : i + size] for i in range(0, len(payload), size)] or [b""]
    opcodes = [opcode] + [CONTINUATION] * (len(parts) - 1)
    last = len(parts) - 1
    return [Frame(opcodes[i], part, fin=i == last) for i, part in enumerate(parts)]
