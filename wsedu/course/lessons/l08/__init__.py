"""Lesson 08: ping, pong and timeouts."""

from __future__ import annotations

from ...._text import _
from ...lesson import Lesson
from .predictions import MISCONCEPTIONS, PREDICTIONS

LESSON = Lesson(
    "08",
    "08_ping_pong_and_timeouts",
    _("Ping, pong and timeouts"),
    PREDICTIONS,
    misconceptions=MISCONCEPTIONS,
)
