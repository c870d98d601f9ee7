"""Choose the simplest technique for each case."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="1.1; 1.5"),
    solution={
        "A": "HTTP",
        "B": "SSE",
        "C": "WebSocket",
        "D": "WebRTC",
        "E": "HTTP",
        "F": "WebSocket",
    },
)
