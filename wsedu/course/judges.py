"""The ways in which exercises are judged: by letters, by a function in cases, by clients.

How to think about it: an exercise says what is right, what a wrong answer would look like, and
what to say about it; here is what all of them have in common. A judge is called with the exercise,
the learner's answer and a source of chance, and gives a verdict.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from ..words import _
from . import journal
from .exercise import Exercise
from .mistakes import Args, recognise
from .reference import unit_of
from .runner import Attempt, shorten
from .verdict import Verdict, not_attempted, not_yet
from .virtual_time import VirtualTimeLoop

Function = Callable[..., Any]
Results = list[tuple[Args, Any]]

TRIES = 2  # in earnest: a busy machine may spoil one


def how_many(usual: int) -> int:
    """How many random cases to try: more when nbgrader grades, for then no learner waits."""
    return usual * 5 if journal.is_graded() else usual


@dataclass(frozen=True, kw_only=True)
class Letters:
    """A dict from letter to answer.

    The words say what an answer is ``like``, and what to look at again for each of the
    ``letters`` where no mistake fits.

    section:  where to read on
    sections: the same for single letters
    pictures: bytes of a request whose checklist is shown with a letter
    fits:     whether an answer has the right form; otherwise it has the type of the right one,
              and is one of its words if that is a string
    same:     whether two answers are the same
    """

    section: str = ""
    sections: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    fits: Callable[[Any], bool] | None = None
    same: Callable[[Any, Any], bool] = lambda one, other: bool(one == other)

    def __call__(self, exercise: Exercise, attempt: Attempt, chance: random.Random) -> Verdict:
        """The verdict; the first wrong letter is the one that is explained."""
        answer, right = attempt.answer, exercise.solution
        like = exercise.words["like"]
        if not isinstance(answer, dict):
            said = _("Answer with a dict from letter to {like}, not with {type}.")
            return not_yet(said.format(like=like, type=type(answer).__name__), self.section)
        if all(value is ... for value in answer.values()):
            return not_attempted()
        if missing := [letter for letter in right if answer.get(letter, ...) is ...]:
            said = _("No answer yet for {letters}.").format(letters=", ".join(missing))
            if unknown := [shorten(letter, 20) for letter in answer if letter not in right]:
                said += " " + _("The task has no {letters}.").format(letters=", ".join(unknown))
            return not_yet(said, self.section)
        for letter, value in right.items():
            if not (
                self.fits(answer[letter]) if self.fits else type(answer[letter]) is type(value)
            ):
                said = _("Your answer to {letter} is {value}. Answer with {like}.")
                return not_yet(
                    said.format(letter=letter, like=like, value=shorten(answer[letter], 40)),
                    self.section,
                )
            if isinstance(value, str) and answer[letter] not in right.values():
                said = _("{letter}: {value} is not one of the words in the task: {words}.")
                value, words = shorten(answer[letter], 40), ", ".join(sorted(set(right.values())))
                said = said.format(letter=letter, value=value, words=words)
                return not_yet(said, self.section)
        wrong = [letter for letter in right if not self.same(answer[letter], right[letter])]
        if not wrong:
            return Verdict("passed", exercise.words["passed"], self.section)
        return self._explain(exercise, wrong[0], answer[wrong[0]])

    def _explain(self, exercise: Exercise, letter: str, value: Any) -> Verdict:
        said = next(
            (
                mistake.sentence
                for mistake in exercise.mistakes
                if not self.same(mistake.answer[letter], exercise.solution[letter])
                and self.same(mistake.answer[letter], value)
            ),
            exercise.words["letters"][letter],
        )
        picture = self.pictures.get(letter)
        message = unit_of(picture) if picture else None
        return not_yet(said, self.sections.get(letter, self.section), message=message)


@dataclass(frozen=True)
class Cases:
    """A function against the expected result in every case; small cases come first.

    The words say what a result is ``like`` and what is said when it ``passed``.

    cases:    from a source of chance, the arguments of each call
    expected: the right result for a case
    fits:     the type of a result, or a function that tells whether one has the right form
    section:  where to read on
    right:    if more than one result is right: whether this one is
    nearest:  if more than one result is right: the one that comes nearest to a result
    what:     the part of a result that tells one mistake from another
    through:  what comes between a case and a function: it plays the other side, or watches
    explain:  what to say to a wrong result if no mistake fits; called with the exercise, a case,
              its result, and the results of all cases
    show:     what shows a wrong result, as fields of the verdict; called with a case and its result
    where:    names the field of the expected bytes in which those that came begin to differ
    called:   the function's name, for the words; else that of the solution
    facts:    what is filled into the sentence about an answer that passed
    timed:    if it waits, but for nothing outside, no time passes: a ``VirtualTimeLoop`` runs it.
              This tells whether a result may be wrong, beside the expected one, only because the
              function goes by another clock, such as that on the wall
    """

    cases: Callable[[random.Random], Iterable[Args]]
    expected: Function
    fits: type | Callable[[Any], bool]
    _: KW_ONLY
    section: str = ""
    right: Callable[[Args, Any], bool] | None = None
    nearest: Callable[[Args, Any], Any] | None = None
    what: Callable[[Any], Any] = lambda result: result
    through: Callable[[Function], Function] = lambda function: function
    explain: Callable[[Exercise, Args, Any, Results], str | None] | None = None
    show: Callable[[Args, Any], dict[str, Any]] | None = None
    where: Callable[[bytes, bytes], str] = lambda expected, got: ""
    called: str = ""
    facts: Callable[[], dict[str, Any]] = dict
    timed: Callable[[Any, Any], bool] | None = None

    def __call__(self, exercise: Exercise, attempt: Attempt, chance: random.Random) -> Verdict:
        """The verdict; the shortest wrong case is the one that is shown."""
        if callable(attempt.answer):
            attempt.answer = self.through(attempt.answer)
        attempt.loop_factory = VirtualTimeLoop if self.timed else None
        results = self._run(attempt, chance)
        if all(self._is_right(args, got) for args, got in results):
            said = exercise.words["passed"].format(**self.facts())
            return Verdict("passed", said, self.section)
        mistakes = [
            (mistake.sentence, self._called(mistake.answer, attempt))
            for mistake in exercise.mistakes
        ]
        said, args, got = recognise(mistakes, results, self._is_right, self.what)
        if said is None and self.explain and self._has_form(got):
            said = self.explain(exercise, args, got, results)
        first, result = results[0]
        if said is None and self._is_right(first, result):
            again = attempt(*copy.deepcopy(first))
            if not self._is_right(first, again):
                said = _(
                    "Called once more with the same, your function gives something else: it keeps "
                    "something from call to call."
                )
                args, got = first, _copy_of(again)
        called = self.called or exercise.solution.__name__
        call = f"{called}({', '.join(shorten(arg, 300) for arg in args)})"
        if not self._has_form(got):
            form = _("Return {like}, not {got}.")
            form = form.format(like=exercise.words["like"], got=shorten(got))
            return not_yet(said or form, self.section, case=call)
        shown = {"section": self.section} | self._show(call, args, got)
        return not_yet(said or _generic(shown), **shown)

    def _expected(self, args: Args, got: Any) -> Any:
        return self.nearest(args, got) if self.nearest else self.expected(*args)

    def _has_form(self, got: Any) -> bool:
        if isinstance(self.fits, type):
            return isinstance(got, self.fits) and (self.fits is bool or not isinstance(got, bool))
        return self.fits(got)

    def _is_right(self, args: Args, got: Any) -> bool:
        if not self._has_form(got):
            return False
        return self.right(args, got) if self.right else bool(got == self._expected(args, got))

    def _run(self, attempt: Attempt, chance: random.Random) -> Results:
        """What the answer gives in every case."""
        results: Results = []
        right = True
        for args in self.cases(chance):
            got = _copy_of(attempt(*copy.deepcopy(args)))
            if (
                self.timed
                and right
                and not self._is_right(args, got)
                and self.timed(self._expected(args, got), got)
            ):
                # The first one in earnest; then it is certain. Only a right result counts: what is
                # said about a wrong one must not depend on how busy the machine is.
                attempt.loop_factory = None
                tries = (_copy_of(attempt(*copy.deepcopy(args))) for _try in range(TRIES))
                got = next((again for again in tries if self._is_right(args, again)), got)
                attempt.loop_factory = VirtualTimeLoop
            right = right and self._is_right(args, got)
            results.append((args, got))
        return results

    def _called(self, answer: Function, attempt: Attempt) -> Function:
        """The wrong answer of a mistake, awaited if need be, and only as long as there is time."""
        function = self.through(answer)

        def call(*args: Any) -> Any:
            attempt.go_on()
            value = function(*args)
            if not inspect.isawaitable(value):
                return value
            with asyncio.Runner(loop_factory=attempt.loop_factory) as runner:
                return runner.run(_await(value))

        return call

    def _show(self, call: str, args: Args, got: Any) -> dict[str, Any]:
        if self.show:
            return {"case": call} | self.show(args, got)
        wanted = self._expected(args, got)
        if isinstance(got, bytes) and isinstance(wanted, bytes):
            at = self.where(wanted, got)
            return {"expected": wanted, "got": got, "where": at, "case": call}
        if type(got) is type(wanted) is str and len(wanted) > 16:  # not what the function did
            return {
                "expected": wanted.encode(),
                "got": got.encode("utf-8", "replace"),
                "case": call,
            }
        got, wanted = shorten(got, 200), shorten(wanted, 200)
        said = _("{call}: got {got}, expected {wanted}")
        return {"case": said.format(call=call, got=got, wanted=wanted)}


def _generic(shown: Mapping[str, Any]) -> str:
    """What is said of a wrong result that no mistake explains."""
    if shown.get("expected") is None:
        return _("Not right yet: compare what you returned with what was expected.")
    return _("What you returned differs from what was expected; the first difference is marked.")


class Did(str):
    """What a function did instead of returning something; no answer can return such a word."""

    def __repr__(self) -> str:
        return f"({self})"


def refusing(function: Function) -> Function:
    """The function, with its ValueError as a result: ``Did("raised ValueError")``."""

    async def watched(*args: Any) -> Any:
        try:
            value = function(*args)
            return await value if inspect.isawaitable(value) else value
        except ValueError:
            return Did("raised ValueError")

    return watched


def _copy_of(value: Any) -> Any:
    """The value as it was returned: an answer that keeps it may change it in later calls."""
    try:
        return copy.deepcopy(value)
    except Exception:  # of a kind that cannot be copied
        return value


async def _await(value: Any) -> Any:
    return await value
