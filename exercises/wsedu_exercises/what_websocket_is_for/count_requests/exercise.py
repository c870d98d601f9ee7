"""Count the requests of each technique in ten seconds."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="RFC 6202 2; RFC 6455 1.1"),
    solution={"A": 10, "B": 2, "C": 4, "D": 1, "E": 1, "F": 3, "G": 1},
    wrong=letters(
        A={"polls-only-for-news": 3},
        C={"last-request-forgotten": 3},
        D={"request-per-event": 3},
        E={"request-per-message": 4, "handshake-not-counted": 0},
        F={"two-way-event-stream": 1},
        G={"one-way-websocket": 3},
    ),
)
