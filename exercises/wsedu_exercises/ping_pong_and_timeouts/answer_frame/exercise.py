"""Answer each frame as a server must."""

from __future__ import annotations

import random
from typing import Any

from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import frame_field_at
from wsedu.course.runner import shorten

from ...server import answer


def reference(fin: bool, opcode: int, payload: bytes) -> bytes:
    """What a ``websockets`` server answers to a control frame; data comes back unmasked."""
    frame = Frame(Opcode(opcode), payload, fin)
    if opcode < 8:
        return frame.serialize(mask=False)
    server = ServerProtocol(state=State.OPEN)
    server.receive_data(frame.serialize(mask=True))
    return b"".join(server.data_to_send())


CONTROL = ((9, b""), (9, b"Hello"), (10, b""), (10, b"Hello"), (8, b""), (8, b"\x03\xe8"))
CLOSES = (
    b"\x03\xe9bye",
    b"\x0f\xa0" + "Grüße".encode(),
    b"\x0b\xb8" + b"r" * 123,
    b"\x03",
    b"\x03\xed",
    b"\x03\xee",
    b"\x03\xe8\xff",
)
LENGTHS = (0, 125, 126, 127, 65535, 65536)


def cases(chance: random.Random) -> list[tuple[bool, int, bytes]]:
    """Short frames of every kind, unusual Closes, fragments, long frames, then random ones."""
    found = [(True, opcode, payload) for opcode, payload in CONTROL]
    found += [(True, 1, b"Hi"), (True, 2, b"\x00\xff"), (True, 9, b"\xff" * 125)]
    found += [(True, 8, payload) for payload in CLOSES]
    found += [(False, 1, b"Hel"), (False, 0, b"l"), (True, 0, b"o")]
    found += [(True, 2, chance.randbytes(length)) for length in LENGTHS]
    for _case in range(how_many(20)):
        opcode = chance.choice([0, 1, 2, 8, 9, 10])
        if opcode == 8:
            code = chance.choice([1000, 1001, 1011, 3000, 4999])
            payload = code.to_bytes(2, "big") + b"b" * chance.randint(0, 123)
        else:
            payload = b"a" * chance.randint(0, 125)
        found.append((opcode > 7 or chance.random() < 0.5, opcode, payload))
    return found


def _well_formed(got: Any) -> bool:
    return isinstance(got, tuple) and [type(part) for part in got] == [bytes, bool]


def _right(args: tuple[Any, ...], got: Any) -> bool:
    return _is_allowed(args, got[0]) and got[1] is (args[1] != 8)


def _is_allowed(args: tuple[Any, ...], got: bytes) -> bool:
    """Whether these bytes answer the frame. A Close may carry any reason."""
    allowed = _allowed(*args)
    if args[1] != 8 or len(allowed[0]) < 4 or len(got) < 4:
        return got in allowed
    try:
        got[4:].decode()
    except UnicodeDecodeError:
        return False
    starts = (0x88, len(got) - 2)  # FIN and opcode, and the length of what follows
    codes = {answer[2:4] for answer in allowed}
    return tuple(got[:2]) == starts and len(got) <= 127 and got[2:4] in codes


def _allowed(fin: bool, opcode: int, payload: bytes) -> list[bytes]:
    """The library's answer, and what the RFC allows instead; a verdict shows the first.

    A Close may come back without its reason (5.5.1: "typically echos the status code"). A Close
    that breaks a rule is answered with 1002 or with the library's code.
    """
    answer = reference(fin, opcode, payload)
    if opcode != 8:
        return [answer]
    if payload and answer[2:] != payload:
        codes = {CloseCode.PROTOCOL_ERROR.to_bytes(2, "big"), answer[2:4]}
        return [b"\x88\x02" + code for code in sorted(codes)]
    return [answer, b"\x88" + bytes([len(payload[:2])]) + payload[:2]]


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What to say if no mistake fits."""
    return exercise.words.say("go-on" if _is_allowed(args, got[0]) else "bytes")


def show(args: Args, got: Any) -> dict[str, Any]:
    """The bytes beside the right ones; or, if they are right, the bool."""
    called = f"answer({args[0]}, {args[1]}, {shorten(args[2])})"
    if _is_allowed(args, got[0]):
        case = f"{called}: got {got[1]}, expected {args[1] != 8}"
        return {"section": "5.5.1", "case": case}
    right = _allowed(*args)[0]
    where = frame_field_at(right, got[0])
    return {"expected": right, "got": got[0], "where": where, "case": called}


EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases, reference, _well_formed, section="5.5", right=_right, explain=explain, show=show
    ),
    solution=answer,
    piece="answer",
)
