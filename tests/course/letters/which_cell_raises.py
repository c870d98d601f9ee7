"""The right answers to which-cell-raises, from what they are about."""

from __future__ import annotations

import ast
import asyncio
import inspect
from typing import Any

# Each is a cell of its own, after ``pause = asyncio.sleep(0)``.
CELLS = {
    "A": "asyncio.run(pause)",
    "B": "await pause",
    "C": "pause",
    "D": "asyncio.get_event_loop().run_until_complete(pause)",
    "E": "await asyncio.create_task(pause)",
    "F": "await asyncio.wait_for(pause, 1)",
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


def right() -> dict[str, object]:
    """Letter -> answer."""
    return outcomes()
