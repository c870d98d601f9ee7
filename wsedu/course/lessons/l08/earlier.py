"""The pieces of lessons 6 and 7, for as long as their exercises are not there.

To be deleted, with the look at it in ``workshop._find``, once the catalogue has all nine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....protocol import Close, ProtocolError, build_close
from ....protocol import parse_close as parse
from ..l04.decode_header import solution as decode_header
from ..l04.encode_header import solution as encode_header
from ..l05.mask import solution as xor


def take_frames(stream: bytes) -> tuple[list[tuple[bool, int, bytes]], bytes]:
    """The whole frames at the beginning of a stream, and the rest."""
    frames = []
    while header := decode_header(stream):
        fin, opcode, masked, length, size = header
        if len(stream) < size + length:
            break
        payload = stream[size : size + length]
        frames.append((fin, opcode, xor(payload, stream[size - 4 : size]) if masked else payload))
        stream = stream[size + length :]
    return frames, stream


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
    "06.3": take_frames,
    "07.2": close_frame,
    "07.3": parse_close,
}
