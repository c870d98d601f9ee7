"""Read the payload of a Close frame."""

from __future__ import annotations

from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, refusing
from wsedu.course.mistakes import Args

from ...closes import CONDITIONS, WRONG_CODES, code_refused, not_utf8, parsed, payloads
from ...server import parse_close


def fields(got: Any) -> dict[str, Any]:
    """Code and reason; what was refused has none."""
    return {"code": got[0], "reason": got[1]}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, payload = exercise.words.say, args[0]
    if not payload:
        return say("empty")
    if len(payload) == 1:
        return say("half")
    code = int.from_bytes(payload[:2], "big")
    if code_refused(payload):
        return say("bad-code", code=code)
    if not_utf8(payload):
        return say("not-utf8")
    return say("allowed", code=code)


EXERCISE = Exercise(
    stars=2,
    judge=Cases(payloads, parsed, tuple[int, str], section="5.5.1; 7.4", through=refusing).telling(
        fields=fields, conditions=CONDITIONS, explain=explain
    ),
    solution=parse_close,
    wrong=WRONG_CODES,
    piece="parse_close",
)
