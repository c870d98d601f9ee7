"""A server that writes without an await: memory stays small, and the recording says why."""

import asyncio
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
import websockets

from wsedu.live import Lab, bounded
from wsedu.recording import Recording, dissect

from . import leftovers
from .test_lab import REQUEST

pytestmark = pytest.mark.anyio

LIMIT = 2**20
SAID = "the server wrote 1 MiB without waiting for the client"


@pytest.fixture(autouse=True)
def small_limit(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[None]:
    monkeypatch.setattr(bounded, "UNSENT", LIMIT)
    with leftovers.none(capfd):
        yield


def faults(recording: Recording) -> list[str]:
    return [event.note for event in recording.events if event.kind == "fault"]


@pytest.mark.parametrize("network", ["loopback", "memory"])
@pytest.mark.parametrize("piece", [bytes(2**16), b"x"], ids=["large", "tiny"])
async def test_endless_writing_ends_at_the_limit(network: Any, piece: bytes) -> None:
    writes = 0

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal writes
        await reader.readuntil(b"\r\n\r\n")
        while True:
            writer.write(piece)
            writes += 1

    lab = Lab(server=server, network=network)
    tracemalloc.start()
    await lab.talk(REQUEST, timeout=60)
    assert await lab.until(faults, timeout=60) == [SAID]
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * LIMIT, "the writer's buffer, the tap's, the recording, and copies of it"
    # The kernel's own buffers take some MiB besides.
    assert writes * len(piece) < 32 * LIMIT and writes < 20_000
    assert dissect(await lab.talk(REQUEST, timeout=60)).units, "others are served"


async def test_server_that_catches_everything_cannot_go_on_writing() -> None:
    refused = 0

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal refused
        await reader.readuntil(b"\r\n\r\n")
        for _time in range(1000):
            try:
                writer.writelines([bytes(2**15), bytes(2**15)])
            except Exception:
                refused += 1

    lab = Lab(server=server)
    await lab.talk(REQUEST, timeout=60)
    assert await lab.until(faults, timeout=60) == [SAID]
    assert refused > 500


@pytest.mark.parametrize("network", ["loopback", "memory"])
async def test_broadcast_without_an_await_is_named_too(network: Any) -> None:
    """The library sends to all at once, and does not wait for anybody."""

    async def push(connection: websockets.ServerConnection) -> None:
        await connection.recv()
        for _time in range(300):
            websockets.broadcast([connection], bytes(2**16))
        await connection.wait_closed()

    lab = Lab(push, network=network)
    tracemalloc.start()
    async with websockets.connect(lab.url, compression=None, open_timeout=60) as client:
        await client.send("go on")
        with pytest.raises(websockets.ConnectionClosed):
            while True:
                await client.recv()
    assert await lab.until(faults, timeout=60) == [SAID]
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * LIMIT


@pytest.mark.parametrize("network", ["loopback", "memory"])
async def test_server_that_waits_may_write_as_much_as_it_likes(network: Any) -> None:
    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for _time in range(200):
            writer.write(bytes(2**16))
            await writer.drain()
        for _time in range(3000):
            writer.write(b"x")

    lab = Lab(server=server, network=network)
    reader, writer = await asyncio.open_connection("127.0.0.1", lab._tap.port)
    writer.write(REQUEST)
    assert len(await reader.read(-1)) == 200 * 2**16 + 3000
    assert faults(lab.recording) == []
    writer.close()
