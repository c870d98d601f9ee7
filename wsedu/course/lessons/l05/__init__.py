"""Lesson 05: masking and why it exists."""

from __future__ import annotations

from ....words import _
from ...lesson import Lesson
from . import craft, find_key, mask, unmask
from .predictions import MISCONCEPTIONS, OBJECTIVES, PREDICTIONS

LESSON = Lesson(
    "05",
    "05_masking",
    _("Masking and why it exists"),
    PREDICTIONS,
    (
        unmask.EXERCISE,
        mask.EXERCISE,
        find_key.EXERCISE,
        craft.EXERCISE,
    ),
    misconceptions=MISCONCEPTIONS,
    objectives=OBJECTIVES,
)
