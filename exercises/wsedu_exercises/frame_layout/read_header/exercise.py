"""Read a header by hand."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.2"),
    solution={"A": True, "B": 2, "C": False, "D": 256, "E": 4},
    wrong={
        "126-is-the-length": {"D": 126},
        "the-smaller-byte-first": {"D": 1},
        "the-opcode-with-fin": {"B": 130},
        "text": {"B": 1},
        "the-header-has-two-bytes": {"E": 2},
        "masked": {"C": True},
    },
)
