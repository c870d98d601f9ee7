"""The mistake of lesson 00, named where it is made: a coroutine instead of its result.

How to think about it: a coroutine looks like a value, and fails far from the line that forgot the
``await``. So every public function of the course passes its arguments through here.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from ._told import Told
from .said import Said

P = ParamSpec("P")
T = TypeVar("T")

DEPTH = 4  # lists inside lists that are looked through; deeper, and in a circle, nothing is


class AwaitMissing(Told, TypeError):
    """A coroutine, or something else that must be awaited, was given instead of its result."""


def values_only(function: Callable[P, T]) -> Callable[P, T]:
    """The function; it raises AwaitMissing for an argument that must be awaited."""

    @functools.wraps(function)
    def checked(*args: P.args, **options: P.kwargs) -> T:
        no_coroutine(function.__name__, *args, *options.values())
        return function(*args, **options)

    return checked


def no_coroutine(called: str, *values: object) -> None:
    """Raise AwaitMissing if a value must be awaited, or an item inside lists, tuples and dicts."""
    found = [awaitable for value in values for awaitable in _awaitables(value)]
    if found:
        raise AwaitMissing(await_missing(called, *found))


def await_missing(called: str, *awaitables: object) -> str:
    """The sentence; closes the coroutines, or Python would warn of them in a later cell."""
    for awaitable in awaitables:
        if inspect.iscoroutine(awaitable):
            awaitable.close()
    first = awaitables[0]
    if inspect.iscoroutine(first):
        what = Said("await.coroutine", name=first.__qualname__)
    else:
        what = Said("await.other", type=type(first).__name__)
    return str(Said("await.missing", called=called, what=what))


def _awaitables(value: object, depth: int = DEPTH) -> Iterator[object]:
    if inspect.isawaitable(value):
        yield value
    elif depth and isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _awaitables(item, depth - 1)
