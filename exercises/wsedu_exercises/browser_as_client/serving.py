"""One port for two languages: a page over HTTP, and the WebSocket that its script opens.

How to think about it: each client sends a request first. A function looks at it and gives
the HTTP response, or None; then the same bytes go to your own server, as if they had just come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from wsedu.course.learner_server import own_server
from wsedu.course.running import Serve

Respond = Callable[[bytes, str], bytes | None]


def with_page(respond: Respond, page: str) -> Serve:
    """A server for ``Lab(server=...)``: the page for HTTP, your own server for WebSocket."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            writer.close()  # browsers open connections that they may need later
            return
        response = respond(request, page)
        if response is None:
            again = asyncio.StreamReader()
            again.feed_data(request)
            passing_on = asyncio.create_task(_pass_on(reader, again))
            await own_server(quiet=True)(again, writer)
            passing_on.cancel()
        else:
            writer.write(response)
            writer.close()

    return serve


async def _pass_on(reader: asyncio.StreamReader, to: asyncio.StreamReader) -> None:
    """Hand on what comes, and its end."""
    try:
        while data := await reader.read(2**16):
            to.feed_data(data)
        to.feed_eof()
    except ConnectionError as error:
        to.set_exception(error)
