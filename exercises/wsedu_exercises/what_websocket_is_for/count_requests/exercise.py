"""How many requests in ten seconds."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="RFC 6202 2; RFC 6455 1.1"),
    solution={"A": 10, "B": 2, "C": 4, "D": 1, "E": 1, "F": 3, "G": 1},
    wrong={
        "polling-asks-only-when-there-is-news": {"A": 3},
        "the-last-request-is-forgotten": {"C": 3},
        "a-request-for-each-event": {"D": 3},
        "each-message-is-a-request": {"E": 4},
        "a-handshake-is-no-request": {"E": 0},
        "a-stream-has-two-directions": {"F": 1},
        "websocket-has-one-direction": {"G": 3},
    },
)
