"""A whole WebSocket server: an opening handshake, then the endpoint of ``wsedu.protocol``.

    lab = Lab(server=serve_echo)

How to think about it: the endpoint knows the protocol and has no socket; this server has a socket
and knows nothing of frames. It hands over the bytes that it reads, takes the events that come
back, and writes what they reply. TCP may cut the bytes anywhere: the endpoint waits for the rest.
"""

import asyncio
from http import HTTPStatus

from ..protocol import (
    Binary,
    Endpoint,
    Response,
    Text,
    build_response,
    check_request,
    expected_status,
    read_head,
)

CHUNK = 2**16  # bytes that are read at once, at most
LINGER = 10  # seconds in which the client has to end TCP too


async def serve_echo(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, max_message_size: int = 2**20
) -> None:
    """Serve one client: send its messages back, and end when the closing handshake is done.

    A frame that breaks a rule ends the connection with a Close that says why (7.1.7), such as
    1002, 1007, or 1009 for more than ``max_message_size`` bytes (7.4.1).
    """
    try:
        if await shake_hands(reader, writer):
            await echo(Endpoint("server", max_message_size=max_message_size), reader, writer)
        await end_tcp(reader, writer)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
        pass  # the client has gone, or its request has no end
    finally:
        writer.close()


async def shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Respond to the client's request; whether both sides speak WebSocket now (4.2)."""
    request = read_head(await reader.readuntil(b"\r\n\r\n"), "request")
    status = expected_status(check_request(request))
    if status == HTTPStatus.SWITCHING_PROTOCOLS:
        key = request.find("Sec-WebSocket-Key")[0].value.text
        writer.write(build_response(key).to_bytes())
        return True
    headers = [("Content-Length", "0"), ("Connection", "close")]
    if status == HTTPStatus.UPGRADE_REQUIRED:  # to what, say 4.4 and RFC 9110 15.5.22
        headers += [("Connection", "Upgrade"), ("Upgrade", "websocket")]
        headers += [("Sec-WebSocket-Version", "13")]
    writer.write(Response(status, HTTPStatus(status).phrase, tuple(headers)).to_bytes())
    return False


async def echo(
    endpoint: Endpoint, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Send every message back until the endpoint, or the client, ends TCP."""
    while not endpoint.must_end_tcp and (data := await reader.read(CHUNK)):
        for event in endpoint.receive(data):
            writer.write(event.reply)  # a Pong for a Ping, a Close for a Close
            if isinstance(event, Text):
                writer.write(endpoint.send_text(event.text))
            elif isinstance(event, Binary):
                writer.write(endpoint.send_binary(event.data))
        await writer.drain()  # a client that does not read makes us wait


async def end_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """End our stream first (7.1.1), and read what still comes: unread bytes would cause a reset."""
    writer.write_eof()
    async with asyncio.timeout(LINGER):
        while await reader.read(CHUNK):
            pass
