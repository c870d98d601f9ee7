"""Lesson 01: what WebSocket is for."""

from __future__ import annotations

from ....words import _
from ...lesson import Lesson
from . import choose, events, fan_out, requests, worth
from .predictions import MISCONCEPTIONS, OBJECTIVES, PREDICTIONS

LESSON = Lesson(
    "01",
    "01_what_websocket_is_for",
    _("What WebSocket is for"),
    PREDICTIONS,
    (
        requests.EXERCISE,
        worth.EXERCISE,
        choose.EXERCISE,
        fan_out.EXERCISE,
        events.EXERCISE,
    ),
    misconceptions=MISCONCEPTIONS,
    objectives=OBJECTIVES,
)
