"""Wires: every connection between named ends, and the path of a message on one clock."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
import websockets

from wsedu import Lab, Wires

pytestmark = pytest.mark.anyio


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab()
    yield lab
    lab.close()


def port_of(lab: Lab) -> int:
    return int(lab.url.rpartition(":")[2])


async def echo(port: int, *texts: str) -> None:
    url = f"ws://127.0.0.1:{port}"
    async with websockets.connect(url, proxy=None, compression=None) as client:
        for text in texts:
            await client.send(text)
            assert await client.recv() == text


async def test_path_has_both_ways_although_one_is_masked(lab: Lab) -> None:
    with Wires() as wires:
        await echo(wires.between("page", "server", port_of(lab)), "tea", "coffee")
        path = wires.path("coffee")
    assert [ends for _time, *ends in path] == [["page", "server"], ["server", "page"]]
    assert path[0][0] == 0 < path[1][0]


async def test_path_through_two_wires_is_in_the_order_of_time(lab: Lab) -> None:
    with Wires() as wires:
        inner = wires.between("proxy", "server", port_of(lab))
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


async def test_clients_without_a_name_are_numbered_on_all_wires(lab: Lab) -> None:
    with Wires() as wires:
        ports = [wires.between(None, name, port_of(lab)) for name in ("left", "right")]
        for port in (ports[0], ports[1], ports[0]):
            await echo(port, "coffee")
        senders = [sender for _time, sender, _to in wires.path("coffee") if "client" in sender]
    assert senders == ["client 1", "client 2", "client 3"]


async def test_a_message_that_did_not_pass_has_no_path(lab: Lab) -> None:
    with Wires() as wires:
        await echo(wires.between("page", "server", port_of(lab)), "tea")
        assert wires.path("coffee") == []


async def test_closing_ends_connections_and_ports_and_may_be_repeated(lab: Lab) -> None:
    wires = Wires()
    port = wires.between("page", "server", port_of(lab))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    wires.close()
    wires.close()
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0
