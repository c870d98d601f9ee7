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


def reference(sizes: list[int], length: int, most_bytes: int, most_frames: int) -> int | None:
    """The code of an endpoint with these limits, which gets the fragments and then the header."""
    return _refusal(tuple(sizes), length, most_bytes, most_frames)


@functools.lru_cache(1024)
def _refusal(sizes: tuple[int, ...], length: int, most_bytes: int, most_frames: int) -> int | None:
    endpoint = Endpoint("server", max_message_size=most_bytes, max_fragments=most_frames)
    opcode = Opcode.BINARY
    for size in sizes:
        before = build_frame(Frame(opcode, bytes(size), False), ANY_KEY)
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


# Borders: the sizes so far, the next length, the most bytes and the most frames.
BORDERS: list[Args] = [
    ([], 5, 10, 3),
    ([], 10, 10, 3),
    ([], 11, 10, 3),
    ([5], 4, 10, 3),
    ([5], 5, 10, 3),
    ([5], 6, 10, 3),
    ([4, 4], 2, 10, 3),
    ([4, 4], 3, 10, 3),
    ([4, 4], 4, 10, 3),
    ([3, 3, 3], 1, 10, 3),
    ([1, 1, 1], 1, 10, 3),
    ([1, 1, 1], 0, 10, 3),
    ([10], 0, 10, 3),
    ([10], 1, 10, 3),
    ([9], 10, 10, 3),
    ([4, 4, 2], 1, 10, 3),
    ([], 0, 10, 1),
    ([1, 2, 3, 4], 9, 10, 4),
    ([1, 8], 2, 10, 3),
    ([8, 1], 2, 10, 3),
    ([1, 1], 9, 10, 3),
    ([6, 2], 9, 10, 3),
    ([2, 6], 5, 10, 4),
    # Empty frames have no bytes, but they are frames.
    ([], 0, 10, 3),
    ([], 0, 0, 3),
    ([], 1, 0, 3),
    ([0], 0, 0, 3),
    ([0, 0], 0, 10, 3),
    ([0, 0, 0], 0, 10, 3),
    ([0, 0, 0], 5, 10, 3),
    ([5, 0, 0], 0, 10, 3),
    ([0, 5, 0], 5, 10, 3),
    ([0, 5, 0], 1, 10, 4),
    ([0] * 9, 0, 10, 10),
    ([0] * 10, 0, 10, 10),
    ([1] * 9, 1, 10, 10),
    ([1] * 10, 0, 10, 11),
    ([1] * 10, 1, 10, 11),
    # One frame is the only one, and more frames than bytes, or more bytes than frames.
    ([], 5, 10, 1),
    ([1], 1, 10, 1),
    ([1], 1, 100, 2),
    ([1, 1], 1, 100, 2),
    ([50], 50, 100, 2),
    ([50], 51, 100, 2),
    ([2, 2], 2, 3000, 3),
    ([2, 2], 2, 6, 3000),
    ([2, 2], 3, 6, 3000),
    # Limits and lengths as large as those of real servers.
    ([125], 1, 125, 9),
    ([126], 126, 252, 9),
    ([], 2**16, 2**16, 9),
    ([], 2**16 + 1, 2**16, 9),
    ([70_000], 2**20 - 70_000, 2**20, 9),
    ([70_000], 2**20 - 69_999, 2**20, 9),
    ([], 2**24, 2**24, 2**17),
    ([], 2**24 + 1, 2**24, 2**17),
    ([5], 2**62, 2**24, 2**17),
    ([5], 2**24 - 5, 2**24, 2**17),
    ([5], 2**24 - 4, 2**24, 2**17),
    ([1] * 300, 1, 2**24, 300),
    ([1] * 299, 1, 2**24, 300),
]


def cases(chance: random.Random) -> list[Args]:
    """Both sides of each limit, with and without empty frames; then random messages."""
    found = list(BORDERS)
    for _case in range(how_many(20)):
        sizes = chance.choices([0, 1, 7, 125, 126], k=chance.randrange(6))
        length = chance.choice([0, 1, 7, 125, 126, 2**16])
        most_bytes = max(sum(sizes), sum(sizes) + length + chance.choice([-9, -1, 0, 1, 9]))
        found.append((sizes, length, most_bytes, len(sizes) + chance.choice([0, 1, 1, 2, 9]) or 1))
    return found


Holds = Callable[[list[int], int, int, int], bool]


def _bytes_left(sizes: list[int], length: int, most_bytes: int) -> int:
    return most_bytes - sum(sizes) - length


def _frames_left(sizes: list[int], most_frames: int) -> int:
    return most_frames - len(sizes) - 1


CONDITIONS: dict[str, Holds] = {
    "first": lambda sizes, length, most_bytes, most_frames: not sizes,
    "later": lambda sizes, length, most_bytes, most_frames: bool(sizes),
    "empty": lambda sizes, length, most_bytes, most_frames: not length,
    "some-empty": lambda sizes, length, most_bytes, most_frames: 0 in sizes,
    "bytes-full": lambda sizes, length, most_bytes, most_frames: (
        _bytes_left(sizes, length, most_bytes) == 0
    ),
    "frames-full": lambda sizes, length, most_bytes, most_frames: (
        _frames_left(sizes, most_frames) == 0
    ),
    "bytes-over": lambda sizes, length, most_bytes, most_frames: (
        _bytes_left(sizes, length, most_bytes) < 0
    ),
    "frames-over": lambda sizes, length, most_bytes, most_frames: (
        _frames_left(sizes, most_frames) < 0
    ),
    "only-bytes": lambda sizes, length, most_bytes, most_frames: (
        _bytes_left(sizes, length, most_bytes) < 0 <= _frames_left(sizes, most_frames)
    ),
    "only-frames": lambda sizes, length, most_bytes, most_frames: (
        _frames_left(sizes, most_frames) < 0 <= _bytes_left(sizes, length, most_bytes)
    ),
    "together": lambda sizes, length, most_bytes, most_frames: (
        _bytes_left(sizes, length, most_bytes) < 0 and length <= most_bytes
    ),
    "refused": lambda *args: reference(*args) is not None,
    "accepted": lambda *args: reference(*args) is None,
    "no-bytes": lambda sizes, length, most_bytes, most_frames: not most_bytes,
    "long": lambda sizes, length, most_bytes, most_frames: length > 65535,
    "many": lambda sizes, length, most_bytes, most_frames: len(sizes) > 5,
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases,
        reference,
        lambda got: got is None or type(got) is int,
        section="10.4; 7.4.1",
        conditions=CONDITIONS,
    ),
    solution=check_size,
    piece="check_size",
)
