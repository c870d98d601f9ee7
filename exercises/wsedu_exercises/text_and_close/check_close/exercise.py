"""Say with which code to answer a Close whose payload breaks a rule."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, Results, how_many
from wsedu.course.mistakes import Args, Function

from ...closes import CONDITIONS, WRONG_CODES, is_utf8, parsed, payloads
from ...server import check_close, parse_close

# Reasons that are not UTF-8, the first ones as soon as they begin, and unusual ones that are.
NOT_UTF8 = [b"\x80", b"\xe2\x82", b"bye\xff", b"bye \xed\xa0\x80", b"\xf4\x90\x80\x80", b"x" * 123]
NOT_UTF8[-1] = NOT_UTF8[-1][:-1] + b"\xc3"  # cut at 123 bytes, in the middle of a character
UNUSUAL = [
    "\ufffd",
    "\uffff",
    "bye \ufdd0",
    "👨‍👩‍👧",
    "\ud7ff",
    "\ue000",
    "\U0010ffff",
    "\t",
    "é" * 61,
]


def codes(payload: bytes) -> Sequence[int | None]:
    """The codes that are right: what the ``websockets`` library refuses, by what it refuses."""
    if not isinstance(parsed(payload), Did):
        return [None]
    of_code = isinstance(parsed(payload[:2]), Did)
    of_reason = len(payload) > 2 and not is_utf8(payload[2:])
    return [1002] * of_code + [1007] * of_reason


def cases(chance: random.Random) -> list[Args]:
    """The payloads of parse-close, then reasons that are not UTF-8, alone and with a bad code."""
    found = [payload for (payload,) in payloads(chance)]
    found += [b"\x03\xe8" + reason for reason in NOT_UTF8]
    found += [b"\x03\xe8" + reason.encode() for reason in UNUSUAL]
    found += [b"\x03\xec" + b"\xff", b"\x13\x88" + b"\xe2\x82", b"\x00\x00" + b"\x80"]
    found += [b"\x03\xec" + b"bye", b"\x03\xf7" + "Grüße".encode(), b"\x13\x87" + b"\xc0\x80"]
    found += [b"\x0c\x00", b"\x10\x00bye", b"\x05\x00"]  # the second byte of the code is 0
    for _case in range(how_many(20)):
        code = chance.choice([1000, 1005, chance.randrange(990, 1020), chance.randrange(2**16)])
        reason = "".join(chance.choices("aé€👋", k=chance.randrange(1, 9))).encode()
        cut = chance.choice([0, 0, 1])
        found.append(code.to_bytes(2, "big") + reason[: len(reason) - cut])
    return [(payload,) for payload in dict.fromkeys(found)]


def _nearest(args: Args, got: Any) -> int | None:
    right = codes(*args)
    return got if got in right else right[0]


OF_BOTH: dict[str, Callable[..., bool]] = {
    "both": lambda payload: len(codes(payload)) > 1,
    "reason-refused": lambda payload: 1007 in codes(payload),
    "unfinished": lambda payload: codes(payload) == [1007] and is_utf8(payload[2:-3] + b"!"),
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, (payload,) = exercise.words.say, args
    right = codes(payload)
    if not payload:
        return say("empty")
    if len(payload) == 1:
        return say("half")
    code = int.from_bytes(payload[:2], "big")
    if right == [None]:
        return say("allowed", code=code)
    if len(right) > 1:
        return say("both", code=code)
    return say("not-utf8") if right == [1007] else say("bad-code", code=code)


def _carried_over(parse_close: Function) -> Function:
    """An answer that uses a wrong ``parse_close``."""

    def check_close(payload: bytes) -> int | None:
        try:
            parse_close(payload[:2])
        except ValueError:
            return 1002
        return None if is_utf8(payload[2:]) else 1007

    return check_close


EXERCISE = Exercise(
    stars=3,
    judge=Cases(
        cases,
        lambda payload: codes(payload)[0],
        int | None,
        nearest=_nearest,
        section="5.5.1; 7.4; 8.1",
    ).telling(conditions=CONDITIONS | OF_BOTH, explain=explain),
    solution=check_close,
    wrong={
        name: _carried_over(wrong.applied_to(parse_close)) for name, wrong in WRONG_CODES.items()
    },
    piece="check_close",
)
