"""The protocol as pure values: bytes go in, values come out, and back.

No sockets, no clock, no chance, no printing; nothing but the standard library. Read in the
order of the RFC: ``http`` and ``handshake`` are section 4, ``frames`` and ``masking`` section 5.
"""

from .errors import ProtocolError
from .frames import (
    Frame,
    FrameLayout,
    Header,
    Opcode,
    broken_rules,
    build_frame,
    check_header,
    is_control,
    read_header,
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
    Head,
    HeaderLine,
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

__all__ = [
    "GUID",
    "Check",
    "Frame",
    "FrameLayout",
    "Head",
    "Header",
    "HeaderLine",
    "Opcode",
    "Part",
    "Problem",
    "ProtocolError",
    "Request",
    "Response",
    "Span",
    "accept_key",
    "broken_rules",
    "build_frame",
    "build_request",
    "build_response",
    "check_header",
    "check_request",
    "check_response",
    "expected_status",
    "holds",
    "is_control",
    "make_key",
    "mask",
    "mask_fast",
    "parse_request",
    "parse_response",
    "read_head",
    "read_header",
    "read_layout",
    "shortest_form",
]
