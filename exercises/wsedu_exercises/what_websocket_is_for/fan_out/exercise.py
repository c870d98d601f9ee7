"""Send an order to all connected clients but the one that ordered."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args


def place_order(order: str, sender: str, connected: list[str]) -> tuple[int, dict[str, str]]:
    """An empty order is a bad request; any other goes to all but the sender."""
    if not order:
        return 400, {}
    news = {}
    for name in connected:
        if name != sender:
            news[name] = f"{sender}: {order}"
    return 200, news


def reference(order: str, sender: str, connected: list[str]) -> tuple[int, dict[str, str]]:
    """The same, from the other end: a message for all, and then none for the sender."""
    news = dict.fromkeys(connected if order else (), f"{sender}: {order}")
    news.pop(sender, None)
    return 200 if order else 400, news


def cases(chance: random.Random) -> list[Args]:
    """Senders who are connected and who are not, no listeners, empty orders."""
    found: list[Args] = [
        ("tea", "Ann", ["Ann", "Bob", "Cem"]),
        ("tea", "Ann", ["Bob", "Cem"]),
        ("tea", "Ann", []),
        ("tea", "Ann", ["Ann"]),
        ("", "Ann", ["Ann", "Bob"]),
        ("two teas: hot", "Zoë", ["Bob", "Zoë", "李"]),
        # Names that are nearly the sender's, before it and after it.
        ("tea", "Ann", ["Anna", "Joann", "Ann", "A", "ann", "Ax"]),
        ("tea", "Joann", ["Ann", "Bob"]),
        ("tea", "ann", ["Joann", "Bob"]),
        ("tea", "Ann", ["Anna", "Bob"]),
        ("tea", "Ann", ["Bob", "Ann", "Cem", "Dee"]),
        ("tea", "Ann", ["Bob", "Cem", "Ann"]),
        ("", "Ann", ["Bob", "Cem"]),
        ("", "Ann", []),
        ("Tea with Milk", "Bob", ["Ann"]),
        ("0", "Ann", ["Bob"]),
    ]
    for _case in range(how_many(15)):
        names = chance.sample(["Ann", "Bob", "Cem", "Dee", "Eva", "Fay"], chance.randrange(6))
        found.append((chance.choice(["tea", "coffee", ""]), chance.choice(["Ann", "Bob"]), names))
    return found


def _fields(got: Any) -> dict[str, Any]:
    status, news = got
    return {"status": status, "names": sorted(news), "messages": sorted(set(news.values()))}


CONDITIONS: dict[str, Callable[[str, str, list[str]], bool]] = {
    "empty": lambda order, sender, connected: not order,
    "order": lambda order, sender, connected: bool(order),
    "connected": lambda order, sender, connected: sender in connected,
    "not-connected": lambda order, sender, connected: sender not in connected,
    "alone": lambda order, sender, connected: not {*connected} - {sender},
    "no-client": lambda order, sender, connected: not connected,
    "several": lambda order, sender, connected: len({*connected} - {sender}) > 1,
    "colon": lambda order, sender, connected: ":" in order,
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, tuple[int, dict[str, str]], section="1.1").telling(
        fields=_fields, conditions=CONDITIONS
    ),
    solution=place_order,
)
