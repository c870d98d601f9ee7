"""What comes to a server, by a script on a clock that jumps.

How to think about it: a ``Feed`` is the script, a ``Receiver`` is what an answer asks. A message
that has come waits until the answer asks for it, and whether it asked late is written down.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from ..played import NoEnd, called, second
from .clients import LATE

MORE = 3  # times that an answer may ask after the end


@dataclass(frozen=True)
class Feed:
    """Seconds and what comes then, in order; and the second of the end."""

    name: str
    says: tuple[tuple[float, Any], ...]
    end: float

    def __deepcopy__(self, memo: object) -> Feed:
        return self

    def __repr__(self) -> str:
        said = [f"{_written(what)} at {at:g} s" for at, what in self.says]
        return f"<{self.name}: {', '.join(said) or 'nothing'}; the end at {self.end:g} s>"


def _written(what: Any) -> str:
    if isinstance(what, tuple):
        sensor, message = what
        return f"{sensor} {message!r}"
    return repr(what)


class Receiver:
    """A feed as an answer sees it.

    held: whether the answer was late to ask
    """

    def __init__(self, feed: Feed) -> None:
        self._feed, self._place, self._begin = feed, 0, second()
        self.held = False

    def __repr__(self) -> str:
        return repr(self._feed)

    @called("receive")
    async def receive(self) -> Any:
        """What comes next, when it comes; None after the last."""
        place, says = self._place, self._feed.says
        self._place += 1
        if place > len(says) + MORE:
            raise NoEnd
        at, what = says[place] if place < len(says) else (self._feed.end, None)
        self.held = self.held or second() > self._begin + at + LATE
        await asyncio.sleep(max(0, self._begin + at - second()))
        return what


class Source(Receiver):
    """The same as an async iterator, which ends with the feed."""

    def __aiter__(self) -> Source:
        return self

    @called("anext")
    async def __anext__(self) -> Any:
        """What comes next, when it comes."""
        if (what := await self.receive()) is None:
            raise StopAsyncIteration
        return what
