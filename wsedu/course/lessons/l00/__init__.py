"""Lesson 00: start here."""

from __future__ import annotations

from ...._text import _
from ...lesson import Lesson
from .predictions import MISCONCEPTIONS, PREDICTIONS

LESSON = Lesson("00", "00_start_here", _("Start here"), PREDICTIONS, misconceptions=MISCONCEPTIONS)
