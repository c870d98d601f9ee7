"""Waiting for something on a recording, while everything else goes on.

How to think about it: to see whether something has come, the whole recording is read again, and
after a flood of small frames this takes seconds. A loop that reads serves no client and hears no
Stop button. So each look runs in a thread of its own, for a limited time, while the lab's loop
waits for news of the tap and keeps an eye on the clock.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

from .._stopping import raise_in
from ..recording import Recording, dissect
from ..recording.events import SIDES
from ..words import _
from .background import Background
from .guest import IN_BROWSER
from .tap import Tap

T = TypeVar("T")

GRACE = 1  # seconds after the deadline in which a look may still find something
LAST_LOOK = 0.25  # seconds to read what was seen instead, at least
PAUSE = 0.1  # seconds between two calls of a watcher
STOPS, BETWEEN = 100, 0.1  # how often a thread is asked to stop, and seconds from one to the next
NAMED = 10  # units that are named after waiting in vain: the last ones, for there may be 100,000


class Enough(SystemExit):
    """Raised in a thread that reads for too long; Python ends a thread on SystemExit in silence."""


def _stop(thread: threading.Thread) -> None:
    """Stop a thread that reads.

    Asking once may not do: where the exception meets a callback of the garbage collector, Python
    drops it with a complaint.
    """
    usual = sys.unraisablehook

    def complain(dropped: sys.UnraisableHookArgs) -> None:
        if dropped.exc_type is not Enough:
            usual(dropped)

    sys.unraisablehook = complain
    try:
        for _time in range(STOPS):
            raise_in(thread, Enough)
            thread.join(BETWEEN)
            if not thread.is_alive():
                return
    finally:
        sys.unraisablehook = usual


async def in_thread(work: Callable[[], T], seconds: float | None = None) -> T | None:
    """Return or raise what ``work()`` does, which runs in a thread of its own.

    After ``seconds`` the thread is stopped and the result is None. A caller that is cancelled
    stops it too. In a browser, where there are no threads, the work takes the time that it takes.
    """
    if IN_BROWSER:
        return work()
    loop, context = asyncio.get_running_loop(), contextvars.copy_context()
    outcome: Future[T] = Future()
    done = asyncio.Event()

    def run() -> None:
        with suppress(Enough, RuntimeError):  # the lab was closed, and its loop too
            try:
                outcome.set_result(context.run(work))  # prints into the cell that waits
            except Enough:
                raise
            except BaseException as raised:
                outcome.set_exception(raised)
            loop.call_soon_threadsafe(done.set)

    thread = threading.Thread(target=run, name="wsedu lab's reader", daemon=True)
    thread.start()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await done.wait()
    finally:
        if done.is_set():
            thread.join()  # it has nothing more to do
        else:  # in a thread, too: it may take a while, and the lab's loop has clients to serve
            name = "wsedu lab's stopper"
            threading.Thread(target=_stop, args=[thread], name=name, daemon=True).start()
    return outcome.result() if done.is_set() else None


async def found(tap: Tap, look: Callable[[], T | None], timeout: float) -> T | None:
    """Look now, and again after events at ``tap``, until ``look()`` is true, and return that.

    Returns None after ``timeout`` seconds. A look that is under way then has ``GRACE`` more.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    with tap.watched() as changed:
        while True:
            changed.clear()
            start = loop.time()
            if result := await in_thread(look, end + GRACE - start):
                return result
            try:
                async with asyncio.timeout_at(end):
                    # A look reads the whole recording. With a rest after each, as long as the
                    # look itself, a busy connection gets half of the time at least.
                    await asyncio.sleep(loop.time() - start)
                    await changed.wait()
            except TimeoutError:
                return None


async def until(
    tap: Tap, look: Callable[[], T | None], seen: Callable[[], Recording], what: str, timeout: float
) -> T:
    """Like ``found``; raises TimeoutError that says what was on the recording ``seen()`` instead.

    The deadline is ``timeout`` seconds, and a little more than ``GRACE`` if there is much to read.
    """
    loop = asyncio.get_running_loop()
    last = loop.time() + timeout + GRACE
    result = await found(tap, look, timeout)
    if result is not None:
        return result
    recording = await in_thread(seen) or Recording()
    left = max(last - loop.time(), LAST_LOOK)
    said = await in_thread(lambda: _titles(recording), left) or _sizes(recording)
    raise TimeoutError(
        _("Waited {timeout} s for {what}, in vain. Seen so far: {seen}").format(
            timeout=timeout, what=what or _("the condition"), seen=said
        )
    )


def _titles(recording: Recording) -> str:
    units = dissect(recording).units
    seen = "; ".join(f"{unit.sender}: {unit.title}" for unit in units[-NAMED:])
    if len(units) > NAMED:
        return _("{seen} ({count} more came before)").format(seen=seen, count=len(units) - NAMED)
    return seen or _("nothing")


def _sizes(recording: Recording) -> str:
    client, server = (len(recording.sent_by(side)) for side in SIDES)
    return _(
        "{client} bytes from the client and {server} bytes from the server, "
        "more than can be read in time"
    ).format(client=f"{client:,}", server=f"{server:,}")


async def watch(background: Background, tap: Tap, call: Callable[[], object]) -> None:
    """Call ``call()`` after news at the tap, in this thread, at most every ``PAUSE`` seconds."""
    loop = asyncio.get_running_loop()
    with tap.watched() as changed:
        while True:
            await changed.wait()
            changed.clear()
            start = loop.time()
            with background.at_work():
                call()
            await asyncio.sleep(max(PAUSE, 9 * (loop.time() - start)))
