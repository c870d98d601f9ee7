"""An event loop that is a guest of another: no thread, no socket, and a turn now and then.

How to think about it: Python in a browser has one thread and no sockets. The lab's loop, which
elsewhere has a thread of its own, is a guest there: whenever it has something to do, the loop that
runs the cells, its host, gives it a turn. Nothing else changes. A caller speaks to the guest
through ``call_soon_threadsafe``, as to a loop in another thread. What cannot wait for the host,
such as a check, steps ``aside``: the host stops, and the loop that runs then gives the other guests
their turns. All of them are on one network in memory.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .._stopping import EXITS, Stopped
from .memory import Network

IN_BROWSER = sys.platform == "emscripten"
REST = 0.01  # seconds that a loop waits, at most, before it looks at the others again

NETWORK = Network()  # of everything in this browser
_guests: weakref.WeakSet[GuestLoop] = weakref.WeakSet()
_asyncio: Any = asyncio  # with names that are not public
_turning: list[tuple[GuestLoop, float]] = []  # whose turn it is, since when; the innermost is last
_host: asyncio.AbstractEventLoop | None = None  # in a browser: the one loop that the page turns
# Pyodide's sleep lets others run meanwhile; lesson 00 is about one that does not.
_sleep = getattr(time.sleep, "__wrapped__", time.sleep)


class GuestLoop(asyncio.BaseEventLoop):
    """A loop that waits for nothing but time, and for the other loops of this thread.

    longest:     seconds that a turn may take, where something watches
    was_stopped: whether a turn has taken longer
    """

    longest = math.inf
    was_stopped = False

    def __init__(self) -> None:
        super().__init__()
        self._selector = self  # what a loop waits with
        self._host = _host or _asyncio._get_running_loop()
        self._next_turn: asyncio.Handle | None = None
        NETWORK.install(self)
        _guests.add(self)

    def select(self, timeout: float | None) -> list[Any]:
        """Wait, if this loop runs by itself; the other guests have their turns meanwhile.

        timeout: seconds; None while there is nothing to wait for
        """
        if self.is_running():
            busy = [guest.turn() for guest in list(_guests) if guest is not self]
            if timeout != 0 and not any(busy) and not self._is_busy():
                _sleep(REST if timeout is None else min(REST, timeout))
        return []

    def turn(self) -> bool:
        """Do what is to be done now, and return whether there is more."""
        if self.is_closed() or self.is_running() or any(loop is self for loop, _began in _turning):
            return False
        # A task of a server may raise what would end the host too, and with it all of this Python.
        # Or the server had just let go, and the loop was hit.
        with aside(), suppress(Stopped, *EXITS):
            _asyncio._set_running_loop(self)
            self._run_once()
        timers: list[asyncio.TimerHandle] = vars(self)["_scheduled"]
        if self._is_busy():
            self._come_back(0)
        elif timers:
            self._come_back(max(0, timers[0].when() - self.time()))
        return self._is_busy()

    def _is_busy(self) -> bool:
        return bool(vars(self)["_ready"])

    def _run_once(self) -> None:
        _turning.append((self, time.monotonic()))
        try:
            super()._run_once()  # type: ignore[misc]  # it is not public
        finally:
            _turning.pop()

    def close(self) -> None:
        """Close the loop; it gets no further turn."""
        super().close()
        _guests.discard(self)
        if self._next_turn:
            self._next_turn.cancel()

    def _come_back(self, seconds: float) -> None:
        if self._next_turn:
            self._next_turn.cancel()
        if self._host:
            self._next_turn = self._host.call_later(seconds, self.turn)

    def _write_to_self(self) -> None:  # by call_soon_threadsafe
        self._come_back(0)

    def _process_events(self, _events: list[Any]) -> None:
        pass


def stop_long_turn() -> None:
    """Raise Stopped if the turn in which this is called has lasted too long."""
    if _turning:
        loop, began = _turning[-1]
        if time.monotonic() - began > loop.longest:
            _turning[-1] = (loop, time.monotonic())
            loop.was_stopped = True
            raise Stopped


@contextmanager
def aside() -> Iterator[None]:
    """Within this, no loop runs here and no task, so that one may be run."""
    outer = _asyncio._get_running_loop()
    task = asyncio.current_task(outer) if outer else None
    if task:
        _asyncio.tasks._leave_task(outer, task)
    hooks = sys.get_asyncgen_hooks()
    _asyncio._set_running_loop(None)
    try:
        yield
    finally:
        sys.set_asyncgen_hooks(*hooks)
        _asyncio._set_running_loop(outer)
        if task:
            _asyncio.tasks._enter_task(outer, task)


def move_in() -> None:
    """Prepare Python in a browser for the course; called once, when this is imported."""
    global _host
    _host = asyncio.get_running_loop()
    NETWORK.install(_host)
    policy: Any = _asyncio.events._get_event_loop_policy()
    policy.new_event_loop = GuestLoop
    # Pyodide has others, under which nothing ever blocks.
    time.sleep = _sleep
    asyncio.run = getattr(asyncio.run, "__wrapped__", asyncio.run)
    # It raises ValueError for a moment that passes while it is asked.
    later: Any = _host.call_later

    def call_later(delay: float, *args: Any, **options: Any) -> Any:
        return later(max(0, delay), *args, **options)

    vars(_host)["call_later"] = call_later


if IN_BROWSER:
    move_in()
