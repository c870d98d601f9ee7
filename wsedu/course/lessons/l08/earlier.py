"""The pieces of lessons 4 to 7, for as long as their exercises are not there.

To be deleted, with the look at it in ``workshop._find``, once the catalogue has all nine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....protocol import Close, ProtocolError, build_close
from ....protocol import mask as xor
from ....protocol import parse_close as parse


def encode_header(fin: bool, opcode: int, length: int) -> bytes:
    """The header of a frame that is not masked (5.2)."""
    first = bytes([fin << 7 | opcode])
    if length < 126:
        return first + bytes([length])
    if length < 2**16:
        return first + b"\x7e" + length.to_bytes(2, "big")
    return first + b"\x7f" + length.to_bytes(8, "big")


def decode_header(data: bytes) -> tuple[bool, int, bool, int, int] | None:
    """FIN, opcode, MASK, length, size of the header; None if more bytes are needed."""
    if len(data) < 2:
        return None
    length, size = data[1] & 127, 2
    if length > 125:
        size = 4 if length == 126 else 10
        if len(data) < size:
            return None
        length = int.from_bytes(data[2:size], "big")
    masked = data[1] > 127
    return data[0] > 127, data[0] & 15, masked, length, size + 4 * masked


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
    "04.2": encode_header,
    "04.3": decode_header,
    "05.2": xor,
    "06.3": take_frames,
    "07.2": close_frame,
    "07.3": parse_close,
}
