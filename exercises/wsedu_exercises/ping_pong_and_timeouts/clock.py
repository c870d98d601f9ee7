"""A connection in a time of its own: nobody waits, and every second is counted.

How to think about it: a script says how the peer answers each Ping, and after the script it is
silent. ``sleep`` and ``next_pong`` move the clock instead of waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 5  # Pings into silence, after which the peer's machine is surely gone
FORGOTTEN = 9  # calls that nobody has awaited yet; so many are no accident


class NoEnd(Exception):
    """The keepalive pings on, although nobody is there."""


@dataclass
class Connection:
    """A connection as a keepalive sees it.

    script: for each Ping what comes back, as pairs of seconds after the Ping and a payload;
            None stands for the payload of that Ping
    sent:   every Ping so far: when, and its payload
    """

    script: tuple[tuple[tuple[float, bytes | None], ...], ...]
    sent: list[tuple[float, bytes]] = field(default_factory=list, compare=False, repr=False)
    _now: float = field(default=0, compare=False, repr=False)
    _coming: list[tuple[float, bytes]] = field(default_factory=list, compare=False, repr=False)
    _waiting: int = field(default=0, compare=False, repr=False)

    def now(self) -> float:
        """Seconds since the connection opened."""
        return self._now

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Let time pass."""
        return self._to_await("sleep", self._sleep, seconds)

    def send_ping(self, payload: bytes) -> Coroutine[Any, Any, None]:
        """Send a Ping."""
        return self._to_await("send_ping", self._send_ping, payload)

    def next_pong(self, seconds: float) -> Coroutine[Any, Any, bytes | None]:
        """The payload of the next Pong, or None if none comes within ``seconds``."""
        return self._to_await("next_pong", self._next_pong, seconds)

    def _to_await(self, name: str, do: Callable[..., T], *args: Any) -> Coroutine[Any, Any, T]:
        """What does it when it is awaited. Without that a loop would never end."""

        async def work() -> T:
            self._waiting -= 1
            return do(*args)

        self._waiting += 1
        if self._waiting > FORGOTTEN:
            raise RuntimeError("without await, nothing happens")
        work.__qualname__ = f"connection.{name}"  # for the warning of Python
        return work()

    def _sleep(self, seconds: float) -> None:
        self._now += max(0, seconds)

    def _send_ping(self, payload: bytes) -> None:
        if not isinstance(payload, bytes):
            raise TypeError("the payload of a Ping is bytes")
        if len(payload) > 125:
            raise ValueError("a Ping carries at most 125 bytes")
        place = len(self.sent)
        self.sent.append((self._now, payload))
        if place >= len(self.script) + PATIENCE:
            raise NoEnd
        if place < len(self.script):
            for delay, echo in self.script[place]:
                self._coming.append((self._now + delay, payload if echo is None else echo))
            self._coming.sort(key=lambda pong: pong[0])

    def _next_pong(self, seconds: float) -> bytes | None:
        end = self._now + max(0, seconds)
        if self._coming and self._coming[0][0] <= end:
            moment, payload = self._coming.pop(0)
            self._now = max(self._now, moment)
            return payload
        self._now = end
        return None
