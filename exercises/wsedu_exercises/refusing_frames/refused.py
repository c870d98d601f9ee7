"""What the ``websockets`` library refuses by the first two bytes of a client's frame.

How to think about it: the library reads two bytes at once, and a frame as a whole. So it gets the
most harmless frame that begins with the bytes that came; if it refuses even that, they are wrong.
"""

from __future__ import annotations

from functools import lru_cache

from websockets.exceptions import ProtocolError
from websockets.frames import Frame
from websockets.streams import StreamReader


def refused(data: bytes) -> int | None:
    """1002 if no frame that begins with these bytes is accepted, else None.

    No second byte is more harmless than that of an empty, masked payload.
    """
    return _refused((data + b"\x80")[:2]) if data else None


@lru_cache(2**16)
def _refused(begin: bytes) -> int | None:
    short = begin[1] % 128
    longer = {126: b"\x00\x7e", 127: b"\x00\x00\x00\x00\x00\x01\x00\x00"}.get(short, b"")
    length = int.from_bytes(longer, "big") or short
    stream = StreamReader()
    stream.feed_data(begin + longer + bytes(4 + length))
    try:
        next(Frame.parse(stream.read_exact, mask=True))
    except StopIteration:  # the library has read the frame
        return None
    except ProtocolError:
        return 1002
    raise AssertionError("the library waits for more than a frame")
