"""One direction of frames, as the side that reads it understands it.

How to think about it: a frame on its own may be right and still come at the wrong time. So a
checker reads along, frame by frame, and remembers what a real reader would remember: the
message that has begun, and whether the conversation in this direction is over. It goes on
where a real reader stops, so that a picture can show what came afterwards.
"""

from __future__ import annotations

from ..protocol import (
    Binary,
    Frame,
    FrameHeader,
    FrameLayout,
    MessageReader,
    Opcode,
    Piece,
    Problem,
    ProtocolError,
    Span,
    Text,
    broken_rules,
    parse_close,
)
from ..said import Said
from .events import Side


class FrameChecker:
    """Checks the frames of ``sender``, one after the other.

    compressed: whether permessage-deflate was agreed on, so that RSV1 is allowed (RFC 7692)
    """

    def __init__(self, sender: Side, compressed: bool) -> None:
        self._reader: Side = "server" if sender == "client" else "client"
        self._compressed = compressed
        self._messages = MessageReader()
        self._in_compressed_message = False
        self._over: Said | None = None  # why the frames that follow no longer count

    def check(self, layout: FrameLayout) -> tuple[tuple[Problem, ...], Text | Binary | None]:
        """What is wrong with the next frame, and the message that ends with it, if one does."""
        if self._over is not None:
            return (Problem(self._over, layout.span, "1.4; 7.1.7"),), None
        header = layout.header
        problems = () if header is None else self._broken(layout, header)
        if header is None or layout.truncated is not None:
            return problems, None
        if problems:
            self._over = Said("frame.after-error")
            return problems, None
        try:
            message = self._take(layout.frame, header)
        except ProtocolError as error:
            self._over = Said("frame.after-error")
            return (_problem(error, layout.payload if len(layout.payload) else layout.span),), None
        return (), message

    def _broken(self, layout: FrameLayout, header: FrameHeader) -> tuple[Problem, ...]:
        """The rules that the header breaks."""
        allowed = self._compressed and not header.is_control
        found = broken_rules(header, self._reader, rsv1_allowed=allowed)
        return tuple(_problem(error, getattr(layout, field)) for field, error in found)

    def _take(self, frame: Frame, header: FrameHeader) -> Text | Binary | None:
        if frame.opcode == Opcode.CLOSE:
            parse_close(frame.payload)
            self._over = Said("frame.after-close")
            return None
        if not header.is_control and (frame.rsv1 or self._in_compressed_message):
            # Its payload is not text yet; lessons on compression read it.
            self._in_compressed_message = not frame.fin
            return None
        found = self._messages.receive(Piece(header, frame.payload, first=True, last=True))
        return None if isinstance(found, Frame) else found


def _problem(error: ProtocolError, span: Span) -> Problem:
    said = Said("frame.error", sentence=error.said, code=error.close_code)
    return Problem(said, span, error.section)
