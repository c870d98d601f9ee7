"""Where events are put in order: in memory, in a Valkey stream, or in NATS JetStream.

How to think about it: a log is a list to which processes only append, and which each of them reads
from its beginning. One process keeps the list itself. Several need a broker between them that keeps
what it passes on, or a process that was away would have a hole (lesson 17).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Protocol


class LogLost(Exception):
    """The broker is gone, and with it what it kept; or it cannot be reached."""


class Log(Protocol):
    """What ``server`` needs of a log. Entries are strings without a line break.

    All three may raise LogLost.
    """

    async def append(self, entries: Sequence[str]) -> None:
        """Return when the log has these entries, in this order."""

    def read(self) -> AsyncIterator[Sequence[str]]:
        """All entries from the beginning, then those that come, some at a time.

        An empty sequence comes when everything was read that was there at the start.
        """

    async def close(self, *, forget: bool = False) -> None:
        """Close the connections; ``forget`` all entries if the class has ended."""


class Memory:
    """One process has one reader. What that has read is in its matrix, and need not be kept."""

    def __init__(self) -> None:
        self._entries: list[str] = []
        self._news = asyncio.Event()

    async def append(self, entries: Sequence[str]) -> None:
        """Keep these until they are read."""
        self._entries += entries
        self._news.set()

    async def read(self) -> AsyncIterator[Sequence[str]]:
        """What was appended since the last time."""
        yield ()
        while True:
            await self._news.wait()
            self._news.clear()
            entries, self._entries = self._entries, []
            yield entries

    async def close(self, *, forget: bool = False) -> None:
        """Forget what was not read."""
        self._entries = []
