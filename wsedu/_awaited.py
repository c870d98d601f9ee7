"""The mistake of lesson 00, named where it is made: a coroutine instead of its result.

Every public function of the course passes its arguments through here.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from ._told import Told
from .said import Said

P = ParamSpec("P")
T = TypeVar("T")


class AwaitMissing(Told, TypeError):
    """A coroutine, or something else that must be awaited, was given instead of its result."""


def values_only(function: Callable[P, T]) -> Callable[P, T]:
    """The function, which raises AwaitMissing when it is given what must be awaited."""

    @functools.wraps(function)
    def checked(*args: P.args, **options: P.kwargs) -> T:
        no_coroutine(function.__name__, *args, *options.values())
        return function(*args, **options)

    return checked


def no_coroutine(called: str, *values: object) -> None:
    """Raise AwaitMissing if one of the values must be awaited, or one inside of them."""
    found = [awaitable for value in values for awaitable in _awaitables(value)]
    if found:
        raise AwaitMissing(await_missing(called, *found))


def await_missing(called: str, *awaitables: object) -> str:
    """The sentence; it ends the coroutines, or Python would complain of them in a later cell."""
    for awaitable in awaitables:
        if inspect.iscoroutine(awaitable):
            awaitable.close()
    first = awaitables[0]
    if inspect.iscoroutine(first):
        what = Said("await.coroutine", name=first.__qualname__)
    else:
        what = Said("await.other", type=type(first).__name__)
    return str(Said("await.missing", called=called, what=what))


def _awaitables(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        value = [*value.values()]
    for item in value if isinstance(value, (list, tuple)) else (value,):
        if inspect.isawaitable(item):
            yield item
