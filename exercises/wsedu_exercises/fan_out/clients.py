"""Clients that read slowly, and that leave, as a server sees them; on a clock that jumps.

How to think about it: ``send`` takes as long as the client needs to read, and raises the library's
error once the client has left. What the server did is written down, with seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK
from websockets.frames import Close

from wsedu.course.runner import shorten

from ..played import called, rounded, second

NEVER = 1e6  # seconds
LATE = 0.2  # seconds by which an answer may be late: it may ask its clock again and again
CLOSING = 10  # seconds that close waits for the client's answer, at most
GOING = Close(1001, "")  # what a page sends that is left


class Client:
    """One connection.

    name:   also its place in a set, so that a loop takes the clients in the order of their names
    reads:  seconds that it needs to read one message
    leaves: the second at which its connection closes
    clean:  whether it closes with a Close frame
    begun:  when each ``send`` began, with the message
    had:    the messages that it has read
    together: whether a ``send`` began while another one was under way
    refused: how many calls of ``send`` came when it had closed
    asked:  how many times ``close`` was called, awaited or not
    closed: when ``close`` began, and the code
    """

    def __init__(
        self, name: str, reads: float = 0.5, leaves: float = NEVER, clean: bool = True
    ) -> None:
        self.name, self.reads, self.leaves, self.clean = name, reads, leaves, clean
        self.begin = second()
        self.begun: list[tuple[float, Any]] = []
        self.had: list[Any] = []
        self.together = False
        self.closed: tuple[float, Any] | None = None
        self.refused = self.asked = 0
        self._busy = 0
        self._ready = self.begin  # when it has read what it was sent
        self._lost = asyncio.Event()  # the server has closed the connection, and TCP has ended

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __hash__(self) -> int:
        return ord(self.name[0])

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return rounded(second() - self.begin)

    @property
    def is_open(self) -> bool:
        """Whether it can still be sent to."""
        return self.closed is None and second() - self.begin < self.leaves

    @called("send")
    async def send(self, message: Any) -> None:
        """Send one message; returns when the client has read it."""
        if not isinstance(message, (str, bytes)):
            raise TypeError(f"send takes a string or bytes, not {shorten(message)}")
        if not self.is_open:
            self.refused += 1
            raise self._error()
        self.begun.append((self.now, message))
        self.together = self.together or self._busy > 0
        self._busy += 1
        self._ready = end = second() + self.reads
        try:
            async with asyncio.timeout(min(self.reads, self.begin + self.leaves - second())):
                await self._lost.wait()
        except TimeoutError:
            pass
        finally:
            self._busy -= 1
        if second() < end - 0.01:  # it was woken, for the connection is lost
            raise self._error()
        self.had.append(message)

    def close(self, code: int = 1000, reason: str = "") -> Coroutine[Any, Any, None]:
        """Close the connection; returns when the client answers, or after ``CLOSING`` seconds.

        It answers when it has read what it was sent before.
        """
        self.asked += 1
        return self._close(code, reason)

    @called("close")
    async def _close(self, code: int, reason: str) -> None:
        if type(code) is not int or not isinstance(reason, str):
            raise TypeError(
                "close takes a code, which is a number, and a reason, which is a string"
            )
        if len(reason.encode()) > 123:
            raise ValueError("a reason has 123 bytes at most")
        if self.closed is None:
            self.closed = self.now, code
            await asyncio.sleep(max(0, min(CLOSING, self._ready - second())))
            self._lost.set()

    def _error(self) -> ConnectionClosed:
        if self.clean and self.closed is None:
            return ConnectionClosedOK(GOING, GOING, rcvd_then_sent=True)
        return ConnectionClosedError(None, None)


def are_alike(one: list[tuple[float, Any]], other: list[tuple[float, Any]]) -> bool:
    """Whether two lists of seconds and messages are the same, but for a little time."""
    return [message for _at, message in one] == [message for _at, message in other] and all(
        abs(at - then) < LATE for (at, _one), (then, _other) in zip(one, other, strict=True)
    )


def in_words(begun: list[tuple[float, Any]]) -> str:
    """What was sent, and when."""
    said = ", ".join(f"{shorten(message, 30)} at {at:g} s" for at, message in begun)
    return shorten(said or "nothing", 400, write=str)
