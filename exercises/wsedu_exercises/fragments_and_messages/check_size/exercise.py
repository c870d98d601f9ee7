"""Refuse a message that has too many bytes, or too many frames."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.protocol import Endpoint, Failed, Frame, Opcode, build_frame

from ...server import check_size

ANY_KEY = bytes(4)


@functools.lru_cache(1024)
def reference(size: int, frames: int, length: int, most_bytes: int, most_frames: int) -> int | None:
    """The code of an endpoint with these limits, which gets the fragments and then the header."""
    endpoint = Endpoint("server", max_message_size=most_bytes, max_fragments=most_frames)
    opcode = Opcode.BINARY
    for payload in [bytes(size)] * bool(frames) + [b""] * (frames - 1):
        before = build_frame(Frame(opcode, payload, False), ANY_KEY)
        if any(isinstance(event, Failed) for event in endpoint.receive(before)):
            raise ValueError("the fragments so far are too large already")
        opcode = Opcode.CONTINUATION
    header = bytes([opcode, 0xFF]) + length.to_bytes(8, "big")
    if length < 2**16:
        header = bytes([opcode, 0xFE]) + length.to_bytes(2, "big")
    if length < 126:
        header = bytes([opcode, 0x80 | length])
    for event in endpoint.receive(header + ANY_KEY):
        if isinstance(event, Failed):
            return event.close_code
    return None


# Borders: the bytes and frames so far, the next length, the most bytes and the most frames.
BORDERS: list[Args] = [
    (0, 0, 5, 10, 3),
    (0, 0, 10, 10, 3),
    (0, 0, 11, 10, 3),
    (5, 1, 4, 10, 3),
    (5, 1, 5, 10, 3),
    (5, 1, 6, 10, 3),
    (8, 2, 2, 10, 3),
    (8, 2, 3, 10, 3),
    (9, 3, 1, 10, 3),
    (3, 3, 1, 10, 3),
    (3, 3, 0, 10, 3),
    (10, 1, 0, 10, 3),
    (10, 1, 1, 10, 3),
    (9, 1, 10, 10, 3),
    (2, 2, 9, 10, 3),
    (8, 2, 9, 10, 3),
    (8, 2, 5, 10, 4),
    (10, 3, 1, 10, 3),
    (10, 4, 9, 10, 4),
    # Empty frames have no bytes, but they are frames.
    (0, 0, 0, 10, 3),
    (0, 0, 0, 10, 1),
    (0, 0, 0, 0, 3),
    (0, 0, 1, 0, 3),
    (0, 1, 0, 0, 3),
    (0, 2, 0, 10, 3),
    (0, 3, 0, 10, 3),
    (0, 3, 5, 10, 3),
    (5, 3, 0, 10, 3),
    (5, 3, 1, 10, 4),
    (5, 3, 5, 10, 4),
    (0, 9, 0, 10, 10),
    (0, 10, 0, 10, 10),
    (9, 9, 1, 10, 10),
    (10, 10, 0, 10, 11),
    (10, 10, 1, 10, 11),
    # One frame is all that is allowed; more frames than bytes, and more bytes than frames.
    (0, 0, 5, 10, 1),
    (1, 1, 1, 10, 1),
    (1, 1, 1, 100, 2),
    (2, 2, 1, 100, 2),
    (50, 1, 50, 100, 2),
    (50, 1, 51, 100, 2),
    (4, 2, 2, 3000, 3),
    (4, 2, 2, 6, 3000),
    (4, 2, 3, 6, 3000),
    # Limits and lengths as large as those of real servers.
    (125, 1, 1, 125, 9),
    (126, 1, 126, 252, 9),
    (0, 0, 2**16, 2**16, 9),
    (0, 0, 2**16 + 1, 2**16, 9),
    (70_000, 1, 2**20 - 70_000, 2**20, 9),
    (70_000, 1, 2**20 - 69_999, 2**20, 9),
    (0, 0, 2**24, 2**24, 2**17),
    (0, 0, 2**24 + 1, 2**24, 2**17),
    (5, 1, 2**62, 2**24, 2**17),
    (5, 1, 2**24 - 5, 2**24, 2**17),
    (5, 1, 2**24 - 4, 2**24, 2**17),
    (300, 300, 1, 2**24, 300),
    (299, 299, 1, 2**24, 300),
    (9000, 4999, 1, 2**24, 5000),
    (9000, 5000, 1, 2**24, 5000),
]


def cases(chance: random.Random) -> list[Args]:
    """Both sides of each limit, with and without empty frames; then random messages."""
    found = list(BORDERS)
    for _case in range(how_many(20)):
        frames = chance.randrange(6)
        size = chance.choice([0, 1, 7, 125, 126]) if frames else 0
        length = chance.choice([0, 1, 7, 125, 126, 2**16])
        most_bytes = max(size, size + length + chance.choice([-9, -1, 0, 1, 9]))
        found.append((size, frames, length, most_bytes, frames + chance.choice([0, 1, 1, 2]) or 1))
    return found


Holds = Callable[[int, int, int, int, int], bool]

CONDITIONS: dict[str, Holds] = {
    "first": lambda size, frames, length, most_bytes, most_frames: not frames,
    "later": lambda size, frames, length, most_bytes, most_frames: frames > 0,
    "empty": lambda size, frames, length, most_bytes, most_frames: not length,
    "no-bytes-yet": lambda size, frames, length, most_bytes, most_frames: not size,
    "bytes-full": lambda size, frames, length, most_bytes, most_frames: size + length == most_bytes,
    "frames-full": lambda size, frames, length, most_bytes, most_frames: frames + 1 == most_frames,
    "bytes-over": lambda size, frames, length, most_bytes, most_frames: size + length > most_bytes,
    "frames-over": lambda size, frames, length, most_bytes, most_frames: frames >= most_frames,
    "only-bytes": lambda size, frames, length, most_bytes, most_frames: (
        size + length > most_bytes and frames < most_frames
    ),
    "only-frames": lambda size, frames, length, most_bytes, most_frames: (
        size + length <= most_bytes and frames >= most_frames
    ),
    "together": lambda size, frames, length, most_bytes, most_frames: (
        length <= most_bytes < size + length
    ),
    "refused": lambda *args: reference(*args) is not None,
    "accepted": lambda *args: reference(*args) is None,
    "no-bytes": lambda size, frames, length, most_bytes, most_frames: not most_bytes,
    "long": lambda size, frames, length, most_bytes, most_frames: length > 65535,
    "many": lambda size, frames, length, most_bytes, most_frames: frames > 5,
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, int | None, section="10.4; 7.4.1", conditions=CONDITIONS),
    solution=check_size,
    piece="check_size",
)
