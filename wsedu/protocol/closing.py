"""Closing: Close frames, their codes, and the states of a connection (5.5.1, 7).

How to think about it: a connection ends politely when each side has sent one Close frame and
got one. A Close frame may carry a code and a reason. Some codes never travel: they are words
for what an endpoint saw, such as "no code came" (1005) or "no Close came at all" (1006).

``TRANSITIONS`` is the whole of it as one table: which step leads from which state to which.
The endpoint obeys this table and the picture of the states is drawn from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from ..words import _
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


def close_code_meaning(code: int) -> str:
    """What a code says, in a sentence; for the others, whose range it lies in (7.4.2)."""
    meanings = {
        1000: _("The purpose of the connection is fulfilled."),
        1001: _("An endpoint goes away: a server shuts down, a page is left."),
        1002: _("The peer broke a rule of the protocol."),
        1003: _("A type of data came that the endpoint cannot accept."),
        1005: _("A Close frame came without a code. Never sent."),
        1006: _("The connection ended without a Close frame. Never sent."),
        1007: _("Data does not fit the type of its message, such as text that is not UTF-8."),
        1008: _("A message breaks the endpoint's policy."),
        1009: _("A message is too big to process."),
        1010: _("The client needs an extension that the server did not agree to."),
        1011: _("The server met an unexpected condition."),
        1012: _("The service restarts."),
        1013: _("The service is overloaded; try again later."),
        1014: _("A gateway got an invalid answer from the server behind it."),
        1015: _("The TLS handshake failed. Never sent."),
    }
    ranges = (
        (1000, _("Below 1000: not used.")),
        (3000, _("1000 to 2999: reserved for the protocol and its extensions.")),
        (4000, _("3000 to 3999: for libraries and frameworks, registered with IANA.")),
        (5000, _("4000 to 4999: for private use between two applications.")),
    )
    outside = _("5000 and above: not defined.")
    return meanings.get(code) or next((text for end, text in ranges if code < end), outside)


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
        raise ProtocolError(
            _("A Close frame's body has one byte, and a code takes two."),
            section="5.5.1",
            close_code=1002,
        )
    code = int.from_bytes(payload[:2], "big")
    if not is_sendable(code):
        raise ProtocolError(
            _("A Close frame carries code {code}, which may not be sent.").format(code=code),
            section="7.4",
            close_code=1002,
        )
    # 5.5.1: "Following the 2-byte integer, the body MAY contain UTF-8-encoded data with value
    # /reason/"
    try:
        reason = payload[2:].decode()
    except UnicodeDecodeError:
        raise ProtocolError(
            _("The reason in a Close frame is not UTF-8."), section="8.1", close_code=1007
        ) from None
    return Close(code, reason)


class State(Enum):
    """Where a connection stands, as one endpoint sees it.

    The RFC has four words for it. Its CLOSING is split here, because what an endpoint must do
    next depends on who has said Close so far.
    """

    CONNECTING = "CONNECTING"  # the opening handshake is under way (section 4)
    OPEN = "OPEN"  # both may send
    CLOSE_SENT = "CLOSE SENT"  # CLOSING: we began to close, the peer has not answered
    CLOSE_RECEIVED = "CLOSE RECEIVED"  # CLOSING: the peer began, we have not answered
    CLOSE_EXCHANGED = "CLOSE EXCHANGED"  # CLOSING: both have said it, TCP is to end
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
