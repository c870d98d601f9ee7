"""Limit how often a client may send: a bucket of tokens."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import inspect
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten


def allowance(rate, burst):
    """A function that tells whether a message may pass ``now``, for one connection."""
    tokens = burst
    last = 0

    def allow(now):
        nonlocal tokens, last
        tokens = min(burst, tokens + rate * (now - last))
        last = now
        if tokens < 1:
            return False
        tokens -= 1
        return True

    return allow


class Calls(tuple[tuple[str, float], ...]):
    """Messages, each with the name of its connection and its second."""

    __slots__ = ()

    def __repr__(self) -> str:
        several = len(dict(self)) > 1
        said = (f"{name + ' at ' if several else ''}{now:g}" for name, now in self)
        return f"<messages {'' if several else 'at '}{', '.join(said)}>"


# All seconds are eighths, and all rates powers of two: no way to compute it has to round.
EIGHTH = 0.125


def reference(rate: float, burst: int, calls: Calls) -> list[bool]:
    """The same without tokens: the moment until which each connection has used its rate up.

    That is how ATM networks define it (the generic cell rate algorithm).
    """
    one = Fraction(1) / Fraction(rate)  # seconds that a message costs
    used: dict[str, Fraction] = {}
    allowed = []
    for connection, now in calls:
        until = max(used.get(connection, Fraction(0)), Fraction(now))
        allowed.append(until - Fraction(now) <= (burst - 1) * one)
        if allowed[-1]:
            used[connection] = until + one
    return allowed


def called(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and what it returns called for each message; it is made for all at first."""

    def call(rate: float, burst: int, calls: Calls) -> Any:
        names = dict.fromkeys(connection for connection, _now in calls)
        made = {name: function(rate, burst) for name in names}
        if any(map(inspect.isawaitable, made.values())):
            return later(made, calls)
        return _said(made, calls)

    async def later(made: dict[str, Any], calls: Calls) -> Any:
        return _said({name: await value for name, value in made.items()}, calls)

    return call


def _said(made: dict[str, Any], calls: Calls) -> Any:
    for allow in made.values():
        if not callable(allow) or isinstance(allow, type):
            return allow
    return [_settled(made[connection](now)) for connection, now in calls]


def _settled(value: Any) -> Any:
    if inspect.iscoroutine(value):
        value.close()
        return Did("a coroutine")
    return value


def at(*seconds: float) -> Calls:
    """Messages of one connection."""
    return Calls(("a", now) for now in seconds)


def mixed(words: str) -> Calls:
    """Messages of several connections: ``"a10 b10"``."""
    return Calls((word[0], float(word[1:])) for word in words.split())


def cases(chance: random.Random) -> list[Args]:
    """Bursts first, then what flows in, long pauses, refusals, and several connections."""
    found: list[Args] = [
        (1, 1, at(10)),
        (1, 1, at(10, 10)),
        (1, 2, at(10, 10, 10.5, 11)),
        (1, 3, at(10, 10, 10, 10)),
        (1, 5, at(10, 10, 10, 10, 10, 10)),
        (4, 2, at(10, 10, 10)),
        (1, 4, at(0, 0, 0, 0, 0)),
        (1, 1, at(0, 0.5, 1, 1.5, 2)),
        # What flows in: fractions, rates above and below one a second.
        (1, 1, at(10, 11, 12, 13)),
        (1, 1, at(10, 10.5, 11)),
        (1, 1, at(10, 10.25, 10.5, 10.75, 11)),
        (1, 1, at(10, 10.875, 11.75)),
        (1, 2, at(10, 10, 11.5, 12, 12)),
        (2, 1, at(10, 10.25, 10.5, 11, 11.25)),
        (2, 1, at(10, 10.5, 11, 11.5)),
        (4, 1, at(10, 10.25, 10.5, 10.625, 10.75)),
        (8, 2, at(10, 10, 10, 10.125, 10.125, 10.25)),
        (0.5, 1, at(10, 11, 12, 13, 14)),
        (0.5, 2, at(10, 10, 11, 12, 13, 14)),
        (0.25, 1, at(10, 13.875, 14, 17, 18)),
        (2, 4, at(10, 10, 10, 10, 10, 10.5, 10.5, 11.5, 11.5, 11.5)),
        # Long pauses fill the bucket, and no more.
        (1, 2, at(10, 100, 100, 100)),
        (1, 3, at(10, 10, 10, 2000, 2000, 2000, 2000)),
        (2, 2, at(10, 10, 11, 11, 11, 12, 12, 12)),
        (4, 2, at(10, 10, 11, 11, 11)),
        (1, 5, at(10, 12, 14, 16, 16, 16, 16, 16, 16)),
        (8, 1, at(10, 11, 11)),
        (1, 2, at(10, 10, 13, 13, 13)),
        # After refusals, which cost nothing.
        (1, 1, at(10, 10.125, 10.25, 10.375, 10.5, 10.625, 10.75, 10.875, 11)),
        (1, 2, at(10, 10, 10, 10, 10, 11, 11)),
        (1, 1, at(10, 10, 10, 11)),
        (1, 2, at(10, 10, 10.5, 12, 12)),
        (1, 1, at(10, 10.75, 11.5, 12.25)),
        # The end of one second and the beginning of the next.
        (1, 3, at(10.875, 10.875, 10.875, 11, 11, 11)),
        (4, 4, at(10.75, 10.75, 10.75, 10.75, 11, 11, 11)),
        (1, 2, at(10, 10.875, 11, 11.875)),
        (1, 2, at(10, 10.875, 11, 11.5)),
        # The clock begins anywhere.
        (1, 2, at(0.5, 0.5, 0.5)),
        (1, 2, at(100_000, 100_000, 100_000, 100_001)),
        # Several connections.
        (1, 1, mixed("a10 b10")),
        (1, 2, mixed("a10 a10 b10 b10 a10 b10")),
        (2, 1, mixed("a10 b10.25 a10.5 b10.5 b10.75 c11 a11")),
    ]
    for _case in range(how_many(10)):
        now, calls = 50 + chance.randrange(100) * EIGHTH, []
        for _call in range(chance.randrange(3, 14)):
            now += chance.choice([0, 0, 1, 1, 2, 4, 8, 9, 40]) * EIGHTH
            calls.append((chance.choice("aaab"), now))
        found.append((chance.choice([0.25, 0.5, 1, 2, 4]), chance.randrange(1, 6), Calls(calls)))
    return found


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What to say if no mistake fits."""
    return exercise.words.say("several" if len(dict(args[2])) > 1 else "other")


def show(args: Args, got: Any) -> dict[str, Any]:
    """The calls, what they returned, and what they should have: a line each."""
    rate, burst, calls = args
    several = len(dict(calls)) > 1
    said = ", ".join(f"{name + ': ' if several else ''}allow({now:g})" for name, now in calls)
    made = f"allowance({rate}, {burst})"
    lines = (
        f"allow = {made}, for each of {', '.join(dict(calls))}" if several else f"allow = {made}",
        said,
        f"got: {_listed(got)}",
        f"expected: {_listed(reference(*args))}",
    )
    return {"case": "\n  ".join(lines)}


def _listed(got: Any) -> str:
    if not isinstance(got, list):
        return shorten(got)
    return shorten(", ".join(shorten(allowed, 20) for allowed in got), 200, write=str)


Holds = Callable[[float, int, Calls], bool]


def _pauses(holds: Callable[[float], bool]) -> Holds:
    """Whether it holds for the seconds between two messages of one connection."""
    return lambda rate, burst, calls: any(
        holds(later[1] - one[1])
        for one, later in zip(calls, calls[1:], strict=False)
        if one[0] == later[0]
    )


CONDITIONS: dict[str, Holds] = {
    "one": lambda rate, burst, calls: len(calls) == 1,
    "at-once": lambda rate, burst, calls: len({now for _name, now in calls}) == 1,
    "pause": _pauses(lambda pause: pause > 0),
    "fraction": _pauses(lambda pause: pause % 1 > 0),
    "long": _pauses(lambda pause: pause >= 40),
    "refused": lambda rate, burst, calls: not all(reference(rate, burst, calls)),
    "allowed": lambda rate, burst, calls: all(reference(rate, burst, calls)),
    "again": lambda rate, burst, calls: (
        True in reference(rate, burst, calls)[reference(rate, burst, calls).index(False) :]
        if False in reference(rate, burst, calls)
        else False
    ),
    "burst-1": lambda rate, burst, calls: burst == 1,
    "more": lambda rate, burst, calls: burst > 1,
    "rate-1": lambda rate, burst, calls: rate == 1,
    "not-1": lambda rate, burst, calls: rate != 1,
    "slow": lambda rate, burst, calls: rate < 1,
    "fast": lambda rate, burst, calls: rate > 1,
    "several": lambda rate, burst, calls: len(dict(calls)) > 1,
}

EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, list[bool], section="10.4", through=called).telling(
        conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=allowance,
)
