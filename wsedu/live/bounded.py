"""A transport with a limit: a server that writes without waiting is stopped before memory ends.

How to think about it: ``write`` only hands bytes over. While the server does not ``await``, the
event loop cannot send them, and they pile up: a gigabyte in a second or two. asyncio tells a
server to pause and leaves it at that. Here the write itself fails.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ..words import _

UNSENT = 64 * 2**20  # bytes that a connection may have waiting
OVERHEAD = 250  # bytes that each write costs beside its data, roughly, while it waits


class TooMuch(BufferError):
    """The server has written more than the limit without waiting for the client."""


class Bounded:
    """``transport`` with a limit; what is not defined here is passed on to it.

    refused: called with a sentence when a write fails for the first time
    """

    def __init__(self, transport: Any, refused: Callable[[str], object]) -> None:
        self._transport, self._refused = transport, refused
        self._waiting, self._write = transport.get_write_buffer_size, transport.write
        self._writes = 0  # since some of what waits has gone
        self._expected = 0  # bytes that wait, if nothing has gone since the last write
        self._full = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: Any) -> None:
        """Write, or raise TooMuch: then the connection has ended."""
        waiting = self._waiting()
        self._writes = self._writes + 1 if waiting >= self._expected else 1
        if waiting + OVERHEAD * self._writes > UNSENT or self._full:
            self._refuse()
        self._expected = waiting + len(data)
        self._write(data)

    def writelines(self, lines: Iterable[Any]) -> None:
        """Write all of them, like ``write``."""
        self.write(b"".join(lines))

    def _refuse(self) -> None:
        said = _("the server wrote {size} MiB without waiting for the client").format(
            size=UNSENT // 2**20
        )
        if not self._full:
            self._full = True
            self._transport.abort()
            self._refused(said)
        raise TooMuch(said)
