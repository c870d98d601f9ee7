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
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab(news=True)
    yield lab
    lab.close()


def body(recording: Recording) -> bytes:
    return b"".join(unit.data for unit in dissect(recording).find("body"))


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


async def test_a_body_that_is_too_long_is_refused(lab: Lab) -> None:
    assert dissect(await lab.ask("POST", "/order", bytes(100_000))).status == 413


async def test_a_lab_without_news_says_so() -> None:
    lab = Lab()
    with pytest.raises(RuntimeError, match=r"Lab\(news=True\)"):
        await lab.ask("GET", "/news")
    lab.close()
