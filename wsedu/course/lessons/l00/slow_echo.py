"""00.2: wait without holding up the others."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import inspect
import random
import time
from collections.abc import Callable
from typing import Any

from ...._text import _
from ...attempt import Attempt
from ...exercise import Exercise, Slip, edited, how_many
from ...judging import by_cases
from ...verdict import Verdict


async def solution(message, seconds):
    """Step aside for as long as it takes, then answer."""
    import asyncio

    await asyncio.sleep(seconds)
    return message


TURNS = 10  # a function that steps aside leaves thousands of them to the others


def _beside_others(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function beside a task that takes every turn it can get, and counts them."""

    async def watched(message: str, seconds: float) -> Any:
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(others())
        begin = time.monotonic()
        try:
            value = function(message, seconds)
            value = await value if inspect.isawaitable(value) else value
        finally:
            task.cancel()
        if not isinstance(value, str):
            return value
        if time.monotonic() - begin < 0.9 * seconds:
            return value, "too early"
        return value, "in time" if turns > TURNS else "in time, and the others stood still"

    return watched


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Short waits beside a busy task."""
    cases = [("Hello", 0.02), ("", 0.01)]
    cases += [
        ("".join(chance.choices("abcdé👋 ", k=5)), chance.randrange(10, 30) / 1000)
        for _case in range(how_many(4))
    ]
    return by_cases(
        attempt,
        cases,
        lambda message, seconds: (message, "in time"),
        SLIPS,
        called="slow_echo",
        fits=lambda got: isinstance(got, tuple) and len(got) == 2,
        like=_("the message, a text"),
        passed=_("It waits, and the others have their turns."),
        section="",
        through=_beside_others,
    )


SLIPS = (
    Slip(
        "time.sleep",
        edited(
            solution,
            ("import asyncio", "import time"),
            ("await asyncio.sleep(seconds)", "time.sleep(seconds)"),
        ),
        _("It waits, and meanwhile nobody else has a turn: time.sleep does not step aside."),
    ),
    Slip(
        "no wait",
        edited(solution, ("await asyncio.sleep(seconds)", "asyncio")),
        _("It does not wait as long as it should. Without await, asyncio.sleep does not begin."),
    ),
    Slip(
        "shouts",
        edited(solution, ("return message", "return message.upper()")),
        _("An echo says what it heard, letter by letter."),
    ),
)

EXERCISE = Exercise(
    name="00.2",
    title=_("Wait, and hold up nobody"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "await asyncio.sleep(seconds) gives the turn to the event loop, and asks for it back "
        "later. time.sleep keeps the turn: the loop, and with it everybody, stands still."
    ),
    hints=(
        _("Which sleep steps aside, and which keeps the turn?"),
        _("The function begins with async def, so await may stand in it."),
        _("Two lines: await asyncio.sleep(seconds), and return message."),
    ),
    slips=SLIPS,
)
