"""A blocking connection where there are no sockets: what it waits for gets its turns meanwhile.

How to think about it: a check is a function that blocks, and its clients read from sockets. In a
browser this has the few methods of a socket that such a client uses. Each of them runs a loop of
its own until it is done, and the server, which is another guest, has its turns in between.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any, TypeVar

from .guest import IN_BROWSER, GuestLoop
from .memory import HOST

T = TypeVar("T")

SHORTEST = 0.001  # seconds that a socket waits which must not block


def connect(port: int, timeout: float) -> socket.socket | GuestSocket:
    """A connection to that port of this machine; raises OSError.

    timeout: seconds that it waits for the connection, and later for each read or write
    """
    if IN_BROWSER:
        return GuestSocket(port, timeout)
    return socket.create_connection((HOST, port), timeout)


class GuestSocket:
    """The methods of ``socket.socket`` that a check's client uses."""

    def __init__(self, port: int, timeout: float) -> None:
        self._loop, self._timeout = GuestLoop(), timeout
        try:
            self._reader, self._writer = self._do(asyncio.open_connection(HOST, port))
        except BaseException:
            self._loop.close()
            raise

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(asyncio.wait_for(work, self._timeout))

    def settimeout(self, seconds: float) -> None:
        self._timeout = max(seconds, SHORTEST)

    def setblocking(self, _blocking: bool) -> None:
        self.settimeout(0)

    def getsockname(self) -> Any:
        return self._writer.get_extra_info("sockname")

    def fileno(self) -> int:
        return -1 if self._loop.is_closed() else 0

    def sendall(self, data: bytes) -> None:
        self._writer.write(data)
        self._do(self._writer.drain())

    def recv(self, count: int) -> bytes:
        return self._do(self._reader.read(count))

    def shutdown(self, _how: int) -> None:
        self._writer.write_eof()

    def setsockopt(self, *option: Any) -> None:
        self._writer.get_extra_info("socket").setsockopt(*option)

    def close(self) -> None:
        if not self._loop.is_closed():
            self._writer.close()
            self._do(asyncio.sleep(0))  # the other end hears of it
            self._loop.close()
