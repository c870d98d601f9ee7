"""How to stop what does not stop by itself: a thread that loops, tasks that catch everything.

How to think about it: what loops is stopped from another thread. Where there are no threads,
Python itself asks, each time that it jumps back or enters a function, whether it is time to stop.
"""

import asyncio
import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import CodeType
from typing import Any

WAIT = 0.05  # seconds in which a task that is cancelled may tidy up
# These end a program, but not the lab in which a server raises them.
EXITS = (SystemExit, KeyboardInterrupt)
TOOL = 4  # our number among the tools that watch Python; debuggers and profilers have others


class Stopped(BaseException):
    """Raised inside a server that keeps the loop to itself."""


@contextmanager
def watching(look: Callable[[CodeType], None]) -> Iterator[None]:
    """Within this, call ``look`` with the code that jumps back, or that Python enters.

    What it raises is raised in that code. Code that does neither, such as one long call of a C
    function, is not watched. Where something watches already, that goes on alone.
    """
    if is_watched():
        yield
        return
    watch: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]  # from Python 3.12 on
    moments = (watch.events.JUMP, watch.events.PY_START, watch.events.PY_RESUME)
    watch.use_tool_id(TOOL, "wsedu")
    for moment in moments:
        watch.register_callback(TOOL, moment, lambda code, *_where: look(code))
    watch.set_events(TOOL, sum(moments))
    try:
        yield
    finally:
        with suppress(ValueError):  # an answer has freed the number
            watch.set_events(TOOL, 0)
            watch.free_tool_id(TOOL)


def is_watched() -> bool:
    """Whether this is within ``watching``."""
    watch: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
    return watch.get_tool(TOOL) is not None


def raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    """Ask Python to raise in a thread; one that sleeps, or waits in C, hears of it afterwards."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(error)
        )


def end_tasks(loop: asyncio.AbstractEventLoop, wait: float = WAIT) -> None:
    """Cancel what still runs, and let what does not end by that never run again.

    ``asyncio.run`` would wait for it, forever. Python would run it when it forgets it, and even
    at its own exit: so it must never forget it.
    """
    loop.set_exception_handler(lambda *_: None)  # what a forgotten task raised would be logged
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(task))
        task.cancel()
    if tasks:
        ended, _others = loop.run_until_complete(asyncio.wait(tasks, timeout=wait))
        for task in ended:
            ctypes.pythonapi.Py_DecRef(ctypes.py_object(task))
    loop.run_until_complete(loop.shutdown_asyncgens())
