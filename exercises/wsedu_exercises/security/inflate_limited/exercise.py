"""Inflate a compressed message, but never much more than a limit."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import functools
import inspect
import random
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

from websockets.exceptions import PayloadTooBig
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, how_many, refusing
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten


def inflate_limited(data, limit):
    """The inflated message; ValueError if it has more than ``limit`` bytes."""
    import zlib

    inflater = zlib.decompressobj(-15)
    message = inflater.decompress(data, limit + 1)
    if len(message) > limit:
        raise ValueError("the message is too long")
    return message


REFUSED = Did("raised ValueError")
TOO_LATE = Did("raised ValueError, but had inflated more than 1 MiB before")
ROOM = 2**20  # bytes beside the limit that an answer may inflate
TAKES = 3 * ROOM  # the memory for that: zlib puts a result together from pieces of the same size
BOMB = 4 * ROOM  # bytes of a message of which only the beginning may be inflated
MEASURED = 2000  # bytes of data from which on memory is measured


@functools.lru_cache(1024)  # each mistake meets the same cases
def reference(data: bytes, limit: int) -> bytes | Did:
    """What the ``websockets`` library does with such a message; its own limit begins at 1."""
    extension = PerMessageDeflate(True, True, 15, 15)
    frame = Frame(Opcode.BINARY, data, True, True)
    try:
        message = bytes(extension.decode(frame, max_size=max(1, limit)).data)
    except PayloadTooBig:
        return REFUSED
    return message if len(message) <= limit else REFUSED


def measured(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function; its ValueError is a result, and so is memory that it took before that."""
    watched = refusing(function)

    def call(data: bytes, limit: int) -> Any:
        memory = _Memory(limit if len(data) > MEASURED else None)
        with memory:
            value = watched(data, limit)
        return later(memory, value) if inspect.isawaitable(value) else memory.said_with(value)

    async def later(memory: _Memory, value: Any) -> Any:
        with memory:
            value = await value
        return memory.said_with(value)

    return call


class _Memory:
    """The most memory that was taken at once; it is not measured if there is no limit."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._most = 0

    def __enter__(self) -> None:
        self._was_on = tracemalloc.is_tracing()
        if self._limit is not None:
            tracemalloc.start()
            tracemalloc.reset_peak()
            self._before = tracemalloc.get_traced_memory()[0]

    def __exit__(self, *error: object) -> None:
        if self._limit is not None:
            self._most = max(self._most, tracemalloc.get_traced_memory()[1] - self._before)
            if not self._was_on:
                tracemalloc.stop()

    def said_with(self, value: Any) -> Any:
        """The result, unless it came too late."""
        too_much = self._limit is not None and self._most > self._limit + TAKES
        return TOO_LATE if too_much and value == REFUSED else value


def deflated(message: bytes, level: int = 6, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """The payload of a compressed message (RFC 7692, 7.2.1)."""
    deflater = zlib.compressobj(level, wbits=-15, strategy=strategy)
    return (deflater.compress(message) + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]


HELLO = bytes.fromhex("f248cdc9c90700")  # of RFC 7692, 7.2.3.1
FINAL = bytes.fromhex("f348cdc9c9070000")  # the same with BFINAL, 7.2.3.4
STORED = bytes.fromhex("000500faff48656c6c6f00")  # not compressed, 7.2.3.3
TWO_BLOCKS = bytes.fromhex("f24805000000ffffcac9c90700")  # 7.2.3.5
# 2068 zero bytes. When 2067 of them are out, all data is consumed: the last one waits inside.
INSIDE = bytes.fromhex("ecc101010000008090feafee080a00a006")


@functools.cache
def bomb() -> bytes:
    """A few KiB, which inflate to 4 MiB."""
    return deflated(bytes(BOMB), 9)


def cases(chance: random.Random) -> list[Args]:
    """Small messages at, below and above the limit; then large ones, and others by chance."""
    noise = random.Random(1).randbytes(100)
    far = deflated(bytes(20_000) + noise + bytes(13_000) + noise)  # repeats what came long before
    found: list[Args] = [
        (HELLO, 5),
        (HELLO, 100),
        (HELLO, 6),
        (HELLO, 7),
        (HELLO, 8),
        (HELLO, 4),
        (HELLO, 3),
        (HELLO, 1),
        (HELLO, 0),
        (b"\x00", 5),
        (b"\x00", 0),
        (b"\x00", 1),
        (FINAL, 5),
        (FINAL, 4),
        (FINAL, 100),
        (STORED, 5),
        (STORED, 4),
        (TWO_BLOCKS, 5),
        (TWO_BLOCKS, 4),
        (TWO_BLOCKS, 2),
        (deflated("Grüße".encode()), 7),
        (deflated("Grüße".encode()), 5),
        (deflated(b"\xff\xfe"), 2),
        (deflated(b"\x00" * 3), 3),
        (deflated(noise), 100),
        (deflated(noise), 99),
        (deflated(noise, 0), 100),
        (deflated(noise, 0), 104),
        (deflated(b"a" * 300), 300),
        (deflated(b"a" * 300), 299),
        (deflated(b"a" * 300), 150),
        (deflated(b"a" * 1100), 1024),
        (deflated(b"a" * 5000), 5000),
        (deflated(b"a" * 5000), 2500),
        (INSIDE, 2068),
        (INSIDE, 2067),
        (INSIDE, 2066),
        (far, 33_200),
        (deflated(bytes(70_000)), 70_000),
        (deflated(bytes(70_000)), 69_999),
        (deflated(bytes(70_000)), 7),
        (bomb(), 1000),
        (bomb(), 0),
    ]
    for _case in range(how_many(15)):
        size = chance.choice([chance.randrange(40), chance.randrange(3000)])
        message = bytes(chance.choices(range(chance.choice([2, 20, 256])), k=size))
        data = deflated(message, chance.randrange(10), chance.choice([0, zlib.Z_FIXED]))
        limit = chance.choice([size, size - 1, size + 1, size // 2, chance.randrange(4000)])
        found.append((data, max(0, limit)))
    return found


def show(args: Args, got: Any) -> dict[str, Any]:
    """The two in a line, long ones by their length."""
    data, limit = args
    wanted, came = _brief(reference(data, limit)), _brief(got)
    return {"case": f"inflate_limited({_brief(data)}, {limit}): got {came}, expected {wanted}"}


def what(got: Any) -> Any:
    """The result, a long one by its length and checksum: some are millions of bytes."""
    return (len(got), zlib.crc32(got)) if isinstance(got, bytes) and len(got) > 100 else got


def _brief(value: Any) -> str:
    if isinstance(value, bytes) and len(value) > 40:
        return f"<{len(value)} bytes>"
    return shorten(value, 200)


def _size(data: bytes) -> int:
    return len(zlib.decompressobj(-15).decompress(data, BOMB + 1))


Holds = Callable[[bytes, int], bool]

CONDITIONS: dict[str, Holds] = {
    "allowed": lambda data, limit: _size(data) <= limit,
    "too-long": lambda data, limit: _size(data) > limit,
    "exact": lambda data, limit: _size(data) == limit,
    "one-more": lambda data, limit: _size(data) == limit + 1,
    "less": lambda data, limit: _size(data) < limit,
    "zero": lambda data, limit: limit == 0,
    "empty": lambda data, limit: _size(data) == 0,
    "longer-data": lambda data, limit: len(data) > limit,
    "hello": lambda data, limit: data == HELLO,
    "final": lambda data, limit: data == FINAL,
    "inside": lambda data, limit: data == INSIDE and limit < 2068,
    "bomb": lambda data, limit: len(data) > MEASURED,
    "large": lambda data, limit: _size(data) >= 5000,
    "no-text": lambda data, limit: b"\xff\xfe" in zlib.decompressobj(-15).decompress(data, 9),
}

EXERCISE = Exercise(
    stars=3,
    solution=inflate_limited,
    judge=Cases(cases, reference, bytes, through=measured, section="10.4; RFC 7692 7.2.2").telling(
        what=what, conditions=CONDITIONS, show=show
    ),
)
