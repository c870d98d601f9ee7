"""The tap: a relay between client and server that writes down every byte that passes.

How to think about it: the client takes the tap for the server, and the server takes it for the
client. The tap writes down what arrives on one side before it passes it on, so in a recording a
cause always comes before its effect. With ``faults`` the tap plays a bad network.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from ..recording import Event, Recording, Side
from ..recording.events import SIDES, EventKind
from ..words import _
from .faults import Faults
from .memory import Network

HOST = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")  # to listen on every address includes HOST
CONNECTIONS = 100  # recordings kept; the oldest is let go
BYTES = 4 * 2**20  # kept of each connection; later bytes are counted, not kept
TOGETHER = 64 * 2**20  # kept of all connections; the oldest recording is emptied
CHUNK = 2**18  # bytes that are read at once, at most
AT_ONCE = 2**12  # bytes that are passed on before others have a turn: 600 of the smallest frames
TURNS = 3  # of the loop, until a connection that was accepted has begun
QUICK = 0.001  # seconds; a server that takes less with them gets more, up to CHUNK
OVERHEAD = 100  # what an event costs beside its bytes, roughly


@dataclass(eq=False)
class Log:
    """The growing log of one connection."""

    port: int  # the client's
    behind: int = 0  # the port from which the tap connects to the server
    broken: bool = False  # it was reset (TCP RST), by either side or by the tap
    wanted: bool = False  # a call waits for what comes, so the log must not be let go
    over: bool = False  # the connection has ended
    size: int = 0  # bytes that the log takes, roughly
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
    network:  where a server of this very loop listens, if that is not only a network of sockets
    """

    def __init__(self, target: int, server: str = HOST, network: Network | None = None) -> None:
        self.target = target
        self.server = server
        self._network = network
        self.logs: deque[Log] = deque()
        self.watchers: list[asyncio.Event] = []
        self.host, self.port = HOST, 0
        self.faults = Faults()
        self.ill: frozenset[Side] = frozenset()  # the sides on whose bytes they act
        self.faults_changed = asyncio.Event()  # set, and made anew, by look_again
        self._links: dict[Log, Link] = {}  # the open connections
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()  # a loop alone would forget them
        self._size = 0  # of all logs

    async def start(self, address: str = HOST, port: int = 0) -> None:
        """Listen on this port, or on a free one."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._accept, address, port)
        self.host = HOST if address in EVERYWHERE else address
        self.port = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening, and reset what is open."""
        self._closing = True
        # asyncio forgets a connection that it has accepted, and not begun when its listener
        # closes: that would stay open, and silent (CPython issue 109564).
        loop = asyncio.get_running_loop()
        with suppress(AttributeError, NotImplementedError):  # in memory, and on Windows
            for listening in self._listener.sockets:
                loop.remove_reader(listening.fileno())
        try:
            for _turn in range(TURNS):
                await asyncio.sleep(0)
        finally:  # the lab does not wait for a loop that a server had to itself
            self._listener.close()
            for log, link in list(self._links.items()):
                log.over = True  # what happens to the connection now is the lab's doing
                link.tear_down()

    async def set_faults(self, faults: Faults) -> None:
        """Be a network like this from now on, for open connections too."""
        self.faults = faults
        self.ill = frozenset(filter(faults.act_on, SIDES)) if faults != Faults() else frozenset()
        self.remark(str(faults))
        self.look_again()

    def look_again(self) -> None:
        """Let all that is held see whether it still is."""
        self.faults_changed.set()
        self.faults_changed = asyncio.Event()

    def remark(self, words: str) -> None:
        """Write into the log of every open connection what the lab did to it."""
        for log in self._links:
            self.note(log, "fault", "client", note=words)

    async def blame_server(self, port: int, words: str) -> None:
        """Write what the server did wrong into the log of the connection from ``port``."""
        # The server may be quicker than the tap, and a client may have gone round the tap.
        with suppress(TimeoutError), self.watched() as changed:
            async with asyncio.timeout(1):
                while not (logs := [log for log in self.logs if log.behind == port]):
                    changed.clear()
                    await changed.wait()
            self.note(logs[-1], "fault", "server", note=words)

    def blame_soon(self, port: int, words: str) -> None:
        """The same from a function that cannot wait."""
        self.begin(self.blame_server(port, words))

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else."""
        task = asyncio.ensure_future(work)
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
        for log, link in list(self._links.items()):
            log.broken = True
            link.tear_down()

    def log_of(self, port: int) -> Log:
        """The log of the open connection from that client port, begun if there is none yet."""
        for log in reversed(self.logs):
            if log.port == port and not log.over:
                return log
        self.logs.append(Log(port))
        if len(self.logs) > CONNECTIONS and (spare := self._spare()):
            self._let_go(spare[0])  # its connection may be open, and go on for hours
            self.logs.remove(spare[0])
        return self.logs[-1]

    def _spare(self) -> list[Log]:
        """The logs that could be let go, the oldest first."""
        return [log for log in list(self.logs)[:-1] if not log.wanted]

    def _let_go(self, log: Log) -> None:
        self._size -= log.size
        log.let_go()

    def note(
        self, log: Log, kind: EventKind, sender: Side, data: bytes = b"", note: str = ""
    ) -> None:
        """Write down one thing that just happened on a connection that is not over."""
        if log.over:
            return
        self._size -= log.size
        log.note(kind, sender, data, note)
        self._size += log.size
        if self._size > TOGETHER:
            for spare in self._spare():
                if spare.size and self._size > TOGETHER:
                    self._let_go(spare)
        self.tell()

    def tell(self) -> None:
        """Let everything look that waits for news."""
        for event in self.watchers:
            event.set()

    def _accept(self) -> asyncio.Protocol:
        link = Link(self)
        return link.client

    async def connect(self, link: Link) -> None:
        """Connect to the server for a client that has come."""
        log = link.log
        self._links[log] = link
        if self._closing:
            link.refuse()
            return
        try:
            transport = await self._transport(lambda: link.server)
        except OSError as error:
            log.refused = _reason(error)
            link.refuse()
            return
        log.behind = transport.get_extra_info("sockname")[1]
        self.tell()
        link.open()

    async def _transport(self, factory: Callable[[], Door]) -> asyncio.BaseTransport:
        if self._network:
            return (await self._network.connect_straight(factory, self.target))[0]
        connect = asyncio.get_running_loop().create_connection
        return (await connect(factory, self.server, self.target))[0]

    def over(self, link: Link) -> None:
        """Both ends of a connection are closed."""
        link.log.over = True
        self._links.pop(link.log, None)
        self.tell()


class Link:
    """One connection: a client at one door of the tap, the server at the other."""

    log: Log

    def __init__(self, tap: Tap) -> None:
        self.tap = tap
        self.client, self.server = Door(self, "client"), Door(self, "server")
        self.client.other, self.server.other = self.server, self.client
        self.doors = (self.client, self.server)

    @property
    def gone(self) -> bool:
        """Whether the tap has a connection with neither side."""
        return all(door.closed for door in self.doors)

    def open(self) -> None:
        """The server is there: what the client has said is passed on."""
        if self.client.transport.is_closing():
            self.server.tear_down()
        else:
            self.client.transport.resume_reading()

    def refuse(self) -> None:
        """There is no server: the client is reset, and nothing is written down."""
        for door in self.doors:
            door.ended = True
            door.tear_down()
        self.look_for_the_end()  # the client may have gone before

    def tear_down(self) -> None:
        """Reset both ends."""
        for door in self.doors:
            door.tear_down()

    def look_for_the_end(self) -> None:
        """Close both ends when both sides have ended; slow readers still get the rest."""
        if all(door.ended for door in self.doors):
            for door in self.doors:
                door.close()
            if self.gone:
                self.tap.over(self)


class Door(asyncio.Protocol):
    """The tap's end of the connection with one side: what it says is passed on at the other door.

    Without faults that is done at once. With faults, or when there is much, it goes through a
    queue, which a task works off.
    """

    other: Door
    transport: asyncio.Transport

    def __init__(self, link: Link, side: Side) -> None:
        self._link, self._tap, self._side = link, link.tap, side
        self._queue: deque[bytearray | Literal["end", "lost"]] = deque()
        self._working = False  # a task works the queue off
        self._free = asyncio.Event()  # the other side takes what we pass on
        self._free.set()
        self._offset = 0  # of what comes next, in the stream of this side
        # A client takes as much as there is.
        self._at_once = AT_ONCE if side == "client" else CHUNK
        self.ended = False  # and this is written down
        self.closed = True  # there is no transport yet, or no more

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.closed = cast(asyncio.Transport, transport), False
        if self._side == "client":
            self.transport.pause_reading()
            self.transport.set_write_buffer_limits(CHUNK)
            self._link.log = self._tap.log_of(self.transport.get_extra_info("peername")[1])
            self._tap.begin(self._tap.connect(self._link))
        elif self.other.closed:
            self.tear_down()

    def data_received(self, data: bytes) -> None:
        if self._working or self._side in self._tap.ill or len(data) > self._at_once:
            if self._queue and isinstance(last := self._queue[-1], bytearray):
                last += data  # as it would be in a kernel
            else:
                self._queue.append(bytearray(data))
            self._flow()
            self._work()
        else:
            self._offset += len(data)
            self._tap.note(self._link.log, "data", self._side, data)
            self._pass_on(data)

    def eof_received(self) -> bool:
        self._end("end")
        return True  # the other direction stays open

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        self.other._free.set()  # what is still written goes nowhere
        if not self.ended:
            if error:
                self._link.log.broken = True
            self._end("lost")
        self._link.look_for_the_end()
        if self._link.gone:
            self._tap.look_again()

    def _end(self, how: Literal["end", "lost"]) -> None:
        if self._working:
            self._queue.append(how)
        else:
            self._note_end(how)

    def _note_end(self, how: Literal["end", "lost"]) -> None:
        """Write down how the stream of this side has ended, and end it at the other door."""
        if self.ended:
            return
        self.ended = True
        broken = how == "lost" or self._link.log.broken
        # A connection that the lab itself has reset looks as if it had ended.
        self._tap.note(self._link.log, "lost" if broken else "end", self._side)
        if how == "lost":
            self.other.tear_down()
        else:
            self.other.write_eof()
        self._link.look_for_the_end()

    def pause_writing(self) -> None:
        self.other._free.clear()
        self.other._flow()

    def resume_writing(self) -> None:
        self.other._free.set()
        self.other._flow()

    def _flow(self) -> None:
        """Read on, or not: the other side may be slow, and the queue full."""
        if not self.closed and not self.transport.is_closing():
            if self._free.is_set() and sum(map(len, self._queue)) < CHUNK:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()

    def _pass_on(self, piece: bytes) -> None:
        """Write at the other door, and see how long a server that has it at once takes."""
        if self._side == "server":  # a client has it later
            self.other.write(piece)
            return
        begun = time.perf_counter()
        self.other.write(piece)
        if time.perf_counter() - begun > QUICK:
            self._at_once = AT_ONCE
        elif len(piece) == self._at_once:
            self._at_once = min(2 * len(piece), CHUNK)

    def write(self, data: bytes) -> None:
        """Send to this side; if it has gone, the other one gets a reset."""
        if self.closed or self.transport.is_closing():
            self._link.log.broken = True
            self.other.tear_down()
        else:
            self.transport.write(data)

    def write_eof(self) -> None:
        """End the stream to this side (TCP FIN)."""
        if not self.closed and not self.transport.is_closing():
            with suppress(OSError):  # it has gone before that
                self.transport.write_eof()

    def close(self) -> None:
        """Close the connection with this side, after what is still to be sent."""
        if not self.closed:
            self.transport.close()

    def tear_down(self) -> None:
        """Reset the connection with this side (TCP RST)."""
        if not self.closed:
            reset(self.transport)

    # What goes through the queue.

    def _work(self) -> None:
        if not self._working:
            self._working = True
            self._tap.begin(self._work_off())

    async def _work_off(self) -> None:
        """Pass on what is in the queue, until it is empty, as the faults demand."""
        try:
            while self._queue:
                if isinstance(data := self._queue.popleft(), bytearray):
                    await self._suffer(bytes(data))
                else:
                    await self._wait_while_held()
                    self._note_end(data)
                self._flow()
        finally:
            self._working = False

    async def _suffer(self, data: bytes) -> None:
        """Pass on a chunk, late and in pieces if there are faults; never too much at once."""
        faults = self._tap.faults
        pieces = [data]
        if self._side in self._tap.ill:
            if faults.hold:
                self._tap.note(self._link.log, "held", self._side, data)
                await self._wait_while_held()
                if self._link.gone:  # what was held never travels
                    return
            if wait := faults.delay + random.uniform(0, faults.jitter):
                await asyncio.sleep(wait)
            pieces = self._tap.faults.pieces(data, self._offset)
        self._offset += len(data)
        for piece in pieces:
            await self._pass_on_in_turns(piece, alone=len(pieces) > 1)

    async def _pass_on_in_turns(self, piece: bytes, alone: bool) -> None:
        """Pass on a piece, so that others have a turn now and then; ``alone``: and after it."""
        log = self._link.log
        self._tap.note(log, "data", self._side, piece)
        start = 0
        while start < len(piece):
            await self._free.wait()
            part = piece[start : start + self._at_once]
            self._pass_on(part)
            start += len(part)
            # The other side reads a piece before the next is sent. A server handles what it has
            # read without a pause, however many frames that are.
            if alone or start < len(piece):
                await asyncio.sleep(0)

    async def _wait_while_held(self) -> None:
        tap = self._tap
        while tap.faults.hold and self._side in tap.ill and not self._link.gone:
            await tap.faults_changed.wait()


def _reason(error: OSError) -> str:
    """The system's words for what went wrong; asyncio writes addresses in their place."""
    number = re.search(r"\[Errno (\d+)\]", str(error))  # a name has several addresses
    return os.strerror(int(number[1])) if number else error.strerror or str(error)


def tear_down(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset (TCP RST); what was not sent yet is lost."""
    reset(writer.transport)


def reset(transport: asyncio.WriteTransport) -> None:
    """The same for what is below a writer."""
    # Left to itself, "abort" ends with a FIN. To linger for 0 seconds means RST.
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    with suppress(OSError):  # it has ended already
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
