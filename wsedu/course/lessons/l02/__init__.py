"""Lesson 02: the opening handshake."""

from __future__ import annotations

from ....words import _
from ...lesson import Lesson
from . import client_checks, request, server_checks, statuses
from .predictions import MISCONCEPTIONS, OBJECTIVES, PREDICTIONS, QUIZZES

LESSON = Lesson(
    "02",
    "02_the_opening_handshake",
    _("The opening handshake"),
    PREDICTIONS,
    (statuses.EXERCISE, request.EXERCISE, server_checks.EXERCISE, client_checks.EXERCISE),
    misconceptions=MISCONCEPTIONS,
    quizzes=QUIZZES,
    objectives=OBJECTIVES,
)
