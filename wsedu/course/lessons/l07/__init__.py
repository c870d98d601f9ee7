"""Lesson 07: closing."""

from __future__ import annotations

from ....words import _
from ...lesson import Lesson
from . import close_frame, ending, endings, parse_close
from .predictions import MISCONCEPTIONS, OBJECTIVES, PREDICTIONS, QUIZZES

LESSON = Lesson(
    "07",
    "07_closing",
    _("Closing"),
    PREDICTIONS,
    (endings.EXERCISE, close_frame.EXERCISE, parse_close.EXERCISE, ending.EXERCISE),
    misconceptions=MISCONCEPTIONS,
    quizzes=QUIZZES,
    objectives=OBJECTIVES,
)
