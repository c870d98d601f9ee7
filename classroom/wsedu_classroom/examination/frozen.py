"""The frozen examination: what was drawn, in one file, and how it is judged.

How to think about it: a question holds values, not the code that drew them. ``letters`` holds all
that its verdicts need. ``cases`` holds what a function is called with, and what is right; the
course's judge compares. Where cases cannot be written down, such as a client that misbehaves, the
question is ``seeded``: the course makes the same cases again, as long as its code is the same.
``changed`` names the questions of which that cannot be said.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from wsedu.course.catalogue import exercises
from wsedu.course.exercise import Exercise
from wsedu.course.judges import REFUSED, Cases, Letters
from wsedu.course.mistakes import Args
from wsedu.course.packages import current_name
from wsedu.course.wording import Wording

from .values import RAISES, value_of

CLOSE = 0.015  # seconds; two numbers that differ by less are the same answer


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A question to be answered on paper: one of the results of a call is right."""

    call: str
    results: list[str]
    right: int
    says: list[str]  # a sentence for each result; empty for the right one


@dataclass(frozen=True, kw_only=True)
class Question:
    """One exercise of one form. All values are texts, as ``values`` writes them.

    kind:     ``"letters"``, ``"cases"`` or ``"seeded"``
    task:     Markdown, with the numbers that were drawn
    words:    what the verdicts say
    answers:  letter -> right answer
    wrong:    letters that are wrong -> their answers, each with its sentence
    cases:    what the function is called with, and what is right
    seed:     of the cases that could not be written down
    code:     fingerprint of the exercise's code
    """

    exercise: str
    number: str
    stars: int
    kind: str
    task: str
    words: dict[str, Any]
    answers: dict[str, str] = field(default_factory=dict)
    wrong: list[tuple[dict[str, str], str]] = field(default_factory=list)
    cases: list[tuple[str, str]] = field(default_factory=list)
    seed: str = ""
    code: str = ""
    paper: Paper | None = None

    @property
    def title(self) -> str:
        """A few words."""
        return str(self.words["title"])


@dataclass(frozen=True, kw_only=True)
class Examination:
    """Everything that was drawn.

    course:   the version of the course
    start:    the first code cell of the notebooks
    starters: exercise -> the cell in which its answer is written
    forms:    "A", "B" ... -> the questions
    """

    name: str
    course: str
    seed: int
    start: str
    starters: dict[str, str]
    forms: dict[str, list[Question]]

    def write(self, path: Path) -> None:
        """Write the file. Its name says that it holds the answers: keep it private."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Examination:
        """Read the file. Raises OSError or ValueError if that is not possible."""
        found = json.loads(path.read_text(encoding="utf-8"))
        forms = {
            form: [_question(each) for each in asked] for form, asked in found["forms"].items()
        }
        return cls(**found | {"forms": forms})


def _question(found: dict[str, Any]) -> Question:
    paper = found["paper"] and Paper(**found["paper"])
    wrong = [(answers, said) for answers, said in found["wrong"]]
    cases = [(args, result) for args, result in found["cases"]]
    return Question(**found | {"paper": paper, "wrong": wrong, "cases": cases})


class FrozenWords(Wording):
    """The words of a question, which stand in the frozen file."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self.folder, self._words = Path("exam.json"), dict(words)


# Judging.


def judged(question: Question) -> Exercise:
    """The exercise that judges answers to this question as it is frozen.

    Raises LookupError if its code is needed and the course does not have it.
    """
    if question.kind == "letters":
        return _by_letters(question)
    usual = _usual(question)
    judge = usual.judge
    if question.kind == "cases":
        calls = [cast(Args, value_of(args)) for args, _result in question.cases]
        results = [_value(result) for _args, result in question.cases]
        known = dict(zip(map(repr, calls), results, strict=True))
        judge = replace(
            cast(Cases, judge),
            cases=lambda chance: calls,
            expected=lambda *args: known[repr(args)],
        )
    elif isinstance(judge, Cases):
        draw, seed = judge.cases, question.seed
        judge = replace(judge, cases=lambda chance: draw(random.Random(seed)))
    return replace(usual, judge=judge, words=FrozenWords(question.words))


def _usual(question: Question) -> Exercise:
    name = str(current_name(question.exercise))
    if name not in USUAL:
        raise LookupError(f"the course has no exercise {question.exercise!r} now")
    return USUAL[name]


USUAL = dict(exercises())  # as they are before an examination takes their place


def _value(text: str) -> Any:
    return REFUSED if text == RAISES else value_of(text)


def _by_letters(question: Question) -> Exercise:
    words = question.words
    answers = {letter: value_of(text) for letter, text in question.answers.items()}
    wrong = {
        str(number): {letter: value_of(text) for letter, text in theirs.items()}
        for number, (theirs, _said) in enumerate(question.wrong)
    }
    says = {str(number): said for number, (_theirs, said) in enumerate(question.wrong)}
    return Exercise(
        stars=question.stars,
        judge=Letters(
            section=words["section"],
            sections=words["sections"],
            pictures={name: value_of(text) for name, text in words["pictures"].items()},
            fits=lambda answer: True,  # another form of answer is a wrong one
            same=same,
        ),
        solution=answers,
        wrong=wrong,
        name=question.exercise,
        number=question.number,
        words=FrozenWords(words | {"mistakes": says}),
    )


def same(one: Any, other: Any) -> bool:
    """Whether two answers are the same: numbers about, lists and sets in any order."""
    try:
        if isinstance(one, (list, tuple, set, frozenset)):
            return set(one) == set(other)
        if isinstance(one, float) or isinstance(other, float):
            return bool(abs(one - other) < CLOSE or one == other)
        return bool(one == other)
    except Exception:  # an answer may be anything
        return False


# What has become of the course.


def fingerprint(exercise: Exercise) -> str:
    """A short text that changes when the code of an exercise changes, but not with its words.

    Its code is that in its own folder, and what its lesson and its package share.
    """
    digest = hashlib.sha256()
    home = exercise.words.folder
    for folder in (home, home.parent, home.parent.parent):
        for path in (*sorted(folder.glob("*.py")), *folder.glob("mistakes.toml")):
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def changed(question: Question) -> str:
    """What of a question would be judged otherwise than when it was frozen; empty if nothing."""
    if question.kind == "letters":
        return ""
    try:
        usual = _usual(question)
    except LookupError as error:
        return str(error)
    if fingerprint(usual) == question.code:
        return ""
    if question.kind == "seeded":
        return "its code has changed, and its cases are made by it"
    judge = cast(Cases, usual.judge)
    try:
        results = {args: judge.expected(*value_of(args)) for args, _result in question.cases}
    except Exception as error:  # it is called otherwise now
        return f"its code has changed, and raises {type(error).__name__} in a frozen case"
    other = [args for args, result in question.cases if results[args] != _value(result)]
    return f"other results are right now in {len(other)} of its cases" if other else ""
