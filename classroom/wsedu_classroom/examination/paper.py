"""A question about a function that needs no computer: what does a right one return?

How to think about it: the course knows what each mistake returns. These results are the ones that
look right, so they stand beside the right one, and each has its sentence in the key.
"""

from __future__ import annotations

import ast
import copy
import functools
import random
import re
import warnings
from collections.abc import Iterator
from typing import Any, cast

from wsedu.course.exercise import Exercise
from wsedu.course.judges import REFUSED, Cases, refusing
from wsedu.course.runner import Attempt

from .frozen import Paper
from .values import PACKED, RAISES, text_of

SHORT = 70  # characters of a call or a result that is printed
TRIED = 12  # cases of which the mistakes' results are asked, the most readable of twice as many
MOST = 4  # results to choose from
NOT_BY_HAND = {"compute-accept", "diagnose-accept"}  # they need SHA-1
# A string or bytes, as Python writes them: what is in a string is not taken for bytes.
LITERAL = re.compile(r"""b?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""")


def in_hex(text: str) -> str:
    """A value or a call as it is printed: its bytes are in hex, in < > where more is beside them.

    On paper the reader has no table of ASCII, and need not know that ``b"~"`` is 7e.
    """

    def pairs(match: re.Match[str]) -> str:
        value = ast.literal_eval(match[0])
        if isinstance(value, str):
            return match[0]
        found: str = value.hex(" ")
        return found if found and match[0] == text else f"<{found}>"

    return LITERAL.sub(pairs, text)


def is_plain(judge: Cases) -> bool:
    """Whether a case is a call, and what the function returns or raises is its result."""
    usual = Cases.__dataclass_fields__["through"].default
    return judge.through in (usual, refusing) and judge.timed is None


def question(exercise: Exercise, chance: random.Random) -> Paper | None:
    """A case, its right result, and up to three results of mistakes; None if there is none."""
    shown = _plain_quotes(exercise.words["task"])  # what the task says already is not asked
    able = [case for case in _asked(exercise) if case[2] and _plain_quotes(case[0]) not in shown]
    if not able:
        return None
    most = min(MOST - 1, max(len(wrong) for _call, _right, wrong in able))
    call, right, wrong = chance.choice([case for case in able if len(case[2]) >= most])
    results = [right, *chance.sample(sorted(wrong), most)]
    chance.shuffle(results)
    return Paper(
        call=call,
        results=results,
        right=results.index(right),
        says=["" if result == right else wrong[result] for result in results],
    )


def short_cases(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """The calls that everybody meets whose call and result are short, with that result."""
    for args, call in _short_calls(exercise):
        judge = cast(Cases, exercise.judge)
        if (result := _printed(judge.expected(*copy.deepcopy(args)))) is not None:
            yield call, result


def _short_calls(exercise: Exercise) -> Iterator[tuple[tuple[Any, ...], str]]:
    judge = cast(Cases, exercise.judge)
    for args in judge.fixed(exercise):
        call = f"{exercise.solution.__name__}({', '.join(map(repr, args))})"
        if len(in_hex(call)) <= SHORT:
            try:
                text_of(args)
            except ValueError:
                continue
            yield args, call


@functools.cache
def _asked(exercise: Exercise) -> list[tuple[str, str, dict[str, str]]]:
    """Calls, the right result of each, and what mistakes return -> their sentence."""
    judge = cast(Cases, exercise.judge)
    if judge.right or judge.nearest or exercise.name in NOT_BY_HAND or not is_plain(judge):
        return []  # else a wrong result may be right, too
    calls = list(_short_calls(exercise))
    calls = random.Random(exercise.name).sample(calls, min(2 * TRIED, len(calls)))
    calls = sorted(calls, key=lambda case: case[1].count("\\x"))[:TRIED]
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python warns of in a mistake is not ours
        for args, call in calls:
            right = _printed(judge.expected(*copy.deepcopy(args)))
            if right is None:
                continue
            wrong: dict[str, str] = {}
            for mistake in exercise.mistakes:
                attempt = Attempt(judge.through(mistake.answer))
                result = attempt.result(*copy.deepcopy(args))
                printed = _printed(result) if judge.has_form(result) else None
                if printed is not None and printed != right:
                    wrong.setdefault(printed, mistake.sentence)
            found.append((call, right, wrong))
    return found


def _plain_quotes(text: str) -> str:
    return text.replace('"', "'")


def _printed(result: Any) -> str | None:
    """A result as it is printed; None if it is too long, or no value."""
    if result == REFUSED:
        return RAISES
    try:
        text = text_of(result)
    except ValueError:
        return None
    return text if len(in_hex(text)) <= SHORT and not text.startswith(PACKED) else None
