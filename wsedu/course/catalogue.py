"""The list of what the course holds: its lessons, their exercises, their predictions."""

from __future__ import annotations

from dataclasses import dataclass

from .._text import _
from .exercise import Exercise
from .exercises import (
    handshake_client_checks,
    handshake_request,
    handshake_server_checks,
    handshake_statuses,
)
from .questions import PREDICTIONS, Prediction


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number, the name of its files, its title, and its exercises."""

    number: str
    slug: str
    title: str
    exercises: tuple[Exercise, ...]


LESSONS = (
    Lesson(
        "02",
        "02_the_opening_handshake",
        _("The opening handshake"),
        (
            handshake_statuses.EXERCISE,
            handshake_request.EXERCISE,
            handshake_server_checks.EXERCISE,
            handshake_client_checks.EXERCISE,
        ),
    ),
)

EXERCISES = {exercise.name: exercise for lesson in LESSONS for exercise in lesson.exercises}


def exercise_named(name: str) -> Exercise:
    """The exercise of that name; the error lists those that exist."""
    if name not in EXERCISES:
        raise ValueError(
            _("There is no exercise {name}; there are: {known}.").format(
                name=repr(name), known=", ".join(EXERCISES)
            )
        )
    return EXERCISES[name]


def prediction_named(name: str) -> Prediction:
    """The prediction of that name; the error lists those that exist."""
    known = {prediction.name: prediction for prediction in PREDICTIONS}
    if name not in known:
        raise ValueError(
            _("There is no prediction {name}; there are: {known}.").format(
                name=repr(name), known=", ".join(known)
            )
        )
    return known[name]
