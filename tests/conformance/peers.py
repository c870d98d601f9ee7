"""The endpoint over plain asyncio, in both roles: all that lies between it and a socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from wsedu.protocol import (
    Binary,
    Endpoint,
    Event,
    State,
    Text,
    build_request,
    build_response,
    check_request,
    check_response,
    holds,
    make_key,
    parse_request,
    read_head,
)

KEY = bytes.fromhex("37fa213d")
NONCE = b"the sample nonce"
LIMIT = 2**24  # section 9 sends messages of 16 MiB, and 4 MiB in fragments of 64 bytes


async def read_until_head_ends(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


async def echo(
    endpoint: Endpoint, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Send every message back until TCP ends."""
    while not endpoint.must_end_tcp and (data := await reader.read(2**16)):
        for event in endpoint.receive(data):
            writer.write(event.reply)
            if endpoint.state is State.OPEN:
                if isinstance(event, Text):
                    writer.write(endpoint.send_text(event.text))
                elif isinstance(event, Binary):
                    writer.write(endpoint.send_binary(event.data))
        await writer.drain()


async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A connection of the echo server."""
    try:
        head = await read_until_head_ends(reader)
        assert holds(check_request(read_head(head, "request")))
        key = dict(parse_request(head).headers)["Sec-WebSocket-Key"]
        writer.write(build_response(key).to_bytes())
        await echo(Endpoint("server", max_message_size=LIMIT), reader, writer)
        writer.write_eof()
        while await reader.read(2**16):  # unread bytes would turn our end of TCP into a reset
            pass
    except (ConnectionError, asyncio.IncompleteReadError):
        pass  # the peer is gone, which some cases are about
    finally:
        writer.close()


@asynccontextmanager
async def echo_server() -> AsyncIterator[int]:
    """An echo server on loopback; yields its port."""
    async with await asyncio.start_server(serve_one, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def connection(
    port: int, target: str
) -> AsyncIterator[tuple[Endpoint, asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client's connection whose handshake is done."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        request = build_request(f"127.0.0.1:{port}", target, make_key(NONCE)).to_bytes()
        writer.write(request)
        response = read_head(await read_until_head_ends(reader), "response")
        assert holds(check_response(response, read_head(request, "request")))
        yield Endpoint("client", lambda: KEY, max_message_size=LIMIT), reader, writer
    finally:
        writer.close()


async def echo_client(port: int, target: str) -> None:
    """Send back what the server sends, until it closes."""
    with suppress(ConnectionError):  # the peer may be gone, which some cases are about
        async with connection(port, target) as (endpoint, reader, writer):
            await echo(endpoint, reader, writer)


async def ask(port: int, target: str) -> list[Event]:
    """Whatever the server says until it ends TCP."""
    async with connection(port, target) as (endpoint, reader, _writer):
        return list(endpoint.receive(await reader.read()))
