"""The protocol as pure values: bytes go in, values come out, and back.

No sockets, no clock, no chance, no printing; nothing but the standard library. Read in the
order of the RFC: ``http`` and ``handshake`` are section 4.
"""

from .errors import ProtocolError
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

__all__ = [
    "GUID",
    "Check",
    "Head",
    "HeaderLine",
    "Part",
    "Problem",
    "ProtocolError",
    "Request",
    "Response",
    "Span",
    "accept_key",
    "build_request",
    "build_response",
    "check_request",
    "check_response",
    "expected_status",
    "holds",
    "make_key",
    "parse_request",
    "parse_response",
    "read_head",
]
