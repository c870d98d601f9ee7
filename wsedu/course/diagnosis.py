"""Naming the true mistake: what an answer did, beside what every known mistake would have done.

How to think about it: an answer is a row of results, one for each case; so is a mistake. If the two
rows are the same, the answer makes that mistake. If they are not, there are weaker kinds of
evidence, and ``ORDER`` is the order in which they speak. What is certain is asserted; what is
likely says so; where nothing is known, the verdict shows the shortest wrong case, and that is all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from ..words import _
from .mistakes import Args

ORDER = (
    "exact",  # in every case the result is that of one mistake
    "searched",  # a recipe of the exercise's own explains the results: which hash was computed
    "form",  # every wrong result is of the wrong kind
    "python",  # every wrong case raises what Python says of a slip of the pen
    "kept",  # the same case, once more, gives something else
    "fields",  # each wrong field is that of one mistake, which has no others
    "cover",  # a few mistakes together explain every wrong case
    "repaired",  # one change in the answer's own code makes every case right
    "raised",  # the shortest wrong case raises an error
    "part",  # one mistake explains half of the wrong cases, or more
    "described",  # which field is wrong, and when
)
MOST = 6  # mistakes that together may explain an answer
SAID = 3  # of which so many are told; more would not be read
RIGHT = "right"  # the key of every right result: several may be right


@dataclass(frozen=True)
class Raised:
    """What an answer did instead of returning something."""

    error: BaseException
    args: Args


@dataclass(frozen=True)
class Row:
    """What an answer, or a mistake, does in every case.

    keys:  a result for each case, in a form that can be compared; RIGHT if it is right
    wrong: the numbers of the cases in which it is wrong
    parts: for each case the wrong fields of its result; None if it has no fields
    sentence, name: of the mistake
    """

    keys: tuple[Hashable, ...]
    wrong: frozenset[int]
    parts: tuple[Mapping[str, Hashable] | None, ...] = ()
    sentence: str = ""
    name: str = ""

    def agrees(self, other: Row, cases: Iterable[int]) -> bool:
        """Whether both give the same in each of these cases."""
        return all(self.keys[case] == other.keys[case] for case in cases)


@dataclass(frozen=True)
class Evidence:
    """All that is known about a wrong answer.

    cases, got: the cases, and what the answer gave in each
    answer:     the same as a row
    mistakes:   the rows of the mistakes
    form:       what is wrong with the form of a result; None if it has the right one
    again:      the result of one more call
    searched, repaired, explained: what the exercise, the learner's code and a case tell
    conditions: words -> whether they hold for a case
    fields:     what the fields are called in a sentence
    """

    cases: Sequence[Args]
    got: Sequence[Any]
    answer: Row
    mistakes: Sequence[Row]
    form: Callable[[Any], str | None]
    again: Callable[[int], Hashable]
    searched: Callable[[], str | None]
    repaired: Callable[[], str | None]
    explained: Callable[[int], str | None]
    conditions: Mapping[str, Callable[..., bool]]
    fields: Mapping[str, str]

    def shortest(self, cases: Iterable[int]) -> int:
        """The case among these that is read most quickly."""
        return min(cases, key=lambda case: len(repr(self.cases[case])))


@dataclass(frozen=True)
class Diagnosis:
    """What is said about a wrong answer; None if only the case itself speaks.

    case:   the number of the case that shows it
    raised: whether the sentence is Python's own: the answer raised an error in that case
    mistake: the name of the mistake that the sentence is about first; empty if it is none
    """

    sentence: str | None
    case: int
    raised: bool = False
    mistake: str = ""


def diagnose(evidence: Evidence) -> Diagnosis:
    """The first word that the evidence has, in the order of ``ORDER``."""
    found: Iterator[Diagnosis | None] = (globals()[f"_{step}"](evidence) for step in ORDER)
    return next(diagnosis for diagnosis in found if diagnosis)


def _exact(evidence: Evidence) -> Diagnosis | None:
    for mistake in evidence.mistakes:
        if mistake.wrong and mistake.keys == evidence.answer.keys:
            case = evidence.shortest(mistake.wrong)
            return Diagnosis(mistake.sentence, case, mistake=mistake.name)
    return None


def _searched(evidence: Evidence) -> Diagnosis | None:
    said = evidence.searched()
    return Diagnosis(said, evidence.shortest(evidence.answer.wrong)) if said else None


def _form(evidence: Evidence) -> Diagnosis | None:
    said = {case: evidence.form(evidence.got[case]) for case in evidence.answer.wrong}
    if not all(said.values()):
        return None
    case = evidence.shortest(said)
    return Diagnosis(said[case], case)


def _python(evidence: Evidence) -> Diagnosis | None:
    errors = [evidence.got[case] for case in evidence.answer.wrong]
    slips = (TypeError, AttributeError, NameError, RecursionError, MemoryError)
    if not all(isinstance(got, Raised) and isinstance(got.error, slips) for got in errors):
        return None
    return _raised(evidence)


def _kept(evidence: Evidence) -> Diagnosis | None:
    if 0 in evidence.answer.wrong or evidence.again(0) == RIGHT:
        return None
    said = _(
        "Called once more with the same, your function gives something else: it keeps something "
        "from call to call."
    )
    return Diagnosis(said, 0)


def _fields(evidence: Evidence) -> Diagnosis | None:
    answer = evidence.answer
    wrong: dict[str, dict[int, Hashable]] = {}  # field -> case -> what the answer has there
    for case in answer.wrong:
        parts = answer.parts[case]
        if parts is None:
            return None
        for field, part in parts.items():
            wrong.setdefault(field, {})[case] = part
    fitting: dict[int, set[str]] = {}  # the number of a mistake -> the fields that it explains
    for number, mistake in enumerate(evidence.mistakes):
        if any(parts and not parts.keys() <= wrong.keys() for parts in mistake.parts):
            continue  # it would be wrong elsewhere, too
        for field, found in wrong.items():
            theirs = {
                case: parts[field]
                for case, parts in enumerate(mistake.parts)
                if parts and field in parts and answer.parts[case] is not None
            }
            if theirs == found:
                fitting.setdefault(number, set()).add(field)
    explained, left = [], set(wrong)
    while left:
        best = max(fitting, key=lambda number: len(fitting[number] & left), default=None)
        if best is None or not fitting[best] & left:
            return None
        explained.append(evidence.mistakes[best])
        left -= fitting[best]
    return _together(evidence, explained) if explained else None


def _cover(evidence: Evidence) -> Diagnosis | None:
    left, chosen, fitting = set(evidence.answer.wrong), list[Row](), _fitting(evidence)
    while left and len(chosen) < MOST:
        best = max(fitting, key=lambda mistake: len(mistake.wrong & left), default=None)
        if best is None or not best.wrong & left:
            return None
        chosen.append(best)
        left -= best.wrong
    return None if left else _together(evidence, chosen)


def _fitting(evidence: Evidence) -> list[Row]:
    """The mistakes with which the answer agrees wherever they are wrong."""
    answer = evidence.answer
    return [
        mistake
        for mistake in evidence.mistakes
        if mistake.wrong and mistake.wrong <= answer.wrong and mistake.agrees(answer, mistake.wrong)
    ]


def _repaired(evidence: Evidence) -> Diagnosis | None:
    said = evidence.repaired()
    return Diagnosis(said, evidence.shortest(evidence.answer.wrong)) if said else None


def _raised(evidence: Evidence) -> Diagnosis | None:
    case = evidence.shortest(evidence.answer.wrong)
    if not isinstance(evidence.got[case], Raised):
        return None
    return Diagnosis(None, case, raised=True)


def _part(evidence: Evidence) -> Diagnosis | None:
    best = max(_fitting(evidence), key=lambda mistake: len(mistake.wrong), default=None)
    if best is None or 2 * len(best.wrong) < len(evidence.answer.wrong):
        return None
    said = _("It looks as if this is one of several mistakes. {sentence}")
    case = evidence.shortest(best.wrong)
    return Diagnosis(said.format(sentence=best.sentence), case, mistake=best.name)


def _described(evidence: Evidence) -> Diagnosis:
    """What was seen, and nothing more."""
    case = evidence.shortest(evidence.answer.wrong)
    said = [
        evidence.form(evidence.got[case]) or evidence.explained(case),
        _where(evidence),
        _when(evidence),
    ]
    return Diagnosis(" ".join(filter(None, said)) or None, case)


def _where(evidence: Evidence) -> str | None:
    """Which fields are wrong, if others are right."""
    parts = [evidence.answer.parts[case] for case in evidence.answer.wrong]
    wrong = {field for part in parts if part for field in part}
    if not wrong or None in parts or len(wrong) == len(evidence.fields):
        return None
    names = [name for field, name in evidence.fields.items() if field in wrong]
    if len(names) == 1:
        return _("Only {field} is wrong.").format(field=names[0])
    return _("These are wrong: {fields}; the rest is right.").format(fields=", ".join(names))


def _when(evidence: Evidence) -> str | None:
    """The condition under which the answer is wrong, if there is one."""
    wrong = evidence.answer.wrong
    if len(wrong) == len(evidence.cases):
        return None
    for words, holds in evidence.conditions.items():
        where = {number for number, args in enumerate(evidence.cases) if holds(*args)}
        if where == wrong:
            return _("It is wrong exactly if {condition}.").format(condition=words)
    return None


def _together(evidence: Evidence, mistakes: Sequence[Row]) -> Diagnosis:
    """Several mistakes in one verdict, the widest first."""
    ordered = sorted(mistakes, key=lambda mistake: -len(mistake.wrong))
    sentences = list(dict.fromkeys(mistake.sentence for mistake in ordered))
    said = sentences[0]
    if len(sentences) > 1:
        rest = " ".join(sentences[1:SAID])
        said = _("{first} There is another mistake, too. {rest}").format(first=said, rest=rest)
    case = evidence.shortest(ordered[0].wrong & evidence.answer.wrong)
    return Diagnosis(said, case, mistake=ordered[0].name)


# How two results are compared.


def key_of(value: Any, what: Callable[[Any], Any] = lambda value: value) -> Hashable:
    """A result as text, so that True is not 1 and a list is not a tuple.

    An error that was returned is like any other, and so is a generator: what their texts say is not
    what the answer did.

    what: the part of a result that is compared
    """
    if isinstance(value, Raised):
        error = value.error
        words = str(error) if isinstance(error, (TypeError, AttributeError, NameError)) else ""
        return "raised", type(error).__name__, words
    try:
        value = what(value)
    except Exception:  # a result of another form has no such part
        pass
    try:
        its_class = value if isinstance(value, type) else type(value)
        for kind in (Exception, Iterator, AsyncIterator):
            if issubclass(its_class, kind):
                return kind.__name__, ""
        return type(value).__name__, repr(value)
    except Exception:
        return type(value).__name__, ""


def plain(value: Any) -> Any:
    """The value without what Python takes as equal anyway: an IntEnum is its number.

    Subclasses of int, float, str, bytes, tuple and dict become those; a bytearray becomes bytes,
    and a Fraction a number. A bool stays one, and a list stays a list.
    """
    if isinstance(value, (bool, type(None), Raised)):
        return value
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    if isinstance(value, Enum) and isinstance(value, (int, str)):
        return plain(value.value)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, list):
        return [plain(part) for part in value]
    for kind in (int, float, str, bytes):
        if isinstance(value, kind):
            return value if type(value) is kind else kind(value)  # type: ignore[arg-type]
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    if isinstance(value, dict):
        return {plain(name): plain(part) for name, part in value.items()}
    return value
