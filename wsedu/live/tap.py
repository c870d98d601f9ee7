"""The tap: a relay between client and server that writes down every byte that passes.

How to think about it: the client believes that the tap is the server, the server believes
that it is the client. What arrives on one side is first written down and then passed on, so
in the recording a cause always stands before its effect.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

from ..recording import Event, Recording, Side

HOST = "127.0.0.1"
CONNECTIONS = 100  # recordings kept; the oldest is let go
BYTES = 4 * 2**20  # kept of each connection; what comes later is counted, not kept
OVERHEAD = 100  # what an event costs beside its bytes, roughly


class Log:
    """The growing log of one connection, from the client's port ``port``."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.over = False
        self._start = time.monotonic()
        self._events: list[Event] = []
        self._room = BYTES
        self._dropped = 0

    def note(self, event_kind: str, sender: Side, data: bytes = b"") -> None:
        """Write down one thing that just happened."""
        self._room -= len(data) + OVERHEAD
        # The end of a stream is kept even when there is no room for bytes any more.
        if event_kind == "data" and self._room < 0:
            self._dropped += len(data)
            return
        now = time.monotonic() - self._start
        if event_kind == "data":
            self._events.append(Event(now, sender, "data", data))
        else:
            self._events.append(Event(now, sender, "end" if event_kind == "end" else "lost"))

    def closed_by(self, side: Side) -> bool:
        """Whether that side has ended its stream, or the connection broke there."""
        return any(event.sender == side and event.kind != "data" for event in self._events)

    def recording(self) -> Recording:
        """What has been seen so far, as a value; secrets covered."""
        return Recording(tuple(self._events), dropped=self._dropped).with_secrets_covered()


class Tap:
    """Relays every connection to ``127.0.0.1:target`` and keeps a log of each.

    logs: one for each connection, in the order in which they were opened
    news: set whenever something happened on any connection; whoever waits clears it
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self.logs: deque[Log] = deque(maxlen=CONNECTIONS)
        self.news = asyncio.Condition()
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port."""
        self._listener = await asyncio.start_server(self._connected, HOST, 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening; open connections end when the loop's tasks are cancelled."""
        self._listener.close()

    def log_of(self, port: int) -> Log:
        """The log of the open connection from that client port, begun if there is none yet."""
        for log in reversed(self.logs):
            if log.port == port and not log.over:
                return log
        self.logs.append(Log(port))
        return self.logs[-1]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        log = self.log_of(writer.get_extra_info("peername")[1])
        try:
            there_reader, there_writer = await asyncio.open_connection(HOST, self._target)
        except OSError:
            writer.transport.abort()
            return
        try:
            await asyncio.gather(
                self._relay("client", log, reader, there_writer),
                self._relay("server", log, there_reader, writer),
            )
        except asyncio.CancelledError:
            # The lab closes. asyncio would report a cancelled connection as an error.
            pass
        finally:
            log.over = True
            for end in (writer, there_writer):
                end.transport.abort()

    async def _relay(
        self,
        sender: Side,
        log: Log,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Pass on what ``sender`` says, until it ends or the connection breaks."""
        try:
            while data := await reader.read(2**16):
                await self._note(log, "data", sender, data)
                writer.write(data)
                await writer.drain()
            await self._note(log, "end", sender)
            writer.write_eof()
        except OSError:
            await self._note(log, "lost", sender)
            writer.transport.abort()

    async def _note(self, log: Log, kind: str, sender: Side, data: bytes = b"") -> None:
        log.note(kind, sender, data)
        async with self.news:
            self.news.notify_all()
