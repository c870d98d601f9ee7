"""A network without sockets: the same asyncio, the same ``websockets``, all of it in memory.

How to think about it: asyncio asks its event loop for two things only, ``create_server`` and
``create_connection``. ``Network.install`` gives a loop its own two, and everything above them
runs unmodified, in a browser too, where there are no sockets. A connection has two ends. An end
belongs to one loop. It posts what it sends to the other end's loop, like letters that arrive in
order, so the two loops may run in two threads.

The ends behave like TCP. An end that has sent too much before the other has taken it has to pause.
A stream may end in one direction alone. An end that writes to a closed end, or closes with bytes
unread, causes a reset (RST).
"""

from __future__ import annotations

import asyncio
import errno
import itertools
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from socket import AF_INET, SO_LINGER
from typing import Any

from ..words import _

HOST = "127.0.0.1"
LARGE = 2**14  # bytes: a piece that is not worth waiting for others
Factory = Callable[[], asyncio.BaseProtocol]


class Network:
    """Which listener has which port."""

    def __init__(self) -> None:
        self._listening: dict[int, Listener] = {}
        self._ports = itertools.cycle(range(49152, 65536))  # free for any use, says IANA

    def install(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        """Let ``loop`` connect through here only; returns a function that ends this."""
        names = {"create_server": self._create_server, "create_connection": self.connect}
        before = {name: vars(loop)[name] for name in names if name in vars(loop)}
        vars(loop).update(names)

        def remove() -> None:
            for name in names:
                vars(loop).pop(name, None)
            vars(loop).update(before)

        return remove

    @contextmanager
    def beside(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """Servers that ``loop`` starts within this listen here, too, on the same port."""
        create: Callable[..., Coroutine[Any, Any, Any]] = loop.create_server
        before = vars(loop).get("create_server")

        async def both(factory: Factory, *args: Any, **options: Any) -> Any:
            real = await create(factory, *args, **options)
            port = real.sockets[0].getsockname()[1]
            here = Listener(factory, Socket((HOST, port)), self._listening, real)
            self._listening[port] = here
            return real

        vars(loop)["create_server"] = both
        try:
            yield
        finally:
            del vars(loop)["create_server"]
            if before:
                vars(loop)["create_server"] = before

    def _free_port(self) -> int:
        return next(port for port in self._ports if port not in self._listening)

    async def _create_server(
        self, factory: Factory, _host: Any = None, port: int = 0, *, ssl: Any = None, **_: Any
    ) -> Listener:
        """Like that of the loop; every address is this machine."""
        _refuse_tls(ssl)
        if port in self._listening:
            raise OSError(errno.EADDRINUSE, f"address ({HOST!r}, {port}) is in use")
        port = port or self._free_port()
        self._listening[port] = Listener(factory, Socket((HOST, port)), self._listening)
        return self._listening[port]

    async def connect(
        self, factory: Factory, host: Any = None, port: int = 0, *, ssl: Any = None, **_: Any
    ) -> tuple[End, Any]:
        """Like that of the loop."""
        _refuse_tls(ssl)
        port = int(port)  # a string will do, too
        if (listener := self._listening.get(port)) is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"nothing listens at {host}:{port}")
        here, there = (HOST, self._free_port()), (HOST, port)
        client = End(asyncio.get_running_loop(), Socket(here, there))
        server = End(listener.get_loop(), Socket(there, here))
        client.other, server.other = server, client
        client.post(server.begin, listener.factory, listener)
        return client, client.begin(factory)

    async def connect_straight(self, factory: Factory, port: int) -> tuple[End, Any]:
        """Connect to a server of this very loop: what we send, it has at once.

        What it sends during one turn of the loop comes as one piece, as a kernel would have it.
        Raises ConnectionRefusedError.
        """
        client, door = await self.connect(factory, HOST, port)
        await asyncio.sleep(0)  # the server's end begins
        client.straight = client.other.straight = client.gathers = True
        return client, door


class Listener(asyncio.AbstractServer):
    """What waits on a port for connections, until ``close``."""

    def __init__(
        self,
        factory: Factory,
        socket: Socket,
        listening: dict[int, Listener],
        beside: asyncio.AbstractServer | None = None,
    ) -> None:
        self.factory, self._beside = factory, beside
        self._socket, self._listening = socket, listening
        self._forever = asyncio.get_running_loop().create_future()

    @property
    def sockets(self) -> tuple[Socket, ...]:
        return (self._socket,) if self.is_serving() else ()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._forever.get_loop()

    def is_serving(self) -> bool:
        return self in self._listening.values() and (
            self._beside is None or self._beside.is_serving()
        )

    def close(self) -> None:
        if self.is_serving():
            del self._listening[self._socket.getsockname()[1]]
        self._forever.cancel()

    async def start_serving(self) -> None:
        pass  # it does already

    async def serve_forever(self) -> None:
        try:
            await self._forever
        finally:
            self.close()

    async def wait_closed(self) -> None:
        await asyncio.wait([self._forever])


class Socket:
    """What other code asks of a transport's socket."""

    family = AF_INET

    def __init__(self, here: tuple[str, int], there: tuple[str, int] | None = None) -> None:
        self._here, self._there = here, there
        self.breaks = False

    def getsockname(self) -> tuple[str, int]:
        return self._here

    def getpeername(self) -> tuple[str, int]:
        if self._there is None:
            raise OSError(errno.ENOTCONN, "not connected")
        return self._there

    def setsockopt(self, *option: Any) -> None:
        """Only one option concerns us: SO_LINGER, which makes the end a reset."""
        self.breaks |= SO_LINGER in option[:2]


class End(asyncio.Transport):
    """One end of a connection; ``other`` is the other one."""

    other: End
    straight = False  # both ends have the same loop, and need not wait for it
    gathers = False  # what comes is delivered once in a turn of the loop, in one piece
    _protocol: Any

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: Socket) -> None:
        names = {"sockname": socket.getsockname(), "peername": socket.getpeername()}
        super().__init__({**names, "socket": socket})
        self._loop, self._socket = loop, socket
        self._inbox: deque[bytes] = deque()  # empty bytes are the end of the stream
        self._not_taken = 0  # bytes that we sent and that the other has not taken yet
        self._reading, self._full, self._ended, self._closing = True, False, False, False
        self.set_write_buffer_limits()

    def post(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Have the other end call this, after all that was posted before."""
        if self.straight:
            call(*arguments)
            return
        with suppress(RuntimeError):  # its loop is closed
            self.other._loop.call_soon_threadsafe(call, *arguments)

    def begin(self, factory: Factory, listener: Listener | None = None) -> Any:
        """Hand over to a protocol, and return it."""
        if listener and not listener.is_serving():  # closed in the meantime
            self._closing = True
            return self.post(self.other._break)
        self._protocol = factory()
        self._protocol.connection_made(self)
        return self._protocol

    # What we send.

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if self._ended:
            raise RuntimeError("write after write_eof")
        if data and not self._closing:
            self.post(
                self.other._arrive,
                piece := data if type(data) is bytes else memoryview(data).tobytes(),
            )
            self._weigh(len(piece))

    def _weigh(self, more: int) -> None:
        """Tell the protocol when it has sent too much, and when it may go on."""
        self._not_taken += more
        full = self._not_taken > (self._low if self._full else self._high)
        if full != self._full and not self._closing:
            self._full = full
            (self._protocol.pause_writing if full else self._protocol.resume_writing)()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = 2**16 if high is None else high
        self._low = self._high // 4 if low is None else low

    def get_write_buffer_size(self) -> int:
        return self._not_taken

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if not self._ended and not self._closing:
            self._ended = True
            self.post(self.other._arrive, b"")

    def close(self) -> None:
        if not self._closing:
            if self._inbox or self._socket.breaks:
                self.post(self.other._break)
            else:
                self.write_eof()
            self._lose(None)

    def abort(self) -> None:
        """Close, and lose what waits for the other to read on."""
        if not self._closing:
            self.post(self.other._forget)
        self.close()

    def is_closing(self) -> bool:
        return self._closing

    # What the other sends.

    def _arrive(self, data: bytes) -> None:
        if not self._closing:
            self._inbox.append(data)
            if not self.gathers or len(self._inbox) == 1 and len(data) >= LARGE:
                self._deliver()
            elif len(self._inbox) == 1:
                self._loop.call_soon(self._deliver)
        elif data:
            self.post(self.other._break)

    def _deliver(self) -> None:
        while self._inbox and self._reading and not self._closing:
            if data := self._next():
                self.post(self.other._weigh, -len(data))
                self._hand_over(data)
            elif not self._protocol.eof_received():
                self.close()

    def _next(self) -> bytes:
        """The oldest piece; of one that gathers, all of them up to the end of the stream."""
        pieces = [self._inbox.popleft()]
        while self.gathers and pieces[0] and self._inbox and self._inbox[0]:
            pieces.append(self._inbox.popleft())
        return b"".join(pieces)

    def _hand_over(self, data: bytes) -> None:
        try:
            self._protocol.data_received(data)
        except Exception as error:  # the other end, which may be calling, has no part in it
            context = {"message": "data_received() failed", "exception": error, "transport": self}
            self._loop.call_exception_handler(context)
            self._lose(error)

    def _forget(self) -> None:
        """Drop what waits here, but not the end of the stream."""
        if not self._reading:
            self._inbox = deque(piece for piece in self._inbox if not piece)

    def _break(self) -> None:
        self._deliver()  # what has come before
        self._lose(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    def _lose(self, error: Exception | None) -> None:
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self._protocol.connection_lost, error)

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        self._reading = True
        self._loop.call_soon(self._deliver)

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    def get_protocol(self) -> Any:
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol


def _refuse_tls(ssl: Any) -> None:
    if ssl:
        raise ValueError(_("The network in memory has no TLS: say ws:// instead of wss://."))
