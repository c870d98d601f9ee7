"""An event loop in a thread of its own, so that a blocking cell never freezes a server."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from .._text import _

T = TypeVar("T")

# How often a waiting cell looks up, so that the Stop button of Jupyter works at once: a
# kernel's loop notices an interrupt only when something wakes it.
TICK = 0.05  # seconds

# What asyncio would print into somebody's cell, such as "too many open files".
_silent = logging.getLogger("wsedu.live.background")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


class Background:
    """A thread that runs an event loop until ``close``; ``prepare`` sees the loop first."""

    def __init__(
        self, prepare: Callable[[asyncio.AbstractEventLoop], object] | None = None
    ) -> None:
        self._loop = asyncio.new_event_loop()
        if prepare:
            prepare(self._loop)
        self._loop.set_exception_handler(_note)
        self._thread = threading.Thread(target=self._run, name="wsedu lab", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        # Whatever still runs is told to stop, and waited for: no task is left behind.
        # One that has not begun could not tidy up. So a connection that was accepted just
        # before gets under way first, which takes the loop four or five turns.
        self._loop.run_until_complete(_turns(10))
        while tasks := asyncio.all_tasks(self._loop):
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        # An end whose other end was just torn down would hear of that in a moment, which may be
        # too late. asyncio has no public name for all connections of a loop.
        for transport in list(getattr(self._loop, "_transports", {}).values()):
            transport.abort()
        self._loop.run_until_complete(_turns(10))  # sockets close a turn after they are told to
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin ``work`` over there; raises RuntimeError when nobody is there any more."""
        if self._loop.is_closed():
            work.close()
            raise RuntimeError(_("This lab is closed. Start another one: lab = Lab()"))
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, work: Coroutine[Any, Any, T], timeout: float = 10) -> T:
        """Do ``work`` over there and block until it is done."""
        return self.start(work).result(timeout)

    async def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Do ``work`` over there and await its result here; cancelled here, cancelled there."""
        there = self.start(work)
        here = asyncio.wrap_future(there)
        try:
            while not here.done():
                await asyncio.wait([here], timeout=TICK)
            return here.result()
        finally:
            there.cancel()

    def close(self) -> None:
        """Stop the loop, its tasks and its thread; closing twice does nothing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)


async def _turns(count: int) -> None:
    for _turn in range(count):
        await asyncio.sleep(0)


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    _silent.error(context["message"], exc_info=context.get("exception"))
