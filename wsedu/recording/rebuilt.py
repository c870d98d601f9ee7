"""Messages without their frames, as browsers and proxies keep them, made into a recording.

How to think about it: a browser's log has messages: joined, unmasked, inflated. The frames that
carried them are gone, and so are Ping and Pong. A ladder needs bytes. So each message is written
anew as one frame by our own codec, and every such event says that it was rebuilt. The masking key
is four zeros: the frame of a client has the bit and the place for a key, and its payload can be
read as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..protocol import Frame, Opcode, build_frame
from ..said import Said
from .events import Begins, Event, Side
from .recording import Recording

KEY = bytes(4)

# A number is a time since 1970 in milliseconds if it is above the first of these, in seconds if it
# is above the second, and else the time of a clock that began at another moment.
MILLISECONDS, SECONDS = 1e11, 1e8


class Message(NamedTuple):
    """One message, or a Close. ``time`` is in seconds, or None if the file has none."""

    time: float | None
    sender: Side
    opcode: int
    data: bytes


@dataclass
class Socket:
    """What a file knows of one WebSocket.

    source:            what the file is, such as "a HAR"
    url:               where the client connected
    request, response: the heads as HTTP/1.1 writes them, as far as the file knows them
    started:           when the request was sent, in seconds since 1970, or None
    upgraded:          whether there are messages, and no handshake in the file
    notes:             what must be said
    """

    source: str
    url: str = ""
    request: bytes = b""
    response: bytes = b""
    started: float | None = None
    upgraded: bool = False
    messages: list[Message] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many messages it has; control frames are none."""
        return sum(message.opcode < Opcode.CLOSE for message in self.messages)

    @property
    def recording(self) -> Recording:
        """The recording; each of its events says that it was rebuilt."""
        note = str(Said("rebuilt.event", source=self.source))
        heads: list[tuple[Side, bytes]] = [("client", self.request), ("server", self.response)]
        events = [Event(0.0, side, "data", head, note) for side, head in heads if head]
        messages, times, notes = in_order(self.messages, self.started)
        for message, time in zip(messages, times, strict=True):
            frame = Frame(message.opcode, message.data)
            written = build_frame(frame, KEY if message.sender == "client" else None)
            events.append(Event(time, message.sender, "data", written, note))
        said = [Said("rebuilt.how", source=self.source), *self.notes, *notes]
        begins: Begins = "frames" if self.upgraded else "connection"
        return Recording(tuple(events), " ".join(map(str, said)), begins=begins)


def in_order(
    messages: list[Message], started: float | None
) -> tuple[list[Message], list[float], list[Said]]:
    """The messages by time, if all have one; seconds since the start for each; what to say."""
    known = [message.time for message in messages if message.time is not None]
    if not known:
        return messages, [0.0] * len(messages), [Said("rebuilt.no-times")] if messages else []
    notes = []
    if len(known) == len(messages):
        messages = sorted(messages, key=lambda message: message.time or 0.0)
    else:
        notes.append(Said("rebuilt.some-times"))
    first = min(known)
    if first < SECONDS:
        notes.append(Said("rebuilt.clock"))
    zero = first if started is None or not 0 <= first - started < 1e6 else started
    times, last = [], 0.0
    for message in messages:
        if message.time is not None:
            last = max(last, message.time - zero)
        times.append(last)
    return messages, times, notes


def seconds(value: Any) -> float | None:
    """A time as a file has it, in seconds, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    # A number of JSON may have a thousand digits.
    if value < 0 or value > 1e15 or not math.isfinite(value):
        return None
    return value / 1000 if value > MILLISECONDS else float(value)


def head(start_line: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The head of a request or response; names that begin with a colon belong to HTTP/2."""
    lines = [start_line, *(f"{name}: {value}" for name, value in headers if name[:1] != ":")]
    text = "".join(" ".join(line.splitlines()) + "\r\n" for line in lines) + "\r\n"
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
