"""Connections of ``websockets`` above wires that are full, on a clock that jumps.

How to think about it: what is beneath the library's connection is not a socket. It has a second
for each message, and says that its buffer is full for as long as a client does not read.
"""

from __future__ import annotations

import asyncio
from typing import Any

from websockets.asyncio.connection import Connection
from websockets.protocol import Protocol, Side, State


def now() -> float:
    """Seconds on the clock of the loop."""
    return asyncio.get_running_loop().time()


class Wire(asyncio.Transport):
    """What is beneath a connection: full for ``slow`` seconds after each frame.

    received: the second in which each text came
    closed:   the code of the Close frame that came; None before that
    """

    def __init__(self, slow: float) -> None:
        super().__init__()
        self.slow = slow
        self.received: dict[str, float] = {}
        self.closed: int | None = None
        self.connection: Connection | None = None
        self._full = self._lost = False

    def write(self, data: Any) -> None:
        opcode, payload = data[0] & 15, bytes(data[2:])
        if opcode == 8:
            self.closed = int.from_bytes(payload[:2], "big")
        else:
            self.received[payload.decode()] = now()
        if self.slow and self.connection and not self._full:
            self._full = True
            self.connection.pause_writing()
            asyncio.get_running_loop().call_later(self.slow, self._drain)

    def _drain(self) -> None:
        self._full = False
        if self.connection and not self._lost:
            self.connection.resume_writing()

    def abort(self) -> None:
        """TCP ends from this side."""
        self._lose(None)

    def reset(self) -> None:
        """TCP is reset by the client: a ``send`` that waits fails with it."""
        self._lose(ConnectionResetError())

    def _lose(self, error: Exception | None) -> None:
        if self.connection and not self._lost:
            self._lost = True
            asyncio.get_running_loop().call_soon(self.connection.connection_lost, error)

    close = abort

    def can_write_eof(self) -> bool:
        return False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is one buffer, and a client empties it when it reads."""

    def is_closing(self) -> bool:
        return self._lost


class Client(Connection):
    """A connection whose client is slow; clients have an order in a set."""

    def __init__(self, number: int, slow: float) -> None:
        super().__init__(Protocol(Side.SERVER, state=State.OPEN), ping_interval=None)
        self.number = number
        self.wire = Wire(slow)
        self.wire.connection = self
        self.connection_made(self.wire)

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other
