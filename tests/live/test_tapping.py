"""``python -m wsedu tap``: a process of its own, between a real client and a real server."""

import errno
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from wsedu.live.tapping import Address, read_address
from wsedu.protocol import Binary, Text
from wsedu.recording import dissect, find
from wsedu.recording.captures import open_capture

from ..recording.test_captures import frames_seen_by, frames_seen_by_us

MESSAGES = ["Hello", "x" * 70_000, b"\x00\xff\x80", "привет", ""]


@pytest.fixture
def server() -> Iterator[int]:
    """The port of a server that returns each message, and keeps quiet otherwise."""

    def echo(connection: ServerConnection) -> None:
        for message in connection:
            connection.send(message)

    with serve(echo, "127.0.0.1", 0) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running.socket.getsockname()[1]
        running.shutdown()
        thread.join()


class Tapping:
    """A tap that runs, and what it prints."""

    def __init__(self, listen: str, upstream: str, out: Path) -> None:
        command = [sys.executable, "-m", "wsedu", "tap", listen, upstream, "--out", str(out)]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        self.first = self.process.stdout.readline()
        self.port = int(self.first.partition(" instead of ")[0].rpartition(":")[2] or 0)
        self.url = f"ws://127.0.0.1:{self.port}/chat"

    def line(self) -> str:
        """The next line, when it comes."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self, number: int = signal.SIGINT) -> tuple[int, list[str], str]:
        """Send a signal: the exit code, the lines printed since, and the errors."""
        self.process.send_signal(number)
        printed, errors = self.process.communicate(timeout=60)
        return self.process.returncode, printed.splitlines(), errors


@pytest.fixture
def tap(tmp_path: Path) -> Iterator[Any]:
    """Start a tap: tap(listen, upstream, name of the file)."""
    running: list[Tapping] = []

    def start(listen: str, upstream: object, name: str) -> Tapping:
        running.append(Tapping(listen, str(upstream), tmp_path / name))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


def talk(url: str) -> None:
    with connect(url, proxy=None) as socket:
        for message in MESSAGES:
            socket.send(message)
            assert socket.recv() == message
        socket.ping(b"there?").wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_capture_has_what_was_said_and_wireshark_sees_the_same(
    tap: Any,
    server: int,
    tmp_path: Path,
    number: int,
    tshark: str,
) -> None:
    running = tap("0", f"localhost:{server}", "talk.pcapng")
    for _ in range(2):
        talk(running.url)
    code, printed, errors = running.end(number)
    out = tmp_path / "talk.pcapng"
    assert (code, errors) == (0, "")
    assert printed == [
        "connection 1: GET /chat HTTP/1.1 → HTTP/1.1 101 Switching Protocols",
        "connection 2: GET /chat HTTP/1.1 → HTTP/1.1 101 Switching Protocols",
        f"{out}: 2 connections",
    ]
    found = open_capture(out)
    for connection in found:
        messages = dissect(connection.recording).messages
        for side in ("client", "server"):
            expected = [Text(m) if isinstance(m, str) else Binary(m) for m in MESSAGES]
            assert [message for sender, message in messages if sender == side] == expected
    ours = frames_seen_by_us(found)
    assert frames_seen_by(tshark, out) == ours
    assert sum(map(len, ours.values())) == 2 * 2 * (len(MESSAGES) + 2)
    assert [path.name for path in tmp_path.iterdir()] == ["talk.pcapng"]


@pytest.mark.parametrize("count", [1, 2])
def test_json_has_a_recording_for_each_connection(
    tap: Any, server: int, tmp_path: Path, count: int
) -> None:
    running = tap("127.0.0.1:0", server, "talk.json")
    for _ in range(count):
        talk(running.url)
    assert running.end()[0] == 0
    found = find(tmp_path / "talk.json")
    assert [each.is_websocket for each in found] == [True] * count
    assert all(len(dissect(each.recording).messages) == 2 * len(MESSAGES) for each in found)
    assert all(each.recording.ended for each in found)


def test_a_page_has_both_the_websocket_and_the_other_connection(
    tap: Any, server: int, tmp_path: Path
) -> None:
    running = tap("localhost:0", server, "talk.html")
    talk(running.url)
    with socket.create_connection(("127.0.0.1", running.port)) as plain:
        plain.sendall(b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while plain.recv(1000):
            pass
    assert running.line().startswith("connection 1: GET /chat")
    assert running.line().startswith("connection 2: GET /page HTTP/1.1 → HTTP/1.1 4")
    assert running.end()[0] == 0
    page = (tmp_path / "talk.html").read_text()
    assert "It has 1 WebSocket connection. 1 other connection is in it too." in page


def test_connections_that_are_open_when_the_tap_ends_are_in_the_file(
    tap: Any, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        running = tap("0", server.getsockname()[1], "talk.json")
        address = ("127.0.0.1", running.port)
        with socket.create_connection(address) as first, socket.create_connection(address) as last:
            for client, line in (
                (first, b"GET /first HTTP/1.1\r\n"),
                (last, b"GET /last HTTP/1.1\r\n"),
            ):
                client.sendall(line)
            for number in range(2):
                accepted, _address = server.accept()
                with accepted:
                    assert accepted.recv(100).startswith(b"GET /")
                    if number == 1:
                        code, printed, _errors = running.end()
    assert code == 0 and all(line.endswith("→ nothing") for line in printed[:2])
    found = find(tmp_path / "talk.json")
    lines = {each.recording.sent_by("client") for each in found}
    assert lines == {b"GET /first HTTP/1.1\r\n", b"GET /last HTTP/1.1\r\n"}
    assert not all(each.recording.ended for each in found)


def test_a_tap_does_not_connect_to_itself(tap: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    for listen in (str(port), f"localhost:{port}", f"0.0.0.0:{port}"):
        running = tap(listen, port, "talk.json")
        _, errors = running.process.communicate(timeout=60)
        assert running.process.returncode == 2
        assert errors.endswith(
            f"{port}: the tap would connect to itself: name the port of your server.\n"
        )


def test_secrets_are_covered(tap: Any, server: int, tmp_path: Path) -> None:
    running = tap("0", server, "talk.pcapng")
    with connect(running.url, proxy=None, additional_headers={"Cookie": "door=open"}):
        pass
    running.end()
    content = (tmp_path / "talk.pcapng").read_bytes()
    assert b"Cookie: *********" in content and b"open" not in content


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_server_that_is_not_there_is_said_and_there_is_no_file(
    tap: Any, tmp_path: Path, name: str
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # it does not listen
        free = held.getsockname()[1]
        running = tap("0", f"{name}:{free}", "talk.pcapng")
        with pytest.raises((WebSocketException, OSError)):
            connect(running.url, proxy=None)
        why = os.strerror(errno.ECONNREFUSED)
        assert running.line() == f"connection 1: {name}:{free} cannot be reached: {why}\n"
    code, printed, errors = running.end()
    assert (code, printed, errors) == (0, ["Nothing was sent: there is no file."], "")
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_one_sentence(tap: Any, server: int, tmp_path: Path) -> None:
    running = tap(str(server), server, "talk.json")
    assert running.first == ""
    _, errors = running.process.communicate(timeout=60)
    assert running.process.returncode == 2
    assert errors == (
        f"127.0.0.1:{server}: another program listens there. "
        "Choose another port; 0 finds a free one.\n"
    )


def test_other_computers_get_in_only_where_the_command_says_so(tap: Any, server: int) -> None:
    running = tap("0", server, "talk.json")
    assert running.first.startswith("Connect to 127.0.0.1:")
    assert running.end()[2] == ""
    running = tap("0.0.0.0:0", server, "talk.json")
    assert running.first.startswith("Connect to 0.0.0.0:")
    assert running.end()[2] == (
        f"Warning: other computers can connect to 0.0.0.0:0, and so reach 127.0.0.1:{server}.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["9000", "8080"], "--out"),
        (["9000", "8080", "--out", "talk.txt"], "end in one of .pcapng, .json, .html"),
        (["9000", "8080", "--out", "nothing/talk.json"], "there is no folder nothing"),
        (["door", "8080", "--out", "talk.json"], "door is not an address: write a port"),
        (["9000", "http://localhost:80/", "--out", "talk.json"], "is not an address"),
        (["9000", "65536", "--out", "talk.json"], "65536 is not an address"),
    ],
)
def test_what_the_command_does_not_understand_is_said_at_once(
    arguments: list[str], says: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "wsedu", "tap", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert result.returncode == 2 and says in result.stderr
    assert result.stdout == "" and list(tmp_path.iterdir()) == []


def test_addresses_are_read_in_their_forms() -> None:
    forms = {
        "8080": ("127.0.0.1", 8080, True),
        "localhost:8080": ("localhost", 8080, True),
        "127.1.2.3:1": ("127.1.2.3", 1, True),
        "[::1]:80": ("::1", 80, True),
        "0.0.0.0:80": ("0.0.0.0", 80, False),
        "[::]:80": ("::", 80, False),
        "example.com:80": ("example.com", 80, False),
    }
    for text, (host, port, is_local) in forms.items():
        address = read_address(text)
        assert (address, address.is_local) == (Address(host, port), is_local)
        assert str(address) in (text, f"127.0.0.1:{text}")
    texts = ["", ":", "a:", "a:b", "http://a:80", "a:80/", "1:-2", "²"]
    assert all(_is_refused(text) for text in itertools.chain(texts, ["80 ", "99999"]))


def _is_refused(text: str) -> bool:
    with pytest.raises(ValueError, match="is not an address"):
        read_address(text)
    return True
