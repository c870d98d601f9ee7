"""What an exercise is: a task's checks, hints, solution, and the slips that it knows."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from . import journal
from .runner import SECONDS, Attempt
from .verdict import Verdict


@dataclass(frozen=True)
class Slip:
    """A plausible wrong answer.

    name:     short and stable
    wrong:    an answer that makes exactly this mistake; tests give it to the check
    sentence: what a good teacher would say
    """

    name: str
    wrong: Any
    sentence: str


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    name:     its id, such as ``"02.2"``: the lesson, and its place there
    title:    a few words
    stars:    1 read and predict, 2 small function, 3 combine, 4 open
    judge:    holds an answer against the rule; gets a source of chance for its cases
    solution: a right answer: a function, or a value
    reason:   why it is right
    hints:    three, from where to look to nearly there
    slips:    the wrong answers that it recognises
    piece:    the name under which an answer that passed is kept, as a piece of the learner's
              own server; empty if it is none
    seconds:  for all the cases of one check together
    """

    name: str
    title: str
    stars: int
    judge: Callable[[Attempt, random.Random], Verdict]
    solution: Any
    reason: str
    hints: tuple[str, str, str]
    slips: tuple[Slip, ...]
    piece: str = ""
    seconds: float = SECONDS


def edited(solution: Callable[..., Any], *edits: tuple[str, str]) -> Any:
    """The solution with pieces of its source replaced: a wrong answer, for a slip."""
    source = inspect.getsource(solution)
    for old, new in edits:
        if old not in source:
            raise ValueError(f"{old!r} is not in the source of the solution")
        source = source.replace(old, new)
    names = dict(solution.__globals__)  # the earlier pieces that it uses
    exec(source, names)
    return names[solution.__name__]


Args = tuple[Any, ...]


def recognise(
    slips: Iterable[Slip],
    results: Iterable[tuple[Args, Any]],
    right: Callable[[Args, Any], bool],
    what: Callable[[Any], Any] = lambda result: result,
) -> tuple[str | None, Args, Any]:
    """The sentence of the first slip that the answer makes, and a case that shows it.

    An answer makes a slip, perhaps among others, if in every case where the slip's own answer
    is wrong it says the same as that one. If no slip fits, there is no sentence. The case is
    the shortest of those in which the answer is wrong; there must be one.

    results: the cases, each with what the answer gave
    right:   whether a result is right for a case
    what:    the part of a result that is compared, such as its status
    """
    results = list(results)
    for slip in slips:
        same, shown = [], []
        for args, got in results:
            try:
                said = slip.wrong(*args)
            except Exception:
                continue  # this slip cannot even handle the case
            if not right(args, said):
                same.append(_equal(what, said, got))
                shown.append((args, got))
        if same and all(same):
            return slip.sentence, *_shortest(shown)
    return None, *_shortest([(args, got) for args, got in results if not right(args, got)])


def _shortest(cases: list[tuple[Args, Any]]) -> tuple[Args, Any]:
    """The case that is read most quickly."""
    return min(cases, key=lambda case: len(repr(case[0])))


def _equal(what: Callable[[Any], Any], said: Any, got: Any) -> bool:
    try:
        return bool(what(said) == what(got))
    except Exception:
        return False  # the answer is of another kind altogether


def how_many(usual: int) -> int:
    """How many random cases to try: more when nbgrader grades, where nobody is waiting."""
    return usual * 5 if journal.is_graded() else usual
