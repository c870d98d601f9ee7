"""The tunnel: a learner's browser reaches a server in the learner's own kernel, on another machine.

How to think about it: on a hub the page of a notebook cannot connect to 127.0.0.1, for that is the
learner's own computer, and the kernel is elsewhere. So the learner's Jupyter server takes the
connection, at ``BASE_URL/wsedu-tunnel/PORT/PATH``, and carries its bytes to 127.0.0.1:PORT. It
reads the request, which has to come from a page of this very server, and the first line of the
response. Of the frames it reads nothing: fragments, Pings, reserved bits, close codes and what
breaks a rule arrive as they were sent.

The learner's server gets the request as the browser wrote it, without the login and without what
proxies have added. Its response comes back byte for byte; a refusal gets ``Connection: close`` if
it lacks it, so that no proxy sends the next request the same way. Turn the tunnel on with

    jupyter server extension enable --sys-prefix wsedu_classroom.tunnel

It imports nothing of the course: it is in the memory of every learner's server.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import ensure_async
from tornado.iostream import IOStream, SSLIOStream, StreamClosedError
from tornado.web import HTTPError

NAME = "wsedu-tunnel"
CONNECT = 5.0  # seconds for the learner's server to accept
RESPOND = 60.0  # seconds for the head of its response
HEAD = 2**16  # bytes that this head may have
CHUNK = 2**16  # bytes that are carried at once; about four of them wait in each direction

# The login opens the learner's Jupyter server, and concerns no other. The address of the page, in
# Referer, may have a token; no browser sends it with a handshake.
LOGIN = {"cookie", "authorization", "proxy-authorization", "referer"}
IN_QUERY = {"token", "_xsrf"}
TOKEN = "v1.token.websocket.jupyter.org."  # a login as a subprotocol, as proposed for Jupyter
# No browser sends an X- header with a handshake. Proxies do, and X-XSRFToken is a secret.
ADDED = ("x-", "forwarded", "via")
# What proxies and tornado do to capitals, and how browsers write these names.
CAPITALS = {"sec-websocket-": "Sec-WebSocket-", "sec-gpc": "Sec-GPC", "dnt": "DNT"}

LISTEN = "0A"  # the state of a socket, as Linux writes it
# Of IPv4 and, if the machine speaks it, of IPv6; other systems have neither.
TABLES = [table for table in ("/proc/net/tcp", "/proc/net/tcp6") if os.access(table, os.R_OK)]
# Where a server may listen, and where the tunnel reaches it.
REACHED = {
    "127.0.0.1": "127.0.0.1",
    "0.0.0.0": "127.0.0.1",
    "::ffff:127.0.0.1": "127.0.0.1",
    "::1": "::1",
    "::": "::1",
}
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends an RST


# Which ports it leads to.


def as_linux_writes(address: str) -> str:
    """An address as it is in /proc/net: words of four bytes, in the order of this processor."""
    packed = ip_address(address).packed
    words = (packed[i : i + 4] for i in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)


WRITTEN = {as_linux_writes(address): reached for address, reached in REACHED.items()}


class Socket(NamedTuple):
    """A socket of this machine: its two ends, as Linux writes addresses and ports, and its user.

    inode: 0 if no process has it, such as a connection that was not accepted yet
    """

    local: str
    remote: str
    state: str
    user: int
    inode: int


def sockets() -> Iterator[Socket]:
    """All TCP sockets of this machine: those that listen first, as Linux lists them."""
    for table in TABLES:
        with open(table) as rows:
            for row in rows:
                fields = row.split()
                if len(fields) > 9 and fields[0] != "sl":  # not the headings
                    local, remote, state = fields[1:4]
                    yield Socket(local, remote, state, int(fields[7]), int(fields[9]))


def address_of(port: int) -> str | None:
    """Where a process of this user listens on the port: 127.0.0.1, ::1, or None for nowhere.

    Where the system does not say whose a port is, it is 127.0.0.1.
    """
    if not TABLES:
        return REACHED["127.0.0.1"]
    # A busy machine has thousands of others, which are not looked at if one is found.
    places = {f"{address}:{port:04X}": reached for address, reached in WRITTEN.items()}
    found = (
        places[one.local]
        for one in sockets()
        if one.state == LISTEN and one.user == os.getuid() and one.local in places
    )
    return next(found, None)


def end_of(address: str, port: int) -> set[str]:
    """An end of a connection as Linux may write it: a socket of IPv6 can carry IPv4."""
    forms = [address] if ":" in address else [address, f"::ffff:{address}"]
    return {f"{as_linux_writes(form)}:{port:04X}" for form in forms}


def leads_to_own_server(here: tuple[Any, ...], there: tuple[Any, ...]) -> bool:
    """Whether a process of this user has the other end of a connection, or alone can accept it.

    here, there: address and port of this end and of the other

    Between ``address_of`` and the connection, another user may have taken the port. While this
    user's server listens no other can. So it is enough that it does *now*, and that no process had
    accepted the connection later: then it waits for this server. Else the owner is known.
    """
    if not TABLES:
        return True
    listens = address_of(there[1]) is not None  # before the connection is looked at
    ours, theirs = end_of(*here[:2]), end_of(*there[:2])
    for one in sockets():
        if one.local in theirs and one.remote in ours and one.inode:
            return one.user == os.getuid()
    return listens


# What the learner's server gets to read.


def spelled(name: str) -> str:
    """The name of a header with the capitals that browsers give it."""
    for small, right in CAPITALS.items():
        if name.lower().startswith(small):
            return right + name[len(small) :]
    return name


def headers_of(received: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The headers of the browser: without the login, and without what proxies have added."""
    for name, value in received:
        if name.lower() in LOGIN or name.lower().startswith(ADDED):
            continue
        if name.lower() == "sec-websocket-protocol" and TOKEN in value:
            offered = [part.strip() for part in value.split(",")]
            value = ", ".join(part for part in offered if not part.startswith(TOKEN))
            if not value:
                continue
        yield spelled(name), value


def target_of(uri: str, port: str) -> str:
    """What follows the port in the address, as it was written, without the login."""
    path, mark, query = uri.partition(f"/{NAME}/{port}")[2].partition("?")
    names = ((part, unquote_plus(part.partition("=")[0])) for part in query.split("&"))
    left = "&".join(part for part, name in names if name not in IN_QUERY)
    return (path or "/") + (mark + left if left or not query else "")


def tokens(value: str) -> set[str]:
    """The words of a list such as ``keep-alive, Upgrade``, in small letters."""
    return {word.strip().lower() for word in value.split(",")}


class Tunnel(WebSocketMixin, JupyterHandler):
    """One connection of a page; ``get`` lasts as long as it does."""

    writer: asyncio.StreamWriter | None = None

    async def prepare(self) -> None:  # type: ignore[override]
        """Let in only a user who may run code here; another one gets no redirect to a login."""
        await super().prepare()
        user = self.current_user
        if not user or not await ensure_async(
            self.authorizer.is_authorized(self, user, "execute", "kernels")
        ):
            raise HTTPError(403)

    async def get(self, number: str) -> None:
        """Check the handshake, hand it on, and carry bytes until both sides have ended."""
        self.check_handshake()
        reader, writer = await self.connect(int(number))
        self.writer = writer
        try:
            # Origin and Host are those of the page, as the browser wrote them.
            lines = [f"GET {target_of(self.request.uri or '', number)} HTTP/1.1"]
            received = headers_of(self.request.headers.get_all())
            lines += [f"{name}: {value}" for name, value in received]
            writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
            response = await self.response_head(reader, number)
            browser = self.detach()
            browser.set_nodelay(True)  # a small frame must not wait for the next
            if re.match(rb"HTTP/1\.\d 101\b", response):
                await carry(browser, response, reader, writer)
            else:
                await refuse(browser, response, reader)
        finally:
            writer.close()

    def check_handshake(self) -> None:
        """Raise HTTPError for what is not the handshake of a page of this server."""
        headers = self.request.headers
        if "websocket" not in tokens(headers.get("Upgrade", "")):
            # Else a page from a learner's server would have the rights of a page of this one.
            raise HTTPError(426, "The tunnel carries WebSocket only: it needs Upgrade: websocket.")
        if not self.check_origin():
            raise HTTPError(
                403,
                f"The page is from {headers.get('Origin')}, and this server is "
                f"{headers.get('Host')}: the tunnel is for its own pages. If they are the same, "
                "a proxy in front of it changes the Host header.",
            )
        if self.request.body or "Transfer-Encoding" in headers:
            raise HTTPError(400, "The handshake of a WebSocket has no body.")

    async def connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Reach the learner's server; raises HTTPError if it is not one, or does not accept."""
        kernels = map(self.kernel_manager.get_kernel, self.kernel_manager.list_kernel_ids())
        if any(port in kernel.ports for kernel in kernels):
            raise HTTPError(403, f"Port {port} belongs to a kernel, and the tunnel avoids it.")
        if self.serverapp is not None and port == self.serverapp.port:
            raise HTTPError(403, f"Port {port} is this Jupyter server's, and the tunnel avoids it.")
        not_yours = HTTPError(
            404,
            f"No server of yours listens on port {port} of this machine, and the tunnel leads "
            "to your own servers only.",
        )
        address = address_of(port)
        if address is None:
            raise not_yours
        try:
            async with asyncio.timeout(CONNECT):
                reader, writer = await asyncio.open_connection(address, port, limit=HEAD)
        except OSError as error:  # TimeoutError is one
            said = error.strerror or f"no connection within {CONNECT:g} s"
            raise HTTPError(502, f"Your server on port {port} does not accept: {said}.") from None
        # Nothing has been sent yet, and the port may have passed to another user meanwhile.
        if not leads_to_own_server(*map(writer.get_extra_info, ("sockname", "peername"))):
            writer.close()
            raise not_yours
        return reader, writer

    async def response_head(self, reader: asyncio.StreamReader, port: str) -> bytes:
        """The first bytes of the response, up to the empty line, or all if there is none."""
        try:
            async with asyncio.timeout(RESPOND):
                return await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            return error.partial
        except asyncio.LimitOverrunError:
            said = f"The response head of your server on port {port} is longer than {HEAD} bytes."
            raise HTTPError(502, said) from None
        except TimeoutError:
            said = f"Your server on port {port} has not answered the handshake in {RESPOND:g} s."
            raise HTTPError(504, said) from None
        except OSError:  # an RST, which the next read meets again
            return b""

    def on_connection_close(self) -> None:
        """The browser has left before the response: so its server sees it leave."""
        if self.writer is not None:
            self.writer.close()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A refusal is one sentence, which the developer tools of the browser show."""
        error = kwargs.get("exc_info", (None, None))[1]
        said = (error.log_message if isinstance(error, HTTPError) else None) or {
            403: "Only the user of this server may use its tunnel. Log in to it first.",
        }.get(status_code, self._reason)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        if status_code == 426:
            self.set_header("Upgrade", "websocket")
            self.set_header("Connection", "Upgrade")
        self.finish(f"{said}\n")


# Carrying bytes.


async def carry(
    browser: IOStream, response: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Carry everything both ways, until both sides have ended.

    Each direction waits for the slower side, so few bytes are ever here.
    """

    async def up() -> None:
        try:
            while True:
                writer.write(await browser.read_bytes(CHUNK, partial=True))
                await writer.drain()
        except StreamClosedError:
            if isinstance(browser.error, ConnectionResetError):
                reset(writer.get_extra_info("socket"))
            writer.close()
        except OSError:  # the server is gone
            browser.close()

    async def down() -> None:
        try:
            await browser.write(response)
            while data := await reader.read(CHUNK):
                await browser.write(data)
        except StreamClosedError:
            pass  # ``up`` hears of it too
        except OSError:
            lose(browser)
        else:
            end(browser)

    await asyncio.gather(up(), down())


async def refuse(browser: IOStream, response: bytes, reader: asyncio.StreamReader) -> None:
    """Pass a refusal on, and then nothing: the browser's next bytes would be another request."""
    head, empty, _rest = response.partition(b"\r\n\r\n")
    if empty and not re.search(rb"(?im)^connection:[^\n]*\bclose\b", head):
        head += b"\r\nConnection: close"

    async def down() -> None:
        await browser.write(head + empty)
        while data := await reader.read(CHUNK):
            await browser.write(data)

    async def left() -> None:
        while True:
            await browser.read_bytes(CHUNK, partial=True)

    both = [asyncio.ensure_future(down()), asyncio.ensure_future(left())]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    for one in both:
        one.cancel()
    done = await asyncio.gather(*both, return_exceptions=True)
    if isinstance(done[0], ConnectionError):
        lose(browser)
    browser.close()


def end(browser: IOStream) -> None:
    """Send FIN: the server sends no more, and may still read. TLS knows no such half."""
    if isinstance(browser, SSLIOStream):
        browser.close()
    elif browser.socket is not None:
        with suppress(OSError):  # the browser may just have gone
            browser.socket.shutdown(socket.SHUT_WR)


def lose(browser: IOStream) -> None:
    """Pass an RST on, except to a hub's proxy: that one writes HTTP into an open WebSocket then."""
    if "JUPYTERHUB_SERVICE_PREFIX" not in os.environ and browser.socket is not None:
        reset(browser.socket)
    browser.close()


def reset(connection: Any) -> None:
    """Let the end of a connection be an RST."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


# How Jupyter finds it.


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Open the tunnel, and tell the kernels of this server where it is."""
    prefix = f"{server.web_app.settings['base_url'].rstrip('/')}/{NAME}/"
    rule = (re.escape(prefix) + r"(\d{1,5})(?:/.*)?", Tunnel)
    server.web_app.add_handlers(".*$", [rule])  # type: ignore[no-untyped-call]
    os.environ["WSEDU_TUNNEL"] = prefix
    if not TABLES:
        server.log.warning(
            "%s: this system does not say whose a port is. Other users of this machine may have "
            "servers, and your browser can reach them, too.",
            NAME,
        )
