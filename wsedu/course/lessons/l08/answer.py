"""08.2: what a server says to each frame."""

from __future__ import annotations

import random
from typing import Any

from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many, recognise
from ...reference import frame_field_at
from ...runner import Attempt, shorten
from ...verdict import Verdict, not_yet
from ..l04.encode_header import solution as encode_header
from ..l07.close_frame import solution as close_frame
from ..l07.parse_close import solution as parse_close


def solution(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, bool]:
    """Data comes back as it came, a Ping as a Pong, a Close as a Close."""
    if opcode == 8:
        try:
            code, reason = parse_close(payload)
        except ValueError:
            return close_frame(1002, ""), False
        return close_frame(None if code == 1005 else code, reason), False
    if opcode == 10:
        return b"", True
    if opcode == 9:
        opcode = 10
    return encode_header(fin, opcode, len(payload)) + payload, True


def witness(fin: bool, opcode: int, payload: bytes) -> bytes:
    """What a ``websockets`` server answers; its echo of data is a frame that it writes."""
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


def _cases(chance: random.Random) -> list[tuple[bool, int, bytes]]:
    """Short frames of every kind, then odd Closes, fragments, long ones, and random ones."""
    cases = [(True, opcode, payload) for opcode, payload in CONTROL]
    cases += [(True, 1, b"Hi"), (True, 2, b"\x00\xff"), (True, 9, b"\xff" * 125)]
    cases += [(True, 8, payload) for payload in CLOSES]
    cases += [(False, 1, b"Hel"), (False, 0, b"l"), (True, 0, b"o")]
    cases += [(True, 2, chance.randbytes(length)) for length in LENGTHS]
    for _case in range(how_many(20)):
        opcode = chance.choice([0, 1, 2, 8, 9, 10])
        if opcode == 8:
            code = chance.choice([1000, 1001, 1011, 3000, 4999])
            payload = code.to_bytes(2, "big") + b"b" * chance.randint(0, 123)
        else:
            payload = b"a" * chance.randint(0, 125)
        cases.append((opcode > 7 or chance.random() < 0.5, opcode, payload))
    return cases


def _well_formed(got: Any) -> bool:
    return isinstance(got, tuple) and [type(part) for part in got] == [bytes, bool]


def _right(args: tuple[Any, ...], got: Any) -> bool:
    return _well_formed(got) and _is_allowed(args, got[0]) and got[1] is (args[1] != 8)


def _is_allowed(args: tuple[Any, ...], got: bytes) -> bool:
    """Whether these bytes answer the frame. The reason in a Close is free."""
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
    """The library's answer, and what the RFC allows instead; the first is what is shown.

    A Close may come back without its reason (5.5.1: "typically echos the status code"), and the
    answer to a broken Close has 1002 or the library's own code.
    """
    answer = witness(fin, opcode, payload)
    if opcode != 8:
        return [answer]
    if payload and answer[2:] != payload:
        codes = {CloseCode.PROTOCOL_ERROR.to_bytes(2, "big"), answer[2:4]}
        return [b"\x88\x02" + code for code in sorted(codes)]
    return [answer, b"\x88" + bytes([len(payload[:2])]) + payload[:2]]


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Every frame against a real server's answer."""
    results = [(args, attempt(*args)) for args in _cases(chance)]
    if all(_right(args, got) for args, got in results):
        return Verdict("passed", _("Your server has an answer to every frame."), "5.5")
    said, args, got = recognise(SLIPS, results, _right)
    called = _("answer({0}, {1}, {2})").format(args[0], args[1], shorten(args[2]))
    if not _well_formed(got):
        return not_yet(
            _("Return bytes and a bool, such as (b'', True), not {got}.").format(got=shorten(got)),
            "5.5",
            case=called,
        )
    right = _allowed(*args)
    if not _is_allowed(args, got[0]):
        return not_yet(
            said or _("These are not the bytes that answer this frame."),
            "5.5",
            expected=right[0],
            got=got[0],
            where=frame_field_at(right[0], got[0]),
            case=called,
        )
    return not_yet(
        said
        or _("The bytes are right. A Close ends the connection, and nothing else does: go_on."),
        "5.5.1",
        case=_("{called}: you returned {got}, expected {right}").format(
            called=called, got=got[1], right=args[1] != 8
        ),
    )


SLIPS = (
    Slip(
        "an empty Pong",
        edited(
            solution,
            ("        opcode = 10\n", "        return encode_header(True, 10, 0), True\n"),
        ),
        _("Your Pong is empty. Send back the payload of the Ping (5.5.3)."),
    ),
    Slip(
        "a Ping for a Ping",
        edited(solution, ("        opcode = 10\n", "        opcode = 9\n")),
        _("You answer a Ping with a Ping, and the two would ping forever. Send a Pong."),
    ),
    Slip(
        "a Pong for a Pong",
        edited(solution, ('return b"", True', "return encode_header(True, 10, 0), True")),
        _("You answer a Pong. Send nothing: it is an answer itself."),
    ),
    Slip(
        "a Pong comes back",
        edited(solution, ("opcode == 10", "opcode == 11")),
        _("You send a Pong back as if it were data. Send nothing."),
    ),
    Slip(
        "a Close is not answered",
        edited(
            solution,
            ("close_frame(None if code == 1005 else code, reason), False", 'b"", False'),
        ),
        _("You send no Close. Answer a Close with a Close (5.5.1)."),
    ),
    Slip(
        "the connection goes on after Close",
        edited(solution, ("code, reason), False", "code, reason), True")),
        _("You go on after your Close. Return False: the connection is over."),
    ),
    Slip(
        "always 1000",
        edited(solution, ("None if code == 1005 else code", "1000")),
        _("You answer every Close with 1000. Send back the code that came."),
    ),
    Slip(
        "1005 on the wire",
        edited(
            solution,
            (
                "close_frame(None if code == 1005 else code, reason)",
                "encode_header(True, 8, 2 + len(reason.encode())) "
                '+ code.to_bytes(2, "big") + reason.encode()',
            ),
        ),
        _(
            "You send 1005 to a Close without a code. 1005 means that no code came, and is never "
            "sent (7.4.1). Send an empty Close."
        ),
    ),
    Slip(
        "always final",
        edited(solution, ("encode_header(fin, opcode", "encode_header(True, opcode")),
        _("You set FIN on every frame. Send a fragment back as a fragment: keep its FIN."),
    ),
    Slip(
        "all is text",
        edited(solution, ("header(fin, opcode", "header(fin, 1 if opcode == 2 else opcode")),
        _("You send binary data back as text. Keep the opcode."),
    ),
    Slip(
        "a broken Close is 1007",
        edited(solution, ('close_frame(1002, "")', 'close_frame(1007, "")')),
        _("You answer a bad Close with 1007. That is for text that is not UTF-8; send 1002."),
    ),
    Slip(
        "a broken Close has no answer but an empty one",
        edited(solution, ('close_frame(1002, "")', 'close_frame(None, "")')),
        _("You answer a bad Close with an empty one. Send 1002."),
    ),
    Slip(
        "a broken Close comes back",
        edited(
            solution,
            (
                'return close_frame(1002, "")',
                "return encode_header(True, 8, len(payload)) + payload",
            ),
        ),
        _("You send a bad Close back. Where parse_close raises ValueError, send 1002."),
    ),
    Slip(
        "an empty Close",
        edited(solution, ("None if code == 1005 else code, reason", 'None, ""')),
        _("Your Close is always empty. Send back the code that came."),
    ),
    Slip(
        "the short form for all",
        edited(
            solution,
            (
                "return encode_header(fin, opcode, len(payload))",
                "return bytes([128 * fin + opcode, len(payload) % 128])",
            ),
        ),
        _("You write only the short form of the length. encode_header writes all three."),
    ),
    Slip(
        "nothing becomes 1000",
        edited(solution, ("None if code == 1005 else code", "1000 if code == 1005 else code")),
        _("You send 1000 to a Close without a code. Send an empty Close."),
    ),
)

EXERCISE = Exercise(
    name="08.2",
    title=_("Answer every frame"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "The control frames need a decision: a Close ends the connection, a Pong needs no answer, "
        "a Ping goes back with another opcode. Data goes back as it came."
    ),
    hints=(
        _("Begin with the opcodes: 8 is Close, 9 Ping, 10 Pong; the rest is data."),
        _("A Pong is a Ping with another opcode and the same payload."),
        _(
            "For 8: parse_close, then close_frame with the same code; None for 1005, and 1002 "
            "when parse_close raises ValueError."
        ),
    ),
    slips=SLIPS,
    piece="answer",
)
