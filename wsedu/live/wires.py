"""Taps between programs that run already, all on one clock: the path of a message through them.

    with Wires() as wires:
        port = wires.between("left", "broker", broker.port)

How to think about it: a tap is a port that leads to another port, and writes down what passes. Give
each program the tap's port in place of the real one, and you see every wire. The protocols on the
wires differ, but the text of a message is in all of them: as it is, or masked in a frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Self

from ..recording import Recording, Side, dissect
from .background import Background
from .servers import tap_before
from .tap import Log, Tap


@dataclass(frozen=True)
class _Wire:
    """A tap, and the names of what is at its two ends; without one, clients are numbered."""

    client: str | None
    server: str
    tap: Tap


class Wires:
    """Any number of taps; ``close`` ends them. Also a context manager, which closes it."""

    def __init__(self) -> None:
        self._background = Background()
        self._wires: list[_Wire] = []

    def between(self, client: str | None, server: str, port: int) -> int:
        """A new port of 127.0.0.1 that leads to ``port`` through a tap.

        client: the name of the program that connects here; None if each connection is another
                client, which is then called "client 1", "client 2" and so on
        server: the name of what listens on ``port``
        """
        tap = self._background.call(tap_before(port))
        self._wires.append(_Wire(client, server, tap))
        return tap.port

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """One recording for each connection so far, on whichever wire, the oldest first."""
        return tuple(log.recording() for _client, _server, log in self._connections())

    def path(self, text: str) -> list[tuple[float, str, str]]:
        """Where a message with this text passed: (seconds, sender, receiver) for each tap.

        The seconds count from the first of them. Compressed messages are not found.
        """
        hops = []
        for client, server, log in self._connections():
            for time, sender in _passed(log.recording(), text.encode()):
                here, there = (client, server) if sender == "client" else (server, client)
                hops.append((log.opened + time, here, there))
        began = min((time for time, *_ends in hops), default=0.0)
        return [(time - began, sender, receiver) for time, sender, receiver in sorted(hops)]

    def _connections(self) -> list[tuple[str, str, Log]]:
        """All connections with the names of their ends, the oldest first."""
        found = [(log, wire) for wire in self._wires for log in tuple(wire.tap.logs)]
        numbers = count(1)
        return [
            (wire.client or f"client {next(numbers)}", wire.server, log)
            for log, wire in sorted(found, key=lambda pair: pair[0].opened)
        ]

    def close(self) -> None:
        """End all connections and taps; closing twice does nothing."""
        wires, self._wires = self._wires, []
        for wire in wires:
            self._background.call(wire.tap.close())
        self._background.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _passed(recording: Recording, text: bytes) -> Iterator[tuple[float, Side]]:
    """When this text passed, and who sent it."""
    for event in recording.events:
        if text in event.data:
            yield event.time, event.sender
    for unit in dissect(recording).find("frame"):
        if unit.sender == "client" and unit.layout and text in unit.layout.frame.payload:
            yield recording.events[unit.arrived].time, unit.sender  # it was masked
