"""One end of an open connection, client or server, without any network.

How to think about it: the program that owns the socket hands every chunk it reads to ``receive``
and takes events from it. An event says what happened, and its ``reply`` holds the bytes that the
RFC asks an endpoint to send back, which is nothing for most events. ``send_text``,
``send_binary``, ``ping``, ``pong`` and ``close`` turn what the application sends into bytes.
So a whole echo server is this loop::

    for event in endpoint.receive(data):
        write(event.reply)
        if isinstance(event, Text):
            write(endpoint.send_text(event.text))

The endpoint reads on when the next event is taken: a text can be answered even if a Close
follows it in the same chunk.

A peer that closes (``PeerClosed``) and a peer that breaks a rule (``Failed``) are different
events. In both cases no other event follows but ``Ended``, when TCP has ended.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from ..said import Said
from .closing import TRANSITIONS, Close, CloseCode, State, Step, build_close, parse_close
from .errors import ProtocolError
from .frames import Frame, Opcode, Role, build_frame
from .masking import Mask, mask_fast
from .messages import Binary, MessageReader, Text, fragment
from .reader import FrameReader, Piece

# Policies, not rules: the RFC sets no limits, 10.4 only asks that there are some.
MAX_MESSAGE_SIZE = 2**20
MAX_FRAGMENTS = 2**16


@dataclass(frozen=True)
class Ping:
    """A Ping came; the reply is the Pong (5.5.2)."""

    payload: bytes
    reply: bytes


@dataclass(frozen=True)
class Pong:
    """A Pong came, asked for or not (5.5.3)."""

    payload: bytes
    reply: ClassVar[bytes] = b""


@dataclass(frozen=True)
class PeerClosed:
    """The peer's Close came; the reply is ours, unless we have sent one before (5.5.1)."""

    code: int  # 1005 if the peer gave none (7.1.5)
    reason: str
    reply: bytes


@dataclass(frozen=True)
class Failed:
    """The peer broke a rule and we gave up; the reply is a Close that says why (7.1.7)."""

    said: Said
    section: str
    close_code: int
    reply: bytes

    @property
    def sentence(self) -> str:
        """What is wrong, in the language of the course; the reply says it in English."""
        return str(self.said)


@dataclass(frozen=True)
class Ended:
    """TCP has ended: the connection is CLOSED (7.1.4)."""

    code: int  # what the peer gave, 1005 if nothing, 1006 if no Close came (7.1.5)
    reason: str
    clean: bool
    reply: ClassVar[bytes] = b""


Event = Text | Binary | Ping | Pong | PeerClosed | Failed | Ended


class Endpoint:
    """One end of a connection whose opening handshake is done.

    role:             "client" or "server"
    new_mask_key:     called for the four key bytes of every frame that a client sends (5.3)
    max_message_size: longer messages, and so longer frames, are refused
    max_fragments:    messages in more frames are refused
    mask:             another function with the result of ``mask``
    """

    def __init__(
        self,
        role: Role,
        new_mask_key: Callable[[], bytes] | None = None,
        *,
        max_message_size: int | None = MAX_MESSAGE_SIZE,
        max_fragments: int | None = MAX_FRAGMENTS,
        mask: Mask = mask_fast,
    ) -> None:
        # 5.1: "a client MUST mask all frames that it sends to the server [...] A server MUST NOT
        # mask any frames that it sends to the client."
        if (role == "client") != (new_mask_key is not None):
            raise ValueError("a client needs masking keys, and a server has none: RFC 6455 5.1")
        self.role = role
        self.state = State.OPEN
        self._new_mask_key = new_mask_key
        self._mask = mask
        self._received_close: Close | None = None
        self._frames = FrameReader(role, max_size=max_message_size, mask=mask)
        self._messages = MessageReader(max_size=max_message_size, max_fragments=max_fragments)

    # Sending.

    def send_text(self, text: str, *, fragment_size: int | None = None) -> bytes:
        """A text message, in one frame unless a ``fragment_size`` is given."""
        return self._send_message(Opcode.TEXT, text.encode(), fragment_size)

    def send_binary(self, data: bytes, *, fragment_size: int | None = None) -> bytes:
        """A binary message, in one frame unless a ``fragment_size`` is given."""
        return self._send_message(Opcode.BINARY, data, fragment_size)

    def ping(self, payload: bytes = b"") -> bytes:
        """A Ping, which the peer answers with the same payload (5.5.2)."""
        return self._send_control(Opcode.PING, payload)

    def pong(self, payload: bytes = b"") -> bytes:
        """An unsolicited Pong, a one-way sign of life (5.5.3)."""
        return self._send_control(Opcode.PONG, payload)

    def close(self, code: int | None = None, reason: str = "") -> bytes:
        """The Close frame with which we begin to close (7.1.2)."""
        payload = build_close(Close(code, reason))
        self._move(Step.SEND_CLOSE)
        return self._write(Frame(Opcode.CLOSE, payload))

    # Receiving.

    def receive(self, data: bytes) -> Iterator[Event]:
        """What happened, in order. Cut the stream where you like: the events are the same."""
        # 1.4: "after receiving a control frame indicating the connection should be closed, a
        # peer discards any further data received."
        # 7.1.7: "An endpoint MUST NOT continue to attempt to process data (including a
        # responding Close frame) from the remote endpoint after being instructed to _Fail the
        # WebSocket Connection_."
        if self.state not in (State.OPEN, State.CLOSE_SENT):
            return iter(())
        return self._events(self._frames.receive(data))

    def _events(self, pieces: Iterator[Piece]) -> Iterator[Event]:
        try:
            for piece in pieces:
                found = self._messages.receive(piece)
                if isinstance(found, Frame):
                    yield self._obey(found)
                    if found.opcode == Opcode.CLOSE:
                        return
                elif found is not None:
                    yield found
        except ProtocolError as error:
            yield self._fail(error)

    def receive_eof(self) -> list[Event]:
        """What it means that the peer ended TCP; call it also when TCP was reset."""
        if self.state is State.CLOSED:
            return []
        # 7.1.4: "If the TCP connection was closed after the WebSocket closing handshake was
        # completed, the WebSocket connection is said to have been closed _cleanly_."
        clean = self.state is State.CLOSE_EXCHANGED
        self._move(Step.END_OF_TCP)
        # 7.1.5: "If _The WebSocket Connection is Closed_ and no Close control frame was received
        # by the endpoint [...], _The WebSocket Connection Close Code_ is considered to be 1006."
        if self._received_close is None:
            return [Ended(CloseCode.ABNORMAL_CLOSURE, "", clean)]
        return [Ended(*_code_and_reason(self._received_close), clean)]

    @property
    def must_end_tcp(self) -> bool:
        """Whether it is for us to end TCP now, after the last reply is written."""
        # 7.1.1: "The underlying TCP connection, in most normal cases, SHOULD be closed first by
        # the server"
        closing_server = self.role == "server" and self.state is State.CLOSE_EXCHANGED
        return closing_server or self.state is State.FAILED

    # What the RFC asks us to send back.

    def _obey(self, frame: Frame) -> Ping | Pong | PeerClosed:
        """The event for a control frame that came."""
        if frame.opcode == Opcode.PING:
            # 5.5.2: "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in
            # response, unless it already received a Close frame."
            return Ping(frame.payload, self._write(Frame(Opcode.PONG, frame.payload)))
        if frame.opcode == Opcode.PONG:
            return Pong(frame.payload)
        close = parse_close(frame.payload)
        self._received_close = close
        self._move(Step.RECEIVE_CLOSE)
        reply = b""
        # 5.5.1: "If an endpoint receives a Close frame and did not previously send a Close
        # frame, the endpoint MUST send a Close frame in response. (When sending a Close frame
        # in response, the endpoint typically echos the status code it received.)"
        if self.state is State.CLOSE_RECEIVED:
            self._move(Step.SEND_CLOSE)
            reply = self._write(frame)
        return PeerClosed(*_code_and_reason(close), reply)

    def _fail(self, error: ProtocolError) -> Failed:
        # 7.1.7: "If _The WebSocket Connection is Established_ prior to the point where the
        # endpoint is required to _Fail the WebSocket Connection_, the endpoint SHOULD send a
        # Close frame with an appropriate status code"
        assert error.close_code is not None
        reply = b""
        if self.state is State.OPEN:
            # A payload of 125 bytes has room for a reason of 123 (5.5).
            reason = error.said.in_english().encode()[:123].decode(errors="ignore")
            payload = build_close(Close(error.close_code, reason))
            reply = self._write(Frame(Opcode.CLOSE, payload))
        self._move(Step.FAIL)
        return Failed(error.said, error.section, error.close_code, reply)

    def _move(self, step: Step) -> None:
        state = TRANSITIONS.get((self.state, step))
        if state is None:
            raise RuntimeError(f'no "{step.value}" while {self.state.value}: RFC 6455 7.1')
        self.state = state

    # Writing.

    def _send_message(self, opcode: Opcode, payload: bytes, fragment_size: int | None) -> bytes:
        if fragment_size is None:
            return self._send(Frame(opcode, payload))
        return b"".join(map(self._send, fragment(opcode, payload, fragment_size)))

    def _send_control(self, opcode: Opcode, payload: bytes) -> bytes:
        if len(payload) > 125:
            raise ValueError("a control frame's payload has 125 bytes at most: RFC 6455 5.5")
        return self._send(Frame(opcode, payload))

    def _send(self, frame: Frame) -> bytes:
        # 5.5.1: "The application MUST NOT send any more data frames after sending a Close frame."
        if self.state is not State.OPEN:
            raise RuntimeError(f"nothing may be sent while {self.state.value}: RFC 6455 5.5.1")
        return self._write(frame)

    def _write(self, frame: Frame) -> bytes:
        if self._new_mask_key is None:
            return build_frame(frame)
        return build_frame(frame, self._new_mask_key(), None, self._mask)


def _code_and_reason(close: Close) -> tuple[int, str]:
    # 7.1.5: "If this Close control frame contains no status code, _The WebSocket Connection
    # Close Code_ is considered to be 1005."
    code = CloseCode.NO_STATUS_RECEIVED if close.code is None else close.code
    return code, close.reason
