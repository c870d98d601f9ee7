"""Answer each frame as a server must."""

from __future__ import annotations

import functools
import random
import zlib
from collections.abc import Callable
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import frame_field_at
from wsedu.course.runner import shorten

from ...closes import is_utf8
from ...server import answer


@functools.lru_cache(256)
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
    b"\x03\xf3",
    b"\x13\x87",
    b"\x03",
    b"\x88",
    b"\x03\xe7bye",
    b"\x03\xec",
    b"\x03\xed",
    b"\x03\xee",
    b"\x03\xf7",
    b"\x13\x88bye",
    b"\x03\xe8\xff",
    b"\x0b\xb8" + "bye 👋".encode()[:-1],
)
DATA = (
    (True, 1, b"Hi"),
    (True, 2, b"\x00\xff"),
    (False, 1, b"Hel"),
    (False, 0, b"l"),
    (True, 0, b"o"),
    (True, 1, b""),
    (True, 2, b"Hi"),
    (False, 2, b"\x80"),
    (False, 0, b""),
    (True, 1, "Grüße 👋".encode()),
    (False, 1, "€".encode()[:2]),  # the character goes on in the next fragment
    (True, 0, "€".encode()[2:]),
    (False, 1, b"x" * 126),
)
LENGTHS = (124, 125, 126, 127, 256, 65535, 65536)


def cases(chance: random.Random) -> list[tuple[bool, int, bytes]]:
    """Short frames of every kind, unusual Closes, fragments, long frames, then random ones."""
    found = [(True, opcode, payload) for opcode, payload in CONTROL]
    found += DATA
    found += [(True, 9, b"\xff" * 125), (True, 9, b"\x00\x01"), (True, 10, b"\xff")]
    found += [(True, 8, payload) for payload in CLOSES]
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


def expected(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, bool]:
    """The library's answer, and whether the connection goes on."""
    return reference(fin, opcode, payload), opcode != 8


def nearest(args: Args, got: tuple[bytes, bool]) -> tuple[bytes, bool]:
    """The right answer that comes nearest: a Close may have any reason, and sometimes either code.

    5.5.1: "typically echos the status code". A Close that breaks a rule is answered with 1002 or
    with the library's code: 1007 for a reason that is not UTF-8.
    """
    payload = args[2]
    right, goes_on = expected(*args)
    if args[1] != 8 or not payload:
        return right, goes_on
    codes = [right[2:4]]
    if _breaks_a_rule(*args):
        codes = [b"\x03\xea", *codes]
        right = b"\x88\x02" + codes[0]
    code, reason = got[0][2:4], got[0][4:]
    if len(code) == 2 and len(reason) <= 123 and is_utf8(reason):
        body = (code if code in codes else codes[0]) + reason
        return b"\x88" + bytes([len(body)]) + body, goes_on
    return right, goes_on


def _breaks_a_rule(fin: bool, opcode: int, payload: bytes) -> bool:
    """Whether it is a Close with half a code, a code that may not be sent, or such a reason."""
    return opcode == 8 and reference(fin, opcode, payload)[2:] != payload


def brief(data: bytes) -> Any:
    """A few bytes as they are; of many, as much as tells them from others."""
    return data if len(data) < 200 else (data[:16], len(data), zlib.crc32(data))


def fields(got: tuple[bytes, bool]) -> dict[str, Any]:
    """The parts of the frame that is sent, if one is, and the bool."""
    frame, goes_on = got
    if not frame:
        return {"payload": b"", "goes-on": goes_on}
    size = {126: 4, 127: 10}.get(frame[1] & 127, 2)
    length = int.from_bytes(frame[2:size], "big") if size > 2 else frame[1] & 127
    found = {
        "first": frame[0] >> 4,
        "opcode": frame[0] & 15,
        "mask": frame[1] >> 7,
        "length": (size, length - len(frame[size:])),  # 0 if it is that of what follows
        "payload": brief(frame[size:]),
        "goes-on": goes_on,
    }
    if frame[0] & 15 == 8:
        found |= {"code": frame[2:4], "payload": frame[4:]}
    return found


def what(got: tuple[bytes, bool]) -> Any:
    """The result, without the many bytes of a long frame."""
    frame, *rest = got
    return type(got).__name__, brief(frame) if isinstance(frame, bytes) else frame, rest


CONDITIONS: dict[str, Callable[..., bool]] = {
    "ping": lambda fin, opcode, payload: opcode == 9,
    "pong": lambda fin, opcode, payload: opcode == 10,
    "close": lambda fin, opcode, payload: opcode == 8,
    "not-close": lambda fin, opcode, payload: opcode != 8,
    "data": lambda fin, opcode, payload: opcode < 8,
    "control": lambda fin, opcode, payload: opcode > 7,
    "text": lambda fin, opcode, payload: opcode == 1,
    "binary": lambda fin, opcode, payload: opcode == 2,
    "continuation": lambda fin, opcode, payload: opcode == 0,
    "fragment": lambda fin, opcode, payload: not fin,
    "final-data": lambda fin, opcode, payload: fin and opcode < 8,
    "empty": lambda fin, opcode, payload: not payload,
    "empty-data": lambda fin, opcode, payload: opcode < 8 and not payload,
    "not-utf8": lambda fin, opcode, payload: not is_utf8(payload),
    "no-code": lambda fin, opcode, payload: opcode == 8 and not payload,
    "bad-close": _breaks_a_rule,
    "good-close": lambda fin, opcode, payload: (
        opcode == 8 and not _breaks_a_rule(fin, opcode, payload)
    ),
    "code": lambda fin, opcode, payload: (
        opcode == 8 and bool(payload) and not _breaks_a_rule(fin, opcode, payload)
    ),
    "not-1000": lambda fin, opcode, payload: (
        opcode == 8
        and payload[:2] not in (b"", b"\x03\xe8")
        and not _breaks_a_rule(fin, opcode, payload)
    ),
    "half-a-code": lambda fin, opcode, payload: opcode == 8 and len(payload) == 1,
    "126": lambda fin, opcode, payload: len(payload) >= 126,
    "125": lambda fin, opcode, payload: len(payload) >= 125,
    "65536": lambda fin, opcode, payload: len(payload) > 65535,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, (_fin, opcode, payload) = exercise.words.say, args
    if got[0] == nearest(args, got)[0]:
        return say("go-on")
    if opcode < 8:
        return say("data")
    if opcode == 9:
        return say("ping")
    if opcode == 10:
        return say("pong")
    if _breaks_a_rule(*args):
        return say("bad-close")
    return say("close" if payload else "no-code")


def show(args: Args, got: Any) -> dict[str, Any]:
    """The bytes beside the right ones; or, if they are right, the bool."""
    called = f"answer({args[0]}, {args[1]}, {shorten(args[2])})"
    right, goes_on = nearest(args, got)
    if got[0] == right:
        return {"section": "5.5.1", "case": f"{called}: got {got[1]}, expected {goes_on}"}
    where = frame_field_at(right, got[0])
    return {"expected": right, "got": got[0], "where": where, "case": called}


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, expected, tuple[bytes, bool], section="5.5", nearest=nearest).telling(
        what=what, fields=fields, conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=answer,
    piece="answer",
)
