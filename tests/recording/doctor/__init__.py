"""What the tests of the doctor share: real recordings, made over loopback through the lab's tap.

One side makes a mistake on purpose, the other side is the library ``websockets`` wherever that is
possible. So what it does about the mistake is on the recording as well.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import WebSocketException

from wsedu.live.tap import HOST, Log, Tap, tear_down
from wsedu.protocol import accept_key, build_request
from wsedu.recording import Recording

KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="  # not that of the RFC: a server may have that one built in
MASK = bytes.fromhex("37fa213d")
SECONDS = 5

silent = logging.getLogger("tests.doctor")
silent.addHandler(logging.NullHandler())
silent.propagate = False

Handler = Callable[[ServerConnection], Awaitable[None]]
Own = Callable[["Wire"], Awaitable[None]]


def request(target: str = "/chat", **more: Any) -> bytes:
    return build_request("example.com", target, KEY, **more).to_bytes()


def switching(key: str = KEY, *lines: str, accept: str | None = None) -> bytes:
    """A 101 with the right Accept, or another one, and with more lines."""
    head = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept_key(key) if accept is None else accept}",
    ]
    return "\r\n".join([*head, *lines, "", ""]).encode("latin-1")


class Wire:
    """One end of a connection, of which a script says every byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.tap: Tap | None = None
        self.log: Log | None = None
        self._sent = 0

    async def send(self, *chunks: bytes) -> None:
        """Send chunks; a client waits after each until the tap has seen it, so they stay apart."""
        for chunk in chunks:
            self.writer.write(chunk)
            self._sent += len(chunk)
            with suppress(OSError):
                await self.writer.drain()
            if self.tap is not None:
                await self.until(lambda seen: len(seen.sent_by("client")) >= self._sent)

    async def until(self, condition: Callable[[Recording], object]) -> None:
        """Wait until that is on the recording, or the connection is over."""
        assert self.tap is not None and self.log is not None
        with self.tap.watched() as changed:
            while not condition(self.log.recording()) and not self.log.over:
                changed.clear()
                await changed.wait()

    async def head(self) -> bytes:
        """What the other side sends up to its empty line."""
        with suppress(asyncio.IncompleteReadError):
            return await self.reader.readuntil(b"\r\n\r\n")
        return b""

    async def key(self) -> str:
        """The key of the request that comes."""
        for line in (await self.head()).decode("latin-1").splitlines():
            name, _, value = line.partition(":")
            if name.lower() == "sec-websocket-key":
                return value.strip()
        return ""

    async def read(self, count: int) -> bytes:
        return await self.reader.readexactly(count)

    async def end(self) -> None:
        """Read until the other side ends."""
        with suppress(OSError):
            while await self.reader.read(2**16):
                pass

    def fin(self) -> None:
        self.writer.close()

    def rst(self) -> None:
        tear_down(self.writer)


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


async def _through_tap(port: int, client: Callable[[Tap], Awaitable[None]]) -> Recording:
    """The recording of what a client did to the server at ``port``."""
    tap = Tap(port)
    await tap.start()
    try:
        async with asyncio.timeout(SECONDS):
            await client(tap)
            with tap.watched() as changed:
                while not tap.logs or not tap.logs[-1].over:
                    changed.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(changed.wait(), 0.005)
        return tap.logs[-1].recording()
    finally:
        await tap.close()


async def _raw_client(tap: Tap, script: Own) -> None:
    wire = Wire(*await asyncio.open_connection(HOST, tap.port))
    wire.tap, wire.log = tap, tap.log_of(wire.writer.get_extra_info("sockname")[1])
    try:
        await script(wire)
    finally:
        wire.writer.close()


async def _library_client(
    tap: Tap, client: Callable[[ClientConnection], Awaitable[None]] | None, options: dict[str, Any]
) -> None:
    with suppress(WebSocketException, OSError, EOFError):
        async with connect(
            f"ws://{HOST}:{tap.port}/chat", proxy=None, logger=silent, **options
        ) as connection:
            if client:
                await client(connection)
            else:
                async for _message in connection:
                    pass


def against_server(script: Own, handler: Handler = echo, **options: Any) -> Recording:
    """A raw client against the server of ``websockets``."""

    async def run() -> Recording:
        options.setdefault("compression", None)
        async with serve(handler, HOST, 0, logger=silent, **options) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            return await _through_tap(port, lambda tap: _raw_client(tap, script))

    return asyncio.run(run())


async def _own_server(script: Own, client: Callable[[Tap], Awaitable[None]]) -> Recording:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(reader, writer)
        with suppress(OSError, asyncio.CancelledError):
            await script(wire)
        writer.close()

    server = await asyncio.start_server(connected, HOST, 0)
    try:
        return await _through_tap(server.sockets[0].getsockname()[1], client)
    finally:
        server.close()


def against_client(
    script: Own,
    client: Callable[[ClientConnection], Awaitable[None]] | None = None,
    **options: Any,
) -> Recording:
    """A raw server against the client of ``websockets``."""
    options = {"compression": None, "close_timeout": 0.02} | options
    return asyncio.run(_own_server(script, lambda tap: _library_client(tap, client, options)))


def raw(script: Own, client: Own) -> Recording:
    """Two raw sides, where the library has no part in what happens."""
    return asyncio.run(_own_server(script, lambda tap: _raw_client(tap, client)))


def library(
    client: Callable[[ClientConnection], Awaitable[None]],
    handler: Handler = echo,
    client_options: dict[str, Any] | None = None,
    **options: Any,
) -> Recording:
    """The library's client against its server."""

    async def run() -> Recording:
        options.setdefault("compression", None)
        given = {"compression": options["compression"]} | (client_options or {})
        async with serve(handler, HOST, 0, logger=silent, **options) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            return await _through_tap(port, lambda tap: _library_client(tap, client, given))

    return asyncio.run(run())


# Scripts of which many are made.


def asks(data: bytes, *, leave: bool = False) -> Own:
    """A client that sends this in place of a request; ``leave``: it does not wait for an answer."""

    async def script(wire: Wire) -> None:
        await wire.send(data)
        if leave:
            wire.fin()
        await wire.end()

    return script


def says(*chunks: bytes, leave: bool = False, extensions: str | None = None) -> Own:
    """A client that sends these bytes after its handshake."""

    async def script(wire: Wire) -> None:
        await wire.send(request(extensions=extensions))
        await wire.head()
        await wire.send(*chunks)
        if leave:
            wire.fin()
        await wire.end()

    return script


def answers(make: Callable[[str], bytes], *chunks: bytes, leave: bool = False) -> Own:
    """A server that answers with what ``make`` makes of the key, and sends these bytes."""

    async def script(wire: Wire) -> None:
        await wire.send(make(await wire.key()), *chunks)
        if not leave:  # the client says why it gives up, or ends; it waits for the server's end
            await wire.reader.read(1)

    return script
