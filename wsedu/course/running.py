"""A server that runs behind a tap, for as long as a check needs it.

How to think about it: it is not the current lab, and leaves that alone. What the server raises is
kept, so that a verdict can say it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .._stopping import EXITS, Stopped
from ..live.background import SHORTEST, Background
from ..live.memory import Network
from ..live.tap import HOST, Log, Tap
from ..recording import Recording
from ..words import _

TURNS = 10  # from the tap to the server, and from there back to the tap, it takes four or five

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Looped(RuntimeError):
    """The server's function kept the event loop to itself."""


def looped() -> Looped:
    """The error of a server that was stopped because of that."""
    return Looped(_("it looped without an await, and was stopped"))


class Running:
    """A server that runs behind a tap.

    port:   of the tap
    errors: what the server's function raised
    """

    def __init__(self, serve: Serve, background: Background) -> None:
        self.errors: list[BaseException] = []
        # The task for each connection, by the port from which the tap has opened it. asyncio keeps
        # only weak references to tasks: one that waits could be collected as garbage, and its
        # connection with it.
        self._tasks: dict[int, asyncio.Task[Any] | None] = {}
        self._serve = serve
        self._background = background

    async def start(self) -> None:
        """Listen on two free ports: the server's, and the tap's before it."""
        network = Network()
        with network.beside(asyncio.get_running_loop()):
            self._server = await asyncio.start_server(self._connected, HOST, 0)
        self._tap = Tap(self._server.sockets[0].getsockname()[1], network=network)
        await self._tap.start()
        self.port = self._tap.port

    async def stop(self) -> None:
        """Stop listening."""
        self._server.close()
        await self._tap.close()

    @property
    def recording(self) -> Recording:
        """The newest connection."""
        return self._tap.logs[-1].recording() if self._tap.logs else Recording()

    def recording_of(self, port: int) -> Recording:
        """The connection of the client that has this port."""
        log = self._log_of(port)
        return log.recording() if log else Recording()

    def turn(self) -> None:
        """Return when the server's event loop has turned a few times.

        What has come on its connections, the server has then read, unless it waits for something
        else. So a client need not wait for the clock, which a busy machine would spoil. Raises
        Stuck, and stops the server's function, if that keeps the loop to itself.
        """
        self._background.call(_turns(), SHORTEST)

    def has_ended(self, port: int, seconds: float) -> bool:
        """Whether the server's function ends, within these seconds, for the client of this port.

        Raises Stuck like ``turn``.
        """
        log = self._log_of(port)
        task = self._tasks.get(log.behind) if log else None
        self._background.call(_wait(task, seconds), SHORTEST)
        return bool(task and task.done())

    def _log_of(self, port: int) -> Log | None:
        """The newest log of a client with this port."""
        logs = [log for log in list(self._tap.logs) if log.port == port]
        return logs[-1] if logs else None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks[writer.get_extra_info("peername")[1]] = asyncio.current_task()
        await serve_one(self._serve, reader, writer, self.errors)


async def serve_one(
    serve: Serve,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    errors: list[BaseException],
) -> None:
    """Serve one client with the learner's function; what it raises is added to ``errors``."""
    try:
        result = serve(reader, writer)
        if inspect.isawaitable(result):
            await result
    except (Exception, *EXITS) as error:
        errors.append(error)
    except Stopped:
        errors.append(looped())
    finally:
        writer.close()


async def _turns() -> None:
    for _turn in range(TURNS):
        await asyncio.sleep(0)


async def _wait(task: asyncio.Task[Any] | None, seconds: float) -> None:
    """Wait until the task ends, or these seconds; if it has not begun, let the loop turn."""
    await (asyncio.wait([task], timeout=seconds) if task else _turns())


@contextmanager
def running(serve: Serve) -> Iterator[Running]:
    """Run a server in a thread of its own; it is not the current lab, and leaves that alone."""
    background = Background()
    server = Running(serve, background)
    try:
        background.call(server.start())
        yield server
    finally:
        with suppress(Exception):  # a server that never lets go of its loop cannot be told
            background.call(server.stop(), SHORTEST)
        background.close()
