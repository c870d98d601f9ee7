"""An event loop in a thread of its own, so that a blocking cell never freezes a server.

How to think about it: that loop also runs a server that a learner wrote, and such a server may
loop without an await. Then the event loop stops turning, and so does everything in it that should
have watched the time. So a thread that waits for the loop checks, from outside, that it turns.
In a browser there are no threads: there the loop is a guest of the loop that runs the cells.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from .._stopping import EXITS, Stopped, end_tasks, raise_in
from .._told import Told
from ..words import _
from .guest import IN_BROWSER, GuestLoop, aside

T = TypeVar("T")

# How often a waiting cell looks up, so that the Stop button of Jupyter works at once: a
# kernel's loop notices an interrupt only when something wakes it.
TICK = 0.05  # seconds
PATIENCE = 5  # seconds for which a loop may stop turning, unless the caller says
SHORTEST = 1  # seconds: a shorter stop is nothing unusual
EXCUSE = 10  # times as long, while the loop is busy with the lab's own work
STOPS = 10  # how often a server that does not stop is asked to, before it is left running

# What asyncio would print into a cell, such as "too many open files".
_silent = logging.getLogger("wsedu.live.background")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


class LabClosed(Told, RuntimeError):
    """The lab is closed, so nothing can be asked of it."""


class Stuck(Told, TimeoutError):
    """The loop has not turned for as long as the caller was ready to wait."""


def closed() -> LabClosed:
    """The error that says that the lab is closed, and how to go on."""
    return LabClosed(
        _("This lab is closed, by close() or by a newer Lab(). Start another one: lab = Lab()")
    )


class Background:
    """A thread that runs an event loop until ``close``; ``prepare`` sees the loop first.

    In a browser, a loop that is the guest of the cells' loop until then.
    """

    def __init__(
        self, prepare: Callable[[asyncio.AbstractEventLoop], object] | None = None
    ) -> None:
        self._loop = GuestLoop() if IN_BROWSER else asyncio.new_event_loop()
        if prepare:
            prepare(self._loop)
        self._loop.set_exception_handler(_note)
        self._closing = False  # no new work is accepted
        self._over = False  # the loop knows that it must end
        self._lost = False  # a server in it cannot be stopped
        self._at_work = False
        if isinstance(self._loop, GuestLoop):
            self._loop.longest = SHORTEST
        else:
            self._thread = threading.Thread(target=self._run, name="wsedu lab", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        while not self._over:
            # The server had just let go, and the loop was hit; or a task of the server raised
            # what asyncio takes for the end of the program.
            with suppress(Stopped, *EXITS):
                self._loop.run_forever()
        self._tidy_up()

    def _tidy_up(self) -> None:
        while not self._loop.is_closed():
            with suppress(Stopped, *EXITS):
                self._end_all()

    def _end_all(self) -> None:
        # Every task is cancelled and waited for: none is left behind. A task that has not begun
        # could not tidy up. So a connection that was accepted just before gets under way first,
        # which takes the loop four or five turns.
        self._loop.run_until_complete(_turns(10))
        for _round in range(2):
            if tasks := asyncio.all_tasks(self._loop):
                for task in tasks:
                    task.cancel()
                self._loop.run_until_complete(asyncio.wait(tasks, timeout=SHORTEST / 2))
        # An end whose other end was just reset would notice in a moment, which may be too late.
        # asyncio has no public name for all connections of a loop.
        for transport in list(getattr(self._loop, "_transports", {}).values()):
            transport.abort()
        self._loop.run_until_complete(_turns(10))  # sockets close a turn after they are told to
        end_tasks(self._loop)
        self._loop.close()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin ``work`` in that loop; raises LabClosed when it has ended."""
        if self._closing:
            work.close()
            raise closed()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(
        self, work: Coroutine[Any, Any, T], patience: float = PATIENCE, excuse: float = EXCUSE
    ) -> T:
        """Do ``work`` in that loop and block until it is done.

        Raises Stuck when the loop has not turned for ``patience`` seconds.
        """
        if isinstance(self._loop, GuestLoop):
            return self._call_guest(self._loop, work, patience)
        there, pulse = self.start(work), _Pulse(self, excuse)
        try:
            while not there.done():
                wait_for([there], TICK)
                pulse.check(patience)
            return there.result()
        finally:
            there.cancel()

    def _call_guest(self, loop: GuestLoop, work: Coroutine[Any, Any, T], patience: float) -> T:
        if self._closing:
            work.close()
            raise closed()
        with aside():
            task = loop.create_task(work)
            while not task.done():
                # As in ``_run``: the loop was hit, or another task raised the end of the program.
                with suppress(Stopped, *EXITS):
                    loop.run_until_complete(task)
            result = task.result()
        if loop.was_stopped:  # in this call, or while something else waited
            loop.was_stopped = False
            raise Stuck(_kept_to_itself(patience, _("It was stopped, and the lab goes on.")))
        return result

    async def wait(self, work: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
        """Do ``work`` in that loop and await its result here; cancelled here, cancelled there.

        Raises Stuck when the loop has not turned for ``patience`` seconds, and LabClosed when
        the lab is closed before that.
        """
        there = self.start(work)
        here, pulse = asyncio.wrap_future(there), _Pulse(self)
        try:
            while not here.done():
                await asyncio.wait([here], timeout=TICK)
                pulse.check(patience)
            if here.cancelled() and self._closing:
                raise closed()
            return here.result()
        finally:
            here.cancel()  # with it, what runs over there

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Within this, the loop may take ``EXCUSE`` times as long: the lab itself is slow."""
        self._at_work = True
        try:
            yield
        finally:
            self._at_work = False

    def _stop_server(self) -> bool:
        """Raise Stopped in what keeps the loop from turning; returns whether it turns again."""
        pulse = _Pulse(self)
        pulse.missed()  # asks
        for _time in range(STOPS):
            raise_in(self._thread, Stopped)
            self._thread.join(TICK)
            if not pulse.missed():
                return True
        self._lost = True
        return False

    def close(self) -> None:
        """Stop the loop, its tasks and its thread; closing twice does nothing.

        If a server in it cannot be stopped, the thread is left running after a second or two.
        """
        if self._closing:
            return
        self._closing = True
        if isinstance(self._loop, GuestLoop):
            with aside():
                self._tidy_up()
            return
        self._loop.call_soon_threadsafe(self._end)
        pulse = _Pulse(self, excuse=1)
        while self._thread.is_alive() and not self._lost:
            self._thread.join(TICK)
            if pulse.missed() * TICK >= SHORTEST:
                self._stop_server()

    def _end(self) -> None:
        self._over = True
        self._loop.stop()


class _Pulse:
    """Whether the loop still turns, as a caller sees it that looks every ``TICK``.

    It counts looks, not seconds: while the whole machine stops, no look is taken.
    """

    def __init__(self, background: Background, excuse: float = EXCUSE) -> None:
        self._background, self._excuse = background, excuse
        self._looks = 0.0
        self._asked = False

    def missed(self) -> float:
        """How many looks ago the loop was asked for a sign of life, if none has come since."""
        if self._asked:
            self._looks += 1 / self._excuse if self._background._at_work else 1
        else:
            self._looks, self._asked = 0, True
            try:
                self._background._loop.call_soon_threadsafe(self._answer)
            except RuntimeError:  # it is closed, in good order
                self._asked = False
        return self._looks

    def _answer(self) -> None:
        self._asked = False

    def check(self, patience: float) -> None:
        """Raise Stuck when no sign has come for that long, and try to set the loop free."""
        patience = max(patience, SHORTEST)
        if isinstance(self._background._loop, GuestLoop) or self.missed() * TICK < patience:
            return
        if self._background._stop_server():
            end = _("It was stopped, and the lab goes on.")
        else:
            end = _("It does not let itself be stopped. Start another lab: lab = Lab()")
        raise Stuck(_kept_to_itself(patience, end))


def _kept_to_itself(seconds: float, end: str) -> str:
    said = _(
        "The server has kept the lab's event loop to itself for {seconds} s. "
        "Does it loop without an await?"
    )
    return f"{said.format(seconds=seconds)} {end}"


async def _turns(count: int) -> None:
    for _turn in range(count):
        await asyncio.sleep(0)


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    _silent.error(context["message"], exc_info=context.get("exception"))
