"""A connection with a clock of its own: no check has to wait, and every second is counted.

How to think about it: a script says how the peer answers each Ping. After the script, the peer is
silent. ``sleep`` and ``next_pong`` move the clock instead of waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 5  # Pings without a Pong after the script; a keepalive should have given up
IN_VAIN = 10_000  # times in a row that it asks for a Pong and gets none
STANDING = 100  # the same without time that passes
FORGOTTEN = 9  # calls that were not awaited; more are no accident


# Payloads that are like that of the Ping, but not the same.
LIKE: dict[str, Callable[[bytes], bytes]] = {
    "one byte more at its end": lambda payload: payload + b"!",
    "one byte more at its beginning": lambda payload: b"!" + payload,
    "one byte less at its end": lambda payload: payload[:-1],
    "as many other bytes": lambda payload: bytes(byte ^ 0xFF for byte in payload),
}

# For each Ping, the Pongs that come.
Script = tuple[tuple[tuple[float, bytes | str | None], ...], ...]


class NoEnd(Exception):
    """The keepalive goes on, although no Pong comes: it pings, or it asks for a Pong."""


@dataclass
class Connection:
    """A connection as a keepalive sees it.

    script: for each Ping, the Pongs that come back: pairs of seconds after the Ping and a payload;
            None stands for the payload of that Ping, a word for one that is like it (``LIKE``)
    sent:   every Ping so far: its second, and its payload
    """

    script: Script
    sent: list[tuple[float, bytes]] = field(default_factory=list, compare=False, repr=False)
    _now: float = field(default=0, compare=False, repr=False)
    _coming: list[tuple[float, bytes]] = field(default_factory=list, compare=False, repr=False)
    _waiting: int = field(default=0, compare=False, repr=False)
    _in_vain: int = field(default=0, compare=False, repr=False)
    _standing: int = field(default=0, compare=False, repr=False)

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
        """A coroutine that calls ``do``; too many that are not awaited raise RuntimeError.

        Without await the clock stands still, and a keepalive would loop forever.
        """

        async def work() -> T:
            self._waiting -= 1
            return do(*args)

        self._waiting += 1
        if self._waiting > FORGOTTEN:
            raise RuntimeError("without await, nothing happens")
        work.__qualname__ = f"connection.{name}"  # for Python's warning
        return work()

    def _sleep(self, seconds: float) -> None:
        self._now += max(0, seconds)

    def _send_ping(self, payload: bytes) -> None:
        if isinstance(payload, (bytearray, memoryview)):
            payload = bytes(payload)
        if not isinstance(payload, bytes):
            raise TypeError("the payload of a Ping is bytes")
        if len(payload) > 125:
            raise ValueError("a Ping carries at most 125 bytes")
        place = len(self.sent)
        self.sent.append((self._now, payload))
        if place >= len(self.script) + PATIENCE:
            raise NoEnd("pings")
        if place < len(self.script):
            for delay, echo in self.script[place]:
                self._coming.append((self._now + delay, _echo(payload, echo)))
            self._coming.sort(key=lambda pong: pong[0])

    def _next_pong(self, seconds: float) -> bytes | None:
        end = self._now + max(0, seconds)
        if self._coming and self._coming[0][0] <= end:
            moment, payload = self._coming.pop(0)
            self._now = max(self._now, moment)
            self._in_vain = self._standing = 0
            return payload
        self._in_vain += 1
        self._standing = 0 if end > self._now else self._standing + 1
        if self._in_vain > IN_VAIN or self._standing > STANDING:
            raise NoEnd("asks")
        self._now = end
        return None


def _echo(payload: bytes, echo: bytes | str | None) -> bytes:
    """What a Pong carries that comes for a Ping with this payload."""
    if isinstance(echo, str):
        return LIKE[echo](payload)
    return payload if echo is None else echo
