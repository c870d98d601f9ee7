"""A teacher's page, and what waits for it: the newest of each cell, and never a long queue.

How to think about it: this is ``latest_only`` of lesson 13. While a page reads slowly, a newer
change of a cell takes the place of the older one. What waits is only the *name* of the cell: its
content is read when it is sent, so it is always the newest. If too many cells wait, one message
with the whole state says all of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from .matrix import Key

WAITING = 2000  # changes; a page for which more wait gets the whole state


class Page:
    """What a page has not been sent yet; at first, that is everything."""

    def __init__(self) -> None:
        self._waiting: dict[Key, None] = {}  # keeps the order, and each key once
        self._whole = True
        self._news = asyncio.Event()
        self._news.set()

    def changed(self, keys: Iterable[Key]) -> None:
        """Note what has changed."""
        if not self._whole:
            self._waiting.update(dict.fromkeys(keys))
            if len(self._waiting) > WAITING:
                self.needs_all()
            elif self._waiting:
                self._news.set()

    def needs_all(self) -> None:
        """Send the whole state next."""
        self._waiting.clear()
        self._whole = True
        self._news.set()

    async def next(self) -> Key | None:
        """Wait for what is to be sent next; None is the whole state."""
        await self._news.wait()
        key = None if self._whole else next(iter(self._waiting))
        self._whole = False
        self._waiting.pop(key, None)  # type: ignore[arg-type]
        if not self._waiting:
            self._news.clear()
        return key
