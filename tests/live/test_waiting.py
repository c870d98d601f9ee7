"""Waiting for something on a recording: the deadline holds, and nothing else stands still."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import websockets

from wsedu.live import Lab, waiting
from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Recording, dissect

from . import leftovers
from .test_lab import HELLO, REQUEST

pytestmark = pytest.mark.anyio

FOREVER = 600.0  # seconds; longer than any of these tests may take
SOON = 60.0  # seconds after which a deadline of less than one has not held, on the busiest machine


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    leftovers.close_lab()
    for thread in set(threading.enumerate()) - before:
        thread.join(SOON)
        assert not thread.is_alive(), thread


def read_forever(*_arguments: Any) -> Any:
    start = time.monotonic()
    while time.monotonic() - start < FOREVER:
        pass


@pytest.mark.parametrize("look", ["condition", "sentence", "both"])
async def test_reading_that_takes_long_does_not_move_the_deadline(
    monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    lab = Lab()
    await lab.talk(REQUEST, HELLO)
    if look != "condition":
        monkeypatch.setattr(waiting, "dissect", read_forever)
    condition = read_forever if look != "sentence" else (lambda recording: None)
    start = time.monotonic()
    with pytest.raises(TimeoutError, match=r"^Waited 0\.2 s for a pong, in vain\. Seen") as error:
        await lab.until(condition, "a pong", timeout=0.2)
    assert time.monotonic() - start < SOON
    if look == "condition":
        assert str(error.value).endswith("; server: text: Hello")
    else:
        sent = (len(lab.recording.sent_by(side)) for side in ("client", "server"))
        counted = "{} bytes from the client and {} bytes from the server, ".format(*sent)
        assert str(error.value).endswith(counted + "more than can be read in time")


async def test_while_one_reads_the_others_go_on() -> None:
    """The lab serves clients, and the cell's own loop turns."""
    lab, begun = Lab(), threading.Event()

    def condition(recording: Recording) -> None:
        begun.set()
        read_forever()

    reading = asyncio.ensure_future(lab.until(condition, timeout=FOREVER))
    while not begun.is_set():
        await asyncio.sleep(0.01)
    async with websockets.connect(lab.url, open_timeout=SOON) as client:
        await client.send("are you there?")
        assert await client.recv() == "are you there?"
    assert not reading.done()
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("oops"), TimeoutError("mine"), KeyError("k")], ids=repr
)
async def test_what_a_condition_raises_reaches_the_cell(error: Exception) -> None:
    def condition(recording: Recording) -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        await Lab().until(condition, timeout=FOREVER)
    assert (type(raised.value), raised.value.args) == (type(error), error.args)


async def test_condition_that_finds_nothing_to_iterate_over_says_so() -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await Lab().until(lambda recording: next(iter(recording.events)), timeout=FOREVER)


async def test_flood_of_tiny_frames_is_answered_in_time() -> None:
    """Both sides of it are read from the beginning by every look: for seconds."""
    lab = Lab()
    reader, writer = await asyncio.open_connection("127.0.0.1", lab._tap.port)
    writer.write(REQUEST + build_frame(Frame(Opcode.TEXT, b"x"), bytes(4)) * 100_000)
    draining = asyncio.ensure_future(reader.read(-1))
    await lab.until(lambda recording: len(recording.sent_by("server")) > 250_000, timeout=FOREVER)
    start = time.process_time()
    with pytest.raises(TimeoutError, match="in vain. Seen so far: .*(more came before|bytes from)"):
        await lab.until(lambda recording: dissect(recording) and None, "a pong", timeout=0.1)
    # Of this process, whatever else the machine does. It took 1.5 s; the limit is 0.1 + 1.25 s.
    assert time.process_time() - start < 3
    writer.transport.abort()
    with contextlib.suppress(ConnectionError):
        await draining


def test_thread_that_drops_the_order_to_stop_is_asked_again(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """As in a callback of the garbage collector, where Python drops an exception."""
    asked = threading.Event()

    class Drops:
        def __del__(self) -> None:
            try:
                while not asked.is_set():
                    pass
            finally:
                asked.set()

    def read() -> None:
        with contextlib.suppress(waiting.Enough):
            Drops()  # the first order to stop ends in here
            while True:
                pass

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    waiting._stop(thread)
    assert asked.is_set() and not thread.is_alive()
    assert capfd.readouterr() == ("", "")
