"""Find in a log which connections were cut for idling, and by which hop."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs, disable-error-code="var-annotated"

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

Event = tuple[float, str, str]
Limits = dict[str, int]


def idle_cuts(events, limits):
    """(connection, hop) for each end that looks like an idle cut, in the order of the log."""
    last = {}
    closing = set()
    cuts = []
    for time, connection, what in events:
        if what == "open":
            closing.discard(connection)
        if what == "close":
            closing.add(connection)
        if what == "end" and connection not in closing:
            silence = time - last[connection]
            for hop, limit in limits.items():
                if limit <= silence < limit + 1:
                    cuts.append((connection, hop))
        last[connection] = time
    return cuts


def reference(events: list[Event], limits: Limits) -> list[tuple[str, str]]:
    """The same, from each end back to its "open"."""
    found = []
    for place, (end, connection, what) in enumerate(events):
        if what != "end":
            continue
        own = [(time, did) for time, name, did in events[:place] if name == connection]
        opened = max(number for number, (_time, did) in enumerate(own) if did == "open")
        if any(did == "close" for _time, did in own[opened:]):
            continue
        silence = end - own[-1][0]
        found += [(connection, hop) for hop, limit in limits.items() if int(silence) == limit]
    return found


def happened(words: str) -> list[Event]:
    """Events from words such as ``"0 A open"``, with commas between them."""
    parts = [event.split() for event in words.split(",")]
    return [(float(time), connection, what) for time, connection, what in parts if what]


NGINX = {"nginx": 60}
HOPS = {"nginx": 60, "balancer": 350, "router": 30}


def cases(chance: random.Random) -> list[Args]:
    """One connection first: what counts as bytes, the borders, a Close; then several at once."""
    fixed: list[Args] = [
        ([], HOPS),
        (happened("0 A open"), NGINX),
        (happened("0 A open, 60 A end"), NGINX),
        (happened("0 A open, 60.5 A end"), NGINX),
        (happened("0 A open, 59.5 A end"), NGINX),
        (happened("0 A open, 61 A end"), NGINX),
        (happened("0 A open, 60.75 A end"), NGINX),
        (happened("0 A open, 60.25 A end"), NGINX),
        (happened("0 A open, 61.5 A end"), NGINX),
        (happened("0 A open, 59 A end"), NGINX),
        (happened("0 A open, 120 A end"), NGINX),
        (happened("5 A open, 65 A end"), NGINX),
        (happened("5 A open, 60 A end"), NGINX),
        # Each kind of frame is bytes.
        (happened("0 A open, 10 A text, 70 A end"), NGINX),
        (happened("0 A open, 10 A text, 60 A end"), NGINX),
        (happened("0 A open, 10 A ping, 70 A end"), NGINX),
        (happened("0 A open, 10 A ping, 60 A end"), NGINX),
        (happened("0 A open, 10 A pong, 70 A end"), NGINX),
        (happened("0 A open, 10 A pong, 60 A end"), NGINX),
        (happened("0 A open, 10 A text, 60 A ping, 70 A end"), NGINX),
        (happened("0 A open, 10 A text, 20 A text, 70 A end"), NGINX),
        (happened("0 A open, 10 A text, 20 A text, 80 A end"), NGINX),
        # A silence that was long before it ended does not count.
        (happened("0 A open, 60 A text, 65 A end"), NGINX),
        (happened("0 A open, 30 A text, 60 A text, 60.5 A end"), NGINX),
        # A Close: not cut, even if the end comes long after it.
        (happened("0 A open, 60 A close, 60 A end"), NGINX),
        (happened("0 A open, 10 A close, 70 A end"), NGINX),
        (happened("0 A open, 10 A close, 11 A close, 71 A end"), NGINX),
        (happened("0 A open, 10 A close, 12 A pong, 72 A end"), NGINX),
        (happened("0 A open, 10 A close, 12 A ping, 72 A end"), NGINX),
        # Several hops.
        (happened("0 A open, 30 A end"), HOPS),
        (happened("0 A open, 60 A end"), HOPS),
        (happened("0 A open, 350.5 A end"), HOPS),
        (happened("0 A open, 45 A end"), HOPS),
        (happened("0 A open, 400 A end"), HOPS),
        (happened("0 A open, 5 A end"), HOPS),
        (happened("0 A open, 30 A text, 60 A end"), HOPS),
        (happened("0 A open, 60 A end"), {}),
        (happened("0 A open, 61 A end"), {"nginx": 60, "router": 61}),
        (happened("0 A open, 60.5 A end"), {"router": 61, "nginx": 60}),
        (happened("0 A open, 0 A end"), NGINX),
        # Several connections at the same time, and a name that is used again.
        (happened("0 A open, 1 B open, 31 B end, 60 A end"), HOPS),
        (happened("0 A open, 1 B open, 30 B text, 60 A end, 90 B end"), HOPS),
        (happened("0 B open, 0 A open, 10 B text, 60 A end, 70 B end"), HOPS),
        (happened("0 A open, 0 B open, 20 B close, 20 B end, 60 A end"), HOPS),
        (happened("0 A open, 30 A end, 40 A open, 100 A end"), HOPS),
        (happened("0 A open, 5 A close, 5 A end, 10 A open, 40 A end"), HOPS),
        (happened("0 A open, 5 A close, 5 A end, 10 A open, 15 A text, 45 A end"), HOPS),
        (happened("0 A open, 30 A end, 40 A open, 45 A close, 45 A end"), HOPS),
        (happened("0 A open, 30 A end, 60 A open, 61 A end"), HOPS),
        (happened("0 A open, 30 A end, 31 A open, 61 A end"), HOPS),
        (happened("0 A open, 0 B open, 0 C open, 30 C end, 60 A end, 350 B end"), HOPS),
        (happened("0 C open, 1 B open, 2 A open, 31 B end, 32 A end, 60 C end"), HOPS),
        (happened("0 A open, 10 B open, 20 A text, 50 A end, 50 B text, 110 B end"), HOPS),
        (happened("0 A open, 0 A1 open, 10 A text, 60 A1 end, 70 A end"), HOPS),
    ]
    return fixed + [_drawn(chance) for _case in range(how_many(12))]


def _drawn(chance: random.Random) -> Args:
    """Some connections that overlap; each ends in a way of its own."""
    events: list[Event] = []
    for name in "ABCD"[: chance.randrange(1, 5)]:
        time = float(chance.randrange(20))
        events.append((time, name, "open"))
        for _frame in range(chance.randrange(4)):
            time += chance.randrange(1, 100) / 2
            events.append((time, name, chance.choice(["text", "ping", "pong"])))
        if chance.random() < 0.25:
            time += 1
            events.append((time, name, "close"))
        time += chance.choice([0, 12, 29.5, 30, 30.5, 31, 45, 59, 60, 60.5, 61, 350, 351])
        events.append((time, name, "end"))
    return sorted(events, key=lambda event: event[0]), dict(HOPS)


def fields(got: Any) -> dict[str, Any]:
    """The connections, and the hops that cut them."""
    return {
        "connections": [connection for connection, _hop in got],
        "hops": [hop for _connection, hop in got],
    }


Holds = Callable[[list[Event], Limits], bool]


def _any(what: str) -> Holds:
    """Whether this happens."""
    return lambda events, limits: any(event[2] == what for event in events)


CONDITIONS: dict[str, Holds] = {
    "none": lambda events, limits: not reference(events, limits),
    "some": lambda events, limits: bool(reference(events, limits)),
    "close": _any("close"),
    "text": _any("text"),
    "ping": _any("ping"),
    "pong": _any("pong"),
    "silent": lambda events, limits: {what for _time, _name, what in events} == {"open", "end"},
    "several": lambda events, limits: len({name for _time, name, _what in events}) > 1,
    "again": lambda events, limits: (
        len({name for _time, name, what in events if what == "open"})
        < sum(what == "open" for _time, _name, what in events)
    ),
    "hops": lambda events, limits: len(limits) > 1,
    "fractions": lambda events, limits: any(time % 1 for time, _name, _what in events),
    "later": lambda events, limits: bool(events) and events[0][0] > 0,
}

EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, list[tuple[str, str]], section="7.1.5").telling(
        fields=fields, conditions=CONDITIONS
    ),
    solution=idle_cuts,
)
