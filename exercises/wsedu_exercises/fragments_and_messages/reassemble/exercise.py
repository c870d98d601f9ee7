"""Put a message together from its frames, or say that it goes on."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, Results, how_many, refusing
from wsedu.course.mistakes import Args

from ...server import reassemble

Frames = list[tuple[bool, int, bytes]]


def reference(frames: Frames) -> Any:
    """What a ``websockets`` server makes of these frames, or that it fails the connection."""
    return _received(tuple(frames))


@functools.lru_cache(1024)
def _received(frames: tuple[tuple[bool, int, bytes], ...]) -> Any:
    server = ServerProtocol(state=State.OPEN)
    for fin, opcode, payload in frames:
        server.receive_data(Frame(Opcode(opcode), payload, fin).serialize(mask=True))
    if server.parser_exc:
        return Did("raised ValueError")
    events = [event for event in server.events_received() if isinstance(event, Frame)]
    if not events or not events[-1].fin:
        return None
    return int(events[0].opcode), b"".join(bytes(event.data) for event in events)


def whole(opcode: int, *payloads: bytes) -> Frames:
    """A message in these fragments."""
    last = len(payloads) - 1
    return [(at == last, 0 if at else opcode, payload) for at, payload in enumerate(payloads)]


MESSAGES: list[Frames] = [
    whole(1, b"Hello"),
    whole(2, b"\x00\xff"),
    whole(1, b""),
    whole(2, b""),
    whole(1, b"Hel", b"lo"),
    whole(2, b"\x02", b"\x01"),
    whole(1, b"lo", b"Hel"),
    whole(1, b"Hel", b""),
    whole(2, b"", b""),
    whole(1, b"", b"Hi"),
    whole(1, b"a", b"b", b"c"),
    whole(2, b"c", b"b", b"a"),
    whole(1, b"ha", b"ha", b"ha", b"!"),
    whole(1, b"Hel", b"", b"lo"),
    whole(1, b"", b"", b"", b""),
    whole(2, b" a ", b"\n", b" b "),
    # A character and a number that are cut; and bytes that are no text.
    whole(1, b"\xe2", b"\x82\xac"),
    whole(2, b"\xe2", b"\xff"),
    whole(2, b"\xe2\x82\xac"),
    whole(2, b"x" * 126, b"y" * 126),
    whole(1, b"x", *[b"y"] * 30, b"z"),
]

# What cannot be: a continuation of nothing, and a message inside another.
WRONG: list[Frames] = [
    [(True, 0, b"lo")],
    [(False, 0, b"lo")],
    [(True, 0, b"")],
    [(False, 0, b"Hel"), (True, 0, b"lo")],
    [(False, 0, b"Hel"), (True, 1, b"lo")],
    [(False, 1, b"Hel"), (True, 1, b"lo")],
    [(False, 1, b"Hel"), (False, 1, b"lo")],
    [(False, 2, b"a"), (True, 2, b"b")],
    [(False, 2, b"a"), (False, 2, b"b")],
    [(False, 1, b"Hel"), (True, 2, b"lo")],
    [(False, 2, b"Hel"), (True, 1, b"lo")],
    [(False, 1, b"Hel"), (False, 2, b"lo")],
    [(False, 2, b"Hel"), (False, 1, b"lo")],
    [(False, 1, b""), (True, 1, b"")],
    [(False, 1, b"a"), (False, 0, b"b"), (True, 1, b"c")],
    [(False, 1, b"a"), (False, 0, b"b"), (False, 2, b"c")],
    [(False, 1, b"a"), (False, 0, b""), (True, 2, b"")],
    [(False, 2, b"a"), (False, 2, b"b"), (True, 0, b"c")],
    [(False, 1, b"a"), (False, 2, b"b"), (False, 0, b"c")],
    [(False, 1, b"a"), (False, 1, b"b"), (False, 0, b"c"), (True, 0, b"d")],
    [(False, 1, b"a"), (False, 0, b"b"), (False, 1, b"c"), (True, 0, b"d")],
    [(False, 1, b"a"), (False, 0, b"b"), (False, 0, b"c"), (True, 1, b"d")],
]


def cases(chance: random.Random) -> list[Args]:
    """Each message with the first frames of it, and each kind of wrong frame; then random ones."""
    found: list[Args] = [([],)]
    for message in MESSAGES[:-1]:
        found += [(message[:end],) for end in range(1, len(message) + 1)]
    found += [(MESSAGES[-1],), (MESSAGES[-1][:-1],)]
    found += [(frames,) for frames in WRONG]
    for _case in range(how_many(20)):
        count = chance.randint(1, 5)
        opcodes = [chance.choice([1, 2])] + [0] * (count - 1)
        if chance.random() < 0.3:
            opcodes[chance.randrange(count)] = chance.choice([0, 1, 2])
        frames = [(False, opcode, chance.randbytes(chance.randrange(4))) for opcode in opcodes]
        frames[-1] = (chance.random() < 0.7, *frames[-1][1:])
        found.append((frames,))
    return found


def _fields(got: Any) -> dict[str, Any]:
    """Opcode and payload; a message that goes on has none, and neither has a wrong one."""
    return {"opcode": got[0], "payload": got[1]}


def _wrong(frames: Frames) -> bool:
    return isinstance(reference(frames), Did)


def _message(frames: Frames) -> bool:
    return isinstance(reference(frames), tuple) and not _wrong(frames)


CONDITIONS: dict[str, Callable[[Frames], bool]] = {
    "none": lambda frames: not frames,
    "complete": _message,
    "goes-on": lambda frames: reference(frames) is None,
    "wrong": _wrong,
    "continuation-first": lambda frames: bool(frames) and frames[0][1] == 0,
    "inside": lambda frames: any(opcode for _fin, opcode, _payload in frames[1:]),
    "repeated": lambda frames: any(frame[1] == frames[0][1] != 0 for frame in frames[1:]),
    "one": lambda frames: len(frames) == 1,
    "several": lambda frames: len(frames) > 1,
    "more-than-two": lambda frames: len(frames) > 2,
    "complete-in-one": lambda frames: _message(frames) and len(frames) == 1,
    "complete-in-several": lambda frames: _message(frames) and len(frames) > 1,
    "text": lambda frames: _message(frames) and frames[0][1] == 1,
    "binary": lambda frames: _message(frames) and frames[0][1] == 2,
    "empty-message": lambda frames: _message(frames) and not reference(frames)[1],
    "empty-fragment": lambda frames: any(not payload for _fin, _opcode, payload in frames),
    "wrong-and-fin": lambda frames: _wrong(frames) and frames[-1][0],
    "wrong-no-fin": lambda frames: _wrong(frames) and not frames[-1][0],
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, frames = exercise.words.say, args[0]
    if not frames:
        return say("none")
    if frames[0][1] == 0:
        return say("continuation-first")
    if _wrong(frames):
        return say("inside")
    return say("complete") if frames[-1][0] else say("goes-on")


EXERCISE = Exercise(
    stars=3,
    judge=Cases(
        cases, reference, tuple[int, bytes] | None, section="5.4", through=refusing
    ).telling(fields=_fields, conditions=CONDITIONS, explain=explain),
    solution=reassemble,
    piece="reassemble",
)
