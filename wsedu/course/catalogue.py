"""The list of what the course holds: its lessons, their exercises, their predictions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ..words import _
from .exercise import Exercise
from .lesson import Lesson, Prediction, Quiz
from .lessons import l00, l01, l02, l03, l04, l05, l06, l07, l08

T = TypeVar("T")

LESSONS: tuple[Lesson, ...] = (
    l00.LESSON,
    l01.LESSON,
    l02.LESSON,
    l03.LESSON,
    l04.LESSON,
    l05.LESSON,
    l06.LESSON,
    l07.LESSON,
    l08.LESSON,
)

EXERCISES = {exercise.name: exercise for lesson in LESSONS for exercise in lesson.exercises}
PREDICTIONS = {
    prediction.name: prediction for lesson in LESSONS for prediction in lesson.predictions
}
QUIZZES = {quiz.name: quiz for lesson in LESSONS for quiz in lesson.quizzes}


def exercise_named(name: str) -> Exercise:
    """The exercise of that name; the error lists those that exist."""
    return _named(name, EXERCISES, _("There is no exercise {name}; there are: {known}."))


def prediction_named(name: str) -> Prediction:
    """The prediction of that name; the error lists those that exist."""
    return _named(name, PREDICTIONS, _("There is no prediction {name}; there are: {known}."))


def quiz_named(name: str) -> Quiz:
    """The quiz of that name; the error lists those that exist."""
    return _named(name, QUIZZES, _("There is no quiz {name}; there are: {known}."))


def _named(name: str, known: Mapping[str, T], unknown: str) -> T:
    if name not in known:
        raise ValueError(unknown.format(name=repr(name), known=", ".join(known)))
    return known[name]
