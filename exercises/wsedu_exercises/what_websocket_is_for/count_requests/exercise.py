"""How many requests in ten seconds."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

SECONDS = 10
EVENTS = (2, 5, 6)  # when something happens


def polling(every: int) -> int:
    """One request each time, whatever has happened."""
    return len(range(0, SECONDS, every))


def long_polling() -> int:
    """A request waits for the next event; when it is answered, the client asks again."""
    count, waiting = 0, False
    for second in range(SECONDS):
        if not waiting:
            count, waiting = count + 1, True
        if second in EVENTS:
            waiting = False
    return count


def counted() -> dict[str, int]:
    """The requests of each, counted second by second."""
    stream, handshake, orders = 1, 1, 2
    return {
        "A": polling(1),
        "B": polling(5),
        "C": long_polling(),
        "D": stream,
        "E": handshake,
        "F": stream + orders,
        "G": handshake,
    }


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
