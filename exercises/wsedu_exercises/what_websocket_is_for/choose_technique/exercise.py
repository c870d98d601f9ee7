"""Choose the technique for a case."""

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
    wrong={
        "websocket-for-a-question": {"A": "WebSocket"},
        "websocket-for-a-ticker": {"B": "WebSocket"},
        "events-for-a-chat": {"C": "SSE"},
        "websocket-for-a-voice": {"D": "WebSocket"},
        "websocket-for-a-file": {"E": "WebSocket"},
        "asking-for-strokes": {"F": "HTTP"},
    },
)
