"""Lesson 03: Sec-WebSocket-Accept."""

from __future__ import annotations

from ....words import _
from ...lesson import Lesson
from . import accept, cached, diagnosis, keys, lengths
from .predictions import MISCONCEPTIONS, OBJECTIVES, PREDICTIONS

LESSON = Lesson(
    "03",
    "03_sec_websocket_accept",
    _("Sec-WebSocket-Accept"),
    PREDICTIONS,
    (
        lengths.EXERCISE,
        accept.EXERCISE,
        diagnosis.EXERCISE,
        keys.EXERCISE,
        cached.EXERCISE,
    ),
    misconceptions=MISCONCEPTIONS,
    objectives=OBJECTIVES,
)
