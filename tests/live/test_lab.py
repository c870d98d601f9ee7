"""The lab, against its own real server on loopback."""

import asyncio
import contextlib
import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import websockets

from wsedu.live import Lab, peer, tap
from wsedu.live.background import Background, LabClosed
from wsedu.live.tap import BYTES, CONNECTIONS
from wsedu.protocol import (
    Frame,
    Opcode,
    build_frame,
    build_request,
    build_response,
    mask,
    read_layout,
)
from wsedu.recording import Recording, dissect
from wsedu.recording.dissect import Dissection

pytestmark = pytest.mark.anyio

DATE = "Thu, 01 Dec 2011 00:00:00 GMT"
REQUEST = build_request("example.com:8000", "/chat", "dGhlIHNhbXBsZSBub25jZQ==").to_bytes()
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), mask_key=bytes.fromhex("37fa213d"))


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab(date=DATE)
    yield lab
    lab.close()


def open_sockets() -> int:
    """Sockets of this process; only Linux lets us count them."""
    links = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
    return sum("socket:" in link for link in links)


# Talking.


async def test_a_101_may_set_a_cookie_whose_value_is_covered_in_the_recording() -> None:
    lab = Lab(date=DATE, set_cookie="shop=6455; HttpOnly", origins=[None])
    async with websockets.connect(lab.url, proxy=None) as connection:
        assert connection.response is not None
        assert connection.response.headers["Set-Cookie"] == "shop=6455; HttpOnly"
    assert b"Set-Cookie: *******************\r\n" in lab.recording.sent_by("server")
    refused = await lab.talk(REQUEST.replace(b"\r\n\r\n", b"\r\nOrigin: http://a\r\n\r\n"))
    assert b"403" in refused.sent_by("server") and b"Cookie" not in refused.sent_by("server")
    lab.close()


async def test_the_handshake_of_the_rfc_is_answered(lab: Lab) -> None:
    recording = await lab.talk(REQUEST)
    seen = dissect(recording)
    assert recording.sent_by("client") == REQUEST
    assert seen.status == 101
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in recording.sent_by("server")


async def test_the_same_bytes_come_back_every_time(lab: Lab) -> None:
    first = await lab.talk(REQUEST, HELLO)
    second = await lab.talk(REQUEST, HELLO)
    assert first.sent_by("server") == second.sent_by("server")
    assert first.sent_by("server").endswith(b"\x81\x05Hello")


async def test_the_raw_client_closes_when_it_has_read_everything(lab: Lab) -> None:
    # Whoever closes with bytes unread breaks the connection; it happened in one of ten.
    await lab.fault(cut=3)
    for _ in range(100):
        await lab.talk(REQUEST, HELLO)
        ends = await lab.until(
            lambda r: [e.kind for e in r.events if e.kind in ("end", "lost")][1:] and r
        )
        assert not any(event.kind == "lost" for event in ends.events)


async def test_a_side_ends_once_even_if_the_other_has_gone_before() -> None:
    noticed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.write(b"too late")  # loopback resets the connection that this reaches
        await noticed.wait()
        writer.close()

    lab = Lab(server=serve)
    _reader, writer = await asyncio.open_connection("127.0.0.1", lab._tap.port)
    writer.write(b"hello")
    writer.close()
    await lab.until(lambda recording: recording.sent_by("server") == b"too late")
    lab._background.start(set_it(noticed))
    await lab.until(lambda _recording: lab._tap.logs[-1].over)
    ends = [(event.sender, event.kind) for event in lab.recording.events if event.kind != "data"]
    assert ends == [("client", "end"), ("server", "end")]


async def set_it(event: asyncio.Event) -> None:
    event.set()


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (b"GET", b"POST", 405),
        (b"Upgrade: websocket\r\n", b"", 426),
        (b"Connection: Upgrade", b"Connection: keep-alive", 426),
        (b"dGhlIHNhbXBsZSBub25jZQ==", b"SGVsbG8sIHdvcmxkIQ==", 400),
        (b"Version: 13", b"Version: 12", 400),
        (b"HTTP/1.1", b"HTTP/1.0", 505),
        (b"Host: example.com:8000\r\n", b"", 101),
        (b"Upgrade: websocket", b"upgrade: WebSocket", 101),
        (b"\r\n\r\n", b"\r\nX-Lunch: soup\r\n\r\n", 101),
    ],
)
async def test_what_the_real_server_says(lab: Lab, old: bytes, new: bytes, status: int) -> None:
    assert dissect(await lab.talk(REQUEST.replace(old, new))).status == status


async def test_a_page_is_answered_with_200_and_closed(lab: Lab) -> None:
    recording = await lab.talk(b"GET /page HTTP/1.1\r\nHost: example.com\r\n\r\n")
    assert dissect(recording).status == 200
    assert recording.events[-1].kind == "end"


async def test_origins_are_looked_at() -> None:
    lab = Lab(origins=[None, "http://example.com"])
    for origin, status in ((b"http://evil.example", 403), (b"http://example.com", 101)):
        request = REQUEST[:-2] + b"Origin: " + origin + b"\r\n\r\n"
        assert dissect(await lab.talk(request)).status == status
    lab.close()


async def test_a_frame_before_the_handshake_is_met_with_silence() -> None:
    lab = Lab(open_timeout=0.3)
    recording = await lab.talk(HELLO)
    sent, end = recording.events
    assert recording.sent_by("server") == b""
    assert (end.sender, end.kind) == ("server", "end")
    assert end.time > 0.25 and end.time >= sent.time
    lab.close()


async def test_a_frame_with_an_empty_line_is_met_with_the_end_of_the_connection(lab: Lab) -> None:
    recording = await lab.talk(HELLO + b"\r\n\r\n")
    assert recording.sent_by("server") == b""


async def test_the_wire_takes_bytes_only(lab: Lab) -> None:
    with pytest.raises(TypeError, match="bytes, not str"):
        await lab.talk("GET / HTTP/1.1\r\n\r\n")


async def test_a_raw_client_takes_bytes_only(lab: Lab) -> None:
    peer = await lab.raw()
    with pytest.raises(TypeError, match="The wire takes bytes, not str; write b'"):
        await peer.send("Hello")  # type: ignore[arg-type]


async def test_waiting_in_vain_says_what_was_seen(lab: Lab) -> None:
    await lab.talk(REQUEST)
    with pytest.raises(TimeoutError, match=r"for a pong, in vain\. Seen so far: .*101"):
        await lab.until(lambda recording: False, "a pong", timeout=0.05)


async def test_waiting_in_vain_names_the_last_ten_of_many(lab: Lab) -> None:
    await lab.talk(REQUEST, *[HELLO] * 12)
    with pytest.raises(TimeoutError) as error:
        await lab.until(lambda recording: False, "a pong", timeout=0.05)
    units = dissect(lab.recording).units
    assert len(units) > 20
    last = "; ".join(f"{unit.sender}: {unit.title}" for unit in units[-10:])
    assert str(error.value).endswith(f"Seen so far: {last} ({len(units) - 10} more came before)")


async def test_to_say_what_was_seen_does_not_hold_the_lab(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of small frames takes seconds to read, for which others would wait."""
    threads: list[str] = []

    def read(recording: Recording) -> Dissection:
        threads.append(threading.current_thread().name)
        return dissect(recording)

    await lab.talk(REQUEST)
    monkeypatch.setattr("wsedu.live.waiting.dissect", read)
    with pytest.raises(TimeoutError, match="in vain"):
        await lab.until(lambda recording: False, timeout=0.05)
    assert threads and "wsedu lab" not in threads


async def test_a_silent_server_does_not_hang_the_client(lab: Lab) -> None:
    with pytest.raises(TimeoutError, match="an answer"):
        await lab.talk(b"GET / HTTP/1.1\r\n", timeout=0.1)


async def test_a_library_client_passes_the_tap(lab: Lab) -> None:
    async with websockets.connect(lab.url) as client:
        await client.send("привет")
        assert await client.recv() == "привет"
    recording = await lab.until(lambda r: r if len(dissect(r).find("frame")) == 4 else None)
    kinds = [unit.layout.frame.opcode for unit in dissect(recording).find("frame")]
    assert kinds == [Opcode.TEXT, Opcode.TEXT, Opcode.CLOSE, Opcode.CLOSE]


# A server of one's own.


async def echo_by_hand(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The RFC's own handshake, and short frames, whatever the client says."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(build_response("dGhlIHNhbXBsZSBub25jZQ==").to_bytes())
    while start := await reader.read(2):
        key = await reader.readexactly(4)
        masked = await reader.readexactly(start[1] & 0x7F)
        writer.write(build_frame(Frame(Opcode.TEXT, mask(masked, key))))


def faults(recording: Recording) -> list[str]:
    return [event.note for event in recording.events if event.kind == "fault"]


async def test_a_server_of_ones_own_is_all_of_the_server() -> None:
    lab = Lab(server=echo_by_hand)
    recording = await lab.talk(REQUEST, HELLO)
    assert recording.sent_by("server").endswith(b"\r\n\r\n\x81\x05Hello")
    assert b"Server" not in recording.sent_by("server")
    await lab.until(
        lambda r: {e.sender for e in r.events if e.kind == "end"} == {"client", "server"}
    )
    assert faults(lab.recording) == []
    lab.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("no key"), "the server raised ValueError: no key"),
        (KeyError(), "the server raised KeyError"),
        (ConnectionResetError("gone"), "the server raised ConnectionResetError: gone"),
    ],
    ids=["with words", "without words", "of the network"],
)
@pytest.mark.parametrize("at_once", [True, False])
async def test_what_a_server_raises_is_on_its_recording_and_nowhere_else(
    capfd: pytest.CaptureFixture[str], error: Exception, words: str, at_once: bool
) -> None:
    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if at_once or await reader.readuntil(b"\r\n\r\n"):
            raise error

    lab = Lab(server=server)
    for _time in range(2):  # others are served after that
        recording = await lab.talk(REQUEST)
        assert faults(recording) == [words]
        (fault,) = [event for event in recording.events if event.kind == "fault"]
        assert fault.sender == "server"
    lab.close()
    assert capfd.readouterr() == ("", "")


async def test_what_a_server_raises_when_its_client_is_reset_is_seen_too() -> None:
    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(10**6)

    lab = Lab(server=server)
    _reader, writer = await asyncio.open_connection("127.0.0.1", int(lab.url.rpartition(":")[2]))
    writer.write(REQUEST)
    await lab.until(lambda recording: recording.events)
    writer.transport.abort()
    (note,) = await lab.until(faults, "the server's error")
    assert "IncompleteReadError" in note or "ConnectionResetError" in note
    lab.close()


async def test_a_server_that_is_not_an_async_function_says_so() -> None:
    lab = Lab(server=lambda reader, writer: None)
    assert "the server raised TypeError" in faults(await lab.talk(REQUEST))[0]
    lab.close()


async def test_a_server_that_never_reads_stops_its_client_and_no_other() -> None:
    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(1) == b"d":
            await asyncio.Future()
        writer.write(b"x")

    lab = Lab(server=server)
    port = int(lab.url.rpartition(":")[2])
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            while True:
                writer.write(b"d" * 2**20)
                await writer.drain()
    assert (await lab.talk(REQUEST)).sent_by("server") == b"x"
    writer.transport.abort()
    lab.close()


async def test_closing_the_lab_cancels_the_server(capfd: pytest.CaptureFixture[str]) -> None:
    ended = []

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"ready")
        try:
            await asyncio.Future()
        finally:
            ended.append("cancelled")

    before = (threading.active_count(), open_sockets())
    lab = Lab(server=server)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(lab.url.rpartition(":")[2]))
    assert await reader.readexactly(5) == b"ready"
    lab.close()
    assert ended == ["cancelled"]
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    assert (threading.active_count(), open_sockets()) == before
    assert capfd.readouterr() == ("", "")


async def test_a_server_that_runs_already_gets_a_tap() -> None:
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            await echo_by_hand(reader, writer)
        over.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    lab = Lab(upstream=server.sockets[0].getsockname()[1])
    recording = await lab.talk(REQUEST, HELLO)
    assert recording.sent_by("server").endswith(b"\x81\x05Hello")
    lab.close()
    await asyncio.wait_for(over.wait(), 5)
    assert server.is_serving(), "it is not the lab's"
    server.close()
    await server.wait_closed()


def test_only_one_says_what_the_server_does() -> None:
    with pytest.raises(ValueError, match="give one"):
        Lab(raw=echo_by_hand, server=echo_by_hand)
    with pytest.raises(ValueError, match="give one"):
        Lab(raw=echo_by_hand, upstream=8000)


def test_a_network_in_memory_reaches_no_server_outside() -> None:
    with pytest.raises(ValueError, match="does not reach"):
        Lab(upstream=8000, network="memory")


async def test_a_closed_lab_says_so(lab: Lab) -> None:
    lab.close()
    with pytest.raises(RuntimeError, match="This lab is closed"):
        await lab.talk(REQUEST)
    with pytest.raises(RuntimeError, match="This lab is closed"):
        lab.watch(print)


# Watching.


async def test_watchers_hear_of_news_until_they_have_enough(lab: Lab) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    threads = set()

    def call() -> None:
        threads.add(threading.current_thread().name)
        loop.call_soon_threadsafe(told.set)

    stop = lab.watch(call)
    await lab.talk(REQUEST)
    await asyncio.wait_for(told.wait(), 60)
    assert threads == {"wsedu lab"}
    stop()
    stop()
    await lab.until(lambda _recording: len(lab._tap.watchers) == 1)  # this very wait


async def test_the_last_news_is_always_told(lab: Lab) -> None:
    seen: list[int] = []
    lab.watch(lambda: seen.append(len(lab.recording.events)))
    async with websockets.connect(lab.url) as client:
        for _message in range(50):
            await client.send("Hello")
            await client.recv()
    recording = await lab.until(
        lambda r: r if [e.kind for e in r.events].count("end") == 2 else None, "both ends"
    )
    async with asyncio.timeout(60):
        while not seen or seen[-1] < len(recording.events):
            await lab.until(lambda _recording: True)  # lets the lab's loop turn
            await asyncio.sleep(0)


async def test_watchers_hear_of_news_not_too_often(lab: Lab) -> None:
    times: list[float] = []
    lab.watch(lambda: times.append(time.monotonic()))
    async with websockets.connect(lab.url) as client:
        while len(times) < 5:  # there is always news
            await client.send("Hello")
            await client.recv()
    assert len(lab.recording.events) > 20
    assert min(b - a for a, b in zip(times, times[1:], strict=False)) >= 0.099


async def test_watchers_that_take_long_are_called_less_often(lab: Lab) -> None:
    loop, thrice = asyncio.get_running_loop(), asyncio.Event()
    calls: list[tuple[float, float]] = []

    def slow() -> None:
        start = time.monotonic()
        time.sleep(0.03)  # in the lab's thread, which is just what one should not do
        calls.append((start, time.monotonic()))
        if len(calls) == 3:
            loop.call_soon_threadsafe(thrice.set)

    lab.watch(slow)
    async with websockets.connect(lab.url) as client:
        while not thrice.is_set():  # there is always news for it
            await client.send("Hello")
            await client.recv()
    for (start, end), (later, _end) in itertools.pairwise(calls[:3]):
        assert later - end > 8 * (end - start), "the lab has nine tenths of the time"


async def test_an_error_ends_that_watching_only(
    lab: Lab, capfd: pytest.CaptureFixture[str]
) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    calls = []

    def broken() -> None:
        calls.append(1)
        raise ZeroDivisionError

    lab.watch(broken)
    await lab.talk(REQUEST)
    lab.watch(lambda: loop.call_soon_threadsafe(told.set))
    await lab.talk(REQUEST, HELLO)
    await asyncio.wait_for(told.wait(), 60)
    assert (len(calls), len(lab._tap.watchers)) == (1, 1)
    lab.close()
    assert capfd.readouterr() == ("", "")


# What is left behind.


async def test_a_lab_leaves_no_thread_and_no_socket() -> None:
    before = (threading.active_count(), open_sockets())
    for _round in range(20):
        lab = Lab()
        await lab.talk(REQUEST, HELLO)
    lab.close()
    lab.close()
    assert (threading.active_count(), open_sockets()) == before


async def test_a_lab_closes_with_clients_still_connected() -> None:
    before = threading.active_count()
    lab = Lab()
    client = await websockets.connect(lab.url)
    lab.close()
    with pytest.raises(websockets.ConnectionClosed):
        await client.recv()
    assert threading.active_count() == before


def test_starting_again_replaces_the_lab() -> None:
    first = Lab()
    port = int(first.url.rpartition(":")[2])
    second = Lab()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert "closed" in repr(first) and second.url in repr(second)
    second.close()


def test_everything_is_on_loopback(lab: Lab) -> None:
    assert lab.url.startswith("ws://127.0.0.1:")


async def test_a_blocking_cell_does_not_freeze_the_server(lab: Lab) -> None:
    # Blocking on purpose: the client is a plain socket in the thread of the "cell".
    with socket.create_connection(("127.0.0.1", int(lab.url.rpartition(":")[2]))) as client:
        client.settimeout(60)
        client.sendall(REQUEST)
        assert client.recv(65536).startswith(b"HTTP/1.1 101")


async def test_cancelling_a_call_leaves_the_lab_usable(lab: Lab) -> None:
    call = asyncio.ensure_future(lab.talk(HELLO))
    await lab.until(lambda recording: recording.events)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert dissect(await lab.talk(REQUEST)).status == 101


async def test_a_waiting_cell_lets_the_loop_turn(lab: Lab) -> None:
    # The Stop button works only while something wakes the kernel's loop.
    loop = asyncio.get_running_loop()
    turns = 0
    real_time = loop._run_once

    def counted() -> None:
        nonlocal turns
        turns += 1
        real_time()

    loop._run_once = counted
    with contextlib.suppress(TimeoutError):
        await lab.until(lambda recording: None, timeout=0.5)
    assert turns > 5


def test_a_background_that_is_closed_twice() -> None:
    background = Background()
    assert background.call(asyncio.sleep(0, "done")) == "done"
    background.close()
    background.close()


# Past the tap.


async def test_direct_url_reaches_the_server_and_leaves_no_recording(lab: Lab) -> None:
    async with websockets.connect(lab.direct_url) as client:
        await client.send("hello")
        assert await client.recv() == "hello"
    assert lab.direct_url != lab.url and lab.recordings == ()


async def test_direct_url_has_the_token_of_a_lab_in_the_network() -> None:
    lab = Lab(open_to_the_network="127.0.0.2", token="opensesame")
    assert lab.direct_url.startswith("ws://127.0.0.1:"), "the server itself stays on this machine"
    async with websockets.connect(lab.direct_url) as client:
        await client.send("hello")
        assert await client.recv() == "hello"
    lab.close()
    with pytest.raises(LabClosed):
        _ = lab.direct_url


# Bounds, and secrets.


async def test_a_recording_is_bounded_and_says_so(lab: Lab) -> None:
    async with websockets.connect(lab.url, max_size=None, compression=None) as client:
        for _message in range(BYTES // 2**20 + 1):
            await client.send(bytes(2**20 - 100))
            await client.recv()
        assert await lab.until(lambda recording: recording.dropped) > 0
        assert sum(len(event.data) for event in lab.recording.events) <= BYTES


async def test_only_the_newest_connections_are_kept(lab: Lab) -> None:
    for _connection in range(CONNECTIONS + 5):
        await lab.talk(REQUEST)
    assert len(lab.recordings) == CONNECTIONS


async def test_all_recordings_together_are_bounded_and_say_so(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tap, "TOGETHER", 100_000)
    message = build_frame(Frame(Opcode.BINARY, bytes(20_000)), bytes(4))
    for _connection in range(5):
        await lab.talk(REQUEST, message)
    sizes = [sum(len(event.data) for event in r.events) for r in lab.recordings]
    assert sum(sizes) <= 100_000
    assert sizes[:3] == [0, 0, 0] and min(sizes[3:]) > 40_000
    for recording in lab.recordings[:3]:
        assert recording.dropped > 40_000 and "let go" in recording.note
    for recording in lab.recordings[3:]:
        assert recording.dropped == 0 and recording.note == ""


async def test_a_talk_is_not_let_go_while_others_overtake_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tap, "CONNECTIONS", 3)
    talking = asyncio.ensure_future(lab.talk(REQUEST[:30], REQUEST[30:]))
    await lab.until(lambda recording: recording.events)
    overtaken = lab._tap.logs[0]
    for _connection in range(5):
        await lab.talk(REQUEST)
    assert lab._tap.logs[0] is overtaken and len(lab._tap.logs) == 3
    talking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await talking
    await lab.talk(REQUEST)
    assert overtaken not in lab._tap.logs


async def test_a_long_frame_is_read_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The raw client used to read it again with every 64 KiB that came."""

    async def server(connection: websockets.ServerConnection) -> None:
        await connection.send(bytes(2**23))

    reads = []
    monkeypatch.setattr(
        peer, "read_layout", lambda data: reads.append(len(data)) or read_layout(data)
    )
    client = await Lab(server).raw()
    frame = await client.receive()
    assert frame.payload == bytes(2**23)
    assert sum(reads) < 2**23 + 1000


async def test_cookies_never_get_into_a_recording(lab: Lab) -> None:
    request = REQUEST[:-2] + b"Cookie: _xsrf=opensesame\r\n\r\n"
    recording = await lab.talk(request)
    assert b"opensesame" not in recording.sent_by("client")
    assert len(recording.sent_by("client")) == len(request)


async def test_no_secret_gets_into_a_recording(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The lab's own token, a proxy's password, and a cookie that the server sets."""

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: id=opensesame; HttpOnly\r\n\r\n")

    lab = Lab(server=server)
    request = REQUEST.replace(b"/chat", b"/chat?token=opensesame")
    request = request[:-2] + b"Proxy-Authorization: Basic opensesame\r\n\r\n"
    await lab.fault(hold=True)
    talking = asyncio.ensure_future(lab.talk(request[:-30], request[-30:], timeout=30))
    recording = await lab.until(
        lambda r: r if any(event.kind == "held" for event in r.events) else None
    )
    assert "opensesame" not in repr(recording)
    await lab.fault()
    talking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await talking
    recording = await lab.talk(request)
    assert "opensesame" not in repr(recording)
    assert "token=**********" in dissect(recording).request.title
    assert b"Set-Cookie: ****" in recording.sent_by("server")
    lab.close()


async def test_a_header_that_never_ends_is_let_go(lab: Lab) -> None:
    recording = await lab.talk(b"GET / HTTP/1.1\r\n" + b"X-A: " + b"a" * 10**6)
    assert any(e.sender == "server" and e.kind != "data" for e in recording.events)
    assert dissect(await lab.talk(REQUEST)).status == 101


def test_a_lab_starts_quickly() -> None:
    start = time.process_time()  # the machine may be busy
    Lab().close()
    assert time.process_time() - start < 1


# Beyond this machine, only in so many words. 127.0.0.2 stands for another address.


async def test_another_address_needs_a_token() -> None:
    lab = Lab(open_to_the_network="127.0.0.2", token="opensesame")
    assert lab.url.startswith("ws://127.0.0.2:") and lab.url.endswith("/?token=opensesame")
    async with websockets.connect(lab.url) as client:
        await client.send("hello")
        assert await client.recv() == "hello"
    for wrong in ("", "?token=", "?token=opensesam", "?token=opensesame1"):
        with pytest.raises(websockets.InvalidStatus, match="403"):
            await websockets.connect(lab.url.partition("?")[0] + wrong)
    assert dissect(await lab.talk(REQUEST)).status == 403
    lab.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"open_to_the_network": "0.0.0.0"}, "needs a token"),
        ({"open_to_the_network": "0.0.0.0", "token": "short"}, "8 or more"),
        (
            {"open_to_the_network": "0.0.0.0", "token": "opensesame", "notifications": True},
            "stay on 127",
        ),
        ({"token": "opensesame"}, "only this machine can connect"),
    ],
)
def test_half_an_opening_is_refused(arguments: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Lab(**arguments)


async def test_a_client_that_has_just_connected_is_reset_when_the_lab_closes() -> None:
    """asyncio forgets a connection that it has accepted when its listener closes at that moment."""
    for _time in range(20):
        lab = Lab()
        reader, writer = await asyncio.open_connection("127.0.0.1", lab._tap.port)
        lab.close()
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 30) == b""
        writer.close()
