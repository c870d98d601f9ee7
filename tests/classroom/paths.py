"""What a path between a page and its server does to the bytes, found out with real programs.

How to think about it: a raw client and a raw server run in this process, and each knows what the
other has sent. Between them is a path: nothing, the tunnel, or proxies and the tunnel. What they
do is a *case*; what both have seen is the same on two paths, or the path has changed it.

    PYTHONPATH=$PWD:$PWD/exercises:$PWD/classroom .venv/bin/python -m tests.classroom.paths

writes docs/paths.md anew.
"""

import asyncio
import re
import secrets
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wsedu.live.programs import Program, ReservedPort, find, program_path
from wsedu.protocol import accept_key

from .. import programs

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "paths.md"
TOKEN = "only-for-this-test"
BASE = "/user/ada/"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = bytes.fromhex("37fa213d")
END = b"that is all"  # the last bytes of a side; none of its frames has them
PATIENCE = 20  # seconds for a case; it takes some milliseconds
STUCK = "nothing more came"
LAST = b"after your FIN"


class Server(Program):
    """A program for the tests; others of its kind may run at the same time."""

    only_one = False

    @property
    def keeper(self) -> int:
        """The process that ends it; it is the only child of that."""
        assert self._keeper is not None
        return self._keeper.pid


# The programs of a path.


# Without the other extensions of this environment, which take seconds to import.
STARTED = """
import sys
import jupyter_core.paths
jupyter_core.paths.ENV_CONFIG_PATH.clear()
from jupyter_server.serverapp import main
from wsedu_classroom import tunnel
tunnel.CONNECT, tunnel.RESPOND = map(float, sys.argv[1:3])
main(sys.argv[3:])
"""


@contextmanager
def jupyter(folder: Path, hub: bool = False, patience: float = 60) -> Iterator[Server]:
    """A Jupyter server with the tunnel, as the one of the user ada.

    hub:      whether it believes to be on a hub
    patience: seconds that the tunnel waits for a server, to connect and to respond
    """
    variables = {f"JUPYTER_{n}_DIR": f"{folder}/{n}" for n in ("CONFIG", "DATA", "RUNTIME")}
    if hub:
        variables["JUPYTERHUB_SERVICE_PREFIX"] = BASE
    command = [
        *(sys.executable, "-c", STARTED, str(patience), str(patience)),
        *("--allow-root", "--no-browser"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=PORT", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.base_url={BASE}", f"--IdentityProvider.token={TOKEN}"),
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.jpserver_extensions=wsedu_classroom.tunnel=True",
    ]
    with Server(command, environment=variables) as server:
        yield server


@contextmanager
def hub_proxy(behind: int) -> Iterator[int]:
    """The port of a hub's own proxy, which leads all of ada's pages to that port."""
    command = [
        *programs.hub_proxy(),
        *("--ip", "127.0.0.1", "--port", "PORT"),
        *("--api-ip", "127.0.0.1", "--api-port", "INTERFACE"),
        f"--default-target=http://127.0.0.1:{behind}",
    ]
    interface = ReservedPort()
    words = {"INTERFACE": interface.number}
    token = {"CONFIGPROXY_AUTH_TOKEN": secrets.token_hex()}
    with Server(command, words=words, environment=token) as proxy:
        interface.release()
        yield proxy.port


NGINX = """\
daemon off;
pid nginx.pid;
error_log error.log;
worker_processes 1;
events {}
http {
    access_log off;
    include site.conf;
}
"""


def configuration(language: str) -> str:
    """What TEACHING.md puts in front of a hub."""
    text = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text)
    return str(block).replace("127.0.0.1:8000", "127.0.0.1:BACKEND")


@contextmanager
def nginx(behind: int) -> Iterator[int]:
    """The port of an nginx in front of that port, with the configuration of TEACHING.md."""
    text = configuration("nginx").replace("listen 443 ssl;", "listen 127.0.0.1:PORT;")
    text = re.sub(r"(?m)^ *(ssl_certificate|server_name).*\n", "", text)
    command = [program_path("nginx"), "-p", "FOLDER", "-c", "nginx.conf", "-e", "error.log"]
    files = {"nginx.conf": NGINX, "site.conf": text}
    with Server(command, files, words={"BACKEND": behind}) as server:
        yield server.port


@contextmanager
def caddy(behind: int) -> Iterator[int]:
    """The port of a Caddy in front of that port, with the configuration of TEACHING.md."""
    text = configuration("caddy").replace("hub.example.org", "http://127.0.0.1:PORT")
    files = {
        "Caddyfile": "{\n\tadmin off\n\tpersist_config off\n\tdefault_bind 127.0.0.1\n}\n" + text
    }
    command = [program_path("caddy"), "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), "FOLDER")
    with Server(command, files, words={"BACKEND": behind}, environment=homes) as server:
        yield server.port


@dataclass(frozen=True)
class Way:
    """A way to a server: the port where it begins, or None for the server's own."""

    name: str
    entry: int | None = None

    def to(self, port: int) -> tuple[int, str]:
        """Where a client connects to reach a server on ``port``, and what its path begins with."""
        return (port, "") if self.entry is None else (self.entry, f"{BASE}wsedu-tunnel/{port}")


DIRECT = Way("direct")


@contextmanager
def all_ways(folder: Path) -> Iterator[list[Way]]:
    """The columns of the page, from the shortest path to the longest."""
    with ExitStack() as stack:
        alone = stack.enter_context(jupyter(folder))
        on_hub = stack.enter_context(jupyter(folder, hub=True))
        proxy = stack.enter_context(hub_proxy(on_hub.port))
        yield [
            DIRECT,
            Way("tunnel", alone.port),
            Way("hub", proxy),
            Way("nginx, hub", stack.enter_context(nginx(proxy))),
            Way("Caddy, hub", stack.enter_context(caddy(proxy))),
        ]


# Both ends.


class Wire:
    """One end of a connection, without any knowledge of WebSocket beyond the handshake."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.head = b""  # of the other end

    async def send(self, *pieces: bytes) -> None:
        """Send each piece by itself, as far as TCP lets us."""
        for piece in pieces:
            with suppress(ConnectionError):  # what the other end then sees is what counts
                self.writer.write(piece)
                await self.writer.drain()

    async def receive_head(self) -> None:
        """Take the request, or the response."""
        self.head = await self.reader.readuntil(b"\r\n\r\n")

    async def receive(self, until: bytes = b"") -> tuple[bytes, str]:
        """All bytes up to the end of the stream, or to these bytes; and how it ended."""
        found = b""
        try:
            async with asyncio.timeout(PATIENCE / 2):
                while not (until and found.endswith(until)):
                    if not (data := await self.reader.read(2**16)):
                        return found, "FIN"
                    found += data
        except ConnectionError:
            return found, "RST"
        except TimeoutError:
            return found, STUCK
        return found, ""

    def fin(self) -> None:
        """End this side, and keep on reading."""
        with suppress(OSError):
            self.writer.write_eof()

    def rst(self) -> None:
        """End both sides at once, as an operating system does whose program has crashed."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class Seen:
    """What both ends have seen: the heads that arrived, and what the case looks at.

    sent: the request as the client wrote it, with the path that the server should see
    """

    sent: bytes = b""
    request: bytes = b""
    response: bytes = b""
    client: object = None
    server: object = None


Side = Callable[[Wire], Awaitable[object]]


# A handshake as Chromium writes it, with a login; HOST and PREFIX are those of the path.
REQUEST = (
    "GET PREFIX/echo?a=%C3%A9&b HTTP/1.1\r\n"
    "Host: HOST\r\n"
    "Connection: Upgrade\r\n"
    "Pragma: no-cache\r\n"
    "Cache-Control: no-cache\r\n"
    "User-Agent: Mozilla/5.0\r\n"
    "Upgrade: websocket\r\n"
    "Origin: http://HOST\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Accept-Language: en-US,en;q=0.9\r\n"
    "Cookie: secret=1\r\n"
    f"Authorization: token {TOKEN}\r\n"
    f"Sec-WebSocket-Key: {KEY}\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    "Sec-WebSocket-Protocol: v1, v2\r\n"
    "\r\n"
)
ACCEPTED = (
    "HTTP/1.1 101 Switching Protocols\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    f"Sec-WebSocket-Accept: {accept_key(KEY)}\r\n"
    "Sec-WebSocket-Protocol: v2\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate\r\n"
    "X-My: Case\r\n"
    "\r\n"
).encode()
REFUSAL = b"you may not, says the server"
REFUSED = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nX-My: Case\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(REFUSAL)
) + REFUSAL


@dataclass(frozen=True)
class Case:
    """What the ends do once the request has arrived, and what may follow either head at once."""

    client: Side
    server: Side
    response: bytes = ACCEPTED
    early: bytes = b""
    request: str = REQUEST


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[object]],
    host: str = "127.0.0.1",
) -> AsyncIterator[int]:
    """The port of a server that is such a function; at the end all of its connections are over."""
    open_now = set[asyncio.Task[object]]()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        try:
            await serve(reader, writer)
        finally:
            await leave(writer)
            open_now.discard(task)

    async with await asyncio.start_server(handle, host, 0) as server:
        yield server.sockets[0].getsockname()[1]
        while open_now:
            await asyncio.wait(open_now)


async def leave(writer: asyncio.StreamWriter) -> None:
    """Close a connection, and wait until that is done."""
    writer.close()
    with suppress(OSError):  # it was reset
        await writer.wait_closed()


async def play(way: Way, case: Case) -> Seen:
    """Run a case on a path."""
    seen = Seen()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(reader, writer)
        await wire.receive_head()
        await wire.send(case.response)
        seen.request, seen.server = wire.head, await case.server(wire)

    async with asyncio.timeout(PATIENCE), listening(serve) as port:
        entry, prefix = way.to(port)
        wire = Wire(*await asyncio.open_connection("127.0.0.1", entry))
        request = case.request.replace("HOST", f"127.0.0.1:{entry}").replace("PREFIX", prefix)
        seen.sent = request.replace(prefix, "", 1).encode()
        await wire.send(request.encode() + case.early)
        await wire.receive_head()
        seen.response, seen.client = wire.head, await case.client(wire)
        assert seen.response.split()[1] == case.response.split()[1], seen.response
        await leave(wire.writer)
    return seen


# The cases.


def frame(first: int, payload: bytes = b"", mask: bytes = b"") -> bytes:
    """A frame, legal or not: its first byte is given."""
    size = len(payload)
    bit = 0x80 if mask else 0
    if size < 126:
        head = bytes([first, bit | size])
    elif size < 2**16:
        head = bytes([first, bit | 126]) + struct.pack("!H", size)
    else:
        head = bytes([first, bit | 127]) + struct.pack("!Q", size)
    return head + mask + (masked(payload, mask) if mask else payload)


def masked(payload: bytes, mask: bytes) -> bytes:
    """The payload under a mask."""
    whole = mask * (len(payload) // 4 + 1)
    return bytes(a ^ b for a, b in zip(payload, whole, strict=False))


def legal(mask: bytes) -> list[bytes]:
    """Fragments with a Ping between them, a compressed message, a lone Pong, a large message."""
    return [
        frame(0x01, b"one", mask),
        frame(0x89, b"in between", mask),
        frame(0x00, b"", mask),
        frame(0x80, "drei é".encode(), mask),
        frame(0xC1, bytes.fromhex("f248cdc9c90700"), mask),
        frame(0x8A, b"unsolicited", mask),
        frame(0x82, bytes(range(256)) * 300, mask),
        frame(0x88, struct.pack("!H", 4001) + "why é".encode(), mask),
    ]


def illegal(mask: bytes) -> list[bytes]:
    """What breaks a rule each: masking, opcodes, reserved bits, lengths, UTF-8, close codes."""
    return [
        frame(0x81, b"masked the other way", b"" if mask else MASK),
        frame(0x83, b"reserved opcode", mask),
        frame(0xA1, b"RSV2", mask),
        frame(0x81, b"\xff\xfe", mask),
        frame(0x89, b"x" * 126, mask),
        frame(0x80, b"nothing to continue", mask),
        frame(0x88, struct.pack("!H", 1005), mask),
        frame(0x88, b"\x03", mask),
        b"\x81\x7f\x80" + bytes(7),
        b"GET / HTTP/1.1\r\n\r\n",
    ]


def sends(frames: Callable[[bytes], list[bytes]], mask: bytes) -> Side:
    """Send these, each in two pieces; what of the other's arrived is told by ``arrived``."""
    other = b"".join(frames(b"" if mask else MASK)) + END

    async def side(wire: Wire) -> object:
        pieces = [piece for one in frames(mask) for piece in (one[:1], one[1:])]
        _sent, (found, how) = await asyncio.gather(wire.send(*pieces, END), wire.receive(END))
        return arrived(found, other) + (how and f", {how}")

    return side


def arrived(found: bytes, expected: bytes) -> str:
    """Whether these bytes are those that were sent."""
    if found == expected:
        return "exact"
    if found == END:
        return "lost"
    return f"{len(found)} of {len(expected)} bytes, and not the same"


async def nothing(_wire: Wire) -> None:
    """Do nothing more."""


async def reads_the_refusal(wire: Wire) -> bytes:
    """Read it, and not to the end: some proxies keep the connection for another request."""
    return (await wire.receive(REFUSAL))[0]


async def reads(wire: Wire) -> tuple[bytes, str]:
    """Only read, to the end."""
    return await wire.receive()


async def fins_and_reads(wire: Wire) -> tuple[bytes, str]:
    await wire.send(END)
    wire.fin()
    return await wire.receive()


async def answers_a_fin(wire: Wire) -> tuple[bytes, str]:
    found = await wire.receive()
    await wire.send(LAST)
    return found


async def fins_when_asked(wire: Wire) -> tuple[bytes, str]:
    await wire.receive(END)
    wire.fin()
    return await wire.receive()


async def sends_after_a_fin(wire: Wire) -> tuple[bytes, str]:
    await wire.send(END)
    found = await wire.receive()
    await wire.send(LAST)
    wire.fin()
    return found


async def resets_when_asked(wire: Wire) -> None:
    await wire.receive(END)
    wire.rst()


async def asks_and_reads(wire: Wire) -> tuple[bytes, str]:
    await wire.send(END)
    return await wire.receive()


async def asks_to_be_reset(wire: Wire) -> None:
    await wire.send(END)
    await wire.receive(END)
    wire.rst()


async def answers_and_reads(wire: Wire) -> tuple[bytes, str]:
    await wire.receive(END)
    await wire.send(END)
    return await wire.receive()


async def asks(wire: Wire) -> tuple[bytes, str]:
    await wire.send(END)
    return await wire.receive(END)


async def says_what_it_has(wire: Wire) -> tuple[bytes, str]:
    found = await wire.receive(END)
    await wire.send(END)
    return found


FIRST = frame(0x81, b"first", MASK)

CASES = {
    "legal": Case(sends(legal, MASK), sends(legal, b"")),
    "illegal": Case(sends(illegal, MASK), sends(illegal, b"")),
    "early": Case(asks, says_what_it_has, early=FIRST),
    "with the 101": Case(reads, nothing, ACCEPTED + FIRST),
    "refusal": Case(reads_the_refusal, nothing, REFUSED),
    "client ends": Case(fins_and_reads, answers_a_fin),
    "server ends": Case(sends_after_a_fin, fins_when_asked),
    "client resets": Case(asks_to_be_reset, answers_and_reads),
    "server resets": Case(asks_and_reads, resets_when_asked),
}

# The page.


def names(head: bytes) -> list[str]:
    """The names of the headers, in their order."""
    return [line.partition(":")[0] for line in head.decode().split("\r\n")[1:] if line]


def listed(found: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in found) or "-"


def capitals(sent: list[str], received: list[str]) -> str:
    """Whether names keep their capitals."""
    small = [name for name in received if name not in sent and name.title() in map(str.title, sent)]
    kept = [name for name in received if name in sent]
    return "kept" if not small else "lost" if not kept else "some are lost"


def order(sent: list[str], received: list[str]) -> str:
    """Whether names are in the order in which they were sent."""
    both = [name.lower() for name in received if name.title() in map(str.title, sent)]
    if both == [name.lower() for name in sent if name.lower() in both]:
        return "kept"
    return "alphabetical" if both[1:] == sorted(both[1:]) else "changed"


def less(sent: list[str], received: list[str]) -> str:
    """The names that did not arrive."""
    there = {name.lower() for name in received}
    return listed([name for name in sent if name.lower() not in there])


def values(sent: bytes, received: bytes) -> str:
    """The names whose values are others now."""

    def pairs(head: bytes) -> dict[str, str]:
        lines = (line.partition(": ") for line in head.decode().split("\r\n")[1:] if line)
        return {name.lower(): value for name, _colon, value in lines}

    before, after = pairs(sent), pairs(received)
    return listed([name for name in after if before.get(name, after[name]) != after[name]])


def both_ways(seen: Seen) -> str:
    return "exact" if seen.client == seen.server == "exact" else f"{seen.client}; {seen.server}"


def half(found: tuple[bytes, str], other: tuple[bytes, str]) -> str:
    """How an end heard of a FIN, and whether its last words still arrived at the sender."""
    return f"{found[1]}; reply {'arrives' if other[0].endswith(LAST) else 'is lost'}"


def rows(seen: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The cells of a column: what is looked at, and what became of it."""
    one = seen["legal"]
    sent, got = names(one.sent), names(one.request)
    yield "frames that follow the rules", both_ways(one)
    yield "frames that break them", both_ways(seen["illegal"])
    yield "a frame in one segment with the 101", arrived(seen["with the 101"].client[0], FIRST)
    early = seen["early"].server[0]
    yield "a frame in one segment with the request", arrived(early, FIRST + END)
    yield "request: path and query", "kept" if first_line(one.sent, one.request) else "changed"
    yield "request: capitals of the names", capitals(sent, got)
    yield "request: order of the headers", order(sent, got)
    yield "request: headers that are missing", less(sent, got)
    yield "request: headers that are added", less(got, sent)
    yield "request: headers with another value", values(one.sent, one.request)
    answered, back = names(ACCEPTED), names(one.response)
    yield "101: capitals of the names", capitals(answered, back)
    yield "101: order of the headers", order(answered, back)
    yield "101: headers that are added", less(back, answered)
    yield "101: headers with another value", values(ACCEPTED, one.response)
    refusal = seen["refusal"]
    head = REFUSED[: -len(REFUSAL)]
    yield "403: status and body", refusal_of(refusal)
    yield "403: headers that are added", less(names(refusal.response), names(head))
    yield "403: headers that are missing", less(names(head), names(refusal.response))
    yield "FIN of the client alone", half(seen["client ends"].server, seen["client ends"].client)
    yield "FIN of the server alone", half(seen["server ends"].client, seen["server ends"].server)
    yield "RST of the client", seen["client resets"].server[1]
    yield "RST of the server", seen["server resets"].client[1] + said(seen["server resets"])


def first_line(one: bytes, other: bytes) -> bool:
    return one.split(b"\r\n")[0] == other.split(b"\r\n")[0]


def refusal_of(seen: Seen) -> str:
    same = first_line(REFUSED, seen.response) and seen.client == REFUSAL
    return "kept" if same else f"{seen.response!r} {seen.client!r}"


def said(seen: Any) -> str:
    """What came in place of frames."""
    return f", after {len(seen.client[0])} bytes" if seen.client[0] else ""


ABOUT = """\
# What a path does to the bytes

On a hub, a learner's browser reaches the learner's own server through the hub's proxy and the \
tunnel in the learner's Jupyter server (`classroom/wsedu_classroom/tunnel.py`); often there is \
another proxy in front. This table says what a raw client and a raw server see of each other. It \
is measured with real programs, and tests/classroom/test_paths.py measures it again.

* **direct**: nothing between them.
* **tunnel**: a Jupyter server with the tunnel, without a hub.
* **hub**: the proxy of JupyterHub, {chp}, and the tunnel.
* **nginx, hub** and **Caddy, hub**: nginx {nginx} or Caddy {caddy} in front of that, with the \
configuration of [TEACHING.md](../TEACHING.md#a-proxy-in-front-of-a-hub).

"""


MEANING = """
What a learner notices:

* The picture shows the browser's request without its login. After nginx or Caddy, the \
headers have another order.
* An RST arrives as a FIN, and a FIN of the learner's program ends both directions. If no Close \
frame came before, the script of a page gets the code 1006.
* The tunnel never passes an RST on to the proxy of a hub, which would write `HTTP/1.1 503` into \
the open WebSocket (see `findings`).
* No browser sends a frame together with its request.
"""


async def column(way: Way) -> dict[str, str]:
    """What one path does."""
    return dict(rows({name: await play(way, case) for name, case in CASES.items()}))


async def page(ways: list[Way]) -> str:
    """The text of docs/paths.md."""
    columns = [await column(way) for way in ways]
    lines = [["", *(way.name for way in ways)], ["---"] * (len(ways) + 1)]
    lines += [[name, *(found[name] for found in columns)] for name in columns[0]]
    proxy = subprocess.run([*programs.hub_proxy(), "--version"], capture_output=True, text=True)
    about = ABOUT.format(
        chp=f"configurable-http-proxy {proxy.stdout.strip()}",
        nginx=version("nginx"),
        caddy=version("caddy"),
    )
    return about + "".join(f"| {' | '.join(line)} |\n" for line in lines) + MEANING


def version(program: str) -> str:
    found = find(program)
    return found.version if found else "?"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name, all_ways(Path(name)) as found:
        PAGE.write_text(asyncio.run(page(found)), encoding="utf-8")
