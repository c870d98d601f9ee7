"""Lesson 06: a stream is not messages."""

from __future__ import annotations

from ....words import _
from ...lesson import Lesson
from . import chunks, read_frame, take_frames, torn
from .predictions import MISCONCEPTIONS, OBJECTIVES, PREDICTIONS

LESSON = Lesson(
    "06",
    "06_a_stream_is_not_messages",
    _("A stream is not messages"),
    PREDICTIONS,
    (
        chunks.EXERCISE,
        torn.EXERCISE,
        take_frames.EXERCISE,
        read_frame.EXERCISE,
    ),
    misconceptions=MISCONCEPTIONS,
    objectives=OBJECTIVES,
)
