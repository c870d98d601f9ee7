"""Read one frame from a connection, and never wait forever."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import inspect
import random
from collections.abc import Callable
from typing import Any

from websockets.frames import Frame, Opcode

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, how_many
from wsedu.course.mistakes import Args, patch

from ...server import take_frames

SHORT, LONG = 0.2, 5.0  # seconds of ``timeout``
DRIP, LATE = 0.16, 3.0  # seconds before each dripping chunk, and before a late one
PATIENCE = 0.8  # seconds after the timeout; an answer that still waits will wait forever
FINISHED = Did("raised EOFError")
GAVE_UP = Did("raised TimeoutError")
TOO_SOON = Did("raised TimeoutError too soon")
TOO_LATE = Did("raised TimeoutError too late")
WAITS = Did("still waits")
SPINS = Did("reads again and again after the end")
READS = 50  # reads after the end of the stream; more are no accident


async def read_frame(read, timeout):
    """Read until a frame is complete, the stream ends, or the time is up."""
    import asyncio

    stream = b""
    async with asyncio.timeout(timeout):
        while True:
            frames, _rest = take_frames(stream)
            if frames:
                return frames[0]
            data = await read()
            if not data:
                if stream:
                    raise EOFError
                return None
            stream += data


class _Spins(Exception):
    """The answer reads again and again after the end."""


def _served(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a ``read`` that returns given chunks; what it did, as a word or a frame."""

    async def watched(chunks: list[bytes], then: str) -> Any:
        left, ends = list(chunks), 0
        timeout = SHORT if reference(chunks, then) == GAVE_UP else LONG

        async def read() -> bytes:
            nonlocal ends
            await asyncio.sleep({"drips": DRIP, "late": LATE}.get(then, 0))
            if left:
                return left.pop(0)
            if then == "silence":
                await asyncio.Future()
            ends += 1
            if ends > READS:
                raise _Spins
            return b""

        try:
            value = function(read, timeout)
            if not inspect.isawaitable(value):
                return value
            return await asyncio.wait_for(_guarded(value, timeout), timeout + PATIENCE)
        except _Spins:
            return SPINS
        except EOFError:
            return FINISHED
        except TimeoutError:
            return WAITS

    return watched


async def _guarded(value: Any, timeout: float) -> Any:
    """The answer's own TimeoutError is a result; the check's means that it waits forever."""
    now = asyncio.get_running_loop().time
    begin = now()
    try:
        return await value
    except TimeoutError:
        share = (now() - begin) / timeout
        return TOO_SOON if share < 0.9 else TOO_LATE if share > 1.4 else GAVE_UP


def reference(chunks: list[bytes], then: str) -> Any:
    """What is right: the library has written the frames, so we know what they say."""
    stream = b"".join(chunks)
    for written, said in FRAMES if then != "drips" else ():
        if stream.startswith(written):
            return said
    if then in ("silence", "drips"):
        return GAVE_UP
    return FINISHED if stream else None


def _written(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, tuple[bool, int, bytes]]:
    frame = Frame(Opcode(opcode), payload, fin).serialize(mask=False)
    return frame, (fin, opcode, payload)


FRAMES = [
    _written(True, 1, b"Hello"),
    _written(False, 2, b"\x00\xff"),
    _written(True, 9, b""),
    _written(True, 2, bytes(200)),
    _written(False, 0, b"\x89\x00"),  # its payload looks like a Ping
    _written(True, 1, b""),
]


def cases(chance: random.Random) -> list[Args]:
    """Complete and unfinished frames, followed by more bytes, by the end, or by silence."""
    hello, ping = FRAMES[0][0], FRAMES[2][0]
    found: list[Args] = [
        ([hello], "end"),
        ([hello], "silence"),
        ([hello[:1], hello[1:4], hello[4:]], "silence"),
        ([hello + ping], "silence"),
        ([hello + ping[:1]], "silence"),
        ([hello + ping + FRAMES[1][0]], "silence"),
        ([ping + hello], "silence"),
        ([FRAMES[5][0] + hello], "silence"),
        ([FRAMES[1][0] + hello], "silence"),
        ([b"\x00\x02", b"\x89", b"\x00"], "silence"),
        ([hello], "late"),
        ([hello[:1], hello[1:3], hello[3:5], hello[5:]], "drips"),
        ([hello[:2], hello[2:]], "drips"),
        ([], "end"),
        ([hello[:3]], "end"),
        ([hello[:1]], "end"),
        ([], "silence"),
        ([hello[:6]], "silence"),
    ]
    for _case in range(how_many(8)):
        stream = chance.choice(FRAMES)[0]
        stop = chance.choice([len(stream), chance.randrange(len(stream))])
        places = sorted({0, stop, *(chance.randrange(stop + 1) for _cut in range(2))})
        chunks = [stream[a:b] for a, b in zip(places, places[1:], strict=False)]
        found.append((chunks, "end" if stop < len(stream) else "silence"))
    return found


def _timed(wanted: Any, got: Any) -> bool:
    """Whether and when the answer gives up may depend on the clock that it uses."""
    return wanted == GAVE_UP and isinstance(got, (Did, tuple))


async def _takes_silence_for_the_end(read, timeout):
    try:
        return await read_frame(read, timeout)  # type: ignore[no-untyped-call]
    except TimeoutError:
        return None


async def _looks_at_the_clock_between_chunks(read, timeout):
    import asyncio

    stream, end = b"", asyncio.get_running_loop().time() + timeout
    while not (frames := take_frames(stream)[0]):
        if asyncio.get_running_loop().time() > end:
            raise TimeoutError
        data = await asyncio.wait_for(read(), timeout)
        if not data:
            if stream:
                raise EOFError
            return None
        stream += data
    return frames[0]


EXERCISE = Exercise(
    stars=3,
    judge=Cases(
        cases,
        reference,
        tuple[bool, int, bytes] | None,
        section="5.2; 6.2",
        through=_served,
        timed=_timed,
    ),
    solution=read_frame,
    wrong={
        "returns-none": lambda read, timeout: None,
        "silence-is-end": _takes_silence_for_the_end,
        "clock-after-chunk": patch(
            "await asyncio.wait_for(read(), timeout)",
            "await read()",
            of=_looks_at_the_clock_between_chunks,
        ),
        "clock-between-chunks": _looks_at_the_clock_between_chunks,
    },
    seconds=10,
)
