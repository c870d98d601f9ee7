"""Running a learner's answer: watched, with a time limit, and never at the kernel's expense."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import io
import logging
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import CodeType
from typing import Any

from .._awaited import await_missing
from .._stopping import end_tasks, raise_in, watching
from .._told import is_cell
from ..live import guest
from ..words import _
from .diagnosis import Raised
from .verdict import Verdict, not_attempted, not_yet

SECONDS = 5  # for all the cases of one check together
BUSY = 0.05  # share of the time that an answer on a busy machine still computes, at least
LONGEST = 12  # times as long as usual: the most that such an answer gets
ROOM = 2**30  # bytes that an answer may take, beside what the kernel has
STOPS = 10  # how often an answer that does not end is asked to end
BETWEEN = 0.05  # seconds from one such request to the next
OFTEN = 16  # each such moment at which Python could look at the clock, it does
LONG = 60  # seconds that a check itself may take where there are no threads
# What runs an answer, and puts away what it leaves: where possible, no stop lands in it.
RUNS_IT = (__file__, guest.__file__, str(Path(asyncio.__file__).parent))

wall, computed = time.monotonic, time.process_time


class AnswerRaised(Exception):
    """The learner's function raised ``cause`` when it was called with ``args``."""

    def __init__(self, cause: BaseException, args: tuple[Any, ...]) -> None:
        super().__init__(cause)
        self.cause = cause
        self.args_given = args


class AnswerMissing(Exception):
    """The learner's function returned the dots of the starter."""


class AnswerNoFunction(Exception):
    """A function was asked for, and something else was given."""


class AnswerStopped(BaseException):
    """Thrown into an answer that does not end."""


class Attempt:
    """The learner's answer, as the checks call it.

    An answer that does not end is stopped: an async one is cancelled, and if that does not help,
    an exception is raised in its thread from outside. That happens only while the answer runs:
    elsewhere it would leave loops open and coroutines lost.
    """

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.over = False
        self.args: tuple[Any, ...] | None = None  # of the call that runs
        self.only_none: bool | None = None  # whether it returned None, and nothing else
        self.loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None
        self._task: asyncio.Task[Any] | None = None  # of an async answer
        self._running = False  # now it may be stopped
        self._used, self._since = 0.0, 0.0  # seconds that it ran, and when it began to run again
        self._turn = threading.Lock()

    def __call__(self, *args: Any) -> Any:
        """The function's result; an async function is awaited."""
        self.go_on()
        if not callable(self.answer):
            raise AnswerNoFunction
        self.args = args
        try:
            try:
                self._go()
                value = self.answer(*args)
            finally:
                self._settle()
            if inspect.isawaitable(value):
                value = self._awaited(value)
        except AnswerStopped:
            raise
        except BaseException as error:  # even SystemExit must not end the kernel
            if isinstance(error.__cause__, StopIteration):  # Python puts it into a RuntimeError
                error = error.__cause__
            raise AnswerRaised(error, args) from error
        if value is ...:
            raise AnswerMissing
        # What goes around an answer may give a tuple that has the answer's own value in it.
        own = getattr(value, "returned", value) if isinstance(value, tuple) else value
        self.only_none = own is None and self.only_none is not False
        self.args = None
        return value

    def result(self, *args: Any) -> Any:
        """The same, but an error is a result: ``Raised``."""
        try:
            return self(*args)
        except AnswerRaised as raised:
            return Raised(raised.cause, args)

    def go_on(self) -> None:
        """Raise AnswerStopped if the time is up."""
        if self.over:
            raise AnswerStopped

    def _awaited(self, value: Any) -> Any:
        loop = (self.loop_factory or asyncio.new_event_loop)()
        try:
            try:
                return loop.run_until_complete(self._finish(value))
            finally:
                self._settle()
        finally:
            end_tasks(loop)
            loop.close()

    async def _finish(self, value: Any) -> Any:
        self._task = asyncio.current_task()
        try:
            self._go()
            return await value
        except asyncio.CancelledError:
            self.go_on()
            raise

    @property
    def used(self) -> float:
        """Seconds that the answer has run so far, without what its check does."""
        return self._used + (wall() - self._since if self._running else 0)

    def _go(self) -> None:
        self._running, self._since = True, wall()

    def _settle(self) -> None:
        """From here on no stop comes; one that is on its way holds the lock, and comes here."""
        self._used, self._running = self.used, False
        with self._turn:
            self._task = None

    def stop(self, thread: threading.Thread, *, gently: bool) -> None:
        """Cancel what awaits, if ``gently``; else ask Python to raise in the thread that runs it.

        A thread that sleeps hears of it on waking.
        """
        self.over = True
        with self._turn:
            if not self._running:
                return
            loop = self._task and self._task.get_loop()
            if gently and self._task and loop:
                loop.call_soon_threadsafe(self._task.cancel)
                return
            raise_in(thread, AnswerStopped)
            if loop:  # if it waits for nothing, it must look up to hear it
                loop.call_soon_threadsafe(int)

    def stop_here(self, seconds: float, code: CodeType | None) -> None:
        """The same for an answer without a thread: raise AnswerStopped in ``code``, which runs."""
        if (late := self.used - seconds) < 0:
            return
        asked, self.over = self.over, True
        if self._running and self._task and not asked:
            self._task.cancel()
        elif self._running and late > BETWEEN:
            if late > STOPS * BETWEEN or code is None or not code.co_filename.startswith(RUNS_IT):
                raise AnswerStopped


def run(judge: Callable[[Attempt], Verdict], answer: Any, seconds: float = SECONDS) -> Verdict:
    """Judge an answer in a thread of its own; whatever happens there becomes a verdict."""
    if answer is ...:
        return not_attempted()
    if inspect.isawaitable(answer):
        said = _("If the exercise asks for a function, give its name alone, without parentheses.")
        return not_yet(await_missing("check", answer) + " " + said)
    verdicts: list[Verdict] = []
    faults: list[BaseException] = []
    watched = Attempt(answer)

    def work() -> None:
        try:
            verdicts.append(_judge(judge, watched))
        except AnswerStopped:
            pass
        except BaseException as error:  # a fault of ours: it must not vanish in the thread
            faults.append(error)

    with _room(), _quiet() as (printed, warned), _collecting():
        (_work_here if guest.IN_BROWSER else _work_in_thread)(work, watched, seconds)
    if faults:
        raise faults[0]
    if verdicts:
        verdict = verdicts[0]
    else:
        said = _(
            "Your answer did not finish within {seconds} s. Does it loop forever, or wait for "
            "something that never comes?"
        ).format(seconds=seconds)
        if watched.args is not None and callable(answer):
            said += " " + _("It was given ({call}).").format(call=_written(watched.args))
        verdict = Verdict("raised", said)
    is_said = "forget to await" in verdict.sentence
    forgotten = "" if is_said else _never_awaited(warned)
    if not verdict.passed and forgotten:
        said = _("{name} was called without await: put await before the call.")
        return replace(verdict, sentence=f"{verdict.sentence} {said.format(name=forgotten)}")
    if verdict.outcome == "not yet" and printed.getvalue() and watched.only_none:
        return Verdict(
            "not yet",
            _("Your function prints its result. Return it instead: use return."),
            verdict.section,
        )
    return verdict


def _never_awaited(warned: list[warnings.WarningMessage]) -> str:
    """The name of a coroutine function that was called without await, if there was one."""
    for warning in warned:
        # Those of a loop that was stopped amid asyncio.run are not the learner's.
        if found := re.match("coroutine '(?!BaseEventLoop)(.*)' was", str(warning.message)):
            return found[1].rpartition("<locals>.")[2]  # not where it was defined
    return ""


def _judge(judge: Callable[[Attempt], Verdict], attempt: Attempt) -> Verdict:
    try:
        return judge(attempt)
    except AnswerMissing:
        return not_attempted()
    except AnswerNoFunction:
        return not_yet(
            _(
                "This exercise asks for a function, but you gave {type}. Give the function's name "
                "alone, without parentheses."
            ).format(type=shorten(attempt.answer))
        )
    except AnswerRaised as raised:
        return raised_verdict(raised.cause, raised.args_given)


def raised_verdict(error: BaseException, args: tuple[Any, ...]) -> Verdict:
    """The verdict on an answer that raised an error when it was called with ``args``."""
    if isinstance(error, RecursionError):
        sentence = _("Your function calls itself too often, perhaps forever (RecursionError).")
    elif isinstance(error, MemoryError):
        sentence = _("In the case ({call}) your function asked for too much memory.").format(
            call=_written(args)
        )
    else:
        name, words = _name_of(type(error)), shorten(error, 200, write=str)
        sentence = _("In the case ({call}) your function raised {error}").format(
            call=_written(args), error=f"{name}: {words}" if words else name
        )
        if line := _line_of(error):
            sentence += " " + _("(line {line} of your cell)").format(line=line)
    return Verdict("raised", sentence)


def _written(args: tuple[Any, ...]) -> str:
    return ", ".join(shorten(arg, 400) for arg in args)


def _name_of(kind: type[BaseException]) -> str:
    """As the last line of a traceback has it: ``binascii.Error``, not ``Error``."""
    module = "" if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "."
    return module + kind.__qualname__


def _line_of(error: BaseException) -> int | None:
    """The line of the learner's cell that raised; None if it was not in a cell."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if is_cell(trace.tb_frame.f_code.co_filename):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _work_in_thread(work: Callable[[], None], watched: Attempt, seconds: float) -> None:
    thread = threading.Thread(target=work, name="wsedu check", daemon=True)
    thread.start()
    try:
        _give_time(thread, seconds)
    finally:  # the time is up, or the learner has interrupted the cell
        _stop(thread, watched)


def _work_here(work: Callable[[], None], watched: Attempt, seconds: float) -> None:
    """The same where there are no threads: the answer is stopped from within.

    Its check may take longer: nothing tells how much of the machine this page has.
    """
    end, looks, sleep = wall() + LONG, 0, time.sleep

    def look(code: CodeType | None) -> None:
        nonlocal looks
        looks += 1
        if looks % OFTEN and code and not watched.over:  # then each moment counts
            return
        guest.stop_long_turn()
        watched.stop_here(seconds, code)
        if wall() > end:
            raise AnswerStopped

    def short_sleep(wanted: float) -> None:
        sleep(max(0, min(wanted, seconds + BETWEEN - watched.used)))
        look(None)

    time.sleep = short_sleep  # type: ignore[assignment]
    try:
        with guest.aside(), watching(look):
            work()
    finally:
        time.sleep = sleep


def _give_time(thread: threading.Thread, seconds: float) -> None:
    """Wait for the thread until its time is up.

    Seconds count in which it computes, or waits for what never comes; not those in which other
    programs have the machine.
    """
    begin, used = wall(), computed()
    while thread.is_alive():
        thread.join(min(BETWEEN, seconds))
        took, work = wall() - begin, computed() - used
        held_up = BUSY * took < work < seconds and took < LONGEST * seconds
        if took >= seconds and not held_up:
            return


def _stop(thread: threading.Thread, watched: Attempt) -> None:
    """End a thread that does not end by itself. Asking once may not do: an answer may catch it."""
    for number in range(STOPS):
        watched.stop(thread, gently=not number)
        if not thread.is_alive():
            return
        thread.join(BETWEEN)


@contextlib.contextmanager
def _room() -> Iterator[None]:
    """An answer that asks for gigabytes gets a MemoryError, where Linux can see to it.

    ``bytes(2**31)`` would take the memory of the whole machine, and the kernel with it.
    """
    try:
        import resource  # not on Windows

        pages = int(Path("/proc/self/statm").read_text().split()[0])  # not on macOS
    except (ImportError, OSError):
        yield
        return
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + ROOM
    if before != resource.RLIM_INFINITY:
        limit = min(limit, before)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))


@contextlib.contextmanager
def _collecting() -> Iterator[None]:
    """Find at its end what was left in a circle, such as a coroutine without await.

    Else a later cell would be told of it. The collector looks at what is new only: all that a
    kernel has in memory would take it longer than most answers.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()


@contextlib.contextmanager
def _quiet() -> Iterator[tuple[io.StringIO, list[warnings.WarningMessage]]]:
    """Keep what an answer prints or logs out of the cell: a grader takes stderr for failure.

    Gives what it printed, and the warnings of Python.
    """
    printed, complained = io.StringIO(), io.StringIO()
    handlers = [
        handler
        for handler in logging.root.handlers
        if isinstance(handler, logging.StreamHandler)
        and not isinstance(handler, logging.FileHandler)
    ]
    streams = [handler.setStream(complained) for handler in handlers]
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(complained),
            warnings.catch_warnings(record=True) as warned,
        ):
            warnings.simplefilter("default")  # each once, from each line
            yield printed, warned
    finally:
        for handler, stream in zip(handlers, streams, strict=True):
            if stream is not None:
                handler.setStream(stream)


def shorten(value: Any, limit: int = 60, write: Callable[[Any], str] = repr) -> str:
    """What a learner's value looks like, bounded; its class if it cannot be written."""
    try:
        text = write(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", text)  # an address says nothing, and is new each time
    return text if len(text) <= limit else text[:limit] + "…"
