"""The lengths on the way from key to Accept."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="4.2.2"),
    solution={"A": 24, "B": 60, "C": 20, "D": 28, "E": 1},
    wrong={
        "the-bytes-of-the-nonce": {"A": 16},
        "the-key-is-decoded": {"B": 52},
        "the-hex-digits-of-sha-1": {"C": 40},
        "base64-without-padding": {"D": 27},
        "base64-changes-no-length": {"D": 20},
        "two-signs-of-padding": {"E": 2},
    },
)
