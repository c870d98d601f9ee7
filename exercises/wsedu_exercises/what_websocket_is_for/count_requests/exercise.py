"""Count the requests of each technique in ten seconds."""

from __future__ import annotations

import random
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters

from ...counting import PLACES, WORDS, moments, times


def about(news: tuple[int, ...] = (2, 5, 6), every: int = 5, orders: int = 2) -> dict[str, Any]:
    """The exercise about news at these seconds, a poll so often, and so many orders of a client."""
    polls, long_polls, stream = list(range(0, 10, every)), len(news) + 1, 1 + orders
    return {
        "solution": {
            "A": 10,
            "B": len(polls),
            "C": long_polls,
            "D": 1,
            "E": 1,
            "F": stream,
            "G": 1,
        },
        "wrong": letters(A={"polls-only-for-news": len(news)})
        | letters(C={"last-request-forgotten": len(news)})
        | letters(D={"request-per-event": len(news)})
        | letters(E={"request-per-message": 1 + len(news), "handshake-not-counted": 0})
        | letters(F={"two-way-event-stream": 1})
        | letters(G={"one-way-websocket": 1 + orders})
        | letters(
            A={
                "eleven-polls": 11,
                "nine-polls": 9,
                "one-poll": 1,
                "polls-and-news": 10 + len(news),
                "polls-and-responses": 20,
            },
            B={
                "poll-at-ten": len(polls) + 1,
                "first-poll-forgotten": len(polls) - 1,
                "polls-of-five": every,
            },
            C={
                "long-poll-once": 1,
                "long-poll-each-second": 10,
                "long-poll-first-only": 2,
                "long-poll-twice": 2 * len(news),
                "long-poll-one-more": long_polls + 1,
            },
            D={"event-stream-free": 0, "event-stream-and-events": 1 + len(news)},
            E={"handshake-and-upgrade": 2, "messages-as-requests": len(news)},
            F={
                "own-orders-only": orders,
                "all-orders": len(news) + orders,
                "all-orders-and-stream": 1 + len(news) + orders,
                "stream-opened-again": 2 * orders,
            },
            G={
                "handshake-forgotten": 0,
                "orders-without-handshake": orders,
                "everything-counted": 1 + len(news) + orders,
            },
        ),
        "facts": {
            "listed": f"{', '.join(map(str, news[:-1]))} and {news[-1]}",
            "news": WORDS[len(news)],
            "next": PLACES[long_polls],
            "long_polls": WORDS[long_polls],
            "every": WORDS[every],
            "asks": moments(polls),
            "later": moments(polls[1:]),
            "orders": WORDS[orders],
            "times": times(orders),
        },
    }


def draw(chance: random.Random) -> dict[str, Any]:
    """News at other seconds, two to five of them, another interval, and two or three orders."""
    news = sorted(chance.sample(range(1, 9), chance.randrange(2, 6)))
    return about(tuple(news), chance.choice([3, 4, 5]), chance.choice([2, 3]))


EXERCISE = Exercise(
    stars=1, judge=Letters(section="RFC 6202 2; RFC 6455 1.1"), **about(), draw=draw
)
