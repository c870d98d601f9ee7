"""Which evidence speaks, on a small exercise: the parity and the digits of a number."""

import enum
import random
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from fractions import Fraction
from typing import Any, NamedTuple
from unittest import mock

import pytest

from wsedu.course import runner
from wsedu.course.diagnosis import ORDER, key_of, plain
from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases
from wsedu.course.mistakes import patch
from wsedu.course.verdict import Verdict
from wsedu.course.wording import Wording


def look_at(number):  # type: ignore[no-untyped-def]
    return number % 2 == 0, len(str(number))


WORDS = """
like = "(even, digits)"
passed = "Right."

[fields]
even = "even"
digits = "the number of digits"

[conditions]
long = "the number has two digits"

[mistakes]
odd = "You say odd."
always-even = "You call every number even."
border = "You count 10 as one digit."
one-more = "You count one digit too many."
raises = "You divide by the number, which may be 0."
"""


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    folder = tmp_path_factory.mktemp("look_at")
    (folder / "en.toml").write_text(WORDS, encoding="utf-8")
    judge = Cases(
        lambda chance: [(0,), (1,), (8,), (9,), (10,), (13,), (chance.choice([20, 31]),)],
        look_at,
        lambda got: isinstance(got, tuple) and [type(part) for part in got] == [bool, int],
        fields=lambda got: {"even": got[0], "digits": got[1]},
        conditions={"long": lambda number: number > 9},
    )
    return Exercise(
        stars=1,
        judge=judge,
        solution=look_at,
        wrong={
            "odd": patch("== 0", "== 1"),
            "always-even": patch("number % 2 == 0", "True"),
            "border": patch("len(str(number))", "len(str(number - (number == 10)))"),
            "one-more": patch("len(str(number))", "len(str(number)) + 1"),
            "raises": patch("number % 2", "(1 / number and number) % 2"),
        },
        name="look-at",
        words=Wording(folder),
    )


def judged(exercise: Exercise, answer: Callable[..., Any], seed: int = 1) -> Verdict:
    return runner.run(
        lambda watched: exercise.judge(exercise, watched, random.Random(seed)), answer
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda n: (n % 2 > 0, len(str(n))), "You say odd."),
        (lambda n: (1 / n > 0 and n % 2 == 0, len(str(n))), "You divide by the number, which"),
        # Each wrong field is that of one mistake, and both are told.
        (
            lambda n: (True, len(str(n)) + 1),
            "You count one digit too many. There is another mistake, too. You call every",
        ),
        # Every wrong case is that of a mistake, but no mistake has all of them.
        (lambda n: (n % 2 == 0 or n == 10, len(str(n)) - (n == 10)), "You count 10 as one digit."),
        # A part only: it is said with care.
        (
            lambda n: (n % 2 == 0, 1 if n == 10 else -1 if n == 13 else len(str(n))),
            "It looks as if this is one of several mistakes. You count 10 as one digit.",
        ),
        # Nothing fits: which field, and when.
        (
            lambda n: (n % 2 == 0, 1),
            "Only the number of digits is wrong. It is wrong exactly if the number has two digits.",
        ),
        (lambda n: (n % 2 == 0, 7 if n == 9 else len(str(n))), "Only the number of digits is"),
        (lambda n: (n % 2 > 0, 7), "Not right yet: compare what you returned with what"),
        (lambda n: "even", "Return (even, digits), not 'even'."),
        (lambda n: None, "Return (even, digits), not None."),
        (lambda n: (n % 2 == 0, len(n)), "In the case (0) your function raised TypeError"),
    ],
)
def test_sentence(exercise: Exercise, answer: Callable[..., Any], sentence: str) -> None:
    said = judged(exercise, answer).sentence
    assert said.startswith(sentence), said


def test_whatever_error_or_generator_is_returned_tells_the_same() -> None:
    async def later() -> AsyncIterator[int]:
        yield 1

    errors = [ValueError("no"), ValueError("No."), KeyError(), ValueError]
    generators = [(n for n in ()), iter([1]), map(str, [])]
    alike = [errors, generators, [later(), later()], [None], ["ValueError"]]
    keys = [{key_of(value) for value in values} for values in alike]
    assert [len(each) for each in keys] == [1] * len(alike)
    assert len(set.union(*keys)) == len(alike)


class Unhashable(type):
    """The type of classes that compare in their own way, as those of some libraries do."""

    def __eq__(cls, other: object) -> bool:
        return NotImplemented


class Odd(metaclass=Unhashable):
    pass


@pytest.mark.parametrize("value", [Odd, mock.Mock(spec=type)], ids=["class", "mock"])
def test_a_value_that_refuses_to_be_asked_is_told_like_any_other(
    exercise: Exercise, value: object
) -> None:
    assert judged(exercise, lambda n: value).sentence.startswith("Return (even, digits), not ")


def test_one_change_of_the_code_is_named(exercise: Exercise) -> None:
    def look_at(number):  # type: ignore[no-untyped-def]
        count = len(str(number)) + number // 13
        return number % 2 == 0, count

    said = judged(exercise, look_at).sentence
    assert "`number // 13` is too much in `len(str(number)) + number // 13`." in said


def test_function_that_keeps_something_from_call_to_call(exercise: Exercise) -> None:
    calls: list[int] = []

    def answer(number: int) -> tuple[bool, int]:
        calls.append(number)
        return number % 2 == 0, len(str(number)) + len(calls) // 3

    verdict = judged(exercise, answer)
    assert "keeps something from call to call" in verdict.sentence
    assert "expected" not in (verdict.case or ""), "it was right the first time"


@pytest.mark.parametrize("seed", range(5))
def test_everybody_meets_the_same_cases_first(exercise: Exercise, seed: int) -> None:
    verdict = judged(exercise, lambda n: (n % 2 == 0, len(str(n)) if n < 20 else 5), seed)
    assert verdict == judged(exercise, lambda n: (n % 2 == 0, len(str(n)) if n < 20 else 5), 0)


def test_wrong_case_by_chance_is_found(exercise: Exercise) -> None:
    """The fixed cases hold 20 or 31; the other one comes by chance."""
    fixed = exercise.judge.fixed(exercise)[-1][0]  # type: ignore[attr-defined]
    other = 51 - fixed

    def answer(number: int) -> tuple[bool, int]:
        return (number % 2 == 0, 9) if number == other else look_at(number)

    outcomes = {judged(exercise, answer, seed).outcome for seed in range(20)}
    assert outcomes == {"passed", "not yet"}


def test_every_step_is_a_function() -> None:
    from wsedu.course import diagnosis

    assert all(callable(getattr(diagnosis, f"_{step}")) for step in ORDER)


class Colour(enum.IntEnum):
    RED = 1


class Pair(NamedTuple):
    one: Any
    other: Any


class Text(str):
    pass


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Colour.RED, 1),
        (bytearray(b"ab"), b"ab"),
        (memoryview(b"ab"), b"ab"),
        (Fraction(4, 2), 2),
        (Fraction(1, 4), 0.25),
        (Text("x"), "x"),
        (Pair(Colour.RED, bytearray(b"x")), (1, b"x")),
        ([Pair(1, 2)], [(1, 2)]),
        (OrderedDict(a=Colour.RED), {"a": 1}),
        (True, True),
        (None, None),
    ],
)
def test_what_python_takes_as_equal_is_taken(value: Any, expected: Any) -> None:
    found = plain(value)
    assert (type(found), found) == (type(expected), expected)
