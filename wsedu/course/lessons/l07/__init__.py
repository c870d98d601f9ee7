"""Lesson 07: closing."""

from __future__ import annotations

from ...._text import _
from ...lesson import Lesson

LESSON = Lesson("07", "07_closing", _("Closing"))
