"""Closing: Close frames, their codes, and the states of a connection (5.5.1, 7).

How to think about it: a connection ends politely when each side has sent one Close frame and
received one. A Close frame may carry a code and a reason. Some codes are never sent: they stand
for what an endpoint saw, such as "no code came" (1005) or "no Close came at all" (1006).

``TRANSITIONS`` is the whole of it as one table: which step leads from which state to which.
The endpoint obeys this table and the picture of the states is drawn from it.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum

from ..said import Said
from .errors import ProtocolError


class CloseCode(IntEnum):
    """The codes of 7.4.1 and those that IANA has registered since (11.7)."""

    NORMAL_CLOSURE = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS_RECEIVED = 1005
    ABNORMAL_CLOSURE = 1006
    INVALID_PAYLOAD_DATA = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    MANDATORY_EXTENSION = 1010
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_GATEWAY = 1014
    TLS_HANDSHAKE = 1015


def meaning_of_code(code: int) -> Said:
    """What a code says; for a code without a name, whose range it lies in (7.4.2)."""
    if code in CloseCode.__members__.values():
        return Said(f"code.{int(code)}")
    if code < 1000:
        return Said("code.below-1000")
    if code < 3000:
        return Said("code.of-the-protocol")
    if code < 4000:
        return Said("code.of-libraries")
    return Said("code.of-applications") if code < 5000 else Said("code.above-4999")


def close_code_meaning(code: int) -> str:
    """The same in a sentence."""
    return str(meaning_of_code(code))


def is_sendable(code: int) -> bool:
    """Whether a Close frame may carry the code (7.4.1, 7.4.2)."""
    # 7.4.1: "1005 is a reserved value and MUST NOT be set as a status code in a Close control
    # frame by an endpoint." The same is said of 1006 and 1015.
    if code in (1005, 1006, 1015):
        return False
    return code in CloseCode.__members__.values() or 3000 <= code <= 4999


@dataclass(frozen=True)
class Close:
    """What a Close frame says: perhaps a code, and with a code perhaps a reason."""

    code: int | None = None
    reason: str = ""


def build_close(close: Close) -> bytes:
    """The payload of a Close frame."""
    if close.code is None:
        if close.reason:
            raise ValueError("a reason needs a code before it: RFC 6455 5.5.1")
        return b""
    if not is_sendable(close.code):
        raise ValueError(f"code {close.code} may not be sent: RFC 6455 7.4")
    reason = close.reason.encode()
    if len(reason) > 123:
        raise ValueError(f"a reason has 123 bytes at most, not {len(reason)}: RFC 6455 5.5")
    return close.code.to_bytes(2, "big") + reason


def parse_close(payload: bytes) -> Close:
    """What the payload of a Close frame says, or ProtocolError."""
    if not payload:
        return Close()
    # 5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned
    # integer (in network byte order) representing a status code"
    if len(payload) == 1:
        raise ProtocolError(Said("close.one-byte"), section="5.5.1", close_code=1002)
    code = int.from_bytes(payload[:2], "big")
    if not is_sendable(code):
        raise ProtocolError(
            Said("close.code-not-sendable", code=code), section="7.4", close_code=1002
        )
    # 5.5.1: "Following the 2-byte integer, the body MAY contain UTF-8-encoded data with value
    # /reason/"
    try:
        reason = payload[2:].decode()
    except UnicodeDecodeError:
        raise ProtocolError(Said("close.reason-not-utf8"), section="8.1", close_code=1007) from None
    return Close(code, reason)


class State(Enum):
    """The state of a connection, as one endpoint sees it.

    The RFC has four words for it. Its CLOSING is split here, because what an endpoint must do
    next depends on which side has sent a Close so far.
    """

    CONNECTING = "CONNECTING"  # the opening handshake is under way (section 4)
    OPEN = "OPEN"  # both may send
    CLOSE_SENT = "CLOSE SENT"  # CLOSING: we began to close, the peer has not answered
    CLOSE_RECEIVED = "CLOSE RECEIVED"  # CLOSING: the peer began, we have not answered
    CLOSE_EXCHANGED = "CLOSE EXCHANGED"  # CLOSING: both have sent one, TCP is to end
    FAILED = "FAILED"  # CLOSING: we gave up on the peer, TCP is to end
    CLOSED = "CLOSED"  # TCP has ended


class Step(Enum):
    """What can happen to a connection."""

    HANDSHAKE_DONE = "handshake done"
    SEND_CLOSE = "Close sent"
    RECEIVE_CLOSE = "Close received"
    FAIL = "rule broken by the peer"
    END_OF_TCP = "TCP ended"


TRANSITIONS: dict[tuple[State, Step], State] = {
    # 4.1: "it is said that _The WebSocket Connection is Established_ and that the WebSocket
    # Connection is in the OPEN state."
    (State.CONNECTING, Step.HANDSHAKE_DONE): State.OPEN,
    (State.CONNECTING, Step.FAIL): State.FAILED,
    # 7.1.3: "Upon either sending or receiving a Close control frame, it is said that _The
    # WebSocket Closing Handshake is Started_ and that the WebSocket connection is in the
    # CLOSING state."
    (State.OPEN, Step.SEND_CLOSE): State.CLOSE_SENT,
    (State.OPEN, Step.RECEIVE_CLOSE): State.CLOSE_RECEIVED,
    # 5.5.1: "If an endpoint receives a Close frame and did not previously send a Close frame,
    # the endpoint MUST send a Close frame in response."
    (State.CLOSE_SENT, Step.RECEIVE_CLOSE): State.CLOSE_EXCHANGED,
    (State.CLOSE_RECEIVED, Step.SEND_CLOSE): State.CLOSE_EXCHANGED,
    # 7.1.7: _Fail the WebSocket Connection_
    (State.OPEN, Step.FAIL): State.FAILED,
    (State.CLOSE_SENT, Step.FAIL): State.FAILED,
    # 7.1.4: "When the underlying TCP connection is closed, it is said that _The WebSocket
    # Connection is Closed_ and that the WebSocket connection is in the CLOSED state."
    (State.CONNECTING, Step.END_OF_TCP): State.CLOSED,
    (State.OPEN, Step.END_OF_TCP): State.CLOSED,
    (State.CLOSE_SENT, Step.END_OF_TCP): State.CLOSED,
    (State.CLOSE_RECEIVED, Step.END_OF_TCP): State.CLOSED,
    (State.CLOSE_EXCHANGED, Step.END_OF_TCP): State.CLOSED,
    (State.FAILED, Step.END_OF_TCP): State.CLOSED,
}
