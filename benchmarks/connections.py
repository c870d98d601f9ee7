"""What an idle client costs a server: memory of the process, for each of 1,000 clients.

    python benchmarks/connections.py wsedu/course/idle_clients.json

Each server runs in a process of its own, and lets its clients be idle. A few clients come first, so
that what the server needs once is not counted. The memory is what the process has for itself alone
(USS); the buffers of the operating system are not in it. The clients are plain sockets of this
process, which needs two open files more than there are clients. The median of the rounds is kept.
Lesson 17 prints the file.
"""

import argparse
import datetime
import importlib.metadata
import json
import platform
import socket
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from wsedu import Worker, build_request

WARM = 50  # clients that come before the measurement
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
OFFER = "permessage-deflate; client_max_window_bits"  # what browsers offer

SERVE = """
import asyncio
from websockets.asyncio.server import serve
async def stay(connection):
    await connection.wait_closed()
async def main():
    async with serve(stay, "127.0.0.1", PORT, backlog=1000):
        await asyncio.Event().wait()
asyncio.run(main())
"""
TORNADO = """
import asyncio
from tornado.web import Application
from tornado.websocket import WebSocketHandler
class Stay(WebSocketHandler):
    def on_message(self, message):
        pass
async def main():
    Application([("/", Stay)]).listen(PORT, "127.0.0.1", backlog=1000)
    await asyncio.Event().wait()
asyncio.run(main())
"""
BARE = """
import asyncio
from wsedu.live.echo_server import serve_echo
async def main():
    async with await asyncio.start_server(serve_echo, "127.0.0.1", PORT, backlog=1000):
        await asyncio.Event().wait()
asyncio.run(main())
"""


def version(package: str) -> str:
    return f"{package} {importlib.metadata.version(package)}"


# A server, its program, and whether its clients offer compression.
SERVERS = [
    (f"{version('websockets')}, compressed", SERVE, True),
    (version("websockets"), SERVE, False),
    (version("tornado"), TORNADO, False),
    ("the course's echo server, asyncio", BARE, False),
]


@contextmanager
def client(port: int, compressed: bool) -> Iterator[socket.socket]:
    """A client whose handshake is done."""
    request = build_request(f"127.0.0.1:{port}", "/", KEY).to_bytes()
    if compressed:
        request = request[:-2] + f"Sec-WebSocket-Extensions: {OFFER}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        response = b""
        while not response.endswith(b"\r\n\r\n"):
            response += connection.recv(4096)
        assert response.startswith(b"HTTP/1.1 101 "), response
        assert (b"permessage-deflate" in response) == compressed, response
        yield connection


def cost(program: str, clients: int, compressed: bool) -> float:
    """KiB of the server's process for each client."""
    with Worker(program) as server, ExitStack() as connections:
        (process,) = [each for each in psutil.process_iter() if listens(each, server.port)]

        def come(count: int) -> int:
            for _ in range(count):
                connections.enter_context(client(server.port, compressed))
            return process.memory_full_info().uss

        before = come(WARM)
        return (come(clients) - before) / clients / 1024


def listens(process: psutil.Process, port: int) -> bool:
    try:
        found = process.net_connections("tcp")
    except psutil.Error:
        return False
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="?", help="where to write the results as JSON")
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    rounds = [
        {name: cost(program, given.clients, offer) for name, program, offer in SERVERS}
        for _ in range(given.rounds)
    ]
    medians = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    for name, kib in medians.items():
        seen = [each[name] for each in rounds]
        print(f"{name:36}{kib:6.1f} KiB  ({min(seen):.1f} to {max(seen):.1f})")
    if given.file:
        result = {
            "date": datetime.date.today().isoformat(),
            "clients": given.clients,
            "on": f"{platform.system()}, Python {platform.python_version()}",
            "KiB for each client": {name: round(kib, 1) for name, kib in medians.items()},
        }
        given.file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
