"""Wait without holding up the others."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import inspect
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.course.virtual_time import VirtualTimeLoop


async def slow_echo(message, seconds):
    """Step aside until the time is up, then return the message."""
    import asyncio

    await asyncio.sleep(seconds)
    return message


TURNS = 20  # that the other task could take while the function waits
FEW = 4  # a function that steps aside leaves it more turns than these
LATE = 0.05  # seconds after an alarm; a shorter wait is not judged by it, or chance would decide
TRIES = 5  # a machine that stands still looks like a function that waits by another clock
ELSEWHERE = "by waiting outside the event loop"


@dataclass(frozen=True)
class Wait:
    """What came back, and how the time until then was spent.

    unsure: it has not come back in virtual time; perhaps the function looks at another clock
    """

    message: str
    how: str
    unsure: bool = field(default=False, compare=False)

    def __repr__(self) -> str:
        return f"{self.message!r} {self.how}"  # a verdict shows it


def _beside_others(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function beside a task that asks for turns and counts them."""

    async def watched(message: str, seconds: float) -> Any:
        for _try in range(TRIES):
            begin = time.monotonic()
            seen = await _observe(function, message, seconds)
            elsewhere = time.monotonic() - begin >= 0.9 * seconds
            quick = isinstance(asyncio.get_running_loop(), VirtualTimeLoop)
            doubtful = isinstance(seen, Wait) and seen.how in ("at once", "too late")
            if not (quick and elsewhere and doubtful) or seen.unsure:
                return seen
        return replace(seen, how=ELSEWHERE)

    return watched


async def _observe(function: Callable[..., Any], message: str, seconds: float) -> Any:
    turns, rang = 0, None  # rang: when the alarm went off, and after how many turns
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
    if isinstance(waiting, str):
        return Wait(waiting, "from a function that is not async")
    if not inspect.isawaitable(waiting):
        return waiting
    echo = asyncio.ensure_future(waiting)
    tasks = [echo, asyncio.create_task(others()), asyncio.create_task(alarm())]
    try:
        await asyncio.wait([echo], timeout=3 * seconds + 10 * LATE)
        took = now() - begin
        value = echo.result() if echo.done() else message
    finally:
        for task in tasks:
            task.cancel()
    if not isinstance(value, str):
        return value
    if took < 0.9 * seconds:
        return Wait(value, "at once" if took < 0.2 * seconds else "too early")
    late = rang and seconds > LATE and took > seconds + LATE and turns - rang[1] > FEW
    if late or not echo.done():
        return Wait(value, "too late", unsure=not echo.done())
    return Wait(value, "in time" if turns > FEW else "in time, while all other tasks stood still")


def cases(chance: random.Random) -> list[Args]:
    """Short waits beside a busy task, and one that is long enough to be too long."""
    found: list[Args] = [("Hello", 0.03), ("", 0.02), ("Hello again", 0.2)]
    for _case in range(how_many(2)):
        word = "".join(chance.choices("abcdé👋 ", k=5))
        found.append((word, chance.randrange(20, 40) / 1000))
    return found


def _by_another_clock(wanted: Any, got: Any) -> bool:
    """Whether a result may be wrong only because the function does not go by the loop's clock."""
    return isinstance(got, Wait) and (got.unsure or got.how == ELSEWHERE)


EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases,
        lambda message, seconds: Wait(message, "in time"),
        Wait,
        through=_beside_others,
        timed=_by_another_clock,
    ),
    solution=slow_echo,
)
