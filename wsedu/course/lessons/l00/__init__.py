"""Lesson 00: start here."""

from __future__ import annotations

from ....words import _
from ...lesson import Lesson
from . import errors, handler, loops, slow_echo
from .predictions import MISCONCEPTIONS, OBJECTIVES, PREDICTIONS

LESSON = Lesson(
    "00",
    "00_start_here",
    _("Start here"),
    PREDICTIONS,
    (loops.EXERCISE, slow_echo.EXERCISE, errors.EXERCISE, handler.EXERCISE),
    misconceptions=MISCONCEPTIONS,
    objectives=OBJECTIVES,
)
