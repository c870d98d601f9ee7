"""The right answers to predict-codes, from two servers that get the frames."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.utils import apply_mask

from wsedu.course.catalogue import exercises
from wsedu.protocol.endpoint import Endpoint, Failed

MIB = 2**20
USUAL = exercises()["predict-codes"].words["task"]


def frames(task: str) -> dict[str, bytes]:
    """The first frame of a connection for each letter of the task, which shows how it begins."""
    rows = re.findall(r"\| ([A-J]) \| `([0-9a-f ]+)`(?: \.\.\.)? \| (.*)\|", task)
    shown = {letter: bytes.fromhex(text) for letter, text, _note in rows}
    key = shown["I"][2:]
    for letter, _text, note in rows:
        for payload in re.findall(r"\b[0-9a-f]{2} [0-9a-f]{2}\b", note):
            assert apply_mask(shown[letter][6:], key) == bytes.fromhex(payload)
    assert apply_mask(shown["B"][6:], key) == b"Hello"
    rest = {"D": bytes(126), "E": key * (MIB // 2)}
    return {letter: data + rest.get(letter, b"") for letter, data in shown.items()}


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


async def of_a_server_each(sent: dict[str, bytes]) -> dict[str, int | None]:
    """The same for every letter, each on a new connection."""
    return {letter: await of_a_server(data) for letter, data in sent.items()}


def right(task: str = USUAL) -> dict[str, object]:
    """Letter -> answer; a real server is asked about the usual frames."""
    sent = frames(task)
    codes = {letter: ours(data) for letter, data in sent.items()}
    if task == USUAL:
        assert codes == asyncio.run(of_a_server_each(sent))
    return dict(codes)
