"""Lesson 04: frame layout: bits, opcodes, lengths."""

from __future__ import annotations

from ....words import _
from ...lesson import Lesson
from . import decode_header, encode_header, minimal, read_header
from .predictions import MISCONCEPTIONS, OBJECTIVES, PREDICTIONS

LESSON = Lesson(
    "04",
    "04_frame_layout",
    _("Frame layout: bits, opcodes, lengths"),
    PREDICTIONS,
    (
        read_header.EXERCISE,
        encode_header.EXERCISE,
        decode_header.EXERCISE,
        minimal.EXERCISE,
    ),
    misconceptions=MISCONCEPTIONS,
    objectives=OBJECTIVES,
)
