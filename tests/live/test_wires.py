"""Wires: every connection between named ends, and the path of a message on one clock."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
import websockets

from wsedu import Lab, Wires, build_request

pytestmark = pytest.mark.anyio

REQUEST = build_request("127.0.0.1", "/", "dGhlIHNhbXBsZSBub25jZQ==").to_bytes()


@pytest.fixture
def server() -> Iterator[int]:
    """The port of a lab, which sends every message back."""
    with closing(Lab()) as lab:
        yield int(lab.url.rpartition(":")[2])


async def echo(port: int, *texts: str) -> None:
    url = f"ws://127.0.0.1:{port}"
    async with websockets.connect(url, proxy=None, compression=None) as client:
        for text in texts:
            await client.send(text)
            assert await client.recv() == text


async def test_path_has_both_ways_although_one_is_masked(server: int) -> None:
    with Wires() as wires:
        await echo(wires.between("page", "server", server), "tea", "coffee")
        path = wires.path("coffee")
    assert [ends for _time, *ends in path] == [["page", "server"], ["server", "page"]]
    assert path[0][0] == 0 < path[1][0]


async def test_path_through_two_wires_is_in_the_order_of_time(server: int) -> None:
    with Wires() as wires:
        inner = wires.between("proxy", "server", server)
        outer = wires.between("page", "proxy", inner)
        await echo(outer, "coffee")
        path = wires.path("coffee")
        assert [ends for _time, *ends in path] == [
            ["page", "proxy"],
            ["proxy", "server"],
            ["server", "proxy"],
            ["proxy", "page"],
        ]
        assert [time for time, *_ends in path] == sorted(time for time, *_ends in path)
        assert len(wires.recordings) == 2


async def test_clients_without_a_name_are_numbered_on_all_wires(server: int) -> None:
    with Wires() as wires:
        ports = [wires.between(None, name, server) for name in ("left", "right")]
        for port in (ports[0], ports[1], ports[0]):
            await echo(port, "coffee")
        senders = [sender for _time, sender, _to in wires.path("coffee") if "client" in sender]
    assert senders == ["client 1", "client 2", "client 3"]


async def test_a_message_that_did_not_pass_has_no_path(server: int) -> None:
    with Wires() as wires:
        await echo(wires.between("page", "server", server), "tea")
        assert wires.path("coffee") == []


async def test_closing_ends_connections_and_ports_and_may_be_repeated(server: int) -> None:
    wires = Wires()
    port = wires.between("page", "server", server)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    wires.close()
    wires.close()
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 10)
    writer.close()
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0
