"""The pieces of lesson 7, for as long as their exercises are not there.

To be deleted, with the look at it in ``workshop._find``, once the catalogue has all nine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....protocol import Close, ProtocolError, build_close
from ....protocol import parse_close as parse
from ..l04.encode_header import solution as encode_header


def close_frame(code: int | None, reason: str) -> bytes:
    """A Close frame (5.5.1)."""
    short = reason.encode()[:123].decode(errors="ignore")
    payload = b"" if code is None else build_close(Close(code, short))
    return encode_header(True, 8, len(payload)) + payload


def parse_close(payload: bytes) -> tuple[int, str]:
    """The code and the reason of a Close; ValueError if it is wrong."""
    try:
        close = parse(payload)
    except ProtocolError as error:
        raise ValueError(str(error)) from None
    return close.code or 1005, close.reason


EARLIER: dict[str, Callable[..., Any]] = {
    "07.2": close_frame,
    "07.3": parse_close,
}
