"""Check a text that comes in parts, cut anywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, Results, refusing
from wsedu.course.mistakes import Args

from ...server import check_text
from ..utf8 import BY_ROWS, FAULTS, fault, parts, unfinished


def reference(tail: bytes, data: bytes) -> Any:
    """What the standard's grammar says, which does not decode."""
    rest = unfinished(tail + data)
    return Did("raised ValueError") if rest is None else rest


def _in_all(holds: Callable[[bytes], bool]) -> Callable[[bytes, bytes], bool]:
    """Whether something holds for all that has come."""
    return lambda tail, data: holds(tail + data)


def _fault(*kinds: str) -> Callable[[bytes, bytes], bool]:
    return _in_all(lambda data: fault(data) in kinds)


CONDITIONS: dict[str, Callable[..., bool]] = {
    "no-tail": lambda tail, data: not tail,
    "tail": lambda tail, data: bool(tail),
    "no-data": lambda tail, data: not data,
    "tail-no-data": lambda tail, data: bool(tail) and not data,
    "goes-on": lambda tail, data: bool(tail and data and unfinished(tail + data[:1])),
    "long-tail": lambda tail, data: len(tail) > 1,
    "refused": _in_all(lambda data: bool(fault(data))),
    "allowed": _in_all(lambda data: not fault(data)),
    "finished": _in_all(lambda data: unfinished(data) == b""),
    "unfinished": _in_all(lambda data: bool(unfinished(data))),
    "unfinished-2": _in_all(lambda data: len(unfinished(data) or b"") > 1),
    "unfinished-3": _in_all(lambda data: len(unfinished(data) or b"") == 3),
    "refused-in-tail": lambda tail, data: bool(tail and fault(tail + data[: 4 - len(tail)])),
    "refused-later": lambda tail, data: bool(
        fault(tail + data) and not fault(tail + data[: 4 - len(tail)])
    ),
    **{name: _fault(*kinds) for name, kinds in FAULTS.items()},
    "waiting": _in_all(lambda data: bool(fault(data) and not fault(data[:-1])) and len(data) < 4),
    "zero": _in_all(lambda data: b"\0" in data and not fault(data)),
    "mark": _in_all(lambda data: b"\xef\xbb\xbf" in data),
    "four": _in_all(lambda data: not fault(data) and any(byte >= 0xF0 for byte in data)),
    "not-ascii": _in_all(lambda data: not fault(data) and not data.isascii()),
    "long": lambda tail, data: len(data) > 120,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, data = exercise.words.say, args[0] + args[1]
    rest = unfinished(data)
    if rest is None:
        return say("refused")
    if rest:
        return say("unfinished", rest=rest.hex(" "))
    return say("finished")


EXERCISE = Exercise(
    stars=3,
    judge=Cases(parts, reference, bytes, through=refusing, section="8.1; RFC 3629 4").telling(
        conditions=CONDITIONS, explain=explain
    ),
    solution=check_text,
    wrong=BY_ROWS,
    piece="check_text",
)
