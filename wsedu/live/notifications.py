"""One server, four ways to notify: polling, long polling, server-sent events, WebSocket.

How to think about it: one client orders something with an ordinary HTTP request, and gets an
ordinary response. All other clients should hear of the order. Over HTTP a server can only respond,
so the others must ask: again and again (polling), once and wait (long polling), or once for a
response that never ends (server-sent events). Over WebSocket the server simply tells them.

    POST /order          the body is the order; the response is 200
    GET  /news?after=N   polling: the orders after number N, at once
    GET  /wait?after=N   long polling: the same, as soon as there is one
    GET  /events         server-sent events: each order as it comes (WHATWG HTML 9.2)
    a WebSocket          each order as a text message

The HTTP side is written with this course's own reader of heads. Every response but the stream of
events closes its connection.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection

from ..protocol import MessageHead, Response, read_head
from .tap import HOST

# A page can point a name of its own at this address, and the browser then lets the page read what
# this server says (DNS rebinding). The Host header holds that name. No page can have a name of
# RFC 2606.
OURS = (HOST, "localhost", "::1")
NO_PAGES = (".example", ".localhost", ".test", ".invalid")

LONGEST = 65536  # bytes of a body, and of a head


class Notifications:
    """What has been ordered, and the clients that wait for more."""

    def __init__(self) -> None:
        self._items: list[str] = []
        self._more = asyncio.Condition()

    async def add(self, item: str) -> None:
        """Keep an order, and tell all that wait."""
        async with self._more:
            self._items.append(item)
            self._more.notify_all()

    async def after(self, number: int) -> list[str]:
        """The orders after number ``number``, as soon as there is one."""
        async with self._more:
            await self._more.wait_for(lambda: len(self._items) > number)
            return self._items[number:]

    async def websocket(self, connection: ServerConnection) -> None:
        """Send a WebSocket client every order from now on."""
        async for item in self._from_now_on(connection.wait_closed()):
            await connection.send(item)

    async def _from_now_on(self, leaves: Coroutine[Any, Any, Any]) -> AsyncIterator[str]:
        """Each order as it comes, until the client leaves."""
        heard = len(self._items)
        leaving = asyncio.ensure_future(leaves)
        waiting = asyncio.ensure_future(self.after(heard))
        try:
            while True:
                await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
                if leaving.done():
                    return
                for item in waiting.result():
                    yield item
                    heard += 1
                waiting = asyncio.ensure_future(self.after(heard))
        finally:
            leaving.cancel()
            waiting.cancel()

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one HTTP request."""
        with suppress(OSError):  # the client has gone
            data = b""
            while (head := read_head(data, "request")).end is None and len(data) < LONGEST:
                more = await reader.read(LONGEST)
                if not more:
                    return
                data += more
            await self._answer(head, data, reader, writer)

    async def _answer(
        self,
        head: MessageHead,
        data: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        if head.end is None or len(head.start_line) < 3:
            return _send(writer, 400, "Bad Request", "this is no HTTP request\n")
        if [_is_ours(line.value.text) for line in head.find("Host")] != [True]:
            return _send(writer, 421, "Misdirected Request", "this is not the host you asked for\n")
        method, target = head.start_line[0].text, urlsplit(head.start_line[1].text)
        after = parse_qs(target.query).get("after", ["0"])[0]
        number = int(after) if after.isdecimal() and len(after) < 10 else 0
        match method, target.path:
            case "POST", "/order":
                lengths = head.find("Content-Length")
                length = lengths[0].value.text if lengths else "0"
                if not length.isdecimal() or len(length) > 5:
                    return _send(writer, 413, "Content Too Large", "too long\n")
                body = data[head.end :]
                while len(body) < int(length) and (more := await reader.read(LONGEST)):
                    body += more
                await self.add(body.decode("utf-8", "replace"))
                _send(writer, 200, "OK", "thank you\n")
            case "GET", "/news":
                _send(writer, 200, "OK", json.dumps(self._items[number:]), "application/json")
            case "GET", "/wait":
                _send(writer, 200, "OK", json.dumps(await self.after(number)), "application/json")
            case "GET", "/events":
                await self._stream(reader, writer)
            case _, "/order" | "/news" | "/wait" | "/events":
                _send(writer, 405, "Method Not Allowed", "another method, please\n")
            case _:
                _send(writer, 404, "Not Found", "nothing here\n")

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        headers = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"))
        writer.write(Response(200, "OK", headers).to_bytes())
        async for item in self._from_now_on(reader.read()):
            lines = "".join(f"data: {line}\n" for line in item.splitlines() or [""])
            writer.write(f"{lines}\n".encode())
            await writer.drain()


def _is_ours(host: str) -> bool:
    """Whether a Host header means this machine."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name in OURS or name.endswith(NO_PAGES)


def _send(
    writer: asyncio.StreamWriter, status: int, reason: str, body: str, kind: str = "text/plain"
) -> None:
    content = body.encode()
    headers = (
        ("Content-Type", f"{kind}; charset=utf-8"),
        ("Content-Length", str(len(content))),
        ("Connection", "close"),
    )
    writer.write(Response(status, reason, headers).to_bytes() + content)
