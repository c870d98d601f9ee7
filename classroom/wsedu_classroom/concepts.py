"""The concept test before and after the course, and what it says about a class.

How to think about it: twelve questions, each about one concept, in two parallel forms. Every wrong
option is a misconception with a name, so an answer says more than right or wrong. Half of the class
gets form A before and B after, the other half the other way round: then neither form is "before".

The gain is the normalised gain of a class: of what could be gained, the part that was gained,
(after - before) / (1 - before). R. R. Hake, American Journal of Physics 66, 64 (1998).
"""

from __future__ import annotations

import csv
import io
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

LETTERS = "ABCD"
FORMS = ("A", "B")
RIGHT = "right"


@dataclass(frozen=True)
class Form:
    """One form of a question.

    asks:    the question, with code between backticks
    options: the name of what is believed -> the text; the first is A
    """

    asks: str
    options: Mapping[str, str]

    @property
    def right(self) -> str:
        """The letter of the right answer."""
        return LETTERS[list(self.options).index(RIGHT)]

    def believes(self, letter: str) -> str:
        """What a letter says: the name of a misconception, or "right"; empty for no answer."""
        return list(self.options)[LETTERS.index(letter)] if letter else ""


@dataclass(frozen=True)
class Question:
    """One concept.

    lesson: its number, where the concept is met
    said:   the name of a misconception -> what a teacher says to it
    forms:  by the letters "A" and "B"
    """

    concept: str
    title: str
    lesson: str
    said: Mapping[str, str]
    forms: Mapping[str, Form]


def questions() -> tuple[Question, ...]:
    """The twelve questions, in the order in which both forms ask them."""
    text = (files(__package__) / "concepts.toml").read_text(encoding="utf-8")
    return tuple(
        Question(
            entry["concept"],
            entry["title"],
            entry["lesson"],
            entry["said"],
            {form: Form(**entry[form.lower()]) for form in FORMS},
        )
        for entry in tomllib.loads(text)["question"]
    )


# What a class has answered.


class Unreadable(ValueError):
    """A table of letters cannot be read; the sentence says which line."""


@dataclass(frozen=True)
class Sheet:
    """The answers of one learner: the form, and a letter for each question, or an empty string."""

    form: str
    letters: tuple[str, ...]


def read_letters(text: str) -> dict[str, Sheet]:
    """The sheets in a table ``learner,form,1,2,...,12``, by learner.

    Letters may be small. Raises Unreadable.
    """
    count = len(questions())
    found: dict[str, Sheet] = {}
    file = io.StringIO(text.removeprefix("\ufeff"), newline=None)
    lines = csv.reader(file, delimiter=separator_of(text))
    may_be_heading = True
    for number, line in enumerate(lines, 1):
        cells = [unicodedata.normalize("NFC", cell.strip()) for cell in line]
        if not any(cells):
            continue
        is_heading = may_be_heading and [cell.upper() for cell in cells[1:2]] not in (["A"], ["B"])
        may_be_heading = False
        if is_heading:
            continue
        learner, form, *letters = [*cells, *[""] * (count + 2 - len(cells))]
        form, letters = form.upper(), [letter.upper() for letter in letters]
        if form not in FORMS:
            raise Unreadable(f"line {number}: the form is A or B, not {form!r}")
        if wrong := [letter for letter in letters if letter and letter not in tuple(LETTERS)]:
            raise Unreadable(f"line {number}: an answer is A, B, C, D or empty, not {wrong[0]!r}")
        if len(letters) > count:
            raise Unreadable(f"line {number}: there are {count} questions, not {len(letters)}")
        if learner in found:
            raise Unreadable(f"line {number}: {learner} has a line already")
        found[learner] = Sheet(form, tuple(letters))
    return found


def separator_of(text: str) -> str:
    """The separator of a table: the one that makes the most cells of its first line.

    Excel writes semicolons where numbers have a decimal comma, and tabs in other places.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def gain(before: float, after: float) -> float | None:
    """The normalised gain of two shares of right answers; None if all was right before."""
    return None if before == 1 else (after - before) / (1 - before)


@dataclass(frozen=True)
class Row:
    """A line of the table: a question or a misconception, and its share of the class.

    gain: of a question; None for a misconception, and if all was right before
    """

    name: str
    before: float
    after: float
    gain: float | None = None


def beliefs(sheets: list[Sheet], place: int, question: Question) -> list[str]:
    """What each sheet says to one question, as names."""
    return [question.forms[sheet.form].believes(sheet.letters[place]) for sheet in sheets]


def compare(before: dict[str, Sheet], after: dict[str, Sheet]) -> Iterator[tuple[Row, list[Row]]]:
    """For each question its row, and those of its misconceptions; at the end, the row of all.

    Only learners who answered both times count; there must be one at least.
    """
    both = sorted(set(before) & set(after))
    sums = [0.0, 0.0]
    for place, question in enumerate(questions()):
        said = [
            beliefs([sheets[learner] for learner in both], place, question)
            for sheets in (before, after)
        ]
        shares = {
            name: [names.count(name) / len(both) for names in said]
            for name in (RIGHT, *question.said)
        }
        first, last = shares.pop(RIGHT)
        sums = [sums[0] + first, sums[1] + last]
        yield (
            Row(question.title, first, last, gain(first, last)),
            [Row(name, *share) for name, share in shares.items()],
        )
    first, last = (total / len(questions()) for total in sums)
    yield Row("All questions", first, last, gain(first, last)), []
