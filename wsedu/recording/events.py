"""What can happen on a wire: bytes, the end of a stream, and what the lab does to the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Side = Literal["client", "server"]
SIDES: tuple[Side, Side] = ("client", "server")
# Where a recording begins: with the connection; with the response, the request being unknown; or
# after the opening handshake, so that all bytes belong to frames.
Begins = Literal["connection", "response", "frames"]
BEGINS: tuple[Begins, ...] = get_args(Begins)
EventKind = Literal["data", "end", "lost", "held", "fault"]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened on the wire.

    time:   seconds since the connection was opened
    sender: the side that did it
    kind:   "data"; "end", no more bytes from this side (TCP FIN); "lost", the connection was
            reset (TCP RST); "held", bytes that the tap does not pass on for now; "fault",
            something that the lab did to the network
    data:   the bytes, for "data" and "held"
    note:   for "fault", what the lab did; for "data", what must be said of these bytes if they did
            not cross a wire as they are, such as "rebuilt from a HAR"
    """

    time: float
    sender: Side
    kind: EventKind
    data: bytes = b""
    note: str = ""


def sent_by(side: Side, events: tuple[Event, ...]) -> bytes:
    """All bytes of one side, joined: the stream that the other side reads."""
    return b"".join(event.data for event in events if event.sender == side and event.kind == "data")
