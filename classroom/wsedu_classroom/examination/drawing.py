"""Draw an examination: from a seed, the questions of each form.

How to think about it: all chance is here, and it is used once. An exercise with numbers draws other
ones (its ``draw``). One that is answered by letters gets new letters. A function gets other hidden
cases, other examples in its task, and a question on paper. What is drawn is a ``Question``, which
is only data.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import REFUSED, Cases, Letters

from . import paper, relabelled
from .frozen import Question, fingerprint
from .values import RAISES, text_of

FORMS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHORT = 70  # characters of an example's call or result


def forms(chosen: Iterable[Exercise], seed: int, count: int) -> dict[str, list[Question]]:
    """The questions of each form: of form A first."""
    chosen = list(chosen)
    found: dict[str, list[Question]] = {}
    before: list[Question | None] = [None] * len(chosen)
    for form in FORMS[:count]:
        drawn = [question(exercise, f"{seed} {form} {exercise.name}") for exercise in chosen]
        found[form] = [*map(_at_another_letter, drawn, before)]
        before = [*found[form]]
    return found


def _at_another_letter(asked: Question, before: Question | None) -> Question:
    """The question with its right result at another letter than in the form before."""
    one, other = asked.paper, before and before.paper
    if not one or not other or one.right != other.right:
        return asked
    turned = replace(
        one,
        results=[*one.results[1:], one.results[0]],
        right=(one.right - 1) % len(one.results),
        says=[*one.says[1:], one.says[0]],
    )
    return replace(asked, paper=turned)


def question(exercise: Exercise, seed: str) -> Question:
    """One exercise, with what the seed draws."""
    chance = random.Random(seed)
    if isinstance(exercise.judge, Letters):
        return _by_letters(with_other_numbers(exercise, chance), exercise.judge, chance)
    asked = _question(
        exercise,
        kind="seeded",
        task=_task(exercise),
        words={key: value for key, value in exercise.words.items() if key not in NOT_SAID},
        seed=seed,
        code=fingerprint(exercise),
    )
    if not isinstance(exercise.judge, Cases):
        return asked
    on_paper = paper.question(exercise, chance)
    task = with_other_examples(exercise, chance, on_paper.call if on_paper else "")
    asked = replace(asked, task=task, paper=on_paper)
    try:
        cases = [*_frozen(exercise.judge, chance)]
    except ValueError:  # no text stands for them
        return asked
    return replace(asked, kind="cases", cases=cases, seed="")


# What is written in an examination becomes no piece of anything.
OF_THE_COURSE = (
    " This function becomes a piece of your own server.",
    " Your server will use it to unmask what clients send.",
)


def _task(exercise: Exercise) -> str:
    task: str = exercise.words["task"].strip()
    for sentence in OF_THE_COURSE:
        task = task.replace(sentence, "")
    return task


NOT_SAID = {"task", "hints"}  # words that no verdict of an examination says


def _question(exercise: Exercise, **more: Any) -> Question:
    return Question(exercise=exercise.name, number=exercise.number, stars=exercise.stars, **more)


# By letters.


def with_other_numbers(exercise: Exercise, chance: random.Random) -> Exercise:
    """The exercise about other numbers, if its numbers can change."""
    if exercise.draw is None:
        return exercise
    drawn = exercise.draw(chance)
    return replace(
        exercise,
        solution=drawn["solution"],
        wrong={**exercise.wrong, **drawn["wrong"]},
        words=exercise.words.about(drawn["facts"]),
    )


def _by_letters(exercise: Exercise, judge: Letters, chance: random.Random) -> Question:
    task, letters = exercise.words["task"].strip(), "".join(exercise.solution)
    new = dict(zip(letters, letters, strict=True))
    if relabelled.can_be_relabelled(task, letters):
        new = dict(zip(letters, chance.sample(letters, len(letters)), strict=True))
        task = relabelled.in_task(task, new)

    def texts(answers: dict[str, Any]) -> dict[str, str]:
        found = {letter: text_of(value) for letter, value in answers.items()}
        return relabelled.in_keys(found, new)

    words = exercise.words
    return _question(
        exercise,
        kind="letters",
        task=task,
        answers=texts(exercise.solution),
        wrong=[
            (texts(theirs), relabelled.in_text(said, new))
            for theirs, said in _distinct(exercise, judge)
        ],
        words={
            "title": exercise.title,
            "like": relabelled.in_text(words["like"], new),
            "passed": words["passed"],
            "letters": {
                new[letter]: relabelled.in_text(said, new)
                for letter, said in sorted(words["letters"].items())
            },
            "section": judge.section,
            "sections": relabelled.in_keys(judge.sections, new),
            "pictures": texts(dict(judge.pictures)),
        },
        code=fingerprint(exercise),
    )


def _distinct(exercise: Exercise, judge: Letters) -> Iterator[tuple[dict[str, Any], str]]:
    """The wrong letters of each mistake, with its sentence.

    With other numbers a mistake may come to the right answer, or to that of another mistake; then
    its sentence would be wrong, and it is left out.
    """
    seen = set()
    for mistake in exercise.mistakes:
        theirs = {
            letter: mistake.answer[letter]
            for letter, right in exercise.solution.items()
            if not judge.same(mistake.answer[letter], right)
        }
        key = tuple((letter, repr(value)) for letter, value in theirs.items())
        if len(theirs) < len(exercise.wrong[mistake.name]) or key in seen:
            continue
        seen.add(key)
        yield theirs, mistake.sentence


# Functions.


def _frozen(judge: Cases, chance: random.Random) -> Iterator[tuple[str, str]]:
    """The cases as text, with the right result of each; ValueError if there is none."""
    if judge.timed or judge.right or judge.nearest:
        raise ValueError("more than one result may be right")
    if not (paper.is_plain(judge)):
        raise ValueError("something comes between a case and the function")
    seen = set()
    for args in judge.cases(chance):
        text = text_of(args)
        if text not in seen:
            seen.add(text)
            result = judge.expected(*args)
            yield text, RAISES if result == REFUSED else text_of(result)


# `encode_header(True, 1, 5)` is `b"\x81\x05"`, in a sentence that says nothing else
EXAMPLE = re.compile(r"`(\w+)(\([^`]*\))` is `([^`]+)`")
SENTENCE = re.compile(rf"For example, {EXAMPLE.pattern}(?:,? and {EXAMPLE.pattern})?\.")


def with_other_examples(exercise: Exercise, chance: random.Random, asked: str = "") -> str:
    """The task of a function, with other numbers in its examples, if it gives them as calls.

    asked: the call that is asked for on paper, which is no example
    """
    judge, task = exercise.judge, _task(exercise)
    if not isinstance(judge, Cases) or not paper.is_plain(judge):
        return task
    short = [
        (call, result)
        for call, result in paper.short_cases(exercise)
        if call != asked and "`" not in call + result  # which would end the code in Markdown
    ]

    def other(match: re.Match[str]) -> str:
        called, _args, result = match.groups()
        alike = [case for case in short if _kind(case[1]) == _kind(result)]
        if called != exercise.solution.__name__ or not alike:
            return match[0]
        call, result = chance.choice(alike)
        return f"`{call}` is `{result}`"

    return SENTENCE.sub(lambda match: EXAMPLE.sub(other, match[0]), task)


def examples_in_hex(task: str) -> str:
    """The task with the bytes of its examples as a sheet prints them."""

    def printed(match: re.Match[str]) -> str:
        called, args, result = match.groups()
        return f"`{paper.in_hex(called + args)}` is `{paper.in_hex(result)}`"

    return SENTENCE.sub(lambda match: EXAMPLE.sub(printed, match[0]), task)


def _kind(result: str) -> str:
    """What an example shows: the value itself if it is a word, else how it begins."""
    return result if result.isalpha() else result[:1]
