"""How long an event takes from a learner to the teacher's page, beside bare websockets.

    python benchmarks/board.py results.json

The board and a bare server take turns, in the same run: in memory with one process, and over
Valkey and NATS with two processes each and the same broker. The bare server does the least that a
class needs. It receives a message, publishes it to the same broker, and sends what it hears to the
page: no state, no numbers, no acknowledgements, and no check of any kind. Learners send an event
every few seconds, by chance, and at the end of each turn all of them send one at the same moment.
The clients are in one process, so its own delays count for both servers.

Then, with two processes of the board, one is killed amid the class, and what the page shows at the
end is compared with what was sent.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from wsedu_classroom.board.command import allow_many_connections

from wsedu import Nats, Valkey, Worker
from wsedu.course.catalogue import exercises

EVERY = 2.0  # seconds between two events of a learner, on average
CLASS, TEACHER = "class-" + secrets.token_hex(4), "teacher-" + secrets.token_hex(4)
NAMES = sorted(exercises())
OPTIONS: dict[str, Any] = {
    "proxy": None,
    "compression": None,
    "open_timeout": 60,
    "ping_interval": None,
}

BARE = """
import asyncio
from websockets.asyncio.server import serve
pages = set()

async def connected(connection):
    if connection.request.path.endswith("/live"):
        pages.add(connection)
        await connection.wait_closed()
        pages.discard(connection)
    async for message in connection:
        await publish(message)

async def fan_out(message):
    for page in pages:
        await page.send(message)

OPTIONS = {"compression": None, "ping_interval": None, "backlog": 1000}

async def main():
    async with serve(connected, "127.0.0.1", PORT, **OPTIONS):
        await subscribe()
"""
OVER = {
    "memory": """
publish = fan_out
async def subscribe():
    await asyncio.Event().wait()
""",
    "valkey": """
import redis.asyncio as redis
broker = redis.Redis(connection_pool=redis.BlockingConnectionPool(port=BROKER, max_connections=8))
async def publish(message):
    await broker.publish("board", message)
async def subscribe():
    news = broker.pubsub()
    await news.subscribe("board")
    while True:
        message = await news.get_message(ignore_subscribe_messages=True, timeout=None)
        if message:
            await fan_out(message["data"].decode())
""",
    "nats": """
import nats
async def publish(message):
    await broker.publish("board", message.encode())
async def subscribe():
    global broker
    broker = await nats.connect("nats://127.0.0.1:BROKER")
    news = await broker.subscribe("board")
    async for message in news.messages:
        await fan_out(message.data.decode())
""",
}


@contextmanager
def broker(kind: str) -> Iterator[Any]:
    if kind == "valkey":
        with Valkey() as running:
            yield running
    elif kind == "nats":
        with Nats("jetstream { store_dir: FOLDER }") as running:
            yield running
    else:
        yield None


@contextmanager
def bare(kind: str, broker: Any, processes: int) -> Iterator[list[int]]:
    """The ports of bare servers."""
    with ExitStack() as stack:
        source = BARE + OVER[kind] + "asyncio.run(main())\n"
        words = {"BROKER": broker.port} if broker else {}
        yield [stack.enter_context(Worker(source, **words)).port for _one in range(processes)]


@contextmanager
def board(broker: Any, processes: int) -> Iterator[list[int]]:
    """The ports of boards. ``RUNNING`` has their processes, so that one can be killed."""
    RUNNING.clear()
    command = [sys.executable, "-u", "-m", "wsedu_classroom.board", "--no-browser"]
    command += ["--class", CLASS, "--teacher", TEACHER, "--most", "2000"]
    command += ["--broker", broker.url] if broker else []
    try:
        for _process in range(processes):
            RUNNING.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        yield [port_of(process) for process in RUNNING]
    finally:
        for process in RUNNING:
            process.kill()
            process.communicate()


RUNNING: list[subprocess.Popen[str]] = []


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if "--port" in line:
            return int(line.split("--port ")[1].split()[0])
    raise RuntimeError("the board did not start")


class Measured:
    """What was sent, when, and when the page heard of it."""

    def __init__(self) -> None:
        self.sent: dict[tuple[str, str, int], float] = {}
        self.took: list[float] = []
        self.heard: dict[tuple[str, str], int] = {}

    def hears(self, learner: str, name: str, tries: int, now: float) -> None:
        """An event has come, and with it those before it of the same cell."""
        for number in range(self.heard.get((learner, name), 0) + 1, tries + 1):
            self.took.append((now - self.sent[learner, name, number]) * 1000)
        self.heard[learner, name] = max(tries, self.heard.get((learner, name), 0))

    @property
    def lost(self) -> int:
        return len(self.sent) - sum(self.heard.values())


class Learner:
    """One learner: events, by their numbers, and what sends them."""

    def __init__(self, number: int, measured: Measured) -> None:
        self.id, self.measured = f"learner-{number:04}", measured
        self.events: list[dict[str, Any]] = []
        self.names = random.Random(number).sample(NAMES, 5)
        self.connection: ClientConnection | None = None

    def event(self) -> str:
        name = random.choice(self.names)
        tries = 1 + sum(event["name"] == name for event in self.events)
        event = {"n": len(self.events) + 1, "what": "tried", "name": name, "outcome": "not yet"}
        self.events.append(event | {"mistake": "", "ago": 0, "learner": self.id, "tries": tries})
        self.measured.sent[self.id, name, tries] = time.perf_counter()
        return json.dumps(self.events[-1])

    async def connect(self, port: int, is_board: bool) -> None:
        self.connection = await connect(f"ws://127.0.0.1:{port}/{CLASS}/learner", **OPTIONS)
        have = 0
        if is_board:
            await self.connection.send(json.dumps({"hello": self.id, "learner": self.id}))
            have = json.loads(await self.connection.recv())["have"]
        for event in self.events[have:]:  # resume
            await self.connection.send(json.dumps(event))
        self.listening = asyncio.create_task(self._listen(self.connection))

    async def _listen(self, connection: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for _acknowledged in connection:
                pass

    async def send(self) -> None:
        """Send an event; one that cannot be sent now is sent when the learner is back."""
        message = self.event()
        if self.connection:
            with contextlib.suppress(ConnectionClosed):
                await self.connection.send(message)

    async def now_and_then(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while (wait := random.expovariate(1 / EVERY)) < end - time.perf_counter():
            await asyncio.sleep(wait)
            await self.send()


@contextlib.asynccontextmanager
async def page(port: int, measured: Measured) -> AsyncIterator[asyncio.Task[None]]:
    """A teacher's page that notes when it hears of an event."""

    async def read() -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                now, said = time.perf_counter(), json.loads(message)
                if "state" in said:
                    for row in said["state"]:
                        for name, cell in row["cells"].items():
                            measured.hears(row["id"], name, cell["tries"], now)
                elif "cell" in said:
                    measured.hears(said["id"], said["exercise"], said["cell"]["tries"], now)
                elif "tries" in said:
                    measured.hears(said["learner"], said["name"], said["tries"], now)

    address = f"ws://127.0.0.1:{port}/{TEACHER}/live"
    async with connect(address, max_size=None, **OPTIONS) as connection:
        reading = asyncio.create_task(read())
        yield reading
        reading.cancel()


async def connect_all(learners: list[Learner], ports: list[int], is_board: bool) -> None:
    for begin in range(0, len(learners), 50):
        part = enumerate(learners[begin : begin + 50])
        await asyncio.gather(*[one.connect(ports[n % len(ports)], is_board) for n, one in part])


async def all_heard(measured: Measured, seconds: float = 30) -> None:
    """Wait until the page has heard of everything."""
    end = time.perf_counter() + seconds
    while measured.lost and time.perf_counter() < end:
        await asyncio.sleep(0.01)


class Side:
    """One of the two servers with its learners and its page, which stay connected."""

    def __init__(self, ports: list[int], count: int, is_board: bool) -> None:
        self.measured, self.ports, self.is_board = Measured(), ports, is_board
        self.learners = [Learner(number, self.measured) for number in range(count)]
        self.steady: list[float] = []
        self.at_once: list[float] = []

    async def slice(self, seconds: float) -> None:
        """Events of a while, and then one of each learner at the same moment."""
        took = self.measured.took = []
        await asyncio.gather(*[one.now_and_then(seconds) for one in self.learners])
        await all_heard(self.measured)
        self.steady += took
        took = self.measured.took = []
        await asyncio.gather(*[one.send() for one in self.learners])
        await all_heard(self.measured)
        self.at_once += took


async def in_turn(sides: list[Side], rounds: int, seconds: float) -> None:
    """The two take turns. While one is measured, the other is connected and has nothing to do."""
    async with contextlib.AsyncExitStack() as stack:
        for side in sides:
            await stack.enter_async_context(page(side.ports[0], side.measured))
            await connect_all(side.learners, side.ports, side.is_board)
        await asyncio.sleep(1)
        for number in range(rounds):
            for side in sides[:: 1 - 2 * (number % 2)]:
                await side.slice(seconds)
                await asyncio.sleep(0.2)  # the last acknowledgements
        for side in sides:
            for one in side.learners:
                assert one.connection is not None
                one.connection.transport.abort()


async def killed(ports: list[int], count: int, seconds: float) -> dict[str, int]:
    """Kill the process with the page and half of the learners; all go on at the other one."""
    measured = Measured()
    learners = [Learner(number, measured) for number in range(count)]

    async def stay(one: Learner, number: int) -> None:
        at = number
        while True:
            try:
                await one.connect(ports[at % 2], True)
                await one.listening
            except (OSError, ConnectionClosed):
                pass
            at += 1
            await asyncio.sleep(random.uniform(0, 0.2))

    staying = []
    async with page(ports[0], measured) as reading:
        staying = [asyncio.create_task(stay(one, n)) for n, one in enumerate(learners)]
        await asyncio.sleep(3)
        sending = [asyncio.create_task(one.now_and_then(seconds)) for one in learners]
        await asyncio.sleep(seconds / 2)
        RUNNING[0].send_signal(signal.SIGKILL)
        await reading
    async with page(ports[1], measured):
        await asyncio.gather(*sending)
        await all_heard(measured)
    for task in staying:
        task.cancel()
    await asyncio.gather(*staying, return_exceptions=True)
    return {"sent": len(measured.sent), "lost": measured.lost}


def percentile(values: list[float], percent: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", nargs="?")
    parser.add_argument("--learners", type=int, nargs="+", default=[300, 1000])
    parser.add_argument("--over", nargs="+", default=["memory", "valkey", "nats"])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3)
    told = parser.parse_args()
    results: list[dict[str, Any]] = []
    allow_many_connections()
    for words in (
        ["", "now and then", "", "", "", "", "", "all at once", "", "", "", "", "", ""],
        ["ms", *["p50", "bare", "ratio", "p99", "bare", "ratio"] * 2, "lost"],
    ):
        print(words[0].ljust(24) + "".join(word.rjust(8) for word in words[1:]))
    for count in told.learners:
        for kind in told.over:
            results.append(compare(kind, count, told.rounds, told.seconds))
    for kind in set(told.over) - {"memory"}:
        with broker(kind) as running, board(running, 2) as ports:
            lost = asyncio.run(killed(ports, told.learners[0], 10))
        print(f"{kind}, one of two processes killed: {lost['sent']} sent, {lost['lost']} lost")
        results.append({"over": kind, "killed": 1, **lost})
    if told.results:
        with open(told.results, "w") as file:
            machine = {"python": platform.python_version(), "processors": os.cpu_count()}
            json.dump({"machine": machine, "results": results}, file, indent=1)


def compare(kind: str, count: int, rounds: int, seconds: float) -> dict[str, Any]:
    """Percentiles over all rounds, in which both servers take turns."""
    processes = 1 if kind == "memory" else 2
    with broker(kind) as running:  # one for both of them
        with board(running, processes) as boards, bare(kind, running, processes) as peers:
            sides = [Side(boards, count, True), Side(peers, count, False)]
            asyncio.run(in_turn(sides, rounds, seconds))
    ms: dict[str, dict[str, float]] = {}
    for name, side in zip(("board", "bare"), sides, strict=True):
        ms[name] = {
            f"{what} p{percent}": round(percentile(values, percent), 2)
            for what, values in (("steady", side.steady), ("at once", side.at_once))
            for percent in (50, 99)
        }
    mine, peer = ms["board"], ms["bare"]
    ratios = {what: round(mine[what] / peer[what], 2) for what in mine}
    lost = sum(side.measured.lost for side in sides)
    cells = [f"{count:>5} learners, {kind}"]
    for what in mine:
        cells += [f"{mine[what]:.1f}", f"{peer[what]:.1f}", f"{ratios[what]:.2f}"]
    cells.append(str(lost))
    print(cells[0].ljust(24) + "".join(cell.rjust(8) for cell in cells[1:]), flush=True)
    return {"over": kind, "learners": count, "ms": ms, "ratios": ratios, "lost": lost}


if __name__ == "__main__":
    main()
