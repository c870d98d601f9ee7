"""Starting a server with a tap in front of it: the library's, a raw one, or your own.

How to think about it: each server is one more async function that runs in the lab's loop for each
connection. Whatever such a function does wrong (it raises, loops without an await, or writes
without end) ends its own connection only, and the recording says so. A server that runs already, as
``upstream``, only gets the tap.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from .._stopping import EXITS, Stopped
from ..words import _
from .bounded import Bounded, TooMuch
from .memory import Network
from .peer import Peer
from .tap import HOST, Tap

Handler = Callable[[ServerConnection], Awaitable[None]]
OwnServer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

# What the library would print into a cell is on the recording already.
_silent = logging.getLogger("wsedu.live.server")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


@dataclass(frozen=True)
class Running:
    """A server that runs: the tap in front of it, and how it stops listening."""

    tap: Tap
    stop: Callable[[], None]


async def start(
    handler: Handler | None,
    raw: Callable[[Peer], Awaitable[None]] | None,
    server: OwnServer | None,
    upstream: int | None,
    options: dict[str, Any],
    **more: Any,
) -> Running:
    """Whichever of the four is given; without any, the library's echo server."""
    if upstream:
        return Running(await tap_before(upstream), lambda: None)
    if server:
        return await start_own(server)
    if raw:
        return await start_raw(raw)
    return await start_library(handler, options, **more)


async def start_library(
    handler: Handler | None,
    options: dict[str, Any],
    *,
    date: str | None = None,
    set_cookie: str | None = None,
    address: str = HOST,
    token: str | None = None,
) -> Running:
    """The server of ``websockets``; without a handler it is an echo server."""

    def admit(connection: ServerConnection, request: Request) -> Response | None:
        given = parse_qs(urlsplit(request.path).query).get("token", [""])[0]
        if token is not None and not hmac.compare_digest(given.encode(), token.encode()):
            return connection.respond(403, "This lab asks for its token.\n")
        if request.path == "/page" and "Upgrade" not in request.headers:
            return connection.respond(200, "This is a page.\n")
        return None

    def set_headers(_connection: ServerConnection, _request: Request, response: Response) -> None:
        if date is not None:
            del response.headers["Date"]
            response.headers["Date"] = date
        if set_cookie is not None and response.status_code == 101:
            response.headers["Set-Cookie"] = set_cookie

    class Connection(ServerConnection):
        """The library's connection, over a transport with a limit."""

        def connection_made(self, transport: Any) -> None:
            port = transport.get_extra_info("peername")[1]
            super().connection_made(Bounded(transport, lambda said: tap.blame_soon(port, said)))  # type: ignore[arg-type]

    async def serve_one(connection: ServerConnection) -> None:
        try:
            await (handler or _echo)(connection)
        except (Stopped, *EXITS) as error:
            await tap.blame_server(connection.remote_address[1], _mistake(error))
            raise RuntimeError("stopped") from None  # the library closes with 1011

    network = Network()
    with network.beside(asyncio.get_running_loop()):
        server = await serve(
            serve_one,
            HOST,
            0,
            logger=_silent,
            # The library would add its version and Python's, which differ from run to run.
            server_header="websockets",
            process_request=admit,
            process_response=set_headers,
            create_connection=Connection,
            **options,
        )
    tap = await tap_before(_port(next(iter(server.sockets))), address, network)
    return Running(tap, lambda: server.close(close_connections=False))


async def start_own(own: OwnServer) -> Running:
    """A server that is one function of a reader and a writer."""
    # The loop holds its tasks weakly: one that waits for what nothing else knows of, as in
    # "await asyncio.Future()", would be collected.
    tasks = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        port = writer.get_extra_info("peername")[1]
        transport: Any = Bounded(writer.transport, lambda said: tap.blame_soon(port, said))
        protocol, loop = writer.transport.get_protocol(), asyncio.get_running_loop()
        limited = asyncio.StreamWriter(transport, protocol, reader, loop)
        # The lab closes; asyncio would report a cancelled connection.
        with suppress(asyncio.CancelledError):
            try:
                await own(reader, limited)
            except TooMuch:
                pass  # this is on the recording
            except (Exception, Stopped, *EXITS) as error:
                await tap.blame_server(port, _mistake(error))
            finally:
                writer.close()
                tasks.discard(asyncio.current_task())

    network = Network()
    with network.beside(asyncio.get_running_loop()):
        server = await asyncio.start_server(connected, HOST, 0)
    tap = await tap_before(_port(server.sockets[0]), network=network)
    return Running(tap, server.close)


async def start_raw(script: Callable[[Peer], Awaitable[None]]) -> Running:
    """A server that is one function of a ``Peer``, after the opening handshake."""

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer("server", reader, writer, lambda work: work)
        with suppress(OSError):  # the client has gone
            await peer.shake_hands()
            await script(peer)

    return await start_own(server)


def _port(listener: Any) -> int:
    port: int = listener.getsockname()[1]
    return port


async def tap_before(port: int, address: str = HOST, network: Network | None = None) -> Tap:
    """A tap that listens, in front of what listens on ``port`` of this machine."""
    tap = Tap(port, network=network)
    await tap.start(address)
    return tap


def _mistake(error: BaseException) -> str:
    """What a server did wrong, for the recording."""
    if isinstance(error, Stopped):
        return _("the server looped without an await, and was stopped")
    words = ": ".join(filter(None, (type(error).__name__, str(error)[:200])))
    return _("the server raised {error}").format(error=words)


async def _echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)
