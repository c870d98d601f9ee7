"""The log of a server: what it saw and did on one connection, made from a recording."""

from __future__ import annotations

import json
from pathlib import Path

from wsedu.protocol import Opcode
from wsedu.recording import Recording, dissect

Line = tuple[str, str, bytes]  # the side, what it sent, and with which data
Log = list[Line]

FRAMES: dict[int, str] = {
    Opcode.TEXT: "text",
    Opcode.BINARY: "binary",
    Opcode.CLOSE: "Close",
    Opcode.PING: "Ping",
    Opcode.PONG: "Pong",
}
ENDS = {"end": "FIN", "lost": "RST"}


def log_of(recording: Recording) -> Log:
    """A line for each request, response, frame that can be read, and end of TCP, in order.

    A request and a response are told by their first line, a frame by its payload. The tap
    resets both sides when one does; that it hands this on has no line.
    """
    found: list[tuple[int, Line]] = []
    for unit in dissect(recording).units:
        if unit.head is not None:
            first = unit.data.partition(b"\r\n")[0]
            found.append((unit.arrived, (unit.sender, unit.kind, first)))
        elif unit.layout is not None:
            frame = unit.layout.frame
            data = unit.inflated.start if unit.inflated else frame.payload
            found.append((unit.arrived, (unit.sender, FRAMES[frame.opcode], data)))
    reset = False
    for place, event in enumerate(recording.events):
        if event.kind in ENDS and not (reset and event.kind == "lost"):
            found.append((place, (event.sender, ENDS[event.kind], b"")))
            reset = reset or event.kind == "lost"
    return [line for _place, line in sorted(found, key=lambda one: one[0])]


def stored() -> dict[str, Log]:
    """Name -> the log of a real connection; ``scripts/record_deaths.py`` makes them."""
    logs = json.loads(Path(__file__).with_name("logs.json").read_text(encoding="utf-8"))
    return {
        name: [(side, what, bytes.fromhex(data)) for side, what, data in kept["log"]]
        for name, kept in logs.items()
    }
