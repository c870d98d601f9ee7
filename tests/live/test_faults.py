"""The faults of the tap, and the raw peers: what facts.md has measured, live."""

import asyncio
import contextlib

import pytest
import websockets

from wsedu.live import Lab
from wsedu.live.faults import Faults
from wsedu.live.peer import Peer
from wsedu.protocol import Close, Frame, Opcode, build_frame, parse_close
from wsedu.recording import Recording, dissect

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_lab_is_left")]

KEY = bytes.fromhex("37fa213d")
HELLO = Frame(Opcode.TEXT, b"Hello")


def closes(recording: Recording, side: str) -> list[int | None]:
    """The codes of the Close frames that a side sent."""
    return [
        parse_close(unit.layout.frame.payload).code
        for unit in dissect(recording).find("frame")
        if unit.sender == side and unit.layout.frame.opcode == Opcode.CLOSE
    ]


def server_has_ended(recording: Recording) -> bool:
    return any(e.sender == "server" and e.kind in ("end", "lost") for e in recording.events)


def times(recording: Recording, side: str, opcode: int) -> list[float]:
    return [
        recording.events[unit.arrived].time
        for unit in dissect(recording).find("frame")
        if unit.sender == side and unit.layout.frame.opcode == opcode
    ]


# Raw bytes to the real server.


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (build_frame(HELLO, KEY), b"\x81\x05Hello"),
        (build_frame(Frame(Opcode.PING, b"?"), KEY), b"\x8a\x01?"),
        (build_frame(Frame(Opcode.CLOSE), KEY), b"\x88\x00"),
    ],
)
async def test_what_the_real_server_answers(sent: bytes, answer: bytes) -> None:
    lab = Lab()
    peer = await lab.raw()
    await peer.send(sent)
    frame = await peer.receive()
    assert build_frame(frame) == answer


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (build_frame(HELLO), 1002),  # not masked
        (build_frame(Frame(Opcode.TEXT, b"\xff"), KEY), 1007),
        (build_frame(Frame(Opcode.TEXT, b"", rsv1=True), KEY), 1002),
        (build_frame(Frame(Opcode.PING, bytes(126)), KEY), 1002),
        (build_frame(Frame(Opcode.PING, b"", fin=False), KEY), 1002),
        (build_frame(Frame(Opcode.CLOSE, b"\x03"), KEY), 1002),
        (build_frame(Frame(Opcode.CLOSE, (1006).to_bytes(2, "big")), KEY), 1002),
        (build_frame(Frame(Opcode.BINARY, bytes(2**20 + 1)), KEY), 1009),
    ],
)
async def test_what_the_real_server_refuses(sent: bytes, code: int) -> None:
    lab = Lab(close_timeout=0.1)
    peer = await lab.raw()
    await peer.send(sent)
    assert parse_close((await peer.receive()).payload).code == code


async def test_a_pong_overtakes_a_fragmented_message() -> None:
    lab = Lab()
    peer = await lab.raw()
    await peer.send(Frame(Opcode.TEXT, b"Hel", fin=False))
    await peer.send(Frame(Opcode.PING, b"?"))
    await peer.send(Frame(Opcode.CONTINUATION, b"lo"))
    assert await peer.receive() == Frame(Opcode.PONG, b"?")
    assert await peer.receive() == HELLO


# Pings: the policy of the library, made visible.


@pytest.mark.parametrize("manners", ["never", "wrong"])
async def test_without_a_right_pong_the_server_gives_up(manners: str) -> None:
    lab = Lab(ping_interval=0.2, ping_timeout=0.3, close_timeout=0.1)
    peer = await lab.raw()
    frames = await peer.live(pings=manners)
    assert [frame.opcode for frame in frames][-1] == Opcode.CLOSE
    assert parse_close(frames[-1].payload) == Close(1011, "keepalive ping timeout")
    (ping, *_rest), (close,) = (times(lab.recording, "server", o) for o in (0x9, 0x8))
    assert close - ping > 0.28


async def test_with_pongs_the_server_goes_on() -> None:
    lab = Lab(ping_interval=0.05, ping_timeout=60)
    peer = await lab.raw()
    alive = asyncio.ensure_future(peer.live())
    await lab.until(lambda r: len(times(r, "client", Opcode.PONG)) >= 5, "five pongs")
    assert closes(lab.recording, "server") == []
    await peer.close()
    await alive


async def test_a_late_pong_comes_too_late() -> None:
    lab = Lab(ping_interval=0.1, ping_timeout=0.1, close_timeout=0.1)
    peer = await lab.raw()
    await peer.live(pings="late", late=0.4)
    assert closes(lab.recording, "server") == [1011]


# Closing.


async def test_a_peer_that_never_answers_close_is_left_after_the_timeout() -> None:
    async def leave(connection: websockets.ServerConnection) -> None:
        await connection.close(1000, "bye")

    lab = Lab(leave, close_timeout=0.3)
    peer = await lab.raw()
    await peer.live(closes="never")
    recording = await lab.until(lambda r: r if server_has_ended(r) else None, "the end")
    (close,) = times(recording, "server", Opcode.CLOSE)
    end = next(e.time for e in recording.events if e.sender == "server" and e.kind != "data")
    assert 0.28 < end - close
    assert closes(recording, "client") == []


async def test_a_raw_server_says_what_it_is_told() -> None:
    async def script(peer: Peer) -> None:
        await peer.send(Frame(Opcode.TEXT, b"first"))
        await peer.send(b"\x81\x85" + KEY + b"masked"[:5])

    lab = Lab(raw=script)
    async with websockets.connect(lab.url) as client:
        assert await client.recv() == "first"
        with pytest.raises(websockets.ConnectionClosedError):
            await client.recv()
    assert await lab.until(lambda r: closes(r, "client"), "a Close") == [1002]


async def test_a_raw_server_that_fails_says_so_on_the_recording() -> None:
    async def script(peer: Peer) -> None:
        raise ZeroDivisionError("oops")

    lab = Lab(raw=script)
    with contextlib.suppress(websockets.ConnectionClosed):
        async with websockets.connect(lab.url) as client:
            await client.recv()
    notes = [event.note for event in lab.recording.events if event.kind == "fault"]
    assert notes == ["the server raised ZeroDivisionError: oops"]


async def test_a_raw_server_that_never_answers_close() -> None:
    async def script(peer: Peer) -> None:
        await peer.live(closes="never")

    lab = Lab(raw=script)
    client = await websockets.connect(lab.url, close_timeout=0.2)
    await client.close()
    assert client.close_code == 1006
    assert await lab.until(lambda r: closes(r, "client"), "a Close") == [1000]


async def test_a_server_that_speaks_when_it_wants() -> None:
    async def push(connection: websockets.ServerConnection) -> None:
        for number in range(3):
            await connection.send(f"news {number}")

    lab = Lab(push)
    async with websockets.connect(lab.url) as client:
        assert [message async for message in client] == ["news 0", "news 1", "news 2"]


async def test_a_peer_that_waits_in_vain_says_so() -> None:
    lab = Lab()
    peer = await lab.raw()
    with pytest.raises(TimeoutError, match=r"said nothing more for 0\.05 s"):
        await peer.receive(0.05)


async def test_unknown_manners_are_named() -> None:
    peer = await Lab().raw()
    for wrong in ({"pings": "sometimes"}, {"closes": "always"}):
        with pytest.raises(ValueError, match="one of 'at once', 'late', 'wrong', 'never', not"):
            await peer.live(**wrong)  # type: ignore[arg-type]


# The network.


@pytest.mark.parametrize("faults", [{"cut": 1}, {"cut": 3}, {"cut_at": (1, 4, 200)}])
async def test_any_cut_gives_the_same_messages(faults: dict) -> None:
    lab = Lab()
    await lab.fault(**faults)
    async with websockets.connect(lab.url) as client:
        await client.send("привет")
        assert await client.recv() == "привет"
    longest = max(len(event.data) for event in lab.recording.events)
    assert longest <= faults.get("cut", 10**6)
    assert dissect(lab.recording).status == 101


async def test_a_delay_delays() -> None:
    lab = Lab()
    async with websockets.connect(lab.url) as client:
        quick = min([await (await client.ping()) for _time in range(5)])
        await lab.fault(delay=0.1, jitter=0.01)
        slow = await (await client.ping())
    assert slow > 0.19 > quick


async def test_a_black_hole_leaves_both_sides_open_until_the_ping_timeout() -> None:
    loop, given_up = asyncio.get_running_loop(), asyncio.Event()

    async def handler(connection: websockets.ServerConnection) -> None:
        await connection.wait_closed()
        loop.call_soon_threadsafe(given_up.set)

    lab = Lab(handler, ping_interval=0.2, ping_timeout=0.3, close_timeout=0.1)
    client = await websockets.connect(lab.url, ping_interval=None, close_timeout=0.1)
    await lab.fault(hold=True)
    await client.send("into the void")
    await lab.until(lambda r: any(e.kind == "held" and e.sender == "client" for e in r.events))
    assert client.state.name == "OPEN"
    await lab.until(lambda r: any(e.kind == "held" and e.sender == "server" for e in r.events))
    await given_up.wait()
    assert client.state.name == "OPEN"
    assert b"into the void" not in lab.recording.sent_by("client")
    await lab.fault()
    with pytest.raises(websockets.ConnectionClosed):
        while True:
            await client.recv()
    kinds = [event.kind for event in lab.recording.events]
    assert kinds.count("fault") == 2


async def test_one_direction_may_be_dead() -> None:
    lab = Lab()
    peer = await lab.raw()
    await lab.fault(hold=True, whose="server")
    await peer.send(HELLO)
    held = await lab.until(lambda r: [e for e in r.events if e.kind == "held"])
    assert held[0].sender == "server" and held[0].data == b"\x81\x05Hello"
    with pytest.raises(TimeoutError):
        await peer.receive(0.05)
    await lab.fault()
    assert await peer.receive() == HELLO


async def test_a_turned_bit_is_on_the_recording() -> None:
    lab = Lab(close_timeout=0.1)
    peer = await lab.raw()
    offset = len(lab.recording.sent_by("client"))
    await lab.fault(flip=(offset, 1), whose="client")
    await peer.send(HELLO)
    assert parse_close((await peer.receive()).payload).code == 1002
    (unit,) = [u for u in dissect(lab.recording).find("frame") if u.sender == "client"]
    assert unit.layout.frame.rsv1 and unit.problems


async def test_a_dropped_connection_is_1006() -> None:
    lab = Lab()
    client = await websockets.connect(lab.url)
    await lab.drop()
    with pytest.raises(websockets.ConnectionClosedError):
        await client.recv()
    assert client.close_code == 1006
    assert [e.note for e in lab.recording.events if e.kind == "fault"] == [
        "the lab tears the connection down"
    ]


@pytest.mark.parametrize("network", ["loopback", "memory"])
async def test_what_was_held_on_a_dropped_connection_never_travels(network: str) -> None:
    lab = Lab(network=network)
    peer = await lab.raw()
    await lab.fault(hold=True)
    await peer.send(HELLO)
    await lab.until(lambda recording: any(e.kind == "held" for e in recording.events))
    await lab.drop()
    # It ends at once, and not only when the hold does.
    seen = await lab.until(
        lambda recording: (
            {"client", "server"} == {e.sender for e in recording.events if e.kind == "lost"}
            and not lab._tap._links
            and recording
        )
    )
    await lab.fault()
    assert seen.events[-1].kind == "lost"
    assert lab.recording == seen


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"delay": -1}, "seconds, 0 or more"),
        ({"cut": 0}, "1 or more, not 0"),
        ({"cut": 8.5}, "1 or more, not 8.5"),
        ({"flip": (0, 8)}, "a bit from 0 to 7"),
        ({"whose": "nobody"}, "not 'nobody'"),
    ],
)
def test_impossible_faults_are_named(wrong: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Faults(**wrong)


async def test_unknown_faults_are_a_type_error() -> None:
    with pytest.raises(TypeError, match="gremlins"):
        await Lab().fault(gremlins=True)


def test_faults_join_to_the_same_bytes() -> None:
    data = bytes(range(100))
    for faults in (Faults(cut=7), Faults(cut_at=(3, 50, 99, 1000)), Faults(cut=9, cut_at=(5,))):
        assert b"".join(faults.pieces(data, 0)) == data
        assert all(faults.pieces(data, 40))


# Nothing is left behind.


async def test_two_hundred_labs_leave_nothing_behind() -> None:
    import threading

    from .test_lab import open_sockets

    async def script(peer: Peer) -> None:
        await peer.live()

    Lab().close()
    before = (threading.active_count(), open_sockets())
    for number in range(200):
        lab = Lab(raw=script) if number % 3 == 0 else Lab(ping_interval=0.01, ping_timeout=0.01)
        peer = await lab.raw()
        await lab.fault(hold=number % 2 == 0, cut=1 + number % 5)
        await peer.send(HELLO)
        if number % 5 == 0:
            await lab.drop()
    lab.close()
    assert (threading.active_count(), open_sockets()) == before
