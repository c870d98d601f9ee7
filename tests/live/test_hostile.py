"""Hostile clients: the lab stays small, goes on serving others, and says nothing about them."""

import asyncio
import contextlib
import resource
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator

import pytest
import websockets

from wsedu.live import Lab
from wsedu.live.tap import BYTES, CONNECTIONS, HOST
from wsedu.protocol import Frame, Opcode, build_frame, build_request, parse_close
from wsedu.recording import Recording, dissect

from . import leftovers

pytestmark = pytest.mark.anyio

MASK = bytes.fromhex("37fa213d")
REQUEST = build_request(HOST, "/chat", "dGhlIHNhbXBsZSBub25jZQ==").to_bytes()
MIB = 2**20


@pytest.fixture(autouse=True)
def nothing_is_left_or_said(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    # asyncio tries again to accept a second after it ran out of files, on a lab that is closed too.
    excuses = (
        "socket.accept() out of system resource",
        "Exception in callback BaseSelectorEventLoop._start_serving",
    )
    with leftovers.none(capfd, excuses):
        tracemalloc.start()
        yield
        tracemalloc.stop()


def most_memory() -> int:
    """The most bytes that Python held at once since this was last asked."""
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    return most


async def others_are_served(lab: Lab) -> None:
    async with websockets.connect(lab.url, open_timeout=60, close_timeout=1) as client:
        await client.send("are you there?")
        assert await asyncio.wait_for(client.recv(), 60) == "are you there?"


def address(lab: Lab) -> tuple[str, int]:
    return HOST, lab._tap.port


async def until_torn_down(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Send the piece again and again, until the other side has had enough of it."""
    start = time.monotonic()
    with contextlib.suppress(ConnectionError):
        while time.monotonic() - start < 120:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)  # drain does not let the loop turn while there is room
    assert writer.transport.is_closing()


@pytest.mark.parametrize("piece", [b"a" * 1000, b"X-A: a\r\n" * 100], ids=["one line", "lines"])
async def test_a_header_that_never_ends(piece: bytes) -> None:
    # The library refuses at once, and then reads on, into nothing, until its open_timeout.
    lab = Lab(open_timeout=2)
    most_memory()
    _reader, writer = await asyncio.open_connection(*address(lab))
    writer.write(b"GET / HTTP/1.1\r\nX-A: ")
    await until_torn_down(writer, piece)
    assert most_memory() < BYTES + 4 * MIB  # the recording, and the buffers on the way
    assert dissect(lab.recording).status == 431
    await others_are_served(lab)


async def test_of_many_open_connections_only_the_newest_are_remembered() -> None:
    lab = Lab(max_size=None)
    clients = []
    for _number in range(CONNECTIONS + 20):
        reader, writer = await asyncio.open_connection(*address(lab))
        writer.write(REQUEST + build_frame(Frame(Opcode.BINARY, bytes(10_000)), MASK))
        await reader.readexactly(10_000)
        clients.append(writer)
    logs = list(lab._tap._links)
    assert len(logs) == CONNECTIONS + 20, "all are open"
    held = [sum(len(event.data) for event in log.recording().events) for log in logs]
    assert held[:20] == [0] * 20 and min(held[20:]) >= 10_000
    # An old connection that goes on is still relayed, but no longer written down.
    clients[0].write(build_frame(Frame(Opcode.BINARY, bytes(10_000)), MASK))
    await others_are_served(lab)
    assert logs[0].recording().dropped >= 20_000
    for writer in clients:
        writer.transport.abort()


async def test_a_thousand_connections_that_say_nothing() -> None:
    # Each takes two sockets of this process: the client, the tap's.
    count = min(1000, (resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200) // 2)
    assert count >= 200
    lab = Lab()
    most_memory()
    clients = [socket.create_connection(address(lab)) for _number in range(count)]
    await others_are_served(lab)
    assert await lab.until(lambda recording: dissect(recording).status) == 101
    # The buffers of three streams, three tasks, and the library's state: 100 KiB is plenty.
    assert most_memory() < count * 100 * 2**10
    for client in clients:
        client.close()


async def test_more_connections_than_the_process_may_have() -> None:
    lab = Lab(open_timeout=2)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    clients = [socket.socket() for _number in range(60)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (clients[-1].fileno() + 40, hard))
    try:
        for client in clients:
            client.connect(address(lab))
        for client in clients:  # each is let go: refused, or after the timeout of the server
            client.settimeout(60)
            with contextlib.suppress(ConnectionError):
                while client.recv(1000):
                    pass
            client.close()  # which makes room for those that wait
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    await others_are_served(lab)


async def test_a_frame_that_announces_more_than_there_is() -> None:
    lab = Lab(close_timeout=0.2)
    most_memory()
    peer = await lab.raw()
    await peer.send(bytes.fromhex("82ff 4000000000000000") + MASK + b"and so on")
    frame = await peer.receive()
    assert frame is not None and parse_close(frame.payload).code == 1009
    await others_are_served(lab)
    assert most_memory() < 4 * MIB


async def test_a_client_that_never_reads_while_the_server_speaks() -> None:
    sent, stuck = 0, threading.Event()

    async def push(connection: websockets.ServerConnection) -> None:
        nonlocal sent
        if connection.request is None or connection.request.path != "/deaf":
            async for message in connection:
                await connection.send(message)
        while True:
            try:
                await asyncio.wait_for(connection.send(bytes(2**16)), 0.3)
            except TimeoutError:
                stuck.set()
                raise
            sent += 2**16

    lab = Lab(push, close_timeout=0.1)
    most_memory()
    with socket.create_connection(address(lab)) as client:
        client.sendall(build_request(HOST, "/deaf", "dGhlIHNhbXBsZSBub25jZQ==").to_bytes())
        assert await asyncio.to_thread(stuck.wait, 120), "the server is told to wait"
        await others_are_served(lab)
        # The recording, a copy of it, and the buffers between: they stop the server, all of them.
        assert most_memory() < 2 * BYTES + 4 * MIB
        # Linux lets the buffers of a TCP connection grow to some MiB.
        assert sent < 64 * MIB


@pytest.mark.parametrize("piece", [7 * 100, 7 * 50_000], ids=["in pieces", "at once"])
async def test_flood_of_tiny_frames_leaves_others_their_turns(piece: int) -> None:
    """What a server has read it handles without a pause: so it must not read too much at once."""
    count, handled, most, turns = 50_000, 0, 0, 0

    async def handler(connection: websockets.ServerConnection) -> None:
        nonlocal handled
        if connection.request is not None and connection.request.path == "/flood":
            async for _message in connection:
                handled += 1

    def turn(before: int = 0) -> None:
        nonlocal most, turns
        most, turns = max(most, handled - before), turns + 1
        if Lab._current is lab:
            loop.call_soon(turn, handled)

    lab = Lab(handler, ping_interval=None)  # this client answers no Ping, and a test may take long
    loop = lab._background._loop
    loop.call_soon_threadsafe(turn)
    reader, writer = await asyncio.open_connection(*address(lab))
    writer.write(build_request(HOST, "/flood", "dGhlIHNhbXBsZSBub25jZQ==").to_bytes())
    await reader.readuntil(b"\r\n\r\n")
    frames = build_frame(Frame(Opcode.TEXT, b"x"), MASK) * count
    for start in range(0, len(frames), piece):
        writer.write(frames[start : start + piece])
        await writer.drain()
    while handled < count:
        await asyncio.sleep(0)
    assert most < count / 5, f"{most} frames in one turn of {turns}"
    writer.transport.abort()


async def test_garbage_in_small_pieces_does_not_stop_the_others() -> None:
    lab = Lab(close_timeout=0.2)
    _reader, writer = await asyncio.open_connection(*address(lab))
    writer.write(REQUEST)
    with contextlib.suppress(ConnectionError):
        for number in range(64 * MIB // 2**14):
            writer.write(b"\xff" * 2**14)
            await writer.drain()
            if number % 1000 == 0:
                await others_are_served(lab)
    await others_are_served(lab)
    writer.transport.abort()


async def test_waiting_on_a_busy_connection_takes_linear_time() -> None:
    """``until`` used to read the whole recording again after every event."""
    looks, count = 0, 5000

    def whole(recording: Recording) -> bool:
        nonlocal looks
        looks += 1
        return len(dissect(recording).find("frame")) >= count

    async def push(connection: websockets.ServerConnection) -> None:
        for number in range(count):
            await connection.send(str(number))
            await asyncio.sleep(0)
        await connection.wait_closed()

    lab = Lab(push)
    client = await lab.raw()
    reading = asyncio.ensure_future(client.live())
    assert await lab.until(whole, "all frames", timeout=500)
    assert looks < count / 10
    await client.close()
    await reading
