"""Read a header by hand."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.2"),
    solution={"A": True, "B": 2, "C": False, "D": 256, "E": 4},
    wrong={
        "marker-as-length": {"D": 126},
        "little-endian": {"D": 1},
        "opcode-with-fin": {"B": 130},
        "text": {"B": 1},
        "two-byte-header": {"E": 2},
        "masked": {"C": True},
    },
)
