"""Lesson 07: closing."""

from __future__ import annotations

from ...._text import _
from ...lesson import Lesson
from .predictions import MISCONCEPTIONS, PREDICTIONS

LESSON = Lesson("07", "07_closing", _("Closing"), PREDICTIONS, misconceptions=MISCONCEPTIONS)
