"""00.1: which of these cells raises."""

from __future__ import annotations

import ast
import asyncio
import inspect
import random
from typing import Any

from ....words import _
from ...exercise import Exercise, Slip
from ...judges import by_letter
from ...runner import Attempt
from ...verdict import Verdict

# Each is a cell of its own, after ``pause = asyncio.sleep(0)``.
CELLS = {
    "A": "asyncio.run(pause)",
    "B": "await pause",
    "C": "pause",
    "D": "asyncio.get_event_loop().run_until_complete(pause)",
    "E": "await asyncio.create_task(pause)",
    "F": "await asyncio.wait_for(pause, 1)",
}

SOLUTION = {"A": True, "B": False, "C": False, "D": True, "E": False, "F": False}

_RULES = {
    "A": _("Look at A again: asyncio.run starts a loop, and one is running already."),
    "B": _("Look at B again: may a cell wait?"),
    "C": _("Look at C again: does anything start this call, so that it could raise?"),
    "D": _("Look at D again: which loop does it get, and is that one idle?"),
    "E": _("Look at E again: a task needs a running loop, and there is one."),
    "F": _("Look at F again: it waits for one second at most, and that is enough."),
}


async def _raises(cell: str) -> bool:
    pause = asyncio.sleep(0)
    code = compile(cell, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    try:
        result: Any = eval(code, {"asyncio": asyncio, "pause": pause})
        if inspect.isawaitable(result):
            await result
    except RuntimeError:
        return True
    finally:
        pause.close()  # what was never awaited has nothing to complain of
    return False


def outcomes() -> dict[str, bool]:
    """What happens when each of them runs where a loop is running, as in a notebook."""
    return {letter: asyncio.run(_raises(cell)) for letter, cell in CELLS.items()}


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Each cell is run."""
    return by_letter(
        attempt,
        outcomes(),
        _RULES,
        SLIPS,
        like=_("True or False"),
        passed=_("We ran all six, and this is what they do."),
        section="",
    )


SLIPS = (
    Slip(
        "asyncio.run is always right",
        SOLUTION | {"A": False},
        _("A: asyncio.run starts a loop of its own; in a notebook one is already running."),
    ),
    Slip(
        "a cell cannot wait",
        SOLUTION | {"B": True},
        _("B: a program needs an async function around await; a notebook cell does not."),
    ),
    Slip(
        "what is forgotten raises",
        SOLUTION | {"C": True},
        _("C: without await the call does not begin, so nothing can raise."),
    ),
    Slip(
        "another method helps",
        SOLUTION | {"D": False},
        _("D: run_until_complete starts the loop, but that loop is already running."),
    ),
    Slip(
        "a task needs a loop of its own",
        SOLUTION | {"E": True},
        _("E: create_task gives the call to the running loop; it does not start a second one."),
    ),
)

EXERCISE = Exercise(
    name="00.1",
    title=_("Which cell raises?"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "In a notebook a loop is already running. asyncio.run and run_until_complete try to start "
        "a loop, so they raise. The others use the loop that is running."
    ),
    hints=(
        _("Which cells start a loop, and which use the one that is running?"),
        _("Two of the six start a loop."),
        _("A call without await does nothing at all, so it raises nothing."),
    ),
    slips=SLIPS,
)
