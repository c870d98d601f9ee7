"""The tunnel of a learner's Jupyter server: it changes no byte, and refuses with a sentence."""

import ast
import asyncio
import hashlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from tornado.web import HTTPError
from wsedu_classroom import tunnel

from . import paths
from .paths import (
    BASE,
    CASES,
    DIRECT,
    TOKEN,
    Case,
    Server,
    Way,
    Wire,
    leave,
    listening,
    nothing,
    play,
    reads,
)

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux says whose a port is"),
]

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 2.0  # seconds that the tunnel of these tests waits for a server
MEGABYTES = 2**20


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with paths.jupyter(tmp_path_factory.mktemp("jupyter"), patience=PATIENCE) as server:
        yield server


@pytest.fixture
def way(jupyter: Server) -> Way:
    return Way("tunnel", jupyter.port)


# The bytes.


async def dies(wire: Wire) -> None:
    """Send a half of a frame, and end."""
    await wire.receive(paths.END)
    await wire.send(paths.frame(0x82, bytes(2**17))[: 2**16])


async def resets_in_mid_message(wire: Wire) -> None:
    """Send a half of a frame, and reset the connection once it has arrived."""
    await wire.send(paths.frame(0x82, b"12345678")[:6])
    await wire.receive(paths.END)
    wire.rst()


async def sees_a_half(wire: Wire) -> object:
    half = await wire.reader.readexactly(6)
    await wire.send(paths.END)
    return half, await wire.receive()


MORE = {
    "the server ends in mid-message": Case(paths.asks_and_reads, dies),
    "the server resets in mid-message": Case(sees_a_half, resets_in_mid_message),
    "the refusal has no length": Case(
        reads, nothing, re.sub(rb"Content-Length: .*\r\n", b"", paths.REFUSED)
    ),
}


@pytest.mark.parametrize("name", [*CASES, *MORE])
async def test_both_ends_see_what_they_see_without_the_tunnel(way: Way, name: str) -> None:
    case = (CASES | MORE)[name]
    through, direct = await play(way, case), await play(DIRECT, case)
    assert through.request == without_login(through.sent)
    assert through.response == direct.response
    if name == "client ends":  # tornado closes both directions with the first
        assert direct.client == (paths.LAST, "FIN")
        assert through.client == (b"", "FIN")
    else:
        assert through.client == direct.client
    assert through.server == direct.server


def without_login(request: bytes) -> bytes:
    return re.sub(rb"(?m)^(Cookie|Authorization): .*\r\n", b"", request)


def asking(*lines: str, path: str = "/echo") -> Case:
    """A case of which only the request matters: these lines beside those of every handshake."""
    head, *rest = paths.REQUEST.split("\r\n")
    kept = [line for line in rest if not line.startswith("Sec-WebSocket-Protocol")][:-2]
    request = "\r\n".join([f"GET PREFIX{path} HTTP/1.1", *kept, *lines, "", ""])
    assert head.startswith("GET ")
    return Case(reads, nothing, request=request)


async def arriving(way: Way, case: Case) -> tuple[str, list[str]]:
    """The target of the request, and its last lines, as the learner's server gets them."""
    first, *lines = (await play(way, case)).request.decode().split("\r\n")
    return first.split(" ")[1], lines[lines.index(f"Sec-WebSocket-Key: {paths.KEY}") + 2 : -2]


async def test_no_secret_of_the_login_reaches_the_server(way: Way) -> None:
    token = f"v1.token.websocket.jupyter.org.{TOKEN}"
    case = asking(
        "X-XSRFToken: secret",
        f"Referer: http://127.0.0.1/lab?token={TOKEN}",
        "Proxy-Authorization: secret",
        f"Sec-WebSocket-Protocol: chat, {token}, b",
        "Sec-WebSocket-Protocol: " + token,
        path=f"/a%2Fb?token={TOKEN}&x=%C3%A9&tok%65n={TOKEN}&tokens=1&_xsrf=secret&y",
    )
    target, lines = await arriving(way, case)
    assert (target, lines) == ("/a%2Fb?x=%C3%A9&tokens=1&y", ["Sec-WebSocket-Protocol: chat, b"])
    assert (await arriving(way, asking(path=f"/?token={TOKEN}")))[0] == "/"
    assert (await arriving(way, asking(path="?")))[0] == "/?"
    assert (await arriving(way, asking(path="")))[0] == "/"


async def test_what_proxies_add_is_left_out_and_capitals_are_those_of_browsers(way: Way) -> None:
    case = asking(
        "x-forwarded-for: 10.0.0.1",
        "X-Real-IP: 10.0.0.1",
        "Forwarded: for=10.0.0.1",
        "via: 1.1 Caddy",
        "sec-gpc: 1",
        "dnt: 1",
        "sec-fetch-dest: empty",
        "sec-websocket-protocol: chat",
    )
    _target, lines = await arriving(way, case)
    assert lines == [
        "Sec-GPC: 1",
        "DNT: 1",
        "Sec-Fetch-Dest: empty",
        "Sec-WebSocket-Protocol: chat",
    ]


async def test_a_refusal_ends_the_connection_and_no_second_request_follows(way: Way) -> None:
    """Else a proxy in front would send the next request of the page, with its login, after it."""
    stays_open = paths.REFUSED.replace(b"Connection: close\r\n", b"Keep-Alive: timeout=5\r\n")

    async def asks_again(wire: Wire) -> object:
        await wire.receive(paths.REFUSAL)
        await wire.send(b"GET /api/contents HTTP/1.1\r\nCookie: secret\r\n\r\n")
        wire.fin()

    seen = await play(way, Case(asks_again, reads, stays_open))
    head = stays_open[: -len(paths.REFUSAL) - 2]
    assert seen.response == head + b"Connection: close\r\n\r\n"
    assert seen.server == (b"", "FIN")


async def test_a_server_hears_when_the_browser_leaves_before_the_response(way: Way) -> None:
    left = asyncio.get_running_loop().create_future()

    async def waits(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        left.set_result(await reader.read())

    asked = asyncio.Event()
    async with listening(waits) as port, asyncio.timeout(PATIENCE * 5):
        _reader, writer = await asyncio.open_connection("127.0.0.1", way.entry)
        writer.write(handshake(way, port))
        await asked.wait()
        await leave(writer)
        assert await left == b""


def handshake(way: Way, port: int) -> bytes:
    _entry, prefix = way.to(port)
    return (
        paths.REQUEST.replace("PREFIX", prefix).replace("HOST", f"127.0.0.1:{way.entry}").encode()
    )


async def test_a_hundred_connections_at_once_keep_their_bytes_apart(way: Way) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(paths.ACCEPTED)
        while data := await reader.read(2**16):
            writer.write(data)

    async def talk(number: int) -> None:
        mine = hashlib.sha256(bytes([number])).digest() * 2000
        wire = Wire(*await asyncio.open_connection("127.0.0.1", way.entry))
        await wire.send(handshake(way, port))
        await wire.receive_head()
        _sent, (found, how) = await asyncio.gather(wire.send(mine), wire.receive(mine))
        await leave(wire.writer)
        assert (found == mine, how) == (True, "")

    async with listening(echo) as port, asyncio.timeout(60):
        await asyncio.gather(*map(talk, range(100)))


@pytest.mark.parametrize("sender", ["server", "client"])
async def test_a_side_that_does_not_read_stops_the_other_and_costs_no_memory(
    jupyter: Server, way: Way, sender: str
) -> None:
    """What waits is in the buffers of the operating system, and a few pieces in the tunnel."""
    size = 64 * MEGABYTES
    stopped = asyncio.Event()

    async def sends(wire: Wire) -> int:
        wire.writer.transport.set_write_buffer_limits(high=0)
        written = waiting_at = 0
        digest = hashlib.sha256()
        while written < size:
            piece = os.urandom(2**16)
            digest.update(piece)
            wire.writer.write(piece)
            written += len(piece)
            if stopped.is_set():
                await wire.writer.drain()
                continue
            try:  # until nothing more goes
                await asyncio.wait_for(wire.writer.drain(), 0.5)
            except TimeoutError:
                waiting_at = written
                stopped.set()
        stopped.set()
        sums["sent"] = digest.hexdigest()
        return waiting_at

    async def receives(wire: Wire) -> int:
        await stopped.wait()
        digest, left = hashlib.sha256(), size
        while left and (data := await wire.reader.read(2**16)):
            digest.update(data)
            left -= len(data)
        sums["received"] = digest.hexdigest()
        return left

    sums: dict[str, str] = {}
    case = Case(receives, sends) if sender == "server" else Case(sends, receives)
    (process,) = psutil.Process(jupyter.keeper).children()
    before = peak(process.pid)
    seen = await play(way, case)
    waiting_at, left = (
        (seen.server, seen.client) if sender == "server" else (seen.client, seen.server)
    )
    assert left == 0 and sums["sent"] == sums["received"]
    assert isinstance(waiting_at, int) and 0 < waiting_at < size / 2
    assert peak(process.pid) - before < 4 * MEGABYTES


def peak(process: int) -> int:
    """The largest memory that a process has had so far, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


# What is refused, and the sentence.


@dataclass
class Answer:
    """What came back from the Jupyter server itself."""

    status: int
    headers: http.client.HTTPMessage
    sentence: str


HANDSHAKE = {
    "Authorization": f"token {TOKEN}",
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": paths.KEY,
}


def ask(way: Way, port: int | str, body: str = "", **changes: str | None) -> Answer:
    """Ask for a port as a page does; None leaves a header out."""
    headers = HANDSHAKE | {name.replace("_", "-"): value for name, value in changes.items()}
    connection = http.client.HTTPConnection("127.0.0.1", way.entry, timeout=30)
    wanted = {name: value for name, value in headers.items() if value is not None}
    connection.request("GET", f"{BASE}wsedu-tunnel/{port}/echo", body or None, wanted)
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read().decode())
    connection.close()
    return answer


@pytest.fixture
def port() -> Iterator[int]:
    """A port on which this test listens, and which the tunnel must not reach in it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def login(way: Way) -> str:
    """The cookie of a page that has logged in."""
    connection = http.client.HTTPConnection("127.0.0.1", way.entry, timeout=30)
    connection.request("GET", f"{BASE}login?token={TOKEN}")
    response = connection.getresponse()
    cookies = [value.partition(";")[0] for value in response.headers.get_all("Set-Cookie", [])]
    connection.close()
    assert any(cookie.startswith("username-") for cookie in cookies)
    return "; ".join(cookies)


@pytest.mark.parametrize(
    "login", [{"Authorization": None}, {"Authorization": "token of-another-user"}]
)
def test_only_the_user_of_the_server_is_let_in(way: Way, port: int, login: dict[str, str]) -> None:
    refused = ask(way, port, **login)
    assert refused.status == 403
    assert refused.sentence == (
        "Only the user of this server may use its tunnel. Log in to it first.\n"
    )
    assert refused.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_from_elsewhere_is_refused_though_the_browser_is_logged_in(
    way: Way, port: int, origin: str
) -> None:
    refused = ask(way, port, Authorization=None, Cookie=login(way), Origin=origin)
    assert refused.status == 403
    assert refused.sentence.startswith(
        f"The page is from {origin}, and this server is 127.0.0.1:{way.entry}: the tunnel is for "
    )


@pytest.mark.parametrize("upgrade", [None, "h2c"])
def test_a_plain_get_is_refused_with_426(way: Way, port: int, upgrade: str | None) -> None:
    refused = ask(way, port, Upgrade=upgrade)
    assert refused.status == 426
    assert refused.headers["Upgrade"] == "websocket"
    assert refused.sentence == ("The tunnel carries WebSocket only: it needs Upgrade: websocket.\n")


@pytest.mark.parametrize(
    "more", [{"body": "smuggled"}, {"Transfer_Encoding": "chunked", "body": ""}]
)
def test_a_handshake_with_a_body_is_refused(way: Way, port: int, more: dict[str, str]) -> None:
    if "Transfer_Encoding" in more:
        with socket.create_connection(("127.0.0.1", way.entry), 30) as connection:
            head = handshake(way, port)[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
            connection.sendall(head + b"0\r\n\r\n")
            assert b"HTTP/1.1 400 " in connection.recv(2**16)
    else:
        refused = ask(way, port, **more)
        assert (refused.status, refused.sentence) == (
            400,
            "The handshake of a WebSocket has no body.\n",
        )


def test_a_port_without_a_server_is_named(way: Way) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    for number in (closed, 0, 99999):
        refused = ask(way, number)
        assert refused.status == 404
        assert refused.sentence == (
            f"No server of yours listens on port {number} of this machine, and the tunnel leads to "
            "your own servers only.\n"
        )


LISTEN_AS = """
import os, socket, sys
os.setuid(65534)
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
if sys.stdin.readline() == "accept\\n":
    connection = server.accept()[0]
    print("accepted", flush=True)
    print(connection.recv(1), flush=True)
sys.stdin.read()
server.setblocking(False)
try:
    server.accept()
except BlockingIOError:
    print("never asked", flush=True)
"""


@contextmanager
def server_of_another_user() -> Iterator[tuple[subprocess.Popen[str], int]]:
    if os.getuid() != 0:
        pytest.skip("only root can start a server as another user")
    with subprocess.Popen(
        [sys.executable, "-c", LISTEN_AS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        yield other, int(other.stdout.readline())


def test_a_port_of_another_user_is_refused_as_if_it_were_closed(way: Way) -> None:
    with server_of_another_user() as (other, port):
        refused = ask(way, port)
        assert (refused.status, refused.sentence.partition(" of this")[0]) == (
            404,
            f"No server of yours listens on port {port}",
        )
        assert other.communicate()[0] == "never asked\n"


def handler_of_no_server() -> Any:
    """As much of the tunnel as ``connect`` looks at."""
    none = SimpleNamespace(get_kernel=None, list_kernel_ids=list)
    return SimpleNamespace(kernel_manager=none, serverapp=None)


async def test_a_port_that_passes_to_another_user_before_the_connection_gets_no_byte(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter(["127.0.0.1"])  # it was the user's when it was looked up
    look = tunnel.address_of
    monkeypatch.setattr(tunnel, "address_of", lambda port: next(answers, None) or look(port))
    with server_of_another_user() as (other, port):
        with pytest.raises(HTTPError, match=f"No server of yours listens on port {port}"):
            await tunnel.Tunnel.connect(handler_of_no_server(), port)
        said, _none = await asyncio.to_thread(other.communicate, "accept\n")
        assert said.splitlines() == ["accepted", "b''", "never asked"]


def test_a_connection_is_of_the_user_who_has_accepted_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also if the port has come back since to a server of this user."""
    with server_of_another_user() as (other, port):
        assert other.stdin is not None and other.stdout is not None
        with socket.create_connection(("127.0.0.1", port)) as client:
            ends = client.getsockname(), client.getpeername()
            assert not tunnel.leads_to_own_server(*ends)
            other.stdin.write("accept\n")
            other.stdin.flush()
            assert other.stdout.readline() == "accepted\n"
            monkeypatch.setattr(tunnel, "address_of", lambda _port: "127.0.0.1")
            assert not tunnel.leads_to_own_server(*ends)
        other.communicate()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "::"])
def test_a_connection_is_yours_before_and_after_your_server_accepts_it(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        server = socket.create_server((host, 0), family=family, dualstack_ipv6=host == "::")
    except OSError as error:
        pytest.skip(f"this machine has no {host}: {error}")
    with server:
        port = server.getsockname()[1]
        for address in ["::1"] * (":" in host) + ["127.0.0.1"] * (host != "::1"):
            with socket.create_connection((address, port)) as client:
                ends = client.getsockname(), client.getpeername()
                assert tunnel.leads_to_own_server(*ends)
                with server.accept()[0], pytest.MonkeyPatch.context() as gone:
                    gone.setattr(tunnel, "address_of", lambda _port: None)
                    assert tunnel.leads_to_own_server(*ends)


def test_the_ports_of_jupyter_and_of_its_kernels_are_closed(jupyter: Server, way: Way) -> None:
    refused = ask(way, jupyter.port)
    assert refused.status == 403
    assert refused.sentence == (
        f"Port {jupyter.port} is this Jupyter server's, and the tunnel avoids it.\n"
    )
    connection = http.client.HTTPConnection("127.0.0.1", jupyter.port, timeout=60)
    connection.request("POST", f"{BASE}api/kernels", "{}", {"Authorization": f"token {TOKEN}"})
    kernel = json.load(connection.getresponse())["id"]
    (server,) = psutil.Process(jupyter.keeper).children()
    (process,) = [child for child in server.children() if kernel in " ".join(child.cmdline())]
    # The kernels know where the tunnel is.
    assert process.environ()["WSEDU_TUNNEL"] == f"{BASE}wsedu-tunnel/"
    file = next(word for word in process.cmdline() if word.endswith(".json"))
    ports = [value for name, value in json.loads(Path(file).read_text()).items() if "_port" in name]
    assert len(ports) == 5
    for number in ports:
        assert ask(way, number).sentence == (
            f"Port {number} belongs to a kernel, and the tunnel avoids it.\n"
        )
    connection.request("DELETE", f"{BASE}api/kernels/{kernel}", None, HANDSHAKE)
    assert connection.getresponse().status == 204
    connection.close()


@contextmanager
def deaf() -> Iterator[int]:
    """A port where a server listens, and accepts nothing more."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = server.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(("127.0.0.1", port))
        yield port
        for one in waiting:
            one.close()


def test_a_server_that_does_not_accept_is_named(way: Way) -> None:
    with deaf() as port:
        refused = ask(way, port)
    assert refused.status == 502
    assert refused.sentence == (
        f"Your server on port {port} does not accept: no connection within {PATIENCE:g} s.\n"
    )


async def test_a_server_that_does_not_respond_in_time_or_too_much_is_named(way: Way) -> None:
    async def talks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nA: " + b"a" * long)
        with suppress(ConnectionError):  # the tunnel has not read all of it
            await reader.read()

    async with listening(talks) as port:
        long = 10
        refused = await asyncio.to_thread(ask, way, port)
        assert (refused.status, refused.sentence) == (
            504,
            f"Your server on port {port} has not answered the handshake in {PATIENCE:g} s.\n",
        )
        long = 3 * tunnel.HEAD
        refused = await asyncio.to_thread(ask, way, port)
        assert (refused.status, refused.sentence) == (
            502,
            f"The response head of your server on port {port} is longer than 65536 bytes.\n",
        )


# Which ports are whose.


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "::"])
async def test_a_server_is_found_at_the_address_where_it_listens(way: Way, host: str) -> None:
    async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(paths.REFUSED)

    try:
        socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        ).close()
    except OSError as error:
        pytest.skip(f"this machine has no {host}: {error}")
    async with listening(refuses, host) as port:
        assert (await asyncio.to_thread(ask, way, port)).sentence == paths.REFUSAL.decode()


def test_where_the_system_names_no_owners_the_port_is_taken_for_yours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    assert tunnel.address_of(free) is None
    monkeypatch.setattr(tunnel, "TABLES", [])
    assert tunnel.address_of(free) == "127.0.0.1"
    assert tunnel.leads_to_own_server(("127.0.0.1", free), ("127.0.0.1", free))


# How it is turned on.


def test_it_is_off_until_jupyter_is_told_to_turn_it_on(tmp_path: Path) -> None:
    shipped = ROOT / "jupyter" / "etc" / "jupyter" / "jupyter_server_config.d"
    (file,) = shipped.iterdir()
    setting = {"ServerApp": {"jpserver_extensions": {"wsedu_classroom.tunnel": False}}}
    assert json.loads(file.read_text()) == setting
    # Jupyter turns on only what a file of this folder already names.
    folder = tmp_path / file.parent.name
    folder.mkdir()
    (folder / file.name).write_bytes(file.read_bytes())
    (command,) = re.findall(r"(?m)^    jupyter (server .*)$", tunnel.__doc__ or "")
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", *command.replace("--sys-prefix", "--user").split()],
        env=os.environ | {"JUPYTER_CONFIG_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert "successfully enabled" in done.stderr, done.stderr
    setting["ServerApp"]["jpserver_extensions"]["wsedu_classroom.tunnel"] = True
    assert json.loads((folder / file.name).read_text()) == setting


def test_it_imports_nothing_of_the_course() -> None:
    tree = ast.parse(Path(tunnel.__file__).read_text(encoding="utf-8"))
    found = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [node.module or "." * node.level]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert found - sys.stdlib_module_names == {"jupyter_server", "tornado"}
