"""What the board knows of the course: the names that events may have, and their words.

How to think about it: a learner's message may name anything. What the course does not have is not
shown, so the board's memory is bounded by the course, and not by what a client makes up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wsedu.course.catalogue import lessons


@dataclass(frozen=True)
class Course:
    """The names that events may have.

    mistakes: exercise -> the names of its mistakes
    options:  prediction -> how many options it has
    lessons:  what the page shows of each lesson, as JSON
    """

    mistakes: Mapping[str, frozenset[str]]
    options: Mapping[str, int]
    lessons: tuple[dict[str, Any], ...] = ()


def installed() -> Course:
    """The course and the teachers' packages of exercises that are installed here."""
    all_exercises = [exercise for lesson in lessons() for exercise in lesson.exercises]
    all_predictions = [asked for lesson in lessons() for asked in lesson.predictions]
    return Course(
        {one.name: frozenset(one.words.get("mistakes", {})) for one in all_exercises},
        {one.name: len(one.options) for one in all_predictions},
        tuple(
            {
                "number": lesson.number,
                "title": lesson.title,
                "exercises": [
                    {
                        "name": one.name,
                        "number": one.number,
                        "title": one.title,
                        "stars": one.stars,
                        "mistakes": dict(one.words.get("mistakes", {})),
                    }
                    for one in lesson.exercises
                ],
                "predictions": [
                    {
                        "name": one.name,
                        "question": one.question,
                        "options": [option for option, _said in one.options],
                        "right": one.right,
                    }
                    for one in lesson.predictions
                ],
            }
            for lesson in lessons()
        ),
    )
