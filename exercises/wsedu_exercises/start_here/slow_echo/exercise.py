"""Wait without holding up the others."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import inspect
import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch
from wsedu.course.virtual_time import VirtualTimeLoop


async def slow_echo(message, seconds):
    """Step aside for as long as it takes, then answer."""
    import asyncio

    await asyncio.sleep(seconds)
    return message


TURNS = 20  # that others could take while the function waits
FEW = 4  # a function that steps aside leaves more of them to the others
LATE = 0.05  # seconds after an alarm; no shorter wait is judged by it, lest chance decides
TRIES = 5  # a machine that stands still looks like an answer that waits by another clock
ELSEWHERE = "by another clock than that of the loop"


class Unsure(str):
    """What a jumping clock says of an answer that still waits: the answer may look at another."""


class Wait(NamedTuple):
    """What came back, and how the time until then was spent."""

    message: Any
    how: str


def _beside_others(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function beside a task that wants a turn again and again, and counts them."""

    async def watched(message: str, seconds: float) -> Any:
        for _try in range(TRIES):
            begin = time.monotonic()
            seen = await _observe(function, message, seconds)
            elsewhere = time.monotonic() - begin >= 0.9 * seconds
            quick = isinstance(asyncio.get_running_loop(), VirtualTimeLoop)
            doubtful = isinstance(seen, Wait) and seen.how in ("at once", "too late")
            if not (quick and elsewhere and doubtful) or isinstance(seen.how, Unsure):
                return seen
        return seen._replace(how=ELSEWHERE)

    return watched


async def _observe(function: Callable[..., Any], message: str, seconds: float) -> Any:
    turns, rang = 0, None  # rang: when the alarm did, and after how many turns
    now = asyncio.get_running_loop().time

    async def others() -> None:
        nonlocal turns
        while not (rang and turns - rang[1] > FEW):
            turns += 1
            await asyncio.sleep(seconds / TURNS)

    async def alarm() -> None:
        nonlocal rang
        await asyncio.sleep(seconds)
        rang = now(), turns

    begin = now()
    waiting = function(message, seconds)
    if not inspect.isawaitable(waiting):
        return Wait(waiting, "not async") if isinstance(waiting, str) else waiting
    answer = asyncio.ensure_future(waiting)
    tasks = [answer, asyncio.create_task(others()), asyncio.create_task(alarm())]
    try:
        await asyncio.wait([answer], timeout=3 * seconds + 10 * LATE)
        took = now() - begin
        value = answer.result() if answer.done() else message
    finally:
        for task in tasks:
            task.cancel()
    if not isinstance(value, str):
        return value
    if took < 0.9 * seconds:
        return Wait(value, "at once" if took < 0.2 * seconds else "too early")
    late = rang and seconds > LATE and took > seconds + LATE and turns - rang[1] > FEW
    if not answer.done():
        return Wait(value, Unsure("too late"))
    if late:
        return Wait(value, "too late")
    return Wait(value, "in time" if turns > FEW else "in time, and the others stood still")


def cases(chance: random.Random) -> list[Args]:
    """Short waits beside a busy task, and one that is long enough to be too long."""
    cases = [("Hello", 0.03), ("", 0.02), ("Hello again", 0.2)]
    cases += [
        ("".join(chance.choices("abcdé👋 ", k=5)), chance.randrange(20, 40) / 1000)
        for _case in range(how_many(2))
    ]
    return cases


EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases,
        lambda message, seconds: Wait(message, "in time"),
        Wait,
        section="",
        through=_beside_others,
        timed=lambda wanted, got: (
            isinstance(got, Wait) and (got.how == ELSEWHERE or isinstance(got.how, Unsure))
        ),
    ),
    solution=slow_echo,
    wrong={
        "time-sleep": patch(
            ("import asyncio", "import time"),
            ("await asyncio.sleep(seconds)", "time.sleep(seconds)"),
        ),
        "no-wait": patch("await asyncio.sleep(seconds)", "asyncio"),
        "half-the-time": patch("sleep(seconds)", "sleep(seconds / 2)"),
        "waits-too-long": patch("sleep(seconds)", "sleep(2 * seconds)"),
        "no-async": patch(("async def", "def"), ("await asyncio.sleep(seconds)", "asyncio")),
        "shouts": patch("return message", "return message.upper()"),
    },
)
