"""How fast the lab is: through its tap and directly, its push server, its dissection.

    python benchmarks/lab.py results.json

Rivals take turns within every round, on the same server where that is possible; the median of
the rounds is shown. "direct" is the very server that stands behind the tap. The push server has
an open connection for each client, and is timed from ``websockets.broadcast`` until the last
client has its message; its rival is a bare ``websockets`` server with as many clients, without
a lab. All clients live in this process, and every connection through a tap takes two sockets
more, so a low limit of open files means fewer clients.
"""

import argparse
import asyncio
import json
import platform
import resource
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import websockets
from websockets.asyncio.server import ServerConnection, broadcast
from websockets.version import version as websockets_version

from wsedu import Lab
from wsedu.protocol import Frame, Opcode, build_frame, build_request, build_response
from wsedu.recording import Event, Recording, dissect

TRIPS, BIG = 300, 100  # round trips, and messages of 64 KiB, in one round
FRAMES = 100_000
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
Client = websockets.ClientConnection
Results = dict[str, dict[str, float]]


def direct_url(lab: Lab) -> str:
    """The server behind the tap; there is no public name for it, for lessons need none."""
    return f"ws://127.0.0.1:{lab._tap.target}"


def connect(url: str) -> Awaitable[Client]:
    return websockets.connect(url, compression=None, ping_interval=None, open_timeout=60)


async def round_trips(client: Client) -> float:
    """Median milliseconds until a short message is back."""
    times = []
    for _ in range(TRIPS):
        start = time.perf_counter()
        await client.send("Hello")
        await client.recv()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


async def throughput(client: Client) -> float:
    """MiB/s there and back, with messages of 64 KiB one after the other in flight."""

    async def send() -> None:
        for _ in range(BIG):
            await client.send(bytes(2**16))

    start = time.perf_counter()
    sending = asyncio.ensure_future(send())
    for _ in range(BIG):
        await client.recv()
    await sending
    return BIG / 16 / (time.perf_counter() - start)


async def echo(rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    lab = Lab(ping_interval=None)
    trips: dict[str, list[float]] = {"through the tap": [], "direct": []}
    speeds: dict[str, list[float]] = {"through the tap": [], "direct": []}
    for _ in range(rounds):
        for name, url in (("through the tap", lab.url), ("direct", direct_url(lab))):
            async with await connect(url) as client:
                trips[name].append(await round_trips(client))
                speeds[name].append(await throughput(client))
    lab.close()
    return medians(trips), medians(speeds)


def medians(values: dict[str, list[float]]) -> dict[str, float]:
    return {name: statistics.median(found) for name, found in values.items()}


async def push(rounds: int, count: int) -> dict[str, float]:
    """Milliseconds from a broadcast until all clients have it."""
    loops: dict[str, asyncio.AbstractEventLoop] = {}

    def server(name: str) -> tuple[set[ServerConnection], Callable[[Any], Awaitable[None]]]:
        members: set[ServerConnection] = set()

        async def handler(connection: ServerConnection) -> None:
            loops[name] = asyncio.get_running_loop()
            members.add(connection)
            await connection.wait_closed()

        return members, handler

    async def measure(name: str, members: set[ServerConnection], clients: list[Client]) -> float:
        receipts = [asyncio.ensure_future(client.recv()) for client in clients]
        await asyncio.sleep(0)  # all of them wait now
        start = time.perf_counter()
        loops[name].call_soon_threadsafe(broadcast, set(members), "news")
        await asyncio.gather(*receipts)
        return 1000 * (time.perf_counter() - start)

    names = ("lab, direct", "lab, through the tap", "websockets")
    results: dict[str, list[float]] = {name: [] for name in names}
    members, handler = server("lab")
    lab = Lab(handler, ping_interval=None, open_timeout=60)
    bare_members, bare_handler = server("websockets")
    # In a thread of its own, as the lab's: else clients and server would share one.
    from wsedu.live.background import Background

    background = Background()

    async def start() -> Any:
        return await websockets.serve(
            bare_handler, "127.0.0.1", 0, ping_interval=None, open_timeout=60
        )

    bare = background.call(start())
    bare_url = f"ws://127.0.0.1:{next(iter(bare.sockets)).getsockname()[1]}"
    for _ in range(max(3, rounds // 3)):
        for name, url, whose, who in (
            ("lab, direct", direct_url(lab), "lab", members),
            ("websockets", bare_url, "websockets", bare_members),
            ("lab, through the tap", lab.url, "lab", members),
        ):
            clients = [await connect(url) for _ in range(count)]
            while len(who) < count:
                await asyncio.sleep(0.01)
            results[name] += [await measure(whose, who, clients) for _ in range(5)]
            await asyncio.gather(*(client.close() for client in clients))
            who.clear()
    lab.close()
    bare.close(close_connections=False)
    background.close()
    return medians(results)


def dissecting(rounds: int) -> dict[str, float]:
    """Seconds for a recording of small text frames, half of them masked."""
    events = [
        Event(0, "client", "data", build_request("localhost", "/", KEY).to_bytes()),
        Event(0, "server", "data", build_response(KEY).to_bytes()),
    ]
    masked = build_frame(Frame(Opcode.TEXT, b"Hello"), bytes.fromhex("37fa213d"))
    plain = build_frame(Frame(Opcode.TEXT, b"Hello"))
    for number in range(FRAMES // 2):
        events.append(Event(number, "client", "data", masked))
        events.append(Event(number, "server", "data", plain))
    recording = Recording(tuple(events))
    times = []
    for _ in range(max(3, rounds // 3)):
        start = time.perf_counter()
        seen = dissect(recording)
        times.append(time.perf_counter() - start)
        assert len(seen.units) == FRAMES + 2
        del seen  # or the next one would be made beside it
    return {"dissect": statistics.median(times)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("json", type=Path, help="where to write the results")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--clients", type=int, default=1000)
    options = parser.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        options.clients = min(options.clients, (hard - 200) // 4)
    trips, speeds = asyncio.run(echo(options.rounds))
    pushes = asyncio.run(push(options.rounds, options.clients))
    seconds = dissecting(options.rounds)
    tap, bare = "through the tap", "websockets"
    # What is measured, its unit, the values, and what we aim at: a ratio to a rival, or a value.
    rows: list[tuple[str, str, dict[str, float], float, str]] = [
        ("echo round trip", "ms", trips, trips[tap] / trips["direct"], "at most 2 x direct"),
        (
            "echo of 64 KiB",
            "MiB/s",
            speeds,
            speeds[tap] / speeds["direct"],
            "at least 0.5 x direct",
        ),
        (
            f"broadcast to {options.clients} clients",
            "ms",
            pushes,
            pushes["lab, direct"] / pushes[bare],
            "lab, direct: at most 1.2 x websockets",
        ),
        (f"dissect {FRAMES:,} frames", "s", seconds, seconds["dissect"], "at most 2 s"),
    ]
    for what, unit, values, ratio, aim in rows:
        print(f"\n{what}, {unit}")
        for name, value in values.items():
            print(f"  {name:22} {value:10.3f}")
        print(f"  {'held against the aim':22} {ratio:10.2f}   {aim}")
    about = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "websockets": websockets_version,
    }
    results = [
        {"what": what, "unit": unit, "values": values, "ratio": round(ratio, 2), "aim": aim}
        for what, unit, values, ratio, aim in rows
    ]
    options.json.write_text(json.dumps({**about, "results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
