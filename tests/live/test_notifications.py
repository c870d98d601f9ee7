"""The scene of the explainer, and the four ways to hear of news."""

import asyncio
import json
from collections.abc import Iterator

import pytest
import websockets

from wsedu.live import Lab
from wsedu.recording import Recording, dissect

pytestmark = pytest.mark.anyio


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab(notifications=True)
    yield lab
    lab.close()


def body(recording: Recording) -> bytes:
    bodies = dissect(recording).find("body")
    return b"".join(unit.data for unit in bodies if unit.sender == "server")


async def test_one_orders_and_all_the_others_hear_of_it(lab: Lab) -> None:
    async with websockets.connect(lab.url) as one, websockets.connect(lab.url) as another:
        answer = await lab.ask("POST", "/order", "чай".encode())
        assert dissect(answer).status == 200
        assert body(answer) == b"thank you\n"
        assert [await one.recv(), await another.recv()] == ["чай", "чай"]


async def test_websocket_clients_hear_in_order_and_may_leave(lab: Lab) -> None:
    leaver = await websockets.connect(lab.url)
    async with websockets.connect(lab.url) as stayer:
        await leaver.close()
        for number in range(10):
            await lab.ask("POST", "/order", str(number).encode())
        assert [await stayer.recv() for _number in range(10)] == [str(n) for n in range(10)]


async def test_polling_gets_what_is_there(lab: Lab) -> None:
    assert json.loads(body(await lab.ask("GET", "/news"))) == []
    await lab.ask("POST", "/order", b"tea")
    await lab.ask("POST", "/order", b"cake")
    assert json.loads(body(await lab.ask("GET", "/news?after=1"))) == ["cake"]


async def test_long_polling_waits_for_news(lab: Lab) -> None:
    waiting = asyncio.ensure_future(lab.ask("GET", "/wait?after=0"))
    await lab.until(lambda _recording: any(r.events for r in lab.http_recordings))
    assert not waiting.done()
    await lab.ask("POST", "/order", b"tea")
    assert json.loads(body(await waiting)) == ["tea"]


async def test_server_sent_events_come_one_by_one(lab: Lab) -> None:
    address = lab.http_url.removeprefix("http://")
    host, _colon, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /events HTTP/1.1\r\nHost: {address}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"Content-Type: text/event-stream" in head
    for item in ("tea", "two\nlines"):
        await lab.ask("POST", "/order", item.encode())
        lines = "".join(f"data: {line}\n" for line in item.splitlines())
        assert await reader.readuntil(b"\n\n") == f"{lines}\n".encode()
    writer.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/order", 405), ("POST", "/news", 405), ("GET", "/nowhere", 404)],
)
async def test_other_requests_are_refused(lab: Lab, method: str, path: str, status: int) -> None:
    assert dissect(await lab.ask(method, path)).status == status


def order(host: bytes) -> bytes:
    return b"POST /order HTTP/1.1\r\n" + host + b"Content-Length: 3\r\n\r\ntea"


async def say(lab: Lab, request: bytes) -> int:
    host, _colon, port = lab.http_url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    status = (await reader.readline()).split()[1]
    await reader.read()
    writer.close()
    return int(status)


FOREIGN = [
    b"Host: rebound.attacker.com\r\n",
    b"Host: rebound.attacker.com:80\r\n",
    b"Host: 127.0.0.1.attacker.com\r\n",
    b"Host: localhost.attacker.com\r\n",
    b"Host: example\r\n",
    b"Host: notanexample\r\n",
    b"Host: 127.0.0.1@attacker.com\r\n",
    b"Host: 192.0.2.1\r\n",
    b"Host: [::2\r\n",
    b"Host:\r\n",
    b"",
    b"Host: localhost\r\nHost: attacker.com\r\n",
]


@pytest.mark.parametrize("host", FOREIGN)
async def test_foreign_host_orders_nothing(lab: Lab, host: bytes) -> None:
    """A page that calls its own name this address may not read here, nor order (DNS rebinding)."""
    async with websockets.connect(lab.url) as client:
        assert await say(lab, order(host)) == 421
        assert await say(lab, order(host).replace(b"POST /order", b"GET /news")) == 421
        await lab.ask("POST", "/order", b"cake")
        assert await client.recv() == "cake", "and nothing before it"


@pytest.mark.parametrize(
    "host",
    [b"127.0.0.1", b"127.0.0.1:8000", b"localhost:1", b"LOCALHOST", b"[::1]:80", b"a.example"],
)
async def test_names_of_this_machine_are_served(lab: Lab, host: bytes) -> None:
    assert await say(lab, order(b"Host: " + host + b"\r\n")) == 200


async def test_a_body_that_is_too_long_is_refused(lab: Lab) -> None:
    assert dissect(await lab.ask("POST", "/order", bytes(100_000))).status == 413


async def test_a_lab_without_news_says_so() -> None:
    lab = Lab()
    with pytest.raises(RuntimeError, match=r"Lab\(notifications=True\)"):
        await lab.ask("GET", "/news")
    lab.close()
