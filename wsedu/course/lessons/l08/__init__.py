"""Lesson 08: ping, pong and timeouts."""

from __future__ import annotations

from ....words import _
from ...lesson import Lesson
from . import answer, backoff, cost, keepalive, seconds, server
from .predictions import MISCONCEPTIONS, OBJECTIVES, PREDICTIONS

LESSON = Lesson(
    "08",
    "08_ping_pong_and_timeouts",
    _("Ping, pong and timeouts"),
    PREDICTIONS,
    (
        seconds.EXERCISE,
        answer.EXERCISE,
        keepalive.EXERCISE,
        backoff.EXERCISE,
        cost.EXERCISE,
        server.EXERCISE,
    ),
    MISCONCEPTIONS,
    objectives=OBJECTIVES,
)
