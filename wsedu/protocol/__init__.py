"""The protocol as pure values: bytes go in, values come out, and back.

No sockets, no clock, no chance, no printing, no language; nothing but the standard library. Read
in the order of the RFC: ``http``, ``bodies``, ``handshake`` and ``checks`` are section 4;
``frames``, ``masking``, ``reader``, ``layout`` and ``messages`` section 5; ``closing`` section 7;
``utf8`` section 8 and RFC 3629;
``extensions`` section 9 and RFC 7692, and ``deflate`` what its messages are made of.
``endpoint`` puts them together, and ``choices`` names what the RFC leaves open.
"""

from .bodies import ChunkPart, body_length, check_body, read_chunks
from .checks import Check, check_request, check_response, expected_status, holds
from .choices import CHOICES, Choice
from .closing import (
    TRANSITIONS,
    Close,
    CloseCode,
    State,
    Step,
    build_close,
    close_code_meaning,
    is_sendable,
    parse_close,
)
from .endpoint import Ended, Endpoint, Event, Failed, PeerClosed, Ping, Pong
from .errors import ProtocolError
from .extensions import (
    Deflate,
    Extension,
    agreed_deflate,
    check_agreed,
    check_offer,
    read_extensions,
)
from .frames import Frame, Opcode, build_frame, shortest_form
from .handshake import GUID, accept_key, build_request, build_response, make_key
from .http import (
    HeaderField,
    MessageHead,
    Part,
    Problem,
    Request,
    Response,
    Span,
    parse_request,
    parse_response,
    read_head,
)
from .layout import FrameLayout, read_layout
from .masking import mask, mask_fast
from .messages import Binary, MessageReader, Text, fragment
from .reader import FrameHeader, FrameReader, Piece, broken_rules, check_header, read_header

__all__ = [
    "Binary", "CHOICES", "Check", "Choice", "ChunkPart", "Close", "CloseCode", "Deflate", "Ended",
    "Endpoint", "Event", "Extension", "Failed", "Frame", "FrameHeader", "FrameLayout",
    "FrameReader", "GUID", "HeaderField", "MessageHead", "MessageReader", "Opcode", "Part",
    "PeerClosed", "Piece", "Ping", "Pong", "Problem", "ProtocolError", "Request", "Response",
    "Span", "State", "Step", "TRANSITIONS", "Text", "accept_key", "agreed_deflate", "body_length",
    "broken_rules", "build_close", "build_frame", "build_request", "build_response",
    "check_agreed", "check_body", "check_header", "check_offer", "check_request",
    "check_response", "close_code_meaning", "expected_status", "fragment", "holds", "is_sendable",
    "make_key", "mask", "mask_fast", "parse_close", "parse_request", "parse_response",
    "read_chunks", "read_extensions", "read_head", "read_header", "read_layout", "shortest_form",
]  # fmt: skip
