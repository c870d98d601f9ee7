"""What the tunnel costs on a hub: beside the hub's own proxy alone, and beside no proxy at all.

    python benchmarks/tunnel.py results.json

Three clients are connected to one and the same echo server, in a process of its own: directly;
through configurable-http-proxy, which is the proxy of a hub; and through that proxy and the tunnel
in a Jupyter server, as a learner's browser on a hub. They take turns with every message, so what
else the machine does meets all of them. The proxy is the one of the environment, or the program
that CONFIGURABLE_HTTP_PROXY names.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import websockets

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.classroom.paths import TOKEN, Way, hub_proxy, jupyter  # noqa: E402
from wsedu import Worker  # noqa: E402

MOST = 0.5  # ms that the tunnel may add at the median

ECHO = """
import asyncio
from websockets.asyncio.server import serve
async def echo(connection):
    async for message in connection:
        await connection.send(message)
async def main():
    async with serve(echo, "127.0.0.1", PORT, compression=None):
        await asyncio.Event().wait()
asyncio.run(main())
"""


def connect(port: int, path: str) -> websockets.connect:
    """A client of the library, with the login of the Jupyter server."""
    return websockets.connect(
        f"ws://127.0.0.1:{port}{path}/",
        additional_headers={"Authorization": f"token {TOKEN}"},
        compression=None,
        ping_interval=None,
        proxy=None,
        open_timeout=60,
    )


async def trip(client: websockets.ClientConnection, message: bytes) -> float:
    """Milliseconds until a message is back."""
    start = time.perf_counter()
    await client.send(message)
    await client.recv()
    return 1000 * (time.perf_counter() - start)


async def measure(
    ways: dict[str, tuple[int, str]], size: int, trips: int
) -> dict[str, list[float]]:
    """The times of all trips; the ways take turns, and each is the first one as often."""
    clients = {name: await connect(*way) for name, way in ways.items()}
    times: dict[str, list[float]] = {name: [] for name in ways}
    names, message = list(ways), bytes(size)
    for number in range(trips + 20):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            took = await trip(clients[name], message)
            if number >= 20:  # the first ones warm up
                times[name].append(took)
    for client in clients.values():
        await client.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="?", help="where to write the results as JSON")
    parser.add_argument("--trips", type=int, default=2000)
    given = parser.parse_args()
    results = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        Worker(ECHO) as echo,
        jupyter(Path(folder), hub=True) as server,
        hub_proxy(server.port) as before_jupyter,
        hub_proxy(echo.port) as before_echo,
    ):
        ways = {
            "direct": (echo.port, ""),
            "proxy": (before_echo, ""),
            "proxy and tunnel": Way("hub", before_jupyter).to(echo.port),
        }
        for size in (100, 2**16):
            times = asyncio.run(measure(ways, size, given.trips))
            print(f"round trip of {size} bytes, ms:   p50    p99")
            for name, found in times.items():
                cuts = statistics.quantiles(found, n=100)
                results[f"{name}, {size} bytes"] = {"p50": cuts[49], "p99": cuts[98]}
                print(f"  {name:28}{cuts[49]:6.3f} {cuts[98]:6.3f}")
            proxy, both = (statistics.median(times[name]) for name in list(ways)[1:])
            print(
                f"  the tunnel adds {both - proxy:.3f} ms at the median, ratio {both / proxy:.2f}"
            )
            results[f"added, {size} bytes"] = {"p50": both - proxy, "ratio": both / proxy}
    if given.file:
        given.file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    added = results["added, 100 bytes"]["p50"]
    if added > MOST:
        sys.exit(f"The tunnel adds {added:.3f} ms, more than {MOST}.")


if __name__ == "__main__":
    main()
