"""Every kind of server under every fault, on both networks; afterwards nothing is left."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import websockets

from wsedu.live import Lab
from wsedu.live.peer import Peer
from wsedu.protocol import Frame, build_frame, build_response, mask, read_head

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_left_or_said")]

Act = Callable[[], Awaitable[None]]


# Servers that say everything twice: handler, raw, and by hand.


async def handler(connection: websockets.ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


async def raw(peer: Peer) -> None:
    while frame := await peer.receive():
        await peer.send(Frame(frame.opcode, frame.payload))


async def by_hand(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = read_head(await reader.readuntil(b"\r\n\r\n"), "request")
    key = head.find("Sec-WebSocket-Key")[0].value.text
    writer.write(build_response(key).to_bytes())
    while start := await reader.read(1):
        length = (await reader.readexactly(1))[0] & 0x7F
        mask_key = await reader.readexactly(4)
        payload = mask(await reader.readexactly(length), mask_key)
        writer.write(build_frame(Frame(start[0] & 0xF, payload)))
        await writer.drain()


# Clients that hear "tea"; ``act`` breaks the network when they are connected.


async def say(lab: Lab, act: Act) -> bool:
    async with websockets.connect(lab.url, compression=None, close_timeout=0.1) as client:
        await act()
        await client.send("tea")
        return await client.recv() == "tea"


# A client that hears nothing gives up: soon, if the fault may be to blame, and else on no account.
SOON, LATE = 0.5, 120.0  # seconds


async def order(lab: Lab) -> None:
    harmed = any("flip" in event.note for event in events(lab, "fault"))
    await lab.ask("POST", "/order", b"tea", timeout=SOON if harmed else LATE)


async def listen(lab: Lab, act: Act) -> bool:
    async with websockets.connect(lab.url, compression=None, close_timeout=0.1) as client:
        await act()
        await order(lab)
        return await client.recv() == "tea"


async def ask(lab: Lab, act: Act, path: str) -> bool:
    host, port = lab.http_url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    request = f"GET {path} HTTP/1.1\r\nHost: lab.example\r\n\r\n".encode()
    try:
        if path == "/news":
            await order(lab)
            await act()
            writer.write(request)
        else:
            writer.write(request)
            await lab.until(lambda _newest: any(b"GET" in said for said in streams(lab)))
            if path == "/events":
                await reader.readuntil(b"\r\n\r\n")
            await act()
            await order(lab)
        return bool(await reader.readuntil(b"tea"))
    finally:
        writer.transport.abort()


def streams(lab: Lab) -> list[bytes]:
    return [recording.sent_by("client") for recording in (*lab.recordings, *lab.http_recordings)]


def events(lab: Lab, kind: str) -> list[Any]:
    recordings = (*lab.recordings, *lab.http_recordings)
    return [event for r in recordings for event in r.events if event.kind == kind]


KINDS: dict[str, tuple[dict[str, Any], Callable[[Lab, Act], Awaitable[bool]]]] = {
    "echo": ({}, say),
    "handler": ({"handler": handler}, say),
    "raw": ({"raw": raw}, say),
    "by hand": ({"server": by_hand}, say),
    "news": ({"notifications": True}, listen),
    "polling": ({"notifications": True}, lambda lab, act: ask(lab, act, "/news")),
    "long polling": ({"notifications": True}, lambda lab, act: ask(lab, act, "/wait")),
    "server-sent events": ({"notifications": True}, lambda lab, act: ask(lab, act, "/events")),
}
HARMLESS: dict[str, dict[str, Any]] = {
    "delay": {"delay": 0.01},
    "jitter": {"jitter": 0.02},
    "cut": {"cut": 1},
    "cut_at": {"cut_at": (1, 5, 30, 250, 1000)},
    "hold": {"hold": True},
}


@pytest.mark.parametrize("network", ["loopback", "memory"])
@pytest.mark.parametrize("kind", KINDS)
async def test_every_server_under_every_fault(kind: str, network: str) -> None:
    options, client = KINDS[kind]
    for fault in (*HARMLESS, "flip", "drop"):
        lab = Lab(network=network, close_timeout=0.1, **options)
        release: asyncio.Future[None] | None = None

        async def let_go(lab: Lab) -> None:
            await lab.until(lambda _newest: events(lab, "held"), "something held")
            await lab.fault()

        async def act(lab: Lab = lab, fault: str = fault) -> None:
            nonlocal release
            if fault == "drop":
                await lab.drop()
            elif fault == "flip":
                await lab.fault(flip=(max(map(len, streams(lab))), 1), whose="client")
            else:
                await lab.fault(**HARMLESS[fault])
            if fault == "hold":
                release = asyncio.ensure_future(let_go(lab))

        heard = False
        try:
            async with asyncio.timeout(LATE if fault in HARMLESS else 4 * SOON):
                heard = await client(lab, act)
        except (OSError, EOFError, TimeoutError, websockets.ConnectionClosed):
            assert fault in ("flip", "drop"), fault
        assert heard or fault in ("flip", "drop"), fault
        assert not (heard and fault == "drop")
        assert events(lab, "fault"), fault
        if release:
            await release
