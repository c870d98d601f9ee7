"""The loop in its thread, when a server keeps it to itself."""

import asyncio
import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websockets

from wsedu._stopping import Stopped
from wsedu.live import Lab, background
from wsedu.live.background import Background, LabClosed, Stuck
from wsedu.live.peer import Peer
from wsedu.recording import dissect

from . import leftovers
from .test_lab import HELLO, REQUEST

pytestmark = pytest.mark.anyio

looping = threading.Event()  # set when a server has begun to loop


@pytest.fixture(autouse=True)
def nothing_is_left_or_said(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    before = threading.active_count()
    looping.clear()
    yield
    leftovers.close_lab()
    for thread in lab_threads():
        thread.join(120)
    gc.collect()
    assert threading.active_count() == before
    assert capfd.readouterr() == ("", "")


def lab_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("wsedu lab")]


async def own(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    looping.set()
    while True:
        pass


async def catching(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    looping.set()
    for _time in range(3):
        try:
            while True:
                pass
        except BaseException:
            pass


async def raw(peer: Peer) -> None:
    looping.set()
    while True:
        pass


async def handler(connection: websockets.ServerConnection) -> None:
    looping.set()
    while True:
        pass


async def spawned(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async def spin() -> None:
        looping.set()
        while True:
            pass

    await asyncio.create_task(spin())


LOOPING: dict[str, dict[str, Any]] = {
    "own": {"server": own},
    "in a task of its own": {"server": spawned},
    "catches once more": {"server": catching},
    "raw": {"raw": raw},
    "handler": {"handler": handler},
}


@pytest.mark.parametrize("kind", LOOPING)
async def test_server_that_loops_without_await_is_stopped(kind: str) -> None:
    lab = Lab(**LOOPING[kind])
    with pytest.raises(Stuck, match=r"for 1 s\. Does it loop without an await\? It was stopped"):
        await lab.talk(REQUEST, HELLO, timeout=1)
    # The loop turns again, and the thread burns no core: it waits.
    clock = time.pthread_getcpuclockid(lab._background._thread.ident or 0)
    recording = await lab.until(lambda recording: recording, timeout=30)
    assert recording.sent_by("client").startswith(REQUEST)
    if kind not in ("catches once more", "in a task of its own"):
        notes = await lab.until(lambda r: [e.note for e in r.events if e.kind == "fault"])
        assert notes == ["the server looped without an await, and was stopped"]
    used = time.clock_gettime(clock)
    threading.Event().wait(0.2)
    assert time.clock_gettime(clock) - used < 0.1


async def own_exits(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    sys.exit("lunch")


async def own_is_interrupted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    raise KeyboardInterrupt


async def raw_exits(peer: Peer) -> None:
    sys.exit("lunch")


async def handler_exits(connection: websockets.ServerConnection) -> None:
    await connection.recv()
    sys.exit("lunch")


async def task_exits(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async def leave() -> None:
        sys.exit("lunch")

    await reader.readuntil(b"\r\n\r\n")
    await asyncio.create_task(leave())


def callback_exits(connection: websockets.ServerConnection) -> Any:
    asyncio.get_running_loop().call_soon(sys.exit)
    return connection.wait_closed()


EXITING: dict[str, tuple[dict[str, Any], str]] = {
    "own": ({"server": own_exits}, "SystemExit: lunch"),
    "interrupt": ({"server": own_is_interrupted}, "KeyboardInterrupt"),
    "raw": ({"raw": raw_exits}, "SystemExit: lunch"),
    "handler": ({"handler": handler_exits}, "SystemExit: lunch"),
    "in a task of its own": ({"server": task_exits}, "SystemExit: lunch"),
    "in a callback": ({"handler": callback_exits}, ""),
}


@pytest.mark.parametrize("kind", EXITING)
@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
async def test_server_that_exits_does_not_take_the_lab_with_it(kind: str) -> None:
    options, error = EXITING[kind]
    lab = Lab(**options)
    for _time in range(2):  # the lab goes on
        await lab.talk(REQUEST, HELLO, timeout=30) if kind == "handler" else await lab.talk(REQUEST)
        if error:
            notes = await lab.until(
                lambda r: [e.note for e in r.events if e.kind == "fault"], timeout=30
            )
            assert notes == [f"the server raised {error}"]
    lab.close()
    assert not lab._background._thread.is_alive()


async def test_deadline_is_the_one_that_was_given() -> None:
    lab = Lab(server=own)
    start = time.monotonic()
    with pytest.raises(Stuck, match="for 2 s"):
        await lab.talk(REQUEST, timeout=2)
    assert time.monotonic() - start >= 2


async def test_others_are_served_after_that() -> None:
    first = True

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal first
        await reader.readuntil(b"\r\n\r\n")
        first, looping = False, first
        while looping:
            pass
        writer.write(b"HTTP/1.1 404 Not Found\r\n\r\n")

    lab = Lab(server=server)
    with pytest.raises(TimeoutError):
        await lab.talk(REQUEST, timeout=1)
    assert dissect(await lab.talk(REQUEST)).status == 404


@pytest.fixture
def wake() -> Iterator[threading.Event]:
    wake = threading.Event()
    yield wake
    wake.set()


async def test_server_that_blocks_is_left_behind(wake: threading.Event) -> None:
    """Python cannot stop what waits in C; the next lab starts without it."""

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wake.wait()

    lab = Lab(server=server)
    with pytest.raises(Stuck, match="does not let itself be stopped"):
        await lab.talk(REQUEST, timeout=1)
    thread = lab._background._thread
    other = Lab()
    assert dissect(await other.talk(REQUEST)).status == 101
    assert thread.is_alive() and thread.daemon
    wake.set()
    thread.join(30)
    assert not thread.is_alive(), "it tidies up when it wakes"


@pytest.mark.parametrize("kind", LOOPING)
async def test_close_sets_the_thread_free(kind: str) -> None:
    lab = Lab(**LOOPING[kind])
    _reader, writer = await asyncio.open_connection("127.0.0.1", int(lab.url.rpartition(":")[2]))
    writer.write(REQUEST + HELLO)
    assert looping.wait(120)
    lab.close()
    assert not lab._background._thread.is_alive()
    writer.transport.abort()


async def test_condition_that_never_returns_does_not_hold_the_close() -> None:
    def never(recording: Any) -> bool:
        begun.set()
        while True:
            pass

    begun = threading.Event()
    lab = Lab()
    waiting = asyncio.ensure_future(lab.until(never, timeout=1000))
    await asyncio.sleep(0)
    assert begun.wait(120)
    lab.close()
    assert not lab._background._thread.is_alive()
    with pytest.raises((Stopped, LabClosed, TimeoutError)):
        await waiting


async def test_wait_during_which_the_lab_is_closed_says_so() -> None:
    begun = asyncio.Event()
    here = asyncio.get_running_loop()
    lab = Lab()
    waiting = asyncio.ensure_future(
        lab.until(lambda recording: here.call_soon_threadsafe(begun.set) and None, timeout=1000)
    )
    await begun.wait()
    lab.close()
    with pytest.raises(LabClosed):
        await waiting


async def test_look_that_takes_long_is_not_the_server_s_fault() -> None:
    """On a slow machine the lab may read a long recording for seconds."""
    lab = Lab()
    await lab.talk(REQUEST)

    def slow(recording: Any) -> str:
        time.sleep(1.5)
        return "seen"

    assert await lab.until(slow, timeout=1) == "seen"


async def test_machine_that_stands_still_is_not_the_server_s_fault() -> None:
    """Looks count, not seconds: here the caller stands still for longer than it would wait."""
    lab = Lab()
    waiting = asyncio.ensure_future(lab.until(lambda recording: recording.events, timeout=30))
    await asyncio.sleep(0)
    time.sleep(background.PATIENCE + 1)
    peer = await lab.raw()
    assert await waiting
    await peer.close()


def test_call_that_takes_its_time_is_waited_for() -> None:
    it = Background()
    assert it.call(asyncio.sleep(1.2, "done"), patience=1) == "done"
    it.close()
    it.close()


def test_one_that_is_closed_at_once() -> None:
    for _time in range(50):
        it = Background()
        it.close()
        assert not it._thread.is_alive()
        with pytest.raises(LabClosed):
            it.call(asyncio.sleep(0))


CLOSED: dict[str, Callable[[Lab], Any]] = {
    "url": lambda lab: lab.url,
    "http_url": lambda lab: lab.http_url,
    "talk": lambda lab: lab.talk(REQUEST),
    "ask": lambda lab: lab.ask("GET", "/news"),
    "raw": lambda lab: lab.raw(),
    "until": lambda lab: lab.until(lambda recording: recording),
    "watch": lambda lab: lab.watch(print),
    "fault": lambda lab: lab.fault(cut=1),
    "drop": lambda lab: lab.drop(),
    "browser": lambda lab: lab.browser(patience=0.1),
}


@pytest.mark.parametrize("name", CLOSED)
async def test_closed_lab_says_in_one_sentence_how_to_go_on(name: str) -> None:
    lab = Lab(notifications=True)
    await lab.talk(REQUEST)
    lab.close()
    with pytest.raises(RuntimeError) as error:
        result = CLOSED[name](lab)
        if asyncio.iscoroutine(result):
            await result
    sentence = "This lab is closed, by close() or by a newer Lab(). Start another one: lab = Lab()"
    assert str(error.value) == sentence
    assert error.value._render_traceback_() == [f"LabClosed: {sentence}"]  # type: ignore[attr-defined]
    assert dissect(lab.recording).status == 101, "what was recorded is still there"


async def test_peer_of_a_closed_lab_says_so_too() -> None:
    lab = Lab()
    peer = await lab.raw()
    lab.close()
    for call in (peer.send(HELLO), peer.receive(), peer.live(), peer.close()):
        with pytest.raises(LabClosed):
            await call
