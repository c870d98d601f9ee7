"""The network in memory: what the lab does on loopback, and the manners of TCP."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import websockets
from websockets.asyncio.server import serve

from wsedu.live import Lab
from wsedu.live.browser import kept
from wsedu.live.memory import Network

from . import leftovers, test_faults, test_lab, test_notifications
from .test_lab import DATE, HELLO, REQUEST, open_sockets

pytestmark = pytest.mark.anyio


class MemoryLab(Lab):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"network": "memory", **options})


# The tests of the lab are run again, in memory, but for those that need more than asyncio.
ON_LOOPBACK_ONLY = {
    "test_another_address_needs_a_token",
    "test_direct_url_has_the_token_of_a_lab_in_the_network",
    "test_half_an_opening_is_refused",
    # These open a plain socket.
    "test_a_blocking_cell_does_not_freeze_the_server",
    "test_starting_again_replaces_the_lab",
    "test_everything_is_on_loopback",
    "test_a_server_that_runs_already_gets_a_tap",
    # A page cannot come.
    "test_with_a_page_its_connection_is_shown_and_not_an_earlier_one",
    # One of them is enough.
    "test_two_hundred_labs_leave_nothing_behind",
}
MODULES = (test_lab, test_faults, test_notifications)
for module in MODULES:
    for name, value in vars(module).items():
        if name.startswith("test_") and callable(value) and name not in ON_LOOPBACK_ONLY:
            globals()[name] = value


@pytest.fixture(autouse=True)
def in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in MODULES:
        monkeypatch.setattr(module, "Lab", MemoryLab)
    yield
    leftovers.close_lab()


@pytest.fixture
async def lab(request: pytest.FixtureRequest) -> AsyncIterator[Lab]:
    of_news = request.function.__module__ == test_notifications.__name__
    lab = MemoryLab(**({"notifications": True} if of_news else {"date": DATE}))
    yield lab
    lab.close()


# The lab on both networks.


@pytest.mark.parametrize("faults", [{}, {"cut": 3}, {"flip": (150, 2), "whose": "client"}])
@pytest.mark.parametrize("turns", [(REQUEST, HELLO), (REQUEST[:40],), (HELLO + b"\r\n\r\n",)])
async def test_the_recording_is_the_same_on_both_networks(
    turns: tuple[bytes, ...], faults: dict[str, Any]
) -> None:
    seen = []
    for network in ("loopback", "memory"):
        # Only half a request is waited for in vain.
        patience = 0.5 if turns == (REQUEST[:40],) else 10
        lab = Lab(date=DATE, network=network, open_timeout=patience)
        await lab.fault(**faults)
        await lab.talk(*turns)
        recording = await lab.until(
            lambda r: r if [e.kind in ("end", "lost") for e in r.events].count(True) == 2 else 0,
            "both ends",
        )
        seen.append([(e.sender, e.kind, e.data, e.note) for e in recording.events])
        lab.close()
    assert seen[0] == seen[1] and seen[0]


async def test_the_tears_are_the_same_on_both_networks() -> None:
    async def tear(connection: websockets.ServerConnection) -> None:
        await connection.recv()

    seen = []
    for network in ("loopback", "memory"):
        lab = Lab(tear, date=DATE, network=network)
        peer = await lab.raw()
        await lab.drop()
        await peer.receive()
        lost = await lab.until(lambda r: sorted(e.sender for e in r.events if e.kind == "lost")[1:])
        peer = await lab.raw()
        await peer.abort()
        lost += await lab.until(lambda r: [e.sender for e in r.events if e.kind == "lost"][1:])
        seen.append(lost)
        assert not any(event.kind == "end" for event in lab.recording.events)
    assert seen == [["server", "server"]] * 2


def test_a_lab_in_memory_opens_no_socket_for_its_network() -> None:
    Lab(network="memory").close()
    before = open_sockets()
    lab = Lab(network="memory", notifications=True)
    assert open_sockets() == before + 2  # a loop's own pair, with which it is woken
    lab.close()
    assert open_sockets() == before


async def test_no_page_is_waited_for_in_memory() -> None:
    assert await asyncio.wait_for(Lab(network="memory").browser(), 1) == kept("handshake")


async def test_the_cells_own_loop_is_as_before_when_the_lab_is_closed() -> None:
    loop = asyncio.get_running_loop()
    lab = Lab(network="memory")
    assert "create_connection" in vars(loop)
    url = lab.url
    lab.close()
    assert not {"create_server", "create_connection"} & set(vars(loop))
    with pytest.raises(ConnectionRefusedError):
        await websockets.connect(url)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"network": "pigeons"}, "loopback or memory, not 'pigeons'"),
        (
            {"network": "memory", "open_to_the_network": "0.0.0.0", "token": "opensesame"},
            "cannot be opened",
        ),
    ],
)
def test_impossible_networks_are_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Lab(**options)


# The manners of TCP: what holds in memory holds between sockets.

HOST = "127.0.0.1"
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture(params=["loopback", "memory"])
async def network(request: pytest.FixtureRequest) -> AsyncIterator[Network | None]:
    """On the loop of the test itself."""
    network = Network() if request.param == "memory" else None
    remove = network.install(asyncio.get_running_loop()) if network else None
    yield network
    if remove:
        remove()


async def pair() -> tuple[Pair, Pair]:
    """The two ends of a connection: the client's and the server's."""
    accepted: asyncio.Queue[Pair] = asyncio.Queue()
    server = await asyncio.start_server(lambda *end: accepted.put_nowait(end), HOST, 0)
    client = await asyncio.open_connection(*server.sockets[0].getsockname())
    end = await accepted.get()
    server.close()
    return client, end


async def part(*ends: Pair) -> None:
    for _reader, writer in ends:
        writer.transport.abort()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_bytes_go_both_ways_and_a_stream_may_end_in_one(network: Network | None) -> None:
    client, server = await pair()
    client[1].write(b"over here")
    client[1].write_eof()
    assert await server[0].read() == b"over here"
    server[1].writelines([b"and ", b"back"])
    server[1].close()
    assert await client[0].read() == b"and back"
    with pytest.raises(RuntimeError):
        client[1].write(b"more")
    await part(client, server)


async def test_both_ends_know_their_names(network: Network | None) -> None:
    client, server = await pair()
    for one, other in ((client, server), (server, client)):
        names = [end[1].get_extra_info("sockname") for end in (one, other)]
        assert one[1].get_extra_info("peername") == names[1]
        assert one[1].get_extra_info("socket").getsockname() == names[0]
        assert one[1].get_extra_info("socket").getpeername() == names[1]
    assert names[0] != names[1] and names[0][0] == HOST
    await part(client, server)


async def test_a_writer_that_outruns_its_reader_waits(network: Network | None) -> None:
    client, server = await pair()
    sent, piece = 0, bytes(2**14)

    async def write() -> None:
        nonlocal sent
        while sent < 200 * 2**20:
            client[1].write(piece)
            await client[1].drain()
            sent += len(piece)

    writing = asyncio.ensure_future(write())
    while sent == 0 or not client[1].transport.get_write_buffer_size() > 2**16:
        await asyncio.sleep(0)
    for _turn in range(100):
        await asyncio.sleep(0)
    before = sent
    # Linux lets the buffers between two sockets grow to some MiB; in memory there are none.
    assert sent < (2**19 if network else 64 * 2**20)
    for _turn in range(100):
        await asyncio.sleep(0)
    assert sent == before
    await server[0].readexactly(before)
    while sent == before:
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.wait([writing])
    await part(client, server)


@pytest.mark.parametrize("end", ["abort", "close"])
async def test_bytes_left_unread_cause_a_reset(network: Network | None, end: str) -> None:
    client, server = await pair()
    server[1].transport.pause_reading()
    client[1].write(b"nobody reads this")
    await client[1].drain()
    await asyncio.sleep(0.01 if network is None else 0)  # the kernel's own way takes its time
    getattr(server[1].transport, end)()
    with pytest.raises(ConnectionResetError):
        await client[0].read()
    await part(client, server)


async def test_writing_to_an_end_that_is_gone_is_reset(network: Network | None) -> None:
    client, server = await pair()
    server[1].close()
    assert await client[0].read() == b""
    with pytest.raises(ConnectionError):
        while True:
            client[1].write(b"are you there?")
            await client[1].drain()
            await asyncio.sleep(0)
    await part(client, server)


async def test_an_abort_that_does_not_linger_is_a_reset(network: Network | None) -> None:
    for linger in (False, True):
        client, server = await pair()
        if linger:
            option = struct.pack("ii", 1, 0)
            server[1].get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, option
            )
        server[1].transport.abort()
        if linger:
            with pytest.raises(ConnectionResetError):
                await client[0].read()
        else:
            assert await client[0].read() == b""
        await part(client, server)


async def test_an_abort_loses_what_waits_for_the_other_to_read(network: Network | None) -> None:
    client, server = await pair()
    server[1].transport.pause_reading()
    client[1].write(bytes(2**26))  # more than the buffers of any kernel
    client[1].write_eof()
    client[1].transport.abort()
    await asyncio.sleep(0)
    server[1].transport.resume_reading()
    assert len(await server[0].read()) < 2**26
    await part(client, server)


async def test_no_server_listens(network: Network | None) -> None:
    server = await asyncio.start_server(lambda *end: None, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    assert server.is_serving()
    with pytest.raises(OSError):
        await asyncio.start_server(lambda *end: None, HOST, port)
    server.close()
    assert not server.is_serving() and server.sockets == ()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, port)


async def test_every_server_has_a_port_of_its_own(network: Network | None) -> None:
    servers = [await asyncio.start_server(lambda *end: None, HOST, 0) for _number in range(20)]
    assert len({server.sockets[0].getsockname()[1] for server in servers}) == 20
    for server in servers:
        server.close()


async def test_a_server_serves_until_it_is_cancelled(network: Network | None) -> None:
    server = await asyncio.start_server(lambda *end: None, HOST, 0)
    async with server:
        await server.start_serving()
        serving = asyncio.ensure_future(server.serve_forever())
        await asyncio.sleep(0)
        assert server.is_serving()
        serving.cancel()
        await asyncio.wait([serving])
        assert not server.is_serving()


async def test_the_library_runs_unmodified(network: Network | None) -> None:
    async def echo(connection: websockets.ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, HOST, 0, ping_interval=0.01) as server:
        port = server.sockets[0].getsockname()[1]
        async with websockets.connect(f"ws://{HOST}:{port}", max_size=None) as client:
            for message in ("привет", bytes(2**20 - 10)):
                await client.send(message)
                assert await client.recv() == message
            assert client.remote_address == (HOST, port)
            await (await client.ping())
        assert client.close_code == 1000


# In memory only.


@pytest.fixture
async def memory() -> AsyncIterator[Network]:
    network = Network()
    remove = network.install(asyncio.get_running_loop())
    yield network
    remove()


async def test_there_is_no_tls_in_memory(memory: Network) -> None:
    with pytest.raises(ValueError, match="ws:// instead of wss://"):
        await websockets.connect("wss://127.0.0.1:50000")
    with pytest.raises(ValueError, match="has no TLS"):
        await asyncio.start_server(lambda *end: None, HOST, 0, ssl=True)


async def test_a_server_that_closes_does_not_take_who_is_on_the_way(memory: Network) -> None:
    called = []
    server = await asyncio.start_server(lambda *end: called.append(end), HOST, 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    server.close()
    with pytest.raises(ConnectionResetError):
        await reader.read()
    assert called == [] and writer.is_closing()


async def test_only_bytes_go_through_the_memory(memory: Network) -> None:
    client, server = await pair()
    for wrong in ("text", 5):
        with pytest.raises(TypeError):
            client[1].write(wrong)
    await part(client, server)
