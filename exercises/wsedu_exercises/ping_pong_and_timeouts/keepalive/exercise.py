"""Write a keepalive: send a Ping, wait for its Pong, and give up when none comes."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import inspect
import random
from collections.abc import Callable
from typing import Any, NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from ...played import judged
from ..clock import LIKE, Connection, NoEnd, Script


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


CLOSE = 0.05  # seconds: one who asks again and again may see the end a little late


class Peer(tuple):  # type: ignore[type-arg]
    """A script for a connection that says in words what the peer does."""

    def __repr__(self) -> str:
        return f"<connection: {_in_words(self).removesuffix('.')}>"

    def __deepcopy__(self, memo: object) -> Peer:
        return self


def _scripts(timeout: float) -> list[Script]:
    """The shortest first: silence, one Pong, Pongs with wrong bytes, late Pongs."""
    at_once, late = ((0.0, None),), ((1.25 * timeout, None),)
    soon, last = ((0.5 * timeout, None),), ((timeout, None),)
    twice = (*at_once, *late)  # the second Pong is for a Ping that already has its answer
    wrong = ((0.25 * timeout, b"wrong"),)
    wrong_again = ((0.75 * timeout, b"wrong"),)
    return [
        (),
        (at_once,),
        (wrong,),
        ((*wrong, *soon),),
        (wrong_again, at_once),
        (late, at_once),
        (at_once, soon, at_once),
        (((0.25 * timeout, b""),),),
        (twice,),
        (twice, at_once),
        (last,),
        (soon,),
        (soon, last, soon),
        ((*wrong, *wrong_again),),
        ((*wrong, *wrong_again, *last),),
        ((*wrong, (0.375 * timeout, b""), *soon), at_once),
        (((0.0, b"wrong"), *soon),),
        ((*wrong, *wrong, *wrong, *wrong, *soon),),
        (at_once, late, at_once),
        *[(((0.5 * timeout, like),),) for like in LIKE],
        (at_once,) * 7,
    ]


def cases(chance: random.Random) -> list[Args]:
    """Every script with a short interval and timeout, then some with longer ones."""
    found: list[Args] = []
    for number in range(3 if how_many(1) == 1 else 5):
        short = [(0.5, 0.75), (20, 8), (4, 6)]
        interval, timeout = short[number] if number < 3 else chance.choice([(2, 1), (1, 2), (3, 4)])
        scripts = _scripts(timeout)
        scripts = scripts if number == 0 else scripts[:4]
        pongs = [((0.0, None),), ((0.5 * timeout, None),), ((0.25 * timeout, b"wrong"),)]
        for _case in range(how_many(2)):
            scripts.append(tuple(chance.choice(pongs) for _ping in range(3)))
        found += [(Peer(script), interval, timeout) for script in scripts]
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
        except NoEnd as end:
            result = f"{end} forever"
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


def expected(script: Script, interval: float, timeout: float) -> Run:
    """A run with the right Pings, and the right end."""
    now, pings = 0.0, []
    for answers in (*script, ()):
        now += interval
        pings.append(round(now, 6))
        in_time = [delay for delay, echo in answers if echo is None and delay <= timeout]
        if not in_time:
            break
        now += in_time[0]
    return Run((1011, "a reason"), pings, [], round(now + timeout, 6), False, False, False)


def _right(args: tuple[Any, ...], got: Run) -> bool:
    right = expected(*args)
    return (
        _well_formed(got.returned)
        and got.returned[0] == 1011
        and got.pings == right.pings
        and abs(got.end - right.end) < CLOSE
        and not _spoiled(got)
    )


def _spoiled(got: Run) -> str:
    """What is wrong with the payloads; one that is short may be the same as another by chance."""
    if got.short:
        return "short" if any(got.payloads) else "empty"
    return "same" * got.same + "again" * got.again


def _well_formed(result: Any) -> bool:
    return (
        isinstance(result, tuple)
        and [type(part) for part in result] == [int, str]
        and bool(result[1])
    )


def show(args: Args, got: Run) -> dict[str, Any]:
    """The script, what the keepalive did, and what it should have done: a line each."""
    script, interval, timeout = args
    right = expected(*args)
    did = _pings(got.pings)
    if _spoiled(got):
        did += f" with the payloads {shorten(got.payloads, 100)}"
    lines = (
        f"interval {interval} s, timeout {timeout} s. {_in_words(script)}",
        f"got: {did}; at {got.end:g} s it returned {shorten(got.returned)}",
        f"expected: {_pings(right.pings)}; at {right.end:g} s it returns 1011 and a reason",
    )
    return {"case": "\n  ".join(lines)}


def _pings(moments: list[float]) -> str:
    """The Pings of a run: ``"Pings at 0.5, 1 s"``."""
    return f"Pings at {', '.join(f'{moment:g}' for moment in moments)} s" if moments else "no Pings"


def _in_words(script: Script) -> str:
    """The Pongs that come after each Ping."""
    words = []
    for number, pongs in enumerate(script, 1):
        said = [f"{_pong(echo)} after {delay:g} s" for delay, echo in pongs]
        words.append(f"Ping {number}: {', '.join(said)}.")
    return " ".join([*words, "Later Pings: no Pong." if words else "No Pong comes."])


def _pong(echo: bytes | str | None) -> str:
    if echo is None:
        return "the right Pong"
    return f"a Pong with {echo if isinstance(echo, str) else repr(echo)}"


def what(got: Run) -> Any:
    """What tells one mistake from another; any reason will do."""
    said = got.returned[0] if _well_formed(got.returned) else got.returned
    if _spoiled(got) == "short":  # which Pongs match is chance
        return "short", type(got.returned), said
    return got.pings, got.end, _spoiled(got), type(got.returned), said


def fields(got: Run) -> dict[str, Any]:
    """The parts of a run that gave up with a code and a reason."""
    if not _well_formed(got.returned):
        raise ValueError("it has no code")
    code, _reason = got.returned
    return {"pings": got.pings, "end": got.end, "code": code, "payloads": _spoiled(got)}


def _some(holds: Callable[[float, Any, float], bool]) -> Callable[..., bool]:
    """Whether a Pong comes for which this holds: its delay, its payload, the timeout."""
    return lambda script, interval, timeout: any(
        holds(delay, echo, timeout) for pongs in script for delay, echo in pongs
    )


def _answered(script: Script, timeout: float) -> list[bool]:
    """For each Ping of the script, whether the right Pong comes in time."""
    return [any(echo is None and delay <= timeout for delay, echo in pongs) for pongs in script]


CONDITIONS: dict[str, Callable[..., bool]] = {
    "silent": lambda script, interval, timeout: not script,
    "pong": lambda script, interval, timeout: bool(script),
    "right": lambda script, interval, timeout: any(_answered(script, timeout)),
    "wrong": _some(lambda delay, echo, timeout: echo is not None),
    "wrong-first": lambda script, interval, timeout: any(
        len(pongs) > 1 and pongs[0][1] is not None and pongs[-1][1] is None for pongs in script
    ),
    "wrong-only": lambda script, interval, timeout: any(
        all(echo is not None for _delay, echo in pongs) for pongs in script
    ),
    "late": _some(lambda delay, echo, timeout: echo is None and delay > timeout),
    "waited": _some(lambda delay, echo, timeout: echo is None and 0 < delay <= timeout),
    "last-moment": _some(lambda delay, echo, timeout: echo is None and delay == timeout),
    "empty": _some(lambda delay, echo, timeout: echo == b""),
    "twice": lambda script, interval, timeout: any(
        [echo for _delay, echo in pongs].count(None) > 1 for pongs in script
    ),
    "many": lambda script, interval, timeout: sum(_answered(script, timeout)) > 2,
    "several": lambda script, interval, timeout: sum(_answered(script, timeout)) > 1,
    "other-times": lambda script, interval, timeout: interval != 0.5,
}


def explain(exercise: Exercise, args: Args, got: Run, results: Results) -> str:
    """What to say if no mistake fits."""
    say, formed = exercise.words.say, _well_formed(got.returned)
    right = expected(*args)
    if isinstance(got.returned, str) and got.returned in ("pings forever", "asks forever"):
        return say("pings" if got.returned == "pings forever" else "asks")
    if not got.pings and (got.returned is None or formed):
        return say("no-ping")
    if got.pings[:1] == [0]:
        return say("at-once")
    if got.pings and got.pings == right.pings[: len(got.pings)] != right.pings:
        return say("stops")
    if right.pings == got.pings[: len(right.pings)] != got.pings:
        return say("goes-on")
    if not formed:
        return say("form", got=shorten(got.returned))
    if got.returned[0] != 1011:
        return say("code", got=shorten(got.returned[0]))
    if _spoiled(got):
        return say("payload")
    if got.pings != right.pings:
        return say("interval")
    return say("end", got=got.end, right=right.end)


EXERCISE = Exercise(
    stars=3,
    judge=judged(cases, expected, counted, Run, _right, section="5.5.2").telling(
        what=what, fields=fields, conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=keepalive,
)
