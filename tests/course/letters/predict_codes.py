"""The right answers to predict-codes, from two servers that get the frames."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from wsedu.course.catalogue import exercises
from wsedu.protocol.endpoint import Endpoint, Failed

KEY = b"\x37\xfa\x21\x3d"
MIB = 2**20

# The first frame of a connection for each letter, as the notebook shows how it begins.
FRAMES = {
    "A": b"\x81\x05Hello",
    "B": b"\xc1\x85" + KEY + b"\x7f\x9f\x4d\x51\x58",
    "C": b"\x83\x85" + KEY + b"\x7f\x9f\x4d\x51\x58",
    "D": b"\x89\xfe\x00\x7e" + KEY + bytes(126),
    "E": b"\x81\xff" + (2 * MIB).to_bytes(8, "big") + KEY + KEY * (MIB // 2),
    "F": b"\x81\x82" + KEY + b"\xc8\x04",
    "G": b"\x82\x82" + KEY + b"\xc8\x04",
    "H": b"\x80\x85" + KEY + b"\x7f\x9f\x4d\x51\x58",
    "I": b"\x8a\x80" + KEY,
    "J": b"\x88\x82" + KEY + b"\x34\x14",
}


def ours(data: bytes) -> int | None:
    """The code with which the course's own endpoint closes; None if it does not."""
    server = Endpoint("server", max_message_size=MIB)
    codes = [event.close_code for event in server.receive(data) if isinstance(event, Failed)]
    return int(codes[0]) if codes else None


async def of_a_server(data: bytes) -> int | None:
    """The code with which a real ``websockets`` server closes; None if it echoes what follows."""

    async def echo(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in connection:
                await connection.send(message)

    async with serve(echo, "127.0.0.1", 0, max_size=MIB, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", compression=None, proxy=None) as client:
            client.transport.write(data)
            try:
                await client.send("still there?")
                while await client.recv() != "still there?":
                    pass
            except ConnectionClosed as closed:
                assert closed.rcvd
                return closed.rcvd.code
    return None


async def of_a_server_each() -> dict[str, int | None]:
    """The same for every letter, each on a new connection."""
    return {letter: await of_a_server(data) for letter, data in FRAMES.items()}


def shown() -> dict[str, bytes]:
    """The bytes that the task shows, by letter: the whole frame, or how it begins."""
    rows = re.findall(r"\| ([A-Z]) \| `([0-9a-f ]+)`", exercises()["predict-codes"].words["task"])
    return {letter: bytes.fromhex(text) for letter, text in rows}


def right() -> dict[str, object]:
    """Letter -> answer."""
    begins = shown()
    assert list(begins) == list(FRAMES)
    assert all(data.startswith(begins[letter]) for letter, data in FRAMES.items())
    codes = {letter: ours(data) for letter, data in FRAMES.items()}
    assert codes == asyncio.run(of_a_server_each())
    return dict(codes)
