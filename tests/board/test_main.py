"""The command that runs a board: what it says, how it ends, and what a killed process loses."""

import asyncio
import json
import os
import re
import shlex
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect
from wsedu_classroom.board.brokers import log_at
from wsedu_classroom.board.command import main

from wsedu import Nats, Valkey
from wsedu.course import class_sender, journal
from wsedu.course.class_sender import Joined, Sender

from ..terminal import Terminal
from .boards import SECONDS, Page, Running, have, say
from .test_log import JETSTREAM, first
from .test_server import close_of

TOKENS = "--class class-abc --teacher teacher-abc"


class Process(Terminal):
    """A board that runs in a terminal, and has said where it is."""

    def __init__(self, options: str, environment: dict[str, str] | None = None) -> None:
        command = f"{shlex.quote(sys.executable)} -m wsedu_classroom.board --no-browser {options}"
        self._status: int | None = None
        super().__init__(command, Path.cwd(), {**os.environ, **(environment or {})})
        found = self.says(
            r"http://(127\.0\.0\.1:\d+)(\S*)/(\S+)/\s[\s\S]*'(ws\S+)'[\s\S]*again with", 60
        )
        self.host, self.prefix, self.teacher, self.link = found.groups()
        self.port = int(self.host.partition(":")[2])

    def end(self, timeout: float = 60) -> int:
        if self._status is None:
            self._status = super().end(timeout)
        return self._status

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(SECONDS)

    def terminate(self) -> int:
        self._process.terminate()
        return self.end()


@contextmanager
def process(options: str = "", environment: dict[str, str] | None = None) -> Iterator[Process]:
    running = Process(options, environment)
    try:
        yield running
    finally:
        if running._process.poll() is None:
            os.killpg(running._process.pid, signal.SIGKILL)
        running.end()


@contextmanager
def page(running: Process | Running) -> Iterator[Page]:
    address = f"ws://{running.host}/teacher-abc/live"
    with connect(address, proxy=None, max_size=None) as connection:
        yield Page(connection)


def test_it_says_where_the_page_is_and_what_learners_type_and_ctrl_c_ends_the_class(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "kept.jsonl"
    with process(f"--keep {kept}") as board, connect(f"{board.link}/learner", proxy=None) as ada:
        assert re.fullmatch(rf"ws://{board.host}/[a-z2-9]{{10}}", board.link)
        assert "Only this machine can reach the board." in board.text
        say(ada, {"hello": "ada", "learner": "learner-ada"})
        have(ada)
        say(ada, {"n": 1, "what": "hint", "name": "encode-header"})
        have(ada, 1)
        assert board.ctrl_c() == 0
        assert close_of(ada) == (4000, "the class has ended")
        assert board.text.endswith("The class has ended.\r\n")
        assert "Traceback" not in board.text
    assert [json.loads(line)[0] for line in kept.read_text().splitlines()] == [
        "hello",
        "event",
        "end",
    ]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_ctrl_c_before_the_board_listens_prints_nothing(tmp_path: Path) -> None:
    (tmp_path / "wsedu.py").write_text(
        "import signal; print('importing', flush=True); signal.pause()"
    )
    paths = os.pathsep.join([str(tmp_path), *sys.path])
    command = f"{shlex.quote(sys.executable)} -m wsedu_classroom.board --no-browser"
    starting = Terminal(command, tmp_path, os.environ | {"PYTHONPATH": paths})
    starting.says(r"importing\r\n")
    assert starting.ctrl_c() == -signal.SIGINT
    assert starting.text == "importing\r\n"


def test_a_board_that_was_killed_starts_again_as_it_says_and_hears_all_of_it_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(class_sender, "LONGEST", 0.1)
    sender = None
    tokens = tmp_path / "tokens"
    try:
        with process(f"--tokens {tokens}") as board:
            assert stat.S_IMODE(tokens.stat().st_mode) == 0o600
            sender = in_class(board.link)
            journal.write("hint", "mask-bytes")
            journal.write("hint", "encode-header")
            sender.wake()
            with connect(f"ws://{board.host}/{board.teacher}/live", proxy=None, max_size=None) as c:
                Page(c).until_cell("ada", "encode-header", hints=1)
            again = board.says(r"board (--port .*)\r")[1]
            board.kill()
        with process(again) as board:
            with connect(f"ws://{board.host}/{board.teacher}/live", proxy=None, max_size=None) as c:
                Page(c).until_cell("ada", "encode-header", hints=1)
            assert board.terminate() == 0
            assert board.text.endswith("The board has stopped.\r\n")
    finally:
        leave(sender)


def in_class(*links: str) -> Sender:
    """A learner of this test's home who sends to these boards."""
    joined = Joined(links, "ada", "learner-ada", 0)
    journal.write_now("joined", "learner-ada")
    return Sender(joined, lambda: True, lambda: None)


def leave(sender: Sender | None) -> None:
    if sender:
        sender._is_current = lambda: False
        sender.wake()
        sender._thread.join(SECONDS)
        assert sender.is_over


async def entries_at(url: str) -> tuple[list[str], int]:
    log = log_at(url, "class-abc")
    try:
        return await first(log, 0)
    finally:
        await log.close()


@pytest.mark.parametrize("kind", ["valkey", "nats"])
def test_of_two_processes_one_is_killed_and_nothing_is_lost(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A learner and a page of that process go on at the other; another learner was there."""
    monkeypatch.setattr(class_sender, "LONGEST", 0.1)
    sender = None
    with ExitStack() as stack:
        broker: Any = stack.enter_context(Valkey() if kind == "valkey" else Nats(JETSTREAM))
        options = f"--broker {broker.url} {TOKENS}"
        left = stack.enter_context(process(options))
        right = stack.enter_context(process(options))
        try:
            sender = in_class(left.link, right.link)
            with page(left) as seen, page(right) as other:
                for tries in range(1, 51):
                    journal.write("tried", "encode-header", outcome="not yet", mistake="")
                    sender.wake()
                    if tries == 25:
                        left.kill()
                    elif tries < 25:
                        seen.until_cell("ada", "encode-header", tries=tries)
                cell = other.until_cell("ada", "encode-header", tries=50)
                assert cell["times"] == 50
            with page(right) as late:
                assert late.until_cell("ada", "encode-header", tries=50) == cell
                late.connection.send('{"end": true}')
                assert close_of(late.connection) == (4000, "the class has ended")
            assert right.end() == 0
        finally:
            leave(sender)
        assert asyncio.run(entries_at(broker.url)) == ([], 0)  # it has forgotten the class


def test_as_a_service_of_a_hub_it_takes_port_and_path_from_the_hub() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    hub = {
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
        "JUPYTERHUB_SERVICE_PREFIX": "/services/board/",
    }
    with process("--open --public wss://hub.example/services/board/", hub) as board:
        assert (board.port, board.prefix) == (port, "/services/board")
        assert re.fullmatch(r"wss://hub\.example/services/board/[a-z2-9]{10}", board.link)
        assert f"Port {port} of this machine is open to its network" in board.text
        assert board.ctrl_c() == 0


@pytest.mark.parametrize(
    ("hub", "said"),
    [
        ({}, "with the line above and --most NUMBER. Ctrl-C would end the class for all"),
        ({"JUPYTERHUB_SERVICE_NAME": "board"}, "half a minute later the hub begins a new one"),
    ],
    ids=["own", "hub"],
)
def test_the_teacher_of_a_full_class_reads_how_to_let_in_more(
    hub: dict[str, str], said: str
) -> None:
    command = f"{shlex.quote(sys.executable)} -m wsedu_classroom.board --no-browser --most 1"
    board = Terminal(f"{command} {TOKENS}", Path.cwd(), os.environ | hub)
    try:
        link = f"ws://127.0.0.1:{board.says(r'http://127.0.0.1:([0-9]+)/')[1]}/class-abc/learner"
        with connect(link, proxy=None) as ada, connect(link, proxy=None) as ben:
            say(ada, {"hello": "ada", "learner": "learner-ada"})
            have(ada)
            say(ben, {"hello": "ben", "learner": "learner-ben"})
            assert close_of(ben) == (1013, "the class is full: it has 1 learners")
            board.says(re.escape(said))
    finally:
        assert board.ctrl_c() == 0


@pytest.mark.parametrize(
    ("option", "said"),
    [
        *((f"--port={port}", f"invalid port value: '{port}'") for port in ("-1", "65536", "many")),
        *((f"--most={most}", f"invalid count value: '{most}'") for most in ("0", "-1", "all")),
    ],
)
def test_a_number_that_cannot_be_is_refused(
    option: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--no-browser", option])
    assert said in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has such a full disk")
def test_a_full_disk_does_not_end_the_class_and_starting_again_keeps_the_options() -> None:
    options = "--keep /dev/full --title 'A class' --most 7 --public ws://board.example/x"
    with process(options) as board:
        board.says("--public ws://board.example/x --keep /dev/full --most 7 --title 'A class'")
        token = board.link.rpartition("/")[2]
        with connect(f"ws://{board.host}/{token}/learner", proxy=None) as ada:
            say(ada, {"hello": "ada", "learner": "learner-ada"})
            have(ada)
            say(ada, {"n": 1, "what": "hint", "name": "encode-header"})
            have(ada, 1)
        assert board.ctrl_c() == 0
        assert "Events are no longer kept in the file (No space left" in board.text
        assert board.text.endswith("The class has ended.\r\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--class short", "a token has 8 to 64 letters, digits, - or _"),
        ("--class same-token --teacher same-token", "a token has 8 to 64 letters, digits, - or _"),
        ("--port {port}", "address already in use"),
        ("--keep /nowhere/file", "No such file"),
        ("--tokens {damaged}", "holds no tokens"),
        ("--public hub.example/board", "ws://... or wss://"),
        ("--public null", "ws://... or wss://"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    options: str, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    damaged = tmp_path / "tokens"
    damaged.write_text('["class"]')
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = options.format(port=taken.getsockname()[1], damaged=damaged).split()
        assert main(["--no-browser", *words]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("The board cannot run: ") and said in err
