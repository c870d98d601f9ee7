"""The list of what there is: lessons, their exercises, their predictions, and their quizzes.

How to think about it: the folders of the packages of exercises are the list; here they are read.
A lesson's folder holds ``lesson.toml`` (which exercises, in which order, and what is right),
``en.toml`` (its words), and a folder for each exercise. An exercise is called by the name of its
folder, with hyphens: ``encode_header`` is ``"encode-header"``.
"""

from __future__ import annotations

import difflib
import functools
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any, Protocol, TypeVar

from .._told import Told
from ..words import _
from .exercise import Exercise
from .lesson import Lesson, Misconception, Objective, Prediction, Quiz
from .mistakes import read_mistakes
from .packages import Package, current_name, packages
from .wording import Wording


class UnknownName(Told, ValueError):
    """There is nothing of that name."""


class Named(Protocol):
    """What has a name."""

    @property
    def name(self) -> str:
        """Its id."""


N = TypeVar("N", bound=Named)


@functools.cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons in reading order, those of the course before those of other packages."""
    return tuple(
        _lesson(package, number, name)
        for package in packages()
        for number, name in enumerate(package.lessons)
    )


@functools.cache
def exercises() -> dict[str, Exercise]:
    """All exercises by their names."""
    return _by_name("exercises")


@functools.cache
def predictions() -> dict[str, Prediction]:
    """All predictions by their names."""
    return _by_name("predictions")


@functools.cache
def quizzes() -> dict[str, Quiz]:
    """All quizzes by their names."""
    return _by_name("quizzes")


def exercise_named(name: str) -> Exercise:
    """The exercise of that name; the error names those that look like it."""
    return _named(name, exercises, _("There is no exercise {name}."))


def prediction_named(name: str) -> Prediction:
    """The prediction of that name; the error names those that look like it."""
    return _named(name, predictions, _("There is no prediction {name}."))


def quiz_named(name: str) -> Quiz:
    """The quiz of that name; the error names those that look like it."""
    return _named(name, quizzes, _("There is no quiz {name}."))


def _by_name(kind: str) -> dict[str, Any]:
    """All exercises, predictions or quizzes; ValueError if two of them have the same name."""
    found: dict[str, Any] = {}
    homes: dict[str, str] = {}
    for lesson in lessons():
        for thing in getattr(lesson, kind):
            if thing.name in found:
                raise ValueError(
                    f"two {kind} are called {thing.name!r}: "
                    f"one of {homes[thing.name]}, one of {lesson.slug}"
                )
            found[thing.name], homes[thing.name] = thing, lesson.slug
    return found


def _named(name: str, all_of: Callable[[], Mapping[str, N]], unknown: str) -> N:
    known, current = all_of(), current_name(name)
    if not isinstance(current, str) or current not in known:
        said = unknown.format(name=repr(name))
        if closest := difflib.get_close_matches(str(name), known):
            said += " " + _("Did you mean {known}?").format(known=", ".join(map(repr, closest)))
        raise UnknownName(said)
    return known[current]


# Reading a lesson's folder.


def _lesson(package: Package, place: int, name: str) -> Lesson:
    folder = package.folder / name
    plan = tomllib.loads((folder / "lesson.toml").read_text(encoding="utf-8"))
    words = Wording(folder)
    number = f"{package.prefix}{place:02}"
    return Lesson(
        number,
        f"{number}_{name}",
        words["title"],
        tuple(
            _prediction(name, right, words["predictions"][name])
            for name, right in plan.get("predictions", {}).items()
        ),
        tuple(
            _exercise(package, name, exercise, f"{number}.{place}")
            for place, exercise in enumerate(plan.get("exercises", ()), 1)
        ),
        tuple(
            Misconception(words["misconceptions"][name], cell)
            for name, cell in plan.get("misconceptions", {}).items()
        ),
        tuple(
            _quiz(name, places, words["quizzes"][name])
            for name, places in plan.get("quizzes", {}).items()
        ),
        tuple(
            Objective(words["objectives"][name], tuple(practised))
            for name, practised in plan.get("objectives", {}).items()
        ),
    )


def _exercise(package: Package, lesson: str, name: str, number: str) -> Exercise:
    folder = name.replace("-", "_")
    module = import_module(f"{package.module.__name__}.{lesson}.{folder}.exercise")
    exercise: Exercise = module.EXERCISE
    home = package.folder / lesson / folder
    wrong = {**exercise.wrong, **read_mistakes(home / "mistakes.toml")}
    words = Wording(home, facts=exercise.facts)
    return replace(exercise, name=name, number=number, words=words, wrong=wrong)


def _prediction(name: str, right: int, words: dict[str, Any]) -> Prediction:
    options = tuple(zip(words["options"], words["said"], strict=True))
    return Prediction(name, words["question"], options, right)


def _quiz(name: str, places: list[int], words: dict[str, Any]) -> Quiz:
    steps = tuple(zip(words["steps"], places, words["said"], strict=True))
    return Quiz(name, words["question"], steps, words["done"])
