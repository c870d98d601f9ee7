"""Decrypted bytes as Wireshark exports them, without those that it exports twice.

How to think about it: Wireshark exports what a TLS record held: a number of bytes of the stream. If
they end in the middle of a frame, then it waits for the rest, and exports that frame once more, as
a whole. (Or it does not, and goes on where it was.) So a piece that begins with the very bytes of
the unfinished frame, from that frame's first byte, repeats them.
"""

from __future__ import annotations

import re

from ..protocol.reader import read_header

_HEAD = re.compile(rb"(?:[A-Z]+ |HTTP/)")  # no frame begins like that: such opcodes are reserved


class Unrepeated:
    """Takes the pieces of one side; gives what is new in each."""

    def __init__(self) -> None:
        self._unfinished = b""  # a frame, or the head of a request or response

    def take(self, piece: bytes) -> bytes:
        """The bytes of the piece that did not come before."""
        again = bool(self._unfinished) and piece.startswith(self._unfinished)
        new = piece[len(self._unfinished) :] if again else piece
        stream, at = self._unfinished + new, 0
        while size := _size(stream, at):
            at += size
        self._unfinished = stream[at:]
        return new


def _size(stream: bytes, at: int) -> int:
    """How many bytes the frame, or the head, at this offset has; 0 if it is not whole."""
    if _HEAD.match(stream, at):
        end = stream.find(b"\r\n\r\n", at)
        return end + 4 - at if end >= 0 else 0
    header = read_header(stream, at)
    if header is None:
        return 0
    size = header.size + header.length
    return size if at + size <= len(stream) else 0
