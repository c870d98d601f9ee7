"""Read a header by hand."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.2"),
    solution={"A": True, "B": 2, "C": False, "D": 256, "E": 4},
    wrong=letters(
        B={"opcode-with-fin": 130, "text": 1},
        C={"masked": True},
        D={"marker-as-length": 126, "little-endian": 1},
        E={"two-byte-header": 2},
    ),
)
