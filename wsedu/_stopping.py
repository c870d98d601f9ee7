"""How to stop what does not stop by itself: a thread that loops, tasks that catch everything."""

import asyncio
import ctypes
import threading

WAIT = 0.05  # seconds in which a task that is cancelled may tidy up


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
