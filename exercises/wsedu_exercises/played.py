"""A coroutine of a learner against a script, on a clock that jumps.

How to think about it: the check runs on a ``VirtualTimeLoop``, so hours pass in no time. What
would go on forever is ended at a second of that clock, and that is a result, too.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from wsedu.course.judges import Cases, Did
from wsedu.course.mistakes import Function

F = TypeVar("F", bound=Callable[..., Any])

FOREVER = Did("went on forever")


def judged(
    cases: Function, expected: Function, through: Function, run: type, right: Function, **more: Any
) -> Cases:
    """A judge whose clock jumps: an answer may wait with ``asyncio.sleep``, but not in earnest.

    through: plays the script of a case to an answer, and gives a ``run``: what the answer did
    right:   whether a run is right
    more:    what else ``Cases`` takes
    """
    more |= {"through": through, "right": right, "timed": lambda wanted, got: False}
    return Cases(cases, expected, run, **more)


class NoEnd(Exception):
    """The answer asks or sends again and again, although the script has ended."""


def second() -> float:
    """What the loop's clock shows; turns of the loop take a little of it."""
    return asyncio.get_running_loop().time()


def rounded(seconds: float) -> float:
    """Seconds to one place: all times of the scripts are halves, and turns take far less."""
    return round(seconds, 1)


async def outcome(call: Callable[[], Any], seconds: float) -> Any:
    """What the call returns; or that it raised, or that it has not ended after these seconds."""
    value = call()
    if not inspect.isawaitable(value):
        return value
    task = asyncio.ensure_future(value)
    await asyncio.wait([task], timeout=seconds)
    if not task.done():
        task.cancel()
        return FOREVER
    try:
        return task.result()
    except NoEnd:
        return FOREVER
    except (TimeoutError, OSError) as error:  # what comes before it is worth showing
        return Did(f"raised {type(error).__name__}")


def is_generator(value: Any) -> bool:
    """Whether a function with ``yield`` gave it: nothing in it has run."""
    return inspect.isgenerator(value) or inspect.isasyncgen(value)


def called(name: str) -> Callable[[F], F]:
    """The method under the name that a learner calls, for Python's word on a missing await."""

    def rename(method: F) -> F:
        method.__qualname__ = name
        return method

    return rename
