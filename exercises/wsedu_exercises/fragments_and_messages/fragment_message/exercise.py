"""Send a message part by part, before it is known how many parts there will be."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import functools
import inspect
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

Fragment = tuple[bool, int, bytes]
TOO_MANY = 9  # frames more than there are parts: the rest of an answer without end is not taken


class Parts(Iterator[bytes]):
    """An iterator over the parts of a message, which counts those that were taken."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = parts
        self.taken = 0

    def __next__(self) -> bytes:
        if self.taken == len(self.parts):
            raise StopIteration
        self.taken += 1
        return self.parts[self.taken - 1]

    def __repr__(self) -> str:
        """As a learner would write it."""
        return f"iter({list(self.parts)})"


@dataclass(frozen=True)
class Sent:
    """What an answer sent: its frames, and how many parts it had taken before each."""

    frames: list[Any]
    taken: list[int]

    def __repr__(self) -> str:
        return repr(self.frames)


def fragments(parts, opcode):
    """The frames of a message whose parts are not all known yet, each as early as possible."""
    payload = next(parts, b"")
    for following in parts:
        yield False, opcode, payload
        payload, opcode = following, 0
    yield True, opcode, payload


def sending(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, of whose frames each is taken as soon as it is there."""

    def sent(parts: Parts, opcode: int) -> Any:
        value = function(parts, opcode)
        return later(value, parts) if inspect.isawaitable(value) else taken(value, parts)

    async def later(value: Any, parts: Parts) -> Any:
        return taken(await value, parts)

    def taken(value: Any, parts: Parts) -> Any:
        if not isinstance(value, Iterator):
            return value
        seen = [
            (frame, parts.taken) for frame in itertools.islice(value, len(parts.parts) + TOO_MANY)
        ]
        return Sent([frame for frame, _taken in seen], [taken for _frame, taken in seen])

    return sent


def expected(parts: Parts, opcode: int) -> Sent:
    """What a ``websockets`` server sends if it knows all parts, and when each could be sent."""
    frames = _sent(parts.parts, opcode)
    return Sent(frames, [min(number + 2, len(parts.parts)) for number in range(len(frames))])


@functools.lru_cache(1024)
def _sent(parts: tuple[bytes, ...], opcode: int) -> list[Fragment]:
    server = ServerProtocol(state=State.OPEN)
    begin = server.send_text if opcode == 1 else server.send_binary
    first, *others = parts or (b"",)
    begin(first, not others)
    for part in others[:-1]:
        server.send_continuation(part, False)
    for part in others[-1:]:
        server.send_continuation(part, True)
    client = ClientProtocol(parse_uri("ws://example.com/"), state=State.OPEN)
    for data in server.data_to_send():
        client.receive_data(data)
    frames = [event for event in client.events_received() if isinstance(event, Frame)]
    return [(frame.fin, int(frame.opcode), bytes(frame.data)) for frame in frames]


def cases(chance: random.Random) -> list[Args]:
    """No part, one, and more, some of them empty; then random messages."""
    messages: list[tuple[bytes, ...]] = [
        (b"Hello",),
        (b"Hel", b"lo"),
        (b"lo", b"Hel"),
        (b"a", b"b", b"c"),
        (b"c", b"b", b"a", b"b"),
        (),
        (b"",),
        (b"", b""),
        (b"", b"Hi"),
        (b"Hi", b""),
        (b"Hel", b"", b"lo"),
        (b"", b"", b"", b"a"),
        (b"ha", b"ha", b"ha"),
        (b"0", b"\x00", b"False"),
        (b" a ", b"b\n", b"\n"),
        (b"\xe2", b"\x82\xac"),
        (b"x" * 125, b"y" * 126, b"z" * 300),
        (b"x" * 70_000, b"y"),
        tuple(bytes([65 + number]) for number in range(12)),
    ]
    found: list[Args] = [(Parts(*message), 1) for message in messages]
    binary = [(b"\x00\xff",), (b"\xff", b"\xfe"), (b"\x01", b"", b"\x02", b"\x03"), (), (b"",)]
    found += [(Parts(*message), 2) for message in binary]
    for _case in range(how_many(20)):
        some = [chance.randbytes(chance.randrange(4)) for _part in range(chance.randrange(7))]
        found.append((Parts(*some), chance.choice([1, 2])))
    return found


def _fits(got: Any) -> bool:
    return isinstance(got, Sent) and all(
        isinstance(frame, tuple) and [type(part) for part in frame] == [bool, int, bytes]
        for frame in got.frames
    )


def _fields(got: Sent) -> dict[str, Any]:
    return {
        "number": len(got.frames),
        "fin": [fin for fin, _opcode, _payload in got.frames],
        "opcode": [opcode for _fin, opcode, _payload in got.frames],
        "payload": [payload for _fin, _opcode, payload in got.frames],
        "taken": got.taken,
    }


def _what(got: Any) -> Any:
    """The frames, and when each came."""
    return got.frames, got.taken


def show(args: Args, got: Sent) -> dict[str, Any]:
    """The frames beside those that were expected; or the first frame that came too late."""
    parts, opcode = args
    right = expected(parts, opcode)
    if got.frames != right.frames:
        lines = [f"got: {shorten(got, 300)}", f"expected: {shorten(right, 300)}"]
        return {"case": "\n  ".join([_called(parts, opcode), *lines])}
    number = next(i for i, taken in enumerate(got.taken) if taken != right.taken[i])
    late = (
        f"before frame {number + 1} you took {got.taken[number]} parts; "
        f"expected: {right.taken[number]}"
    )
    return {"case": "\n  ".join([_called(parts, opcode), late])}


def _called(parts: Parts, opcode: int) -> str:
    return f"fragments({shorten(parts, 300)}, {opcode})"


CONDITIONS: dict[str, Callable[[Parts, int], bool]] = {
    "none": lambda parts, opcode: not parts.parts,
    "one": lambda parts, opcode: len(parts.parts) == 1,
    "none-or-one": lambda parts, opcode: len(parts.parts) < 2,
    "two": lambda parts, opcode: len(parts.parts) == 2,
    "two-or-more": lambda parts, opcode: len(parts.parts) > 1,
    "three-or-more": lambda parts, opcode: len(parts.parts) > 2,
    "some": lambda parts, opcode: bool(parts.parts),
    "text": lambda parts, opcode: opcode == 1,
    "binary": lambda parts, opcode: opcode == 2,
    "empty-part": lambda parts, opcode: b"" in parts.parts,
    "first-empty": lambda parts, opcode: parts.parts[:1] == (b"",),
    "last-empty": lambda parts, opcode: parts.parts[-1:] == (b"",),
    "no-bytes": lambda parts, opcode: not any(parts.parts),
    "same": lambda parts, opcode: len(set(parts.parts)) < len(parts.parts),
    "long": lambda parts, opcode: any(len(part) > 125 for part in parts.parts),
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, expected, _fits, section="5.4", through=sending).telling(
        what=_what, fields=_fields, conditions=CONDITIONS, show=show
    ),
    solution=fragments,
)
