"""The endpoint over plain asyncio: the course's own echo server, and a client for the tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from wsedu.live.echo_server import echo, serve_echo
from wsedu.protocol import (
    Endpoint,
    Event,
    build_request,
    check_response,
    holds,
    make_key,
    read_head,
)

KEY = bytes.fromhex("37fa213d")
NONCE = b"the sample nonce"
LIMIT = 2**24  # section 9 sends messages of 16 MiB, and 4 MiB in fragments of 64 bytes


async def read_until_head_ends(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


@asynccontextmanager
async def echo_server() -> AsyncIterator[int]:
    """The echo server on loopback; yields its port."""
    serve = partial(serve_echo, max_message_size=LIMIT)
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
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
