"""Loops that are guests, and their blocking connections; tests/site runs them where they live."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from wsedu._stopping import Stopped
from wsedu.live.guest import GuestLoop, aside, stop_long_turn
from wsedu.live.guest_socket import GuestSocket


@pytest.fixture
def guest() -> Iterator[GuestLoop]:
    loop = GuestLoop()
    yield loop
    loop.close()


def port_of(loop: GuestLoop) -> int:
    """Where a server of that guest sends back what comes, in capitals."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data.upper())
        writer.close()

    async def start() -> int:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port: int = server.sockets[0].getsockname()[1]
        return port

    return loop.run_until_complete(start())


def test_a_guest_has_its_turns_while_a_connection_waits(guest: GuestLoop) -> None:
    client = GuestSocket(port_of(guest), 5)
    client.sendall(b"hello")
    assert client.recv(100) == b"HELLO"
    client.shutdown(1)
    assert client.recv(100) == b""
    client.close()
    client.close()
    assert client.fileno() == -1


def test_nothing_comes_in_time(guest: GuestLoop) -> None:
    client = GuestSocket(port_of(guest), 5)
    client.settimeout(0.05)
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        client.recv(100)
    assert time.monotonic() - begun >= 0.05
    client.setblocking(False)
    with pytest.raises(TimeoutError):
        client.recv(100)
    client.close()


def test_nothing_listens_there() -> None:
    with pytest.raises(ConnectionRefusedError, match="nothing listens at 127.0.0.1:1"):
        GuestSocket(1, 5)


def test_a_turn_that_takes_too_long_is_stopped(guest: GuestLoop) -> None:
    async def loops() -> None:
        while True:
            stop_long_turn()

    stop_long_turn()  # no turn: nothing to stop
    guest.longest = 0.02
    with pytest.raises(Stopped):
        guest.run_until_complete(loops())
    assert guest.was_stopped


def test_a_closed_guest_gets_no_turn(guest: GuestLoop) -> None:
    called = []
    other = GuestLoop()
    other.call_soon(called.append, 1)
    guest.run_until_complete(asyncio.sleep(0.01))
    assert called == [1]
    other.call_soon(called.append, 2)
    other.close()
    guest.run_until_complete(asyncio.sleep(0.01))
    assert called == [1]


@pytest.mark.anyio
async def test_its_host_gives_it_turns_and_keeps_its_own_task() -> None:
    guest = GuestLoop()
    there = asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01, "done"), guest)
    assert await asyncio.wait_for(asyncio.wrap_future(there), 5) == "done"
    mine = asyncio.current_task()
    with aside():
        assert asyncio._get_running_loop() is None
        assert guest.run_until_complete(asyncio.sleep(0, "aside")) == "aside"
    assert asyncio.current_task() is mine
    guest.close()
