"""Say whether an intermediary may have turned one list of frames into another."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from typing import Any

from websockets.frames import Frame
from websockets.protocol import State
from websockets.server import ServerProtocol

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.protocol import Frame as AnyFrame
from wsedu.protocol import build_frame

Frames = list[tuple[bool, int, bytes]]


def same_messages(before, after):
    """Whether both have the same messages and the same control frames, and ``after`` is valid."""

    def lanes(frames):
        messages, controls = [], []
        message = None  # the one that is open
        for fin, opcode, payload in frames:
            if opcode >= 8:
                if not fin:
                    return None
                controls.append((opcode, payload))
                continue
            if controls and controls[-1][0] == 8:  # after a Close
                return None
            if opcode == 0 and message is not None:
                message = message[0], message[1] + payload
            elif opcode != 0 and message is None:
                message = opcode, payload
            else:
                return None
            if fin:
                messages.append(message)
                message = None
        return (messages, controls) if message is None else None

    return lanes(after) is not None and lanes(before) == lanes(after)


def reference(before: Frames, after: Frames) -> bool:
    """Whether a ``websockets`` server receives the same in both lanes, and fails in neither."""
    received = _received(tuple(after))
    return received is not None and received == _received(tuple(before))


@functools.lru_cache(1024)
def _received(frames: tuple[tuple[bool, int, bytes], ...]) -> Any:
    """The messages and the control frames; None if the server does not take every frame."""
    server = ServerProtocol(state=State.OPEN)
    for fin, opcode, payload in frames:
        server.receive_data(build_frame(AnyFrame(opcode, payload, fin), bytes(4)))
    events = [event for event in server.events_received() if isinstance(event, Frame)]
    data = [event for event in events if event.opcode < 8]
    if len(events) < len(frames) or (data and not data[-1].fin):
        return None
    ends = [number for number, event in enumerate(data, 1) if event.fin]
    messages = [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return (
        [(int(parts[0].opcode), b"".join(part.data for part in parts)) for parts in messages],
        [(int(event.opcode), bytes(event.data)) for event in events if event.opcode >= 8],
    )


def _frames(text: str) -> Frames:
    """Frames from a short form: ``"t-Hel i clo"``: the kind, ``-`` for FIN=0, the payload."""
    found = []
    for word in text.split():
        opcode = {"t": 1, "b": 2, "c": 0, "x": 8, "i": 9, "o": 10}[word[0]]
        final = word[1:2] != "-"
        found.append((final, opcode, word[1 if final else 2 :].encode()))
    return found


# t text, b binary, c continuation, x Close, i Ping, o Pong; "-" for FIN=0; then the payload.
# Before the intermediary, after it.
PAIRS = """
tHello | tHello
tHello | t-Hel clo
t-Hel clo | tHello
t-Hel clo | t-H c-e c-l c-l co
t-Hel clo | t-He cllo
t-Hel clo | tHel clo
t-Hel clo | t-Hel tlo
t-Hel clo | t-Hel c-lo
t-Hel clo | c-Hel clo
t-Hel clo | b-Hel clo
t-Hel clo | t-lo cHel
t-Hel clo | t-Hel clO
t-Hel clo | t-Hel
t-Hel clo | tHel
tHello | tHell
tHello | tHelloo
tHello | t-Hello c
tHello | t- c- cHello
t-Hello c | tHello
t- c- cHello | tHello
t-a c- cb | t-a cb
t-a c- cb | t-a
t | t
t | t- c
t- c | t
t |
b | t
| t
| i
tHello | bHello
tHello | cHello
tHello | t-Hello
tHello | t-Hel c-lo
tHello | t-Hel tHello
tHello | t-Hello tHello
tHello | tHello t-lo
tHello | tHello c
tHello | c tHello
tHello | tHel tlo
tHel tlo | tHello
tHel tlo | t-Hel clo
tHel tlo | tHe tllo
tHel tlo | tlo tHel
tHel tlo | tHel blo
tHel tlo | tHel
tHel tlo | tHel tlo tlo
tHel tlo | t-Hel t-lo c c
tHel tlo | t-Hel tlo c
tHel blo | t-Hel b-lo c c
ta ta | ta
ta ta ta | ta ta
ta tb ta | ta ta tb
ta bb | bb ta
ta bb | t-a c b-b c
ta bb | ta bb
t tHi | tHi
tHi t | tHi
t t | t
ta t tb | ta tb
t-a cb bc | tab bc
t-a cb bc | ta bbc
t-Hel i clo | t-Hel i clo
t-Hel i clo | tHello
t-Hel i clo | i tHello
t-Hel i clo | tHello i
t-Hel i clo | t-H i c-el clo
t-Hel i clo | t-Hell i co
t-Hel i clo | t-Hel i- clo
t-Hel i clo | t-Hel i i clo
t-Hel i clo | t-Hel o clo
t-Hel i clo | t-Hel i tlo
t-Hel i clo | tHel i clo
t-Hel i clo | t-Hel iclo
t-Hel i clo | i t-Hel c-lo
tHello i | i tHello
tHello i | t-Hel i clo
i tHello | t-Hel i clo
i tHello | tHello i
i tHello | tHello
tHello | tHello i
tHello | i tHello
tHello | t-Hel o clo
i ta tb | ta i tb
i ta tb | ta tb i
ta tb i | t-a i c tb
ta tb i | ta t-b i c
ta tb i | tb i ta
ta i tb | tai tb
ia | ia
ia | ib
ia | oa
oa | ia
ia | i
ia | i-a
iab | i-a cb
iab | ia ib
ia ib | iab
ia ib | ib ia
ia ib | ia
ia ia | ia
ia ob | ob ia
ia ob | ia ob
ia tHello ib | ia ib tHello
ia tHello ib | tHello ia ib
ia tHello ib | tHello ib ia
ia tHello ib | t-Hel ia c-l ib co
ia tHello ib | t-Hel ib c-l ia co
t-He ia c-l ib clo | ia tHello ib
t-He ia c-l ib clo | ib tHello ia
i i | i
oa tHello oa | oa oa tHello
tHello o | o tHello
tHello x | tHello x
tHello x | t-Hel clo x
t-Hel clo x | tHello x
tHello x | t-Hel x clo
tHello x | x tHello
tHello x | tHello
tHello x | x
tHello | tHello x
tHello x | tHello i
i x | x i
i tHello x | tHello i x
i tHello x | t-Hel i clo x
i tHello x | tHello x i
i tHello x | i x tHello
ta tb x | ta x tb
x | x
t-a cb x | t-a x cb
t-a cb ix | tab ix
tx | tx
bx i | b-x i c
"""

EURO = "€".encode()
LONG = b"x" * 126

# What the short form cannot say: nothing, cut characters, bytes that are no text, long payloads.
MORE: list[Args] = [
    ([], []),
    ([(True, 1, EURO)], [(False, 1, EURO[:1]), (True, 0, EURO[1:])]),
    ([(False, 1, EURO[:2]), (True, 0, EURO[2:])], [(False, 1, EURO[:1]), (True, 0, EURO[1:])]),
    ([(True, 2, b"\xff\x00")], [(False, 2, b"\xff"), (True, 0, b"\x00")]),
    ([(True, 2, b"\xff\x00")], [(False, 2, b"\xff"), (True, 0, b"\x01")]),
    ([(True, 2, b"\xff")], [(True, 2, b"\xfe")]),
    ([(True, 2, b"a\n")], [(True, 2, b"a")]),
    ([(True, 1, b"Hello")], [(True, 1, b"hello")]),
    ([(True, 2, LONG)], [(False, 2, LONG[:9]), (True, 0, LONG[9:])]),
    ([(False, 2, LONG), (True, 0, LONG)], [(True, 2, LONG + LONG)]),
    ([(True, 2, LONG)], [(True, 2, LONG[:-1])]),
    ([(True, 8, b"\x03\xe8")], [(True, 8, b"\x03\xe8")]),
    ([(True, 8, b"\x03\xe8")], [(True, 8, b"\x03\xe9")]),
    ([(True, 8, b"\x03\xe8")], [(True, 8, b"")]),
    ([(True, 8, b"\x03\xe8bye")], [(True, 8, b"\x03\xe8")]),
    ([(True, 1, b"a"), (True, 8, b"\x03\xe8")], [(False, 1, b"a"), (True, 8, b"\x03\xe8")]),
    (
        [(True, 9, LONG[:125]), (True, 1, b"a")],
        [(True, 1, b"a"), (True, 9, LONG[:125])],
    ),
]


def cases(chance: random.Random) -> list[Args]:
    """Each thing that an intermediary may change, or may not; then random intermediaries."""
    found: list[Args] = []
    for line in PAIRS.strip().splitlines():
        sides = line.split("|")
        found.append((_frames(sides[0]), _frames(sides[1])))
    found += MORE
    for _case in range(how_many(20)):
        before = _talk(chance)
        after = _forwarded(chance, before)
        if after and chance.random() < 0.5:
            after = _spoiled(chance, after)
        found.append((before, after))
    return found


def _talk(chance: random.Random) -> Frames:
    """A few messages, whole or in fragments, with control frames anywhere."""
    frames: Frames = []
    for _message in range(chance.randint(1, 3)):
        count = chance.randint(1, 3)
        for number in range(count):
            if chance.random() < 0.3:
                frames.append((True, chance.choice([9, 10]), chance.randbytes(1)))
            opcode = 0 if number else chance.choice([1, 2])
            payload = bytes(chance.choices(b"ab", k=chance.randrange(3)))
            frames.append((number == count - 1, opcode, payload))
    return frames


def _forwarded(chance: random.Random, frames: Frames) -> Frames:
    """The same messages in other fragments, with the control frames between any two of them."""
    data: Frames = []
    payload, kind = b"", 0
    for fin, opcode, part in (frame for frame in frames if frame[1] < 8):
        payload, kind = payload + part, opcode or kind
        if fin:
            cut = chance.randint(0, len(payload))
            whole = chance.random() < 0.5
            parts = [payload] if whole else [payload[:cut], payload[cut:]]
            data += [
                (number == len(parts) - 1, 0 if number else kind, part)
                for number, part in enumerate(parts)
            ]
            payload = b""
    controls = [frame for frame in frames if frame[1] >= 8]
    places = sorted(chance.choices(range(len(data) + 1), k=len(controls)))
    for place, control in reversed(list(zip(places, controls, strict=True))):
        data.insert(place, control)
    return data


def _spoiled(chance: random.Random, frames: Frames) -> Frames:
    """The frames with one change, most often one that no intermediary may make."""
    at = chance.randrange(len(frames))
    fin, opcode, payload = frames[at]
    changed = chance.choice(
        [[], [(not fin, opcode, payload)], [(fin, chance.choice([0, 1, 2, 9]), payload)]]
        + [[(fin, opcode, payload + b"a")], [frames[at], frames[at]]]
    )
    return frames[:at] + changed + frames[at + 1 :]


def _controls(frames: Frames) -> list[tuple[int, bytes]]:
    return [(opcode, payload) for _fin, opcode, payload in frames if opcode >= 8]


def _data(frames: Frames) -> Frames:
    return [frame for frame in frames if frame[1] < 8]


def _messages(frames: Frames) -> list[tuple[int, bytes]]:
    """The messages of frames that are valid."""
    received = _received(tuple(frames))
    return [] if received is None else received[0]


def _invalid(frames: Frames) -> bool:
    return _received(tuple(frames)) is None


Holds = Callable[[Frames, Frames], bool]

CONDITIONS: dict[str, Holds] = {
    "same": lambda before, after: before == after,
    "yes": reference,
    "no": lambda before, after: not reference(before, after),
    "changed-and-yes": lambda before, after: before != after and reference(before, after),
    "invalid": lambda before, after: _invalid(after),
    "valid-and-no": lambda before, after: not _invalid(after) and not reference(before, after),
    "moved": lambda before, after: (
        reference(before, after)
        and bool(_controls(before))
        and [frame[1] >= 8 for frame in before] != [frame[1] >= 8 for frame in after]
    ),
    "controls": lambda before, after: bool(_controls(before) or _controls(after)),
    "other-controls": lambda before, after: _controls(before) != _controls(after),
    "other-messages": lambda before, after: (
        not _invalid(after) and _messages(before) != _messages(after)
    ),
    "split": lambda before, after: (
        reference(before, after) and len(_data(after)) > len(_data(before))
    ),
    "joined": lambda before, after: (
        reference(before, after) and len(_data(after)) < len(_data(before))
    ),
    "unfinished": lambda before, after: bool(_data(after)) and not _data(after)[-1][0],
    "control-fragment": lambda before, after: any(
        opcode >= 8 and not fin for fin, opcode, _payload in after
    ),
    "continuation-first": lambda before, after: any(frame[1] == 0 for frame in _data(after)[:1]),
    "after-close": lambda before, after: any(
        opcode == 8 and any(_data(after[number:]))
        for number, (_fin, opcode, _payload) in enumerate(after)
    ),
    "empty": lambda before, after: any(not frame[2] for frame in _data(before + after)),
    "several": lambda before, after: len(_messages(before)) > 1,
    "nothing": lambda before, after: not before or not after,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is so in this case, if no mistake fits."""
    say, (before, after) = exercise.words.say, args
    if _invalid(after):
        return say("invalid")
    if _controls(before) != _controls(after):
        return say("controls")
    return say("same") if reference(before, after) else say("messages")


EXERCISE = Exercise(
    stars=4,
    judge=Cases(cases, reference, bool, section="5.4; 5.5.1").telling(
        conditions=CONDITIONS, explain=explain
    ),
    solution=same_messages,
)
