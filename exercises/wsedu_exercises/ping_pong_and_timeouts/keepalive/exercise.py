"""Write a keepalive: send a Ping, wait for its Pong, and give up when none comes."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import inspect
import random
from collections.abc import Callable
from typing import Any, NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from ..clock import Connection, NoEnd


async def keepalive(connection, interval, timeout):
    """Send Pings with new random payloads, and give each one a single deadline."""
    import os

    while True:
        await connection.sleep(interval)
        payload = os.urandom(4)
        await connection.send_ping(payload)
        deadline = connection.now() + timeout
        pong = None
        while pong != payload:
            pong = await connection.next_pong(deadline - connection.now())
            if pong is None:
                return 1011, "keepalive ping timeout"


# For each Ping, the Pongs that come: seconds after it, and a payload; None: that of the Ping.
Script = tuple[tuple[tuple[float, bytes | None], ...], ...]


def _scripts(timeout: float, chance: random.Random) -> list[Script]:
    """The shortest first: silence, one Pong, Pongs with wrong bytes, late Pongs."""
    at_once, late = ((0.0, None),), ((1.25 * timeout, None),)
    twice = (*at_once, *late)  # the second Pong is for a Ping that already has its answer
    wrong = ((0.25 * timeout, b"wrong"),)
    scripts: list[Script] = [
        (),
        (at_once,),
        (wrong,),
        ((*wrong, (0.5 * timeout, None)),),
        (((0.75 * timeout, b"wrong"),), at_once),
        (late, at_once),
        (at_once, ((0.5 * timeout, None),), at_once),
        (((0.25 * timeout, b""),),),
        (twice,),
        (twice, at_once),
    ]
    for _case in range(how_many(10)):
        scripts.append(
            tuple(chance.choice([at_once, ((0.5 * timeout, None),), wrong]) for _ping in range(3))
        )
    return scripts


def cases(chance: random.Random) -> list[Args]:
    """Every script with a short interval and timeout, then with longer ones."""
    found: list[Args] = []
    for number in range(2 if how_many(1) == 1 else 4):
        interval, timeout = (0.5, 0.75) if not number else chance.choice([(2, 1), (20, 8), (4, 6)])
        found += [(script, interval, timeout) for script in _scripts(timeout, chance)]
    return found


class Run(NamedTuple):
    """What a keepalive did: its Pings, what it returned, and when."""

    returned: Any
    pings: list[float]
    payloads: list[bytes]
    end: float
    same: bool  # two of its Pings had the same payload
    again: bool  # one had a payload of an earlier run
    short: bool  # one had fewer than four bytes


def counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a connection that follows a script, on a clock that never waits."""
    seen: set[bytes] = set()

    async def watched(script: Script, interval: float, timeout: float) -> Any:
        connection = Connection(script)
        try:
            result = function(connection, interval, timeout)
            if inspect.isawaitable(result):
                result = await result
        except NoEnd:
            result = "no end"
        if result is ...:
            return result
        payloads = [payload for _time, payload in connection.sent]
        again = not seen.isdisjoint(payloads)
        seen.update(payloads)
        return Run(
            result,
            [round(moment, 6) for moment, _payload in connection.sent],
            payloads,
            round(connection.now(), 6),
            len(set(payloads)) < len(payloads),
            again,
            any(len(payload) < 4 for payload in payloads),
        )

    return watched


def expected(script: Script, interval: float, timeout: float) -> tuple[list[float], float]:
    """The seconds of the Pings, and of the end."""
    now, pings = 0.0, []
    for answers in (*script, ()):
        now += interval
        pings.append(round(now, 6))
        in_time = [delay for delay, echo in answers if echo is None and delay <= timeout]
        if not in_time:
            break
        now += in_time[0]
    return pings, round(now + timeout, 6)


def _right(args: tuple[Any, ...], got: Any) -> bool:
    pings, end = expected(*args)
    return (
        _well_formed(got.returned)
        and got.returned[0] == 1011
        and (got.pings, got.end) == (pings, end)
        and not (got.same or got.again or got.short)
    )


def _well_formed(result: Any) -> bool:
    return (
        isinstance(result, tuple)
        and [type(part) for part in result] == [int, str]
        and bool(result[1])
    )


def show(args: Args, got: Run) -> dict[str, Any]:
    """The script, what the keepalive did, and what it should have done: a line each."""
    script, interval, timeout = args
    pings, end = expected(*args)
    did = _pings(got.pings)
    if got.same or got.again or got.short:
        did += f" with the payloads {shorten(got.payloads, 100)}"
    lines = (
        f"interval {interval} s, timeout {timeout} s. {_in_words(script)}",
        f"got: {did}; at {got.end:g} s it returned {shorten(got.returned)}",
        f"expected: {_pings(pings)}; at {end:g} s it returns 1011 and a reason",
    )
    return {"case": "\n  ".join(lines)}


def _pings(moments: list[float]) -> str:
    """The Pings of a run: ``"Pings at 0.5, 1 s"``."""
    return f"Pings at {', '.join(f'{moment:g}' for moment in moments)} s" if moments else "no Pings"


def _in_words(script: Script) -> str:
    """The Pongs that come after each Ping."""
    words = []
    for number, pongs in enumerate(script, 1):
        said = [
            f"{'the right Pong' if echo is None else f'a Pong with {echo!r}'} after {delay:g} s"
            for delay, echo in pongs
        ]
        words.append(f"Ping {number}: {', '.join(said)}.")
    return " ".join([*words, "Later Pings: no Pong." if words else "No Pong comes."])


def what(got: Run) -> Any:
    """What tells one mistake from another; any reason will do."""
    said = got.returned[0] if _well_formed(got.returned) else got.returned
    return got.pings, got.end, got.same, got.short, type(got.returned), said


def explain(exercise: Exercise, args: Args, got: Run, results: Results) -> str:
    """What to say if no mistake fits."""
    say, formed = exercise.words.say, _well_formed(got.returned)
    pings, end = expected(*args)
    if isinstance(got.returned, str) and got.returned == "no end":
        return say("forever")
    if not got.pings and (got.returned is None or formed):
        return say("no-ping")
    if got.pings[:1] == [0]:
        return say("at-once")
    if got.pings and got.pings == pings[: len(got.pings)] != pings:
        return say("stops")
    if pings == got.pings[: len(pings)] != got.pings:
        return say("goes-on")
    if not formed:
        return say("form", got=shorten(got.returned))
    if got.returned[0] != 1011:
        return say("code", got=shorten(got.returned[0]))
    if got.same or got.again or got.short:
        return say("payload")
    if got.pings != pings:
        return say("interval")
    return say("end", got=got.end, right=end)


EXERCISE = Exercise(
    stars=3,
    judge=Cases(
        cases,
        expected,
        Run,
        section="5.5.2",
        right=_right,
        what=what,
        through=counted,
        explain=explain,
        show=show,
        timed=lambda wanted, got: False,  # it may wait with asyncio.sleep, but not in earnest
    ),
    solution=keepalive,
)
