"""00.2: wait without holding up the others."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import inspect
import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict
from ...virtual_time import VirtualTimeLoop


async def solution(message, seconds):
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


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Short waits beside a busy task, and one that is long enough to be too long."""
    cases = [("Hello", 0.03), ("", 0.02), ("Hello again", 0.2)]
    cases += [
        ("".join(chance.choices("abcdé👋 ", k=5)), chance.randrange(20, 40) / 1000)
        for _case in range(how_many(2))
    ]
    return by_cases(
        attempt,
        cases,
        lambda message, seconds: Wait(message, "in time"),
        SLIPS,
        called="slow_echo",
        fits=lambda got: isinstance(got, Wait),
        like=_("the message, a text"),
        passed=_("Your echo waits, and the others get their turns."),
        section="",
        through=_beside_others,
        timed=lambda wanted, got: (
            isinstance(got, Wait) and (got.how == ELSEWHERE or isinstance(got.how, Unsure))
        ),
    )


SLIPS = (
    Slip(
        "time.sleep",
        edited(
            solution,
            ("import asyncio", "import time"),
            ("await asyncio.sleep(seconds)", "time.sleep(seconds)"),
        ),
        _("You use time.sleep, which does not step aside: no other task gets a turn."),
    ),
    Slip(
        "no wait",
        edited(solution, ("await asyncio.sleep(seconds)", "asyncio")),
        _("You do not wait long enough. Without await, asyncio.sleep does not begin."),
    ),
    Slip(
        "half the time",
        edited(solution, ("sleep(seconds)", "sleep(seconds / 2)")),
        _("You do not wait long enough: wait the full `seconds`."),
    ),
    Slip(
        "waits too long",
        edited(solution, ("sleep(seconds)", "sleep(2 * seconds)")),
        _("You wait too long: wait exactly the `seconds` that you are given."),
    ),
    Slip(
        "no async",
        edited(solution, ("async def", "def"), ("await asyncio.sleep(seconds)", "asyncio")),
        _("Your function is not async, so the check cannot await it. Begin it with async def."),
    ),
    Slip(
        "shouts",
        edited(solution, ("return message", "return message.upper()")),
        _("You changed the message. Return it unchanged."),
    ),
)

EXERCISE = Exercise(
    name="00.2",
    title=_("Wait without holding up the others"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "await asyncio.sleep(seconds) gives the turn to the event loop and asks for it back "
        "later. time.sleep keeps the turn, so the loop and all its tasks stand still."
    ),
    hints=(
        _("Which sleep steps aside, and which keeps the turn?"),
        _("The function begins with async def, so you may use await in it."),
        _("Two lines: await asyncio.sleep(seconds), and return message."),
    ),
    slips=SLIPS,
)
