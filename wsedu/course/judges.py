"""The ways in which exercises are judged: by letters, by a function in cases, by clients.

How to think about it: an exercise says what is right, what a wrong answer would look like, and
what to say about it; here is what all of them have in common. A judge is called with the exercise,
the learner's answer and a source of chance, and gives a verdict.
"""

from __future__ import annotations

import copy
import functools
import gc
import inspect
import random
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, cast

from ..words import _
from . import journal
from .diagnosis import RIGHT, Diagnosis, Evidence, Raised, Row, diagnose, key_of, plain
from .exercise import Exercise
from .forms import Form, has_form
from .mistakes import Args, Function, kind_of
from .reference import unit_of
from .repair import repair
from .runner import Attempt, raised_verdict, shorten
from .verdict import Verdict, not_attempted, not_yet
from .virtual_time import VirtualTimeLoop

Results = list[tuple[Args, Any]]

REPAIR = 0.5  # seconds of computing, to find the one change that makes an answer right
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
    fits:     the type of an answer, or whether one has the right form; otherwise it has the type
              of the right one, and is one of its words if that is a string
    same:     whether two answers are the same
    """

    section: str = ""
    sections: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    fits: Form | Callable[[Any], bool] | None = None
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
        answer = {letter: plain(value) for letter, value in answer.items()}
        if missing := [letter for letter in right if answer.get(letter, ...) is ...]:
            said = _("No answer yet for {letters}.").format(letters=", ".join(missing))
            if unknown := [shorten(letter, 20) for letter in answer if letter not in right]:
                said += " " + _("The task has no {letters}.").format(letters=", ".join(unknown))
            return not_yet(said, self.section)
        for letter, value in right.items():
            if not (self._is_like(value, answer[letter]) or _equal(answer[letter], value)):
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
        return self._explain(exercise, answer, wrong)

    def _is_like(self, right: Any, value: Any) -> bool:
        return _fits(value, self.fits) if self.fits else type(value) is type(right)

    def _explain(self, exercise: Exercise, answer: dict[str, Any], wrong: list[str]) -> Verdict:
        """The mistake that explains the first wrong letter, and the most of the others."""
        letter = wrong[0]
        told: dict[str, tuple[int, str]] = {}  # sentence -> letters that it explains, its name
        for mistake in exercise.mistakes:
            theirs = [
                other
                for other, value in exercise.solution.items()
                if not self.same(mistake.answer[other], value)
            ]
            if letter in theirs and all(
                self.same(mistake.answer[other], answer[other]) for other in theirs
            ):
                told.setdefault(mistake.sentence, (len(theirs), kind_of(mistake.name)))
        said = max(told, key=lambda sentence: told[sentence][0], default=None)
        picture = self.pictures.get(letter)
        return not_yet(
            said or exercise.words["letters"][letter],
            self.sections.get(letter, self.section),
            message=unit_of(picture) if picture else None,
            mistake=told[said][1] if said else "",
        )


@dataclass(frozen=True, eq=False)
class Cases:
    """A function against the expected result in every case; small cases come first.

    The words say what a result is ``like`` and what is said when it ``passed``; ``fields`` and
    ``conditions`` are their names in a sentence.

    How an answer is judged:

    cases:    from a source of chance, the arguments of each call
    expected: the right result for a case
    fits:     the type of a result, such as ``tuple[int, str] | None``, or a function that tells
              whether one has the right form; what a function ``Did`` instead needs none
    section:  where to read on
    right:    if more than one result is right: whether this one is
    nearest:  if more than one result is right: the one that comes nearest to a result
    through:  what comes between a case and a function: it plays the other side, or watches
    called:   the function's name, for the words; else that of the solution
    facts:    what is filled into the sentence about an answer that passed
    timed:    if it waits, but for nothing outside, no time passes: a ``VirtualTimeLoop`` runs it.
              This tells whether a result may be wrong, beside the expected one, only because the
              function goes by another clock, such as that on the wall

    What a wrong answer is told; where these are many, ``telling`` takes them, too:

    what:     the part of a result that tells one mistake from another
    fields:   a result cut into parts by name; mistakes are told apart field by field
    conditions: name -> whether something holds for a case; tells when an answer is wrong
    search:   a sentence from all results, where mistakes are too many to list; None if none fits
    explain:  what to say to a wrong result if no mistake fits; called with the exercise, a case,
              its result, and the results of all cases
    show:     what shows a wrong result, as fields of the verdict; called with a case and its result
    where:    names the field of the expected bytes in which those that came begin to differ
    """

    cases: Callable[[random.Random], Iterable[Args]]
    expected: Function
    fits: Form | Callable[[Any], bool]
    _: KW_ONLY
    section: str = ""
    right: Callable[[Args, Any], bool] | None = None
    nearest: Callable[[Args, Any], Any] | None = None
    through: Callable[[Function], Function] = lambda function: function
    called: str = ""
    facts: Callable[[], dict[str, Any]] = dict
    timed: Callable[[Any, Any], bool] | None = None
    what: Callable[[Any], Any] = lambda result: result
    fields: Callable[[Any], Mapping[str, Any]] | None = None
    conditions: Mapping[str, Callable[..., bool]] = field(default_factory=dict)
    search: Callable[[Exercise, Results], str | None] | None = None
    explain: Callable[[Exercise, Args, Any, Results], str | None] | None = None
    show: Callable[[Args, Any], dict[str, Any]] | None = None
    where: Callable[[bytes, bytes], str] = lambda expected, got: ""

    def telling(self, **parts: Any) -> Cases:
        """The same judge with these parts, of ``what`` to ``where``: what a wrong answer is told.

        ``Cases(cases, expected, bytes, section="5.5").telling(fields=fields, explain=explain)``
        says first how an answer is judged, and then how a wrong one is explained.
        """
        return replace(self, **parts)

    def __call__(self, exercise: Exercise, attempt: Attempt, chance: random.Random) -> Verdict:
        """The verdict. The same cases come first for everybody, and then others by chance."""
        learners = attempt.answer
        if callable(learners):
            attempt.answer = self.through(_plainly(learners))
        attempt.loop_factory = VirtualTimeLoop if self.timed else None
        fixed = self.fixed(exercise)
        known = {repr(args) for args in fixed}
        for cases in (fixed, [args for args in self.cases(chance) if repr(args) not in known]):
            got = self._run(attempt, cases)
            if not all(map(self._is_right, cases, got)):
                gc.collect()  # what the answer forgot to await, while Python may still warn of it
                if cases is fixed:
                    mistakes = _rows_of(exercise, attempt)
                else:
                    mistakes = self.rows(exercise, cases, attempt)
                return self._explain(exercise, attempt, learners, cases, got, mistakes)
        said = exercise.words["passed"].format(**self.facts())
        return Verdict("passed", said, self.section)

    def fixed(self, exercise: Exercise) -> list[Args]:
        """The cases that everybody meets: they tell the mistakes apart."""
        return list(self.cases(random.Random(exercise.name)))

    def rows(
        self, exercise: Exercise, cases: list[Args], attempt: Attempt | None = None
    ) -> list[Row]:
        """What each mistake does in these cases; stops when there is no time left for ``attempt``.

        A check that has been given up must not go on in its thread: what Python warns of there
        would be taken for the next answer's.
        """
        rows = []
        with warnings.catch_warnings():  # the learner is not part of what a mistake forgets
            warnings.simplefilter("ignore")
            for mistake in exercise.mistakes:
                if attempt:
                    attempt.go_on()
                mistaken = self._attempt(mistake.answer)
                got = [_copy_of(mistaken.result(*_copied(args))) for args in cases]
                row = self.row(cases, got)
                rows.append(replace(row, sentence=mistake.sentence, name=kind_of(mistake.name)))
            if inspect.iscoroutinefunction(exercise.solution):
                gc.collect()
        return rows

    def row(self, cases: list[Args], got: list[Any]) -> Row:
        """Results in a form that can be compared."""
        right = list(map(self._is_right, cases, got))
        return Row(
            tuple(
                RIGHT if is_right else key_of(result, self.what)
                for is_right, result in zip(right, got, strict=True)
            ),
            frozenset(number for number, is_right in enumerate(right) if not is_right),
            tuple(map(self._wrong_parts, cases, got)),
        )

    def _wrong_parts(self, args: Args, got: Any) -> Mapping[str, Any] | None:
        """The fields in which a result differs from the right one; None if it has no fields."""
        if self.fields is None or isinstance(got, Raised) or not self.has_form(got):
            return None
        try:
            right, found = self.fields(self._expected(args, got)), self.fields(got)
        except Exception:  # no result of that kind: it has no such parts
            return None
        if set(right) != set(found):
            return None
        return {name: key_of(found[name]) for name in right if found[name] != right[name]}

    def _explain(
        self,
        exercise: Exercise,
        attempt: Attempt,
        learners: Any,
        cases: list[Args],
        got: list[Any],
        mistakes: list[Row],
    ) -> Verdict:
        results = list(zip(cases, got, strict=True))
        words = exercise.words

        def again(case: int) -> Any:
            return self.row([cases[case]], self._run(attempt, [cases[case]])).keys[0]

        def explained(case: int) -> str | None:
            return self.explain and self.explain(exercise, *results[case], results)

        found = diagnose(
            Evidence(
                cases=cases,
                got=got,
                answer=self.row(cases, got),
                mistakes=mistakes,
                form=self._form_error(exercise),
                again=again,
                searched=lambda: self.search and self.search(exercise, results),
                repaired=lambda: self._repaired(exercise, learners, cases, got),
                explained=explained,
                conditions={
                    words["conditions"][name]: holds for name, holds in self.conditions.items()
                },
                fields=words.get("fields", {}),
            )
        )
        verdict = self._verdict(exercise, found, cases[found.case], got[found.case])
        return replace(verdict, mistake=found.mistake)

    def _repaired(
        self, exercise: Exercise, learners: Any, cases: list[Args], got: list[Any]
    ) -> str | None:
        """Where the answer's own code is wrong, if one change of it makes every case right."""
        wrong_first = sorted(zip(cases, got, strict=True), key=lambda case: self._is_right(*case))

        def holds(changed: Function) -> bool:
            attempt = self._attempt(changed)
            return all(
                self._is_right(args, attempt.result(*_copied(args))) for args, _got in wrong_first
            )

        found = repair(learners, holds, _constants(exercise.solution), REPAIR)
        return found.sentence if found else None

    def _attempt(self, function: Function) -> Attempt:
        """The function, as cases call it."""
        attempt = Attempt(self.through(_plainly(function)))
        attempt.loop_factory = VirtualTimeLoop if self.timed else None
        return attempt

    def _form_error(self, exercise: Exercise) -> Callable[[Any], str | None]:
        """What is wrong with the form of a result."""

        def form(got: Any) -> str | None:
            if isinstance(got, Raised) or self.has_form(got):
                return None
            said = _("Return {like}, not {got}.")
            return said.format(like=exercise.words["like"], got=shorten(got))

        return form

    def _verdict(self, exercise: Exercise, found: Diagnosis, args: Args, got: Any) -> Verdict:
        if found.raised:
            verdict = raised_verdict(got.error, got.args)
            if self.through is refusing and self.expected(*args) == REFUSED:
                more = _("In this case, raise ValueError.")
                verdict = replace(verdict, sentence=f"{verdict.sentence} {more}")
            return verdict
        called = self.called or exercise.solution.__name__
        call = f"{called}({', '.join(shorten(arg, 300) for arg in args)})"
        if isinstance(got, Raised):
            error = shorten(got.error, 200)
            said = _("{call} raised {error}").format(call=call, error=error)
            return not_yet(found.sentence or "", self.section, case=said)
        if not self.has_form(got) or self._is_right(args, got):  # right once, but not again
            return not_yet(found.sentence or "", self.section, case=call)
        shown = {"section": self.section} | self._show(call, args, got)
        return not_yet(found.sentence or _generic(shown), **shown)

    def _expected(self, args: Args, got: Any) -> Any:
        return self.nearest(args, got) if self.nearest else self.expected(*args)

    def has_form(self, got: Any) -> bool:
        """Whether a result is of the kind that the task asks for, right or wrong."""
        return isinstance(got, Did) or _fits(got, self.fits)

    def _is_right(self, args: Args, got: Any) -> bool:
        if isinstance(got, Raised) or not self.has_form(got):
            return False
        return self.right(args, got) if self.right else bool(got == self._expected(args, got))

    def _run(self, attempt: Attempt, cases: Iterable[Args]) -> list[Any]:
        """What the answer gives in every case."""
        results: list[Any] = []
        right = True
        for args in cases:
            got = _copy_of(attempt.result(*_copied(args)))
            if (
                self.timed
                and right
                and not self._is_right(args, got)
                and self.timed(self._expected(args, got), got)
            ):
                # The first one in earnest; then it is certain. Only a right result counts: what is
                # said about a wrong one must not depend on how busy the machine is.
                attempt.loop_factory = None
                tries = (_copy_of(attempt.result(*_copied(args))) for _try in range(TRIES))
                got = next((again for again in tries if self._is_right(args, again)), got)
                attempt.loop_factory = VirtualTimeLoop
            right = right and self._is_right(args, got)
            results.append(got)
        return results

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


_ROWS: dict[Exercise, list[Row]] = {}


def _rows_of(exercise: Exercise, attempt: Attempt) -> list[Row]:
    """What each mistake does in the cases that everybody meets, found out once."""
    if exercise not in _ROWS:
        judge = cast(Cases, exercise.judge)
        _ROWS[exercise] = judge.rows(exercise, judge.fixed(exercise), attempt)
    return _ROWS[exercise]


def _generic(shown: Mapping[str, Any]) -> str:
    """What is said of a wrong result that no mistake explains."""
    if shown.get("expected") is None:
        return _("Not right yet: compare what you returned with what was expected.")
    return _("What you returned differs from what was expected; the first difference is marked.")


class Did(str):
    """What a function did instead of returning something; no answer can return such a word."""

    def __repr__(self) -> str:
        return f"({self})"


REFUSED = Did("raised ValueError")
CONSTANT = {bool, bytes, float, int, str, type(None), Did}  # kinds of values that never change


def refusing(function: Function) -> Function:
    """The function, with its ValueError as a result: ``REFUSED``."""

    def watched(*args: Any) -> Any:
        try:
            value = function(*args)
        except ValueError:
            return REFUSED
        return later(value) if inspect.isawaitable(value) else value

    async def later(value: Any) -> Any:
        try:
            return await value
        except ValueError:
            return REFUSED

    return watched


def _constants(function: Function) -> set[Any]:
    """The numbers and strings in a function."""
    found = set(function.__code__.co_consts)
    return {constant for constant in found if isinstance(constant, (int, str, bytes))}


def _fits(value: Any, fits: Form | Callable[[Any], bool]) -> bool:
    return has_form(value, fits) if isinstance(fits, Form) else fits(value)


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # an answer may be anything
        return False


def _plainly(function: Function) -> Function:
    """The function; what it returns is taken as Python takes it: an IntEnum is its number."""

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        value = function(*args)
        return _later(value) if inspect.isawaitable(value) else plain(value)

    async def _later(value: Any) -> Any:
        return plain(await value)

    return call


def _never_changes(value: Any) -> bool:
    return type(value) in CONSTANT or type(value) is tuple and all(map(_never_changes, value))


def _copied(value: Any) -> Any:
    """A copy; of what cannot be changed, the value itself."""
    return value if _never_changes(value) else copy.deepcopy(value)


def _copy_of(value: Any) -> Any:
    """The value as it was returned: an answer that keeps it may change it in later calls."""
    if isinstance(value, Raised):  # a copied error would lose its lines
        if isinstance(value.error, RecursionError):  # the thousand calls of each would be kept
            value.error.__traceback__ = None
        return value
    try:
        return _copied(value)
    except Exception:  # of a kind that cannot be copied
        return value
