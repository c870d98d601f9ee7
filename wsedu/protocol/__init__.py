"""The protocol as pure values: bytes go in, values come out, and back.

No sockets, no clock, no chance, no printing; nothing but the standard library. Read in the
order of the RFC: ``http`` and ``handshake`` are section 4; ``frames``, ``masking``, ``reader``
and ``messages`` section 5; ``closing`` section 7. ``endpoint`` puts them together, and
``choices`` names what the RFC leaves open.
"""

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
from .frames import (
    Frame,
    FrameHeader,
    FrameLayout,
    Opcode,
    broken_rules,
    build_frame,
    check_header,
    cut_header,
    parse_header,
    read_layout,
    shortest_form,
)
from .handshake import (
    GUID,
    Check,
    accept_key,
    build_request,
    build_response,
    check_request,
    check_response,
    expected_status,
    holds,
    make_key,
)
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
from .masking import mask, mask_fast
from .messages import Binary, MessageReader, Text, fragment
from .reader import FrameReader, Piece

__all__ = [
    "CHOICES",
    "GUID",
    "TRANSITIONS",
    "Binary",
    "Check",
    "Choice",
    "Close",
    "CloseCode",
    "Ended",
    "Endpoint",
    "Event",
    "Failed",
    "Frame",
    "FrameLayout",
    "FrameReader",
    "MessageHead",
    "FrameHeader",
    "HeaderField",
    "MessageReader",
    "Opcode",
    "Part",
    "PeerClosed",
    "Piece",
    "Ping",
    "Pong",
    "Problem",
    "ProtocolError",
    "Request",
    "Response",
    "Span",
    "State",
    "Step",
    "Text",
    "accept_key",
    "broken_rules",
    "build_close",
    "build_frame",
    "build_request",
    "build_response",
    "check_header",
    "check_request",
    "check_response",
    "close_code_meaning",
    "cut_header",
    "expected_status",
    "fragment",
    "holds",
    "make_key",
    "mask",
    "mask_fast",
    "is_sendable",
    "parse_close",
    "parse_header",
    "parse_request",
    "parse_response",
    "read_head",
    "read_layout",
    "shortest_form",
]
