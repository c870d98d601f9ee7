"""The tap: a relay between client and server that writes down every byte that passes.

How to think about it: the client takes the tap for the server, and the server takes it for the
client. The tap writes down what arrives on one side before it passes it on, so in a recording a
cause always comes before its effect. With ``faults`` the tap plays a bad network.
"""

import asyncio
import os
import random
import re
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from ..recording import Event, Recording, Side
from ..recording.events import EventKind
from ..words import _
from .faults import Faults

HOST = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")  # to listen on every address includes HOST
CONNECTIONS = 100  # recordings kept; the oldest is let go
BYTES = 4 * 2**20  # kept of each connection; later bytes are counted, not kept
TOGETHER = 64 * 2**20  # kept of all connections; the oldest recording is emptied
CHUNK = 2**18  # bytes that are read at once, at most
AT_ONCE = 2**12  # bytes that are passed on before others have a turn: 600 of the smallest frames
OVERHEAD = 100  # what an event costs beside its bytes, roughly


@dataclass(eq=False)
class Log:
    """The growing log of one connection."""

    port: int  # the client's
    behind: int = 0  # the port from which the tap connects to the server
    broken: bool = False  # it was reset (TCP RST), by either side or by the tap
    wanted: bool = False  # a call waits for what comes, so the log must not be let go
    over: bool = False  # the connection has ended
    size: int = 0  # bytes that the log takes
    opened: float = field(default_factory=time.monotonic)  # by that clock, in seconds
    refused: str = ""  # why the server could not be reached, in the system's words
    _events: list[Event] = field(default_factory=list)
    _room: int = BYTES
    _dropped: int = 0
    _note: str = ""

    def note(self, kind: EventKind, sender: Side, data: bytes = b"", note: str = "") -> None:
        """Write down one thing that just happened."""
        cost = len(data) + OVERHEAD
        self._room -= cost
        # The end of a stream is kept even when there is no more room for bytes.
        if data and self._room < 0:
            self._dropped += len(data)
            return
        self.size += cost
        self._events.append(Event(time.monotonic() - self.opened, sender, kind, data, note))

    def let_go(self) -> None:
        """Forget everything, and only count from now on: other connections are newer."""
        self._dropped += sum(len(event.data) for event in self._events)
        self._events.clear()
        self._room = self.size = 0
        self._note = _("let go, because newer connections needed the room")

    def closed_by(self, side: Side) -> bool:
        """Whether that side has ended its stream, or the connection was reset there."""
        return any(event.sender == side and event.kind in ("end", "lost") for event in self._events)

    def answered(self) -> bool:
        """Whether the server has said anything."""
        return any(event.sender == "server" and event.kind == "data" for event in self._events)

    def recording(self) -> Recording:
        """What has been seen so far, as a value; secrets covered."""
        recording = Recording(tuple(self._events), self._note, self._dropped)
        return recording.with_secrets_covered()


class Tap:
    """Relays every connection to ``server:target`` and keeps a log of each.

    logs:     one for each connection, in the order in which they were opened
    host, port: where clients connect
    server, target: where the server listens, which the tap is in front of
    watchers: events that are set whenever something happens on any connection
    """

    def __init__(self, target: int, server: str = HOST) -> None:
        self.target = target
        self.server = server
        self.logs: deque[Log] = deque()
        self.watchers: list[asyncio.Event] = []
        self.host, self.port = HOST, 0
        self._faults = Faults()
        self._changed = asyncio.Event()  # set, and made anew, when the faults change
        self._writers: dict[Log, tuple[asyncio.StreamWriter, ...]] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # a loop alone would forget them

    async def start(self, address: str = HOST, port: int = 0) -> None:
        """Listen on this port, or on a free one."""
        self._listener = await asyncio.start_server(self._connected, address, port, limit=CHUNK)
        self.host = HOST if address in EVERYWHERE else address
        self.port = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening; open connections end when the loop's tasks are cancelled."""
        self._listener.close()

    async def set_faults(self, faults: Faults) -> None:
        """Be a network like this from now on, for open connections too."""
        self._faults = faults
        self.remark(str(faults))
        self._changed.set()
        self._changed = asyncio.Event()

    def remark(self, words: str) -> None:
        """Write into the log of every open connection what the lab did to it."""
        for log in self._writers:
            self._note(log, "fault", "client", note=words)

    async def blame_server(self, port: int, words: str) -> None:
        """Write what the server did wrong into the log of the connection from ``port``."""
        # The server may be quicker than the tap, and a client may have gone round the tap.
        with suppress(TimeoutError), self.watched() as changed:
            async with asyncio.timeout(1):
                while not (logs := [log for log in self.logs if log.behind == port]):
                    changed.clear()
                    await changed.wait()
            self._note(logs[-1], "fault", "server", note=words)

    def blame_soon(self, port: int, words: str) -> None:
        """The same from a function that cannot wait."""
        task = asyncio.ensure_future(self.blame_server(port, words))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @contextmanager
    def watched(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever something happens on any connection."""
        event = asyncio.Event()
        self.watchers.append(event)
        try:
            yield event
        finally:
            self.watchers.remove(event)

    async def drop(self) -> None:
        """Reset every open connection (TCP RST), without a word to either side."""
        self.remark(_("the lab tears the connection down"))
        for log, writers in list(self._writers.items()):
            log.broken = True
            for writer in writers:
                tear_down(writer)

    def log_of(self, port: int) -> Log:
        """The log of the open connection from that client port, begun if there is none yet."""
        for log in reversed(self.logs):
            if log.port == port and not log.over:
                return log
        self.logs.append(Log(port))
        if len(self.logs) > CONNECTIONS and (spare := self._spare()):
            spare[0].let_go()  # its connection may be open, and go on for hours
            self.logs.remove(spare[0])
        return self.logs[-1]

    def _spare(self) -> list[Log]:
        """The logs that could be let go, the oldest first."""
        return [log for log in list(self.logs)[:-1] if not log.wanted]

    def _make_room(self) -> None:
        size = sum(log.size for log in self.logs)
        for log in self._spare() if size > TOGETHER else ():
            if log.size and size > TOGETHER:
                size -= log.size
                log.let_go()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        log = self.log_of(writer.get_extra_info("peername")[1])
        try:
            try:
                there_reader, there_writer = await asyncio.open_connection(
                    self.server, self.target, limit=CHUNK
                )
            except OSError as error:
                log.refused = _reason(error)
                raise
            self._writers[log] = (writer, there_writer)
            log.behind = there_writer.get_extra_info("sockname")[1]
            self._tell()
            await asyncio.gather(
                self._relay("client", log, reader, there_writer),
                self._relay("server", log, there_reader, writer),
            )
            for end in self._writers[log]:  # a slow reader still gets what it has not taken yet
                end.close()
                await end.wait_closed()
        except (OSError, asyncio.CancelledError):
            # There is no server, or the lab closes; asyncio would report a cancelled connection.
            pass
        finally:
            log.over = True
            for end in self._writers.pop(log, (writer,)):
                tear_down(end)
            self._tell()

    async def _relay(
        self,
        sender: Side,
        log: Log,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Pass on what ``sender`` says, until it ends or the connection is reset."""
        offset = 0
        try:
            while data := await reader.read(CHUNK):
                pieces = [data]
                if self._faults.act_on(sender):
                    await self._suffer(sender, log, data)
                    pieces = self._faults.pieces(data, offset)
                for piece in pieces:
                    self._note(log, "data", sender, piece)
                    for start in range(0, len(piece), AT_ONCE):
                        writer.write(piece[start : start + AT_ONCE])
                        await writer.drain()
                        # The other side reads a piece before the next is sent. A server handles
                        # what it has read without a pause, however many frames that are.
                        if len(pieces) > 1 or len(piece) > AT_ONCE:
                            await asyncio.sleep(0)
                offset += len(data)
            await self._wait_while_held(sender)
            # A connection that the lab itself has reset looks as if it had ended.
            self._note(log, "lost" if log.broken else "end", sender)
            with suppress(OSError):  # the other side has gone before that
                writer.write_eof()
        except OSError:
            log.broken = True
            self._note(log, "lost", sender)
            tear_down(writer)

    async def _suffer(self, sender: Side, log: Log, data: bytes) -> None:
        """Make a chunk wait as the faults demand."""
        if self._faults.hold:
            self._note(log, "held", sender, data)
            await self._wait_while_held(sender)
        wait = self._faults.delay + random.uniform(0, self._faults.jitter)
        if wait:
            await asyncio.sleep(wait)

    async def _wait_while_held(self, sender: Side) -> None:
        while self._faults.hold and self._faults.act_on(sender):
            await self._changed.wait()

    def _note(
        self, log: Log, kind: EventKind, sender: Side, data: bytes = b"", note: str = ""
    ) -> None:
        log.note(kind, sender, data, note)
        self._make_room()
        self._tell()

    def _tell(self) -> None:
        for event in self.watchers:
            event.set()


def _reason(error: OSError) -> str:
    """The system's words for what went wrong; asyncio writes addresses in their place."""
    number = re.search(r"\[Errno (\d+)\]", str(error))  # a name has several addresses
    return os.strerror(int(number[1])) if number else error.strerror or str(error)


def tear_down(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset (TCP RST); what was not sent yet is lost."""
    # Left to itself, "abort" ends with a FIN. To linger for 0 seconds means RST.
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    with suppress(OSError):  # it has ended already
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
