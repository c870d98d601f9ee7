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

from ..live.background import SHORTEST, Background, Stopped
from ..live.tap import HOST, Tap
from ..recording import Recording
from ..words import _

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Running:
    """A server that runs behind a tap.

    port:   of the tap
    errors: what the server's function raised
    """

    def __init__(self, serve: Serve) -> None:
        self.errors: list[Exception] = []
        self._serve = serve
        # asyncio keeps only weak references to tasks. Without this set, a task that waits could be
        # collected as garbage, and its connection with it.
        self._tasks: set[asyncio.Task[Any] | None] = set()

    async def start(self) -> None:
        """Listen on two free ports: the server's, and the tap's before it."""
        self._server = await asyncio.start_server(self._connected, HOST, 0)
        self._tap = Tap(self._server.sockets[0].getsockname()[1])
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

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        try:
            result = self._serve(reader, writer)
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            self.errors.append(error)
        except Stopped:
            self.errors.append(RuntimeError(_("it looped without an await, and was stopped")))
        finally:
            writer.close()
            self._tasks.discard(asyncio.current_task())


@contextmanager
def running(serve: Serve) -> Iterator[Running]:
    """Run a server in a thread of its own; it is not the current lab, and leaves that alone."""
    background = Background()
    server = Running(serve)
    try:
        background.call(server.start())
        yield server
    finally:
        with suppress(Exception):  # a server that never lets go of its loop cannot be told
            background.call(server.stop(), SHORTEST)
        background.close()
