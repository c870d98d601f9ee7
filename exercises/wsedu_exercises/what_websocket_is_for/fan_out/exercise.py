"""One asks, everybody else hears."""

from __future__ import annotations

import random

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch


def place_order(order: str, sender: str, connected: list[str]) -> tuple[int, dict[str, str]]:
    """An empty order is a bad request; a good one goes to all who are not the sender."""
    if not order:
        return 400, {}
    news = {}
    for name in connected:
        if name != sender:
            news[name] = f"{sender}: {order}"
    return 200, news


def reference(order: str, sender: str, connected: list[str]) -> tuple[int, dict[str, str]]:
    """The same with sets."""
    others = set(connected) - {sender} if order else set()
    return 200 if order else 400, dict.fromkeys(others, f"{sender}: {order}")


def cases(chance: random.Random) -> list[Args]:
    """A sender who is connected, one who is not, nobody, and an empty order."""
    cases = [
        ("tea", "Ann", ["Ann", "Bob", "Cem"]),
        ("tea", "Ann", ["Bob", "Cem"]),
        ("tea", "Ann", []),
        ("tea", "Ann", ["Ann"]),
        ("", "Ann", ["Ann", "Bob"]),
        ("two teas: hot", "Zoë", ["Bob", "Zoë", "李"]),
    ]
    for _case in range(how_many(15)):
        names = chance.sample(["Ann", "Bob", "Cem", "Dee", "Eva", "Fay"], chance.randrange(6))
        cases.append((chance.choice(["tea", "coffee", ""]), chance.choice(["Ann", "Bob"]), names))
    return cases


EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases,
        reference,
        lambda got: (
            isinstance(got, tuple)
            and len(got) == 2
            and type(got[0]) is int
            and isinstance(got[1], dict)
        ),
        section="1.1",
    ),
    solution=place_order,
    wrong={
        "the-sender-hears-it-too": patch("if name != sender:", "if True:"),
        "an-empty-order-is-announced": patch("if not order:", "if False:"),
        "only-if-the-sender-is-connected": patch(
            "if name != sender:", "if name != sender and sender in connected:"
        ),
        "only-the-first-hears-it": patch(
            "    return 200, news", "    return 200, dict(list(news.items())[:1])"
        ),
        "the-sender-is-left-out": patch('f"{sender}: {order}"', "order"),
    },
)
