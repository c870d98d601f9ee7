"""One direction of frames, as the side that reads it understands it.

How to think about it: a frame on its own may be right and still come at the wrong time. So a
checker reads along, frame by frame, and remembers what a real reader would remember: the
message that has begun, and whether the conversation in this direction is over. It goes on
where a real reader stops, so that a picture can show what came afterwards.
"""

from __future__ import annotations

from ..protocol import (
    Binary,
    Deflate,
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
from .inflating import Inflated, Inflater

# What a frame is to its reader: its problems, the message that it ends, what it inflates to.
Checked = tuple[tuple[Problem, ...], Text | Binary | None, Inflated | None]

CONTINUATION = Opcode.CONTINUATION

# For a message that cannot be read: its frames must come in their order all the same.
_BEGUN = FrameHeader(False, False, False, False, Opcode.BINARY, False, 0, 7)
# Of a length that has not come, this much is known: it takes more than the shorter form can say.
_AT_LEAST = {7: 0, 16: 126, 64: 2**16}


class FrameChecker:
    """Checks the frames of ``sender``, one after the other.

    deflate: how permessage-deflate was agreed on, or None: RSV1 has no meaning (RFC 7692)
    sent:    how many bytes the sender has sent in all
    midway:  whether the first frame may be in the middle of a message, whose start is not here
    """

    def __init__(
        self, sender: Side, deflate: Deflate | None, sent: int, midway: bool = False
    ) -> None:
        self.midway = midway
        self.reader: Side = "server" if sender == "client" else "client"
        self._messages = MessageReader()
        self._inflater: Inflater | None = None
        if deflate is not None:
            bits, forgets = deflate.server_max_window_bits, deflate.server_no_context_takeover
            if sender == "client":
                bits, forgets = deflate.client_max_window_bits, deflate.client_no_context_takeover
            self._inflater = Inflater(bits, not forgets, sent)
        self._compressed = self._unreadable = False  # the message that is in progress
        self._over: Said | None = None  # why the frames that follow no longer count

    @property
    def is_between_messages(self) -> bool:
        """Whether the next frame may begin a message: none is in progress, and nothing is over."""
        return self._over is None and not self._messages.in_progress

    def check(self, layout: FrameLayout) -> Checked:
        """What is wrong with the next frame, and what it ends or stands for."""
        if self._over is not None:
            return (Problem(self._over, layout.span, "1.4; 7.1.7"),), None, None
        problems = self._broken(layout)
        if layout.truncated is not None:
            return problems, None, None
        if problems:
            self._over = Said("frame.after-error")
            return problems, None, None
        try:
            return self._take(layout)
        except ProtocolError as error:
            self._over = Said("frame.after-error")
            where = layout.payload if len(layout.payload) else layout.span
            return (_problem(error, where),), None, None

    def _broken(self, layout: FrameLayout) -> tuple[Problem, ...]:
        """The rules that the header breaks, as far as it has come."""
        header = layout.begun
        if layout.header is None:
            header = header._replace(length=_AT_LEAST[header.length_form])
        deflated = self._inflater is not None
        found = []
        for field, error in broken_rules(header, self.reader, rsv1_allowed=deflated):
            span = getattr(layout, field)
            if len(span):
                found.append(_problem(error, span))
        if header.rsv1 and deflated and (header.is_control or header.opcode == CONTINUATION):
            place = "control" if header.is_control else "continuation"
            said = Said(f"frame.rsv1-on-{place}")
            error = ProtocolError(said, section="RFC 7692 6", close_code=1002)
            found.insert(0, _problem(error, layout.first_byte))
        return tuple(found)

    def _take(self, layout: FrameLayout) -> Checked:
        frame, header = layout.frame, layout.begun
        if frame.opcode == Opcode.CLOSE:
            parse_close(frame.payload)
            self._over = Said("frame.after-close")
            return (), None, None
        if self._inflater is not None and not header.is_control:
            return self._take_data(layout, self._inflater)
        found = self._messages.receive(Piece(header, frame.payload, first=True, last=True))
        return (), None if isinstance(found, Frame) else found, None

    def _take_data(self, layout: FrameLayout, inflater: Inflater) -> Checked:
        """A data frame, where messages may be compressed."""
        header, payload, problems = layout.begun, layout.frame.payload, tuple[Problem, ...]()
        inflated: Inflated | None = None
        if header.opcode != CONTINUATION:
            self._compressed = header.rsv1
            if self._compressed:
                inflater.begin()
        elif self.midway and not self._messages.in_progress:
            self._skip(header)
        self.midway = False
        if self._compressed:
            where = layout.payload if len(layout.payload) else layout.span
            payload, inflated, problems = inflater.take(payload, header.fin, where)
            if inflated.lost is not None:
                self._skip(header)
        if self._unreadable:
            header = header if header.opcode == CONTINUATION else _BEGUN._replace(fin=header.fin)
            payload = b""
        message = self._messages.receive(Piece(header, payload, first=True, last=True))
        if header.fin:
            message = None if self._unreadable else message
            self._compressed = self._unreadable = False
        return problems, None if isinstance(message, Frame) else message, inflated

    def _skip(self, header: FrameHeader) -> None:
        """The message in progress cannot be read: from now on only the order of frames counts."""
        if not self._unreadable and header.opcode == CONTINUATION:
            self._messages = MessageReader()
            self._messages.receive(Piece(_BEGUN, b"", first=True, last=True))
        self._unreadable = True


def _problem(error: ProtocolError, span: Span) -> Problem:
    said = Said("frame.error", sentence=error.said, code=error.close_code)
    return Problem(said, span, error.section)
