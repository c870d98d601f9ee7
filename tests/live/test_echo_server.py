"""The echo server over our own endpoint, in a lab, on both networks."""

import asyncio
import threading

import pytest
import websockets

from wsedu.live import Lab, echo_server
from wsedu.live.echo_server import serve_echo
from wsedu.protocol import Close, Frame, Opcode, build_close, build_frame, parse_close
from wsedu.recording import Recording, dissect

from .test_lab import HELLO, REQUEST

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_left_or_said")]

MASK = bytes.fromhex("37fa213d")
SOON = 60.0  # seconds


@pytest.fixture(params=["loopback", "memory"])
async def lab(request: pytest.FixtureRequest) -> Lab:
    return Lab(server=serve_echo, network=request.param)


def ends(recording: Recording) -> list[tuple[str, str]]:
    """Who ended TCP, in what order, and how."""
    kinds = ("end", "lost", "fault")
    return [(event.sender, event.kind) for event in recording.events if event.kind in kinds]


IN_GOOD_ORDER = [("server", "end"), ("client", "end")]


async def until_ended(lab: Lab) -> list[tuple[str, str]]:
    return await lab.until(lambda r: ends(r) if len(ends(r)) == 2 else None, timeout=SOON)


async def test_library_client_gets_its_messages_back(lab: Lab) -> None:
    async with websockets.connect(lab.url, compression=None, close_timeout=SOON) as client:
        for message in ("привет", "", b"\x00\xff", "x" * 2**18):
            await client.send(message)
            assert await client.recv() == message
        await (await client.ping(b"still there?"))
        await client.close(4000, "bye")
    assert (client.close_code, client.close_reason) == (4000, "bye")
    assert await until_ended(lab) == IN_GOOD_ORDER
    assert not [unit for unit in dissect(lab.recording).units if unit.problems]


async def test_bytes_may_be_cut_anywhere(lab: Lab) -> None:
    await lab.fault(cut=1)
    recording = await lab.talk(REQUEST, HELLO, timeout=SOON)
    assert recording.sent_by("server").endswith(b"\r\n\r\n\x81\x05Hello")


async def test_all_in_one_piece_is_answered_until_the_close(lab: Lab) -> None:
    frames = [
        Frame(Opcode.TEXT, b"Hel", fin=False),
        Frame(Opcode.PING, b"?"),
        Frame(Opcode.CONTINUATION, b"lo"),
        Frame(Opcode.CLOSE, build_close(Close(1000))),
        Frame(Opcode.TEXT, b"too late"),
    ]
    sent = b"".join(build_frame(frame, MASK) for frame in frames)
    await lab.talk(REQUEST + sent, timeout=SOON)
    assert await until_ended(lab) == IN_GOOD_ORDER
    answered = lab.recording.sent_by("server").partition(b"\r\n\r\n")[2]
    assert answered == bytes.fromhex("8a 01 3f") + b"\x81\x05Hello" + b"\x88\x02\x03\xe8"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (build_frame(Frame(Opcode.TEXT, b"Hello")), 1002),  # not masked
        (build_frame(Frame(Opcode.TEXT, b"", rsv1=True), MASK), 1002),
        (build_frame(Frame(3, b""), MASK), 1002),
        (build_frame(Frame(Opcode.PING, bytes(126)), MASK), 1002),
        (build_frame(Frame(Opcode.CONTINUATION, b""), MASK), 1002),
        (build_frame(Frame(Opcode.CLOSE, b"\x03"), MASK), 1002),
        (build_frame(Frame(Opcode.TEXT, b"\xff"), MASK), 1007),
        (build_frame(Frame(Opcode.BINARY, bytes(2**20 + 1)), MASK), 1009),
        (bytes.fromhex("82ff 4000000000000000") + MASK, 1009),
    ],
)
async def test_frame_that_breaks_a_rule_is_refused_with_its_code(
    lab: Lab, sent: bytes, code: int
) -> None:
    peer = await lab.raw()
    await peer.send(sent)
    await peer.send(b"\x81\x80" + MASK)  # what follows is not read any more
    frames = await peer.live(closes="never", seconds=SOON)
    assert [frame.opcode for frame in frames] == [Opcode.CLOSE]
    assert parse_close(frames[0].payload).code == code
    await peer.close()
    assert await until_ended(lab) == IN_GOOD_ORDER


@pytest.mark.parametrize(
    ("old", "new", "status", "header"),
    [
        (b"GET", b"POST", 405, None),
        (b"HTTP/1.1", b"HTTP/1.0", 505, None),
        (b"dGhlIHNhbXBsZSBub25jZQ==", b"dGhl", 400, None),
        (b"Upgrade: websocket\r\n", b"", 426, ("Upgrade", "websocket")),
        (b"Version: 13", b"Version: 12", 426, ("Sec-WebSocket-Version", "13")),
    ],
)
async def test_request_that_breaks_a_rule_is_refused_with_its_status(
    lab: Lab, old: bytes, new: bytes, status: int, header: tuple[str, str] | None
) -> None:
    await lab.talk(REQUEST.replace(old, new) + HELLO, timeout=SOON)
    assert await until_ended(lab) == IN_GOOD_ORDER
    response = dissect(lab.recording).response
    assert response is not None and response.head is not None and not response.problems
    assert dissect(lab.recording).status == status
    if header:
        assert header[1] in response.head.tokens(header[0])
        assert response.head.tokens("Connection") == ["close", "Upgrade"]


@pytest.mark.parametrize("sent", [b"", REQUEST[:50], REQUEST, REQUEST + HELLO[:3]])
@pytest.mark.parametrize("how", ["close", "abort"])
async def test_client_that_leaves_early_is_not_an_error(lab: Lab, sent: bytes, how: str) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", lab._tap.port)
    writer.write(sent)
    await lab.until(lambda recording: recording.sent_by("client") == sent, timeout=SOON)
    getattr(writer.transport, how)()
    found = await until_ended(lab)
    assert {sender for sender, _kind in found} == {"client", "server"}
    assert not [kind for _sender, kind in found if kind == "fault"]


async def test_header_without_an_end_is_let_go(lab: Lab) -> None:
    await lab.talk(b"GET / HTTP/1.1\r\nX-A: " + b"a" * 10**6, timeout=SOON)
    assert dissect(await lab.talk(REQUEST, timeout=SOON)).status == 101


async def test_client_that_does_not_end_tcp_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(echo_server, "LINGER", 0.1)
    ended = threading.Event()

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_echo(reader, writer)
        ended.set()

    lab = Lab(server=server)
    peer = await lab.raw()
    await peer.send(Frame(Opcode.CLOSE, b""))
    assert await peer.receive(SOON) == Frame(Opcode.CLOSE, b"")
    assert await asyncio.to_thread(ended.wait, SOON)
    assert ends(lab.recording) == [("server", "end")]
