"""What a lesson holds for the course: its objectives, predictions, exercises, and so on."""

from __future__ import annotations

from dataclasses import dataclass

from .exercise import Exercise


@dataclass(frozen=True)
class Prediction:
    """A question that is answered before anything runs.

    name:    its id, such as ``"frame-overhead"``
    options: each with what is said to it afterwards
    right:   the index of the option that the experiment will show
    """

    name: str
    question: str
    options: tuple[tuple[str, str], ...]
    right: int


@dataclass(frozen=True)
class Quiz:
    """Steps to put in order, at the end of a lesson.

    name:  its id, such as ``"handshake-order"``
    steps: in the order in which they are shown: each with its right place, from 0, and what is
           said when it is the first at a wrong place
    done:  what is said when all are right
    """

    name: str
    question: str
    steps: tuple[tuple[str, int, str], ...]
    done: str


@dataclass(frozen=True)
class Misconception:
    """What learners often believe, and the cell whose experiment shows otherwise.

    says: the belief, in a learner's words
    cell: the id of a code cell of the lesson
    """

    says: str
    cell: str


@dataclass(frozen=True)
class Objective:
    """What a learner can do after a lesson, and what practises it.

    says:      the objective, word for word as in the title cell of the lesson
    practised: names of the lesson's exercises, predictions and quizzes; one at least
    """

    says: str
    practised: tuple[str, ...]


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    number: such as ``"04"``, for display and for the names of files
    slug:   the name of its files, such as ``"04_frame_layout"``
    """

    number: str
    slug: str
    title: str
    predictions: tuple[Prediction, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    quizzes: tuple[Quiz, ...] = ()
    objectives: tuple[Objective, ...] = ()
