"""Joining a class: nothing is sent before, only what it says after, and no cell waits."""

import json
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from wsedu import check, hint, join_class, leave_class, start_over
from wsedu.course import class_link, class_sender, journal
from wsedu.course.class_link import NoClass
from wsedu.course.class_sender import event

from ..board import boards
from ..board.boards import Running

SECONDS = 30


@pytest.fixture(autouse=True)
def not_nbval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_VERSION", raising=False)
    monkeypatch.delenv("WSEDU_CLASS", raising=False)
    monkeypatch.setattr(class_sender, "SHORTEST", 0.05)
    monkeypatch.setattr(class_sender, "LONGEST", 0.05)


@pytest.fixture(autouse=True)
def nothing_is_left(not_nbval: None) -> Iterator[None]:
    yield
    leave_class()
    if class_link._sender:
        class_link._sender._thread.join(SECONDS)
        assert class_link._sender.is_over
    class_link._sender = None
    class_link._mentioned = False


@pytest.fixture
def board() -> Iterator[Running]:
    with boards.board() as running:
        yield running


def try_(mistake: str = "little-endian") -> None:
    journal.write("tried", "encode-header", outcome="not yet", mistake=mistake)


def until_over() -> None:
    assert class_link._sender is not None
    class_link._sender._thread.join(SECONDS)
    assert class_link._sender.is_over


def test_nothing_is_sent_before_joining_and_all_that_happens_after(board: Running) -> None:
    with boards.page(board) as page:
        try_("before")
        assert class_link._sender is None
        join_class(board.link, "ada")
        try_()
        page.until_cell("ada", "encode-header", tries=1, mistake="little-endian", times=1)
        journal.write("hint", "encode-header")
        journal.write("predicted", "close-code", option=2)
        journal.write("revisited", "close-code")
        page.until(lambda page: page.rows["ada"]["choices"].get("close-code") == [2, None, True])
        assert page.rows["ada"]["cells"]["encode-header"]["hints"] == 1
        journal.write("reset", "encode-header")
        page.until_cell("ada", "encode-header", state="open", hints=0)
        assert page.rows["ada"]["here"] is True


def test_what_a_check_finds_wrong_reaches_the_page_by_its_name(
    board: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    join_class(board.link, "ada")
    said = " ".join(capsys.readouterr().out.split())
    assert "under the nickname ada" in said and "answers, your name and your files are not" in said
    with boards.page(board) as page:
        with pytest.raises(AssertionError):
            check("encode-header", lambda opcode, length, fin=True, masked=False: b"")
        page.until_cell("ada", "encode-header", state="not yet", tries=1)
        hint("encode-header")
        page.until_cell("ada", "encode-header", hints=1)
        start_over("encode-header")
        page.until_cell("ada", "encode-header", state="open", hints=0)


def test_a_line_of_the_journal_gives_a_name_and_known_facts_only() -> None:
    line = {"what": "tried", "name": "mask", "outcome": "passed", "mistake": "", "time": 100}
    secret = line | {"answer": "def mask(): ...", "sentence": "You ...", "folder": "/home/ada"}
    assert event(3, json.dumps(secret).encode(), 100.25) == {
        "n": 3,
        "what": "tried",
        "name": "mask",
        "outcome": "passed",
        "mistake": "",
        "ago": 0.2,
    }


@pytest.mark.parametrize(
    "line",
    [
        b"{damaged",
        b"[]",
        b'"tried"',
        b"[" * 5000,
        b'{"what": "joined", "name": "k3Jx", "time": 1}',
        b'{"what": "unjudged", "name": "mask", "time": 1}',
        b'{"what": "tried", "name": "mask", "outcome": "exploded", "mistake": "", "time": 1}',
        b'{"what": "tried", "name": "mask", "outcome": "passed", "mistake": 1, "time": 1}',
        b'{"what": "predicted", "name": "close-code", "option": "1", "time": 1}',
        b'{"what": "hint", "name": "mask", "time": "now"}',
        b'{"what": "hint", "name": "mask"}',
        b'{"what": "hint", "name": "mask", "time": 1' + b"0" * 400 + b"}",
        b'{"what": ["hint"], "name": "mask", "time": 1}',
        b'{"what": "hint", "name": "' + b"x" * 5000 + b'", "time": 1}',
    ],
)
def test_every_other_line_is_sent_as_other(line: bytes) -> None:
    assert event(1, line, 2.0) == {"n": 1, "what": "other"}


def test_a_clock_that_went_back_gives_no_negative_age() -> None:
    assert event(1, b'{"what": "hint", "name": "mask", "time": 50}', 10.0)["ago"] == 0


def test_an_age_is_a_number_that_json_knows() -> None:
    line = b'{"what": "hint", "name": "mask", "time": -Infinity}'
    assert event(1, line, 10.0)["ago"] == class_sender.DAY


def test_a_kernel_that_starts_later_joins_by_itself_and_sends_what_is_missing(
    board: Running,
) -> None:
    join_class(board.link, "ada")
    with boards.page(board) as page:
        page.until(lambda page: page.rows.get("ada", {}).get("here"))
        class_link._sender._is_current = lambda: False  # type: ignore[union-attr]
        class_link._sender.wake()  # type: ignore[union-attr]
        until_over()  # this kernel is gone
        class_link._sender = None
        with open(journal.home() / "journal.jsonl", "ab") as file:
            line = {"what": "tried", "name": "mask", "outcome": "passed", "mistake": "", "time": 1}
            file.write(b"\n" + json.dumps(line).encode() + b"\n{damaged")
        try_()  # in another one
        page.until_cell("ada", "mask", state="passed")
        page.until_cell("ada", "encode-header", tries=1)
        assert len(page.rows) == 1


def test_a_board_that_starts_again_hears_all_of_it_again(board: Running) -> None:
    join_class(board.link, "ada")
    try_()
    with boards.page(board) as page:
        page.until_cell("ada", "encode-header", tries=1)
    board.stop()
    try_()
    with boards.board(port=board.port) as second, boards.page(second) as page:
        page.until_cell("ada", "encode-header", tries=2, times=2)


def test_a_learner_moves_to_the_other_address_of_the_link(board: Running) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    join_class(f"ws://127.0.0.1:{port}/{boards.CLASS}, {board.link}", "ada")
    with boards.page(board) as page:
        try_()
        page.until_cell("ada", "encode-header", tries=1)


def test_the_end_of_the_class_ends_the_permission(board: Running) -> None:
    join_class(board.link, "ada")
    with boards.page(board) as page:
        page.until(lambda page: page.rows.get("ada", {}).get("here"))
        boards.say(page.connection, {"end": True})
        until_over()
    assert not (journal.home() / "class.json").exists()
    try_()
    assert class_link._sender.is_over  # type: ignore[union-attr]


def test_leaving_ends_the_permission_for_all_kernels(
    board: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    join_class(board.link, "ada")
    with boards.page(board) as page:
        page.until(lambda page: page.rows.get("ada", {}).get("here"))
        leave_class()
        page.until(lambda page: page.rows["ada"]["here"] is False)
        try_()
        assert page.rows["ada"]["cells"] == {}
    leave_class()
    assert capsys.readouterr().out.endswith(
        "You have left the class. Nothing more is sent.\nYou are not in a class. Nothing is sent.\n"
    )


def test_the_permission_ends_after_twelve_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    join_class("ws://127.0.0.1:1/abc", "ada")
    assert class_link._joined()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 12 * 3600)
    assert class_link._joined() is None
    monkeypatch.setattr(time, "time", lambda: now - 24 * 3600)  # a clock that has gone back
    assert class_link._joined() is None


@pytest.mark.parametrize("addresses", ["[]", '""', "7", "null"])
def test_a_permission_that_names_no_address_is_none(addresses: str) -> None:
    journal.home().mkdir(parents=True)
    facts = f'"nickname": "ada", "learner": "learner-ada", "time": {time.time()}'
    class_link._file().write_text(f'{{"addresses": {addresses}, {facts}}}')
    assert class_link._joined() is None


def test_leaving_says_so_if_the_permission_cannot_be_removed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    join_class("ws://127.0.0.1:1/abc", "ada")
    with monkeypatch.context() as read_only:
        read_only.setattr(Path, "unlink", refuses)
        capsys.readouterr()
        leave_class()
    said = capsys.readouterr().out
    assert said.startswith("You are still in the class:") and "Permission denied" in said


def test_a_learner_whose_journal_was_removed_joins_anew(board: Running) -> None:
    join_class(board.link, "ada")
    try_()
    with boards.page(board) as page:
        page.until_cell("ada", "encode-header", tries=1)
        (journal.home() / "journal.jsonl").unlink()
        join_class(board.link, "ada again")
        try_("")
        page.until_cell("ada again", "encode-header", tries=1, mistake="")


@pytest.mark.parametrize(
    "said",
    [
        '{"have": -3}',
        '{"have": 1e999}',
        '{"have": "1"}',
        '{"have": true}',
        "[]",
        "[" * 4000,
        b"\xff",
        "x" * 5000,
    ],
)
def test_what_a_strange_board_says_ends_no_thread_and_prints_nothing(
    said: str | bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    came: queue.Queue[None] = queue.Queue()

    def strange(connection: ServerConnection) -> None:
        connection.recv(SECONDS)
        connection.send(said)
        came.put(None)
        with suppress(ConnectionClosed):
            connection.recv(SECONDS)

    with serve(strange, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        join_class(f"ws://127.0.0.1:{server.socket.getsockname()[1]}/abc", "ada")
        for _time in range(2):  # the learner tries again
            came.get(timeout=SECONDS)
        assert not class_link._sender.is_over  # type: ignore[union-attr]
        leave_class()
        until_over()
        server.shutdown()
        thread.join()
    assert "Error" not in "".join(capfd.readouterr())


def test_a_board_that_answers_no_hello_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_sender, "PATIENCE", 0.2)
    left: queue.Queue[bool] = queue.Queue()

    def silent(connection: ServerConnection) -> None:
        connection.recv(SECONDS)
        try:
            connection.recv(SECONDS)
        except ConnectionClosed:
            left.put(True)
        except TimeoutError:
            left.put(False)

    with serve(silent, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        join_class(f"ws://127.0.0.1:{server.socket.getsockname()[1]}/abc", "ada")
        assert left.get(timeout=SECONDS)
        leave_class()
        until_over()
        server.shutdown()
        thread.join()


def test_two_kernels_that_join_at_the_same_moment_are_one_learner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = threading.Barrier(2)

    def read() -> Any:
        found = was()
        with suppress(threading.BrokenBarrierError):  # the other one waits outside, as it should
            both.wait(0.2)
        return found

    was = class_link._joined
    monkeypatch.setattr(class_link, "_joined", read)
    monkeypatch.setattr(class_link, "_news", lambda: None)
    monkeypatch.setattr(journal, "listeners", [])
    kernels = [
        threading.Thread(target=join_class, args=("ws://127.0.0.1:1/abc", nickname))
        for nickname in ("ada", "ben")
    ]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(SECONDS)
    (joined,) = journal.read("joined")
    assert joined["name"] == json.loads(class_link._file().read_text())["learner"]


def test_a_new_nickname_keeps_the_row_and_another_class_is_a_new_learner(board: Running) -> None:
    join_class(board.link, "ada")
    with boards.page(board) as page:
        page.until(lambda page: page.rows.get("ada", {}).get("here"))
        join_class(board.link, "bob")
        page.until(lambda page: list(page.rows) == ["bob"])
    first = json.loads((journal.home() / "class.json").read_text())["learner"]
    join_class("ws://127.0.0.1:1/other", "ada")
    assert json.loads((journal.home() / "class.json").read_text())["learner"] != first


def test_joining_again_says_whether_the_board_has_answered(
    board: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    join_class("ws://127.0.0.1:1/abc", "ada")
    capsys.readouterr()
    join_class("ws://127.0.0.1:1/abc", "ada")
    assert "The board has not answered yet." in " ".join(capsys.readouterr().out.split())
    join_class(board.link, "ada")
    with boards.page(board) as page:
        page.until(lambda page: page.rows.get("ada", {}).get("here"))
    try_()
    capsys.readouterr()
    join_class(board.link, "ada")
    assert "The board has answered." in capsys.readouterr().out


def test_a_learner_whom_a_full_class_refuses_reads_so_once_and_is_let_in_later(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> str:
        return " ".join(capsys.readouterr().out.split())

    def before_the_next_attempt(_shortest: float, longest: float) -> float:
        refused.put(None)
        return longest

    refused: queue.Queue[None] = queue.Queue()
    chance = SimpleNamespace(uniform=before_the_next_attempt, shuffle=lambda addresses: None)
    refusal = "The board refuses what you send (the class is full: it has 1 learners)"
    with boards.board(most=1) as board, boards.learner(board, "ben") as ben:
        boards.have(ben)
        monkeypatch.setattr(class_sender, "random", chance)
        join_class(board.link, "ada")
        assert "under the nickname ada" in said()
        refused.get(timeout=SECONDS)
        try_()
        assert said().startswith(refusal)
        try_()
        assert said() == ""
        join_class(board.link, "ada")
        assert said().startswith(refusal)
    with boards.board(port=board.port, most=2) as second, boards.page(second) as page:
        page.until_cell("ada", "encode-header", tries=2)
        join_class(board.link, "ada")
        assert said() == "You are in this class already. The board has answered."


def test_a_board_that_accepts_and_says_nothing_delays_no_cell(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        join_class(f"ws://127.0.0.1:{silent.getsockname()[1]}/abc", "ada")
        for _line in range(100):
            try_()
        leave_class()
        assert time.monotonic() - start < 2
        silent.accept()[0].close()
    until_over()
    assert "Error" not in "".join(capfd.readouterr())


def test_a_journal_that_cannot_be_written_is_said_and_nothing_is_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path / "file"))
    join_class("ws://127.0.0.1:1/abc", "ada")
    assert capsys.readouterr().out.startswith("You are not in the class: nothing can be written")
    assert class_link._sender is None


@pytest.mark.parametrize(
    ("link", "nickname", "said"),
    [
        ("ada", "", "The link is missing"),
        ("ws://127.0.0.1:1/abc", "", "Choose a nickname"),
        ("ws://127.0.0.1:1/abc", " ", "Choose a nickname"),
        ("ws://127.0.0.1:1/abc", "x" * 31, "Choose a nickname"),
        ("ws://127.0.0.1:1/abc", "a\nb", "Choose a nickname"),
        ("http://127.0.0.1:1/abc", "ada", "not the link of a class"),
        ("ws://127.0.0.1:1/", "ada", "not the link of a class"),
        ("ws://127.0.0.1:1/abc,", "ada", "not the link of a class"),
        ("ws:///abc", "ada", "not the link of a class"),
        ("ws://[::1/abc", "ada", "not the link of a class"),
        ("ws://127.0.0.1:99999/abc", "ada", "not the link of a class"),
        ("ws://127.0.0.1:0/abc", "ada", "not the link of a class"),
        ("ws://127.0.0.1:1/abc#d", "ada", "not the link of a class"),
        (7, "ada", "not the link of a class"),
    ],
)
def test_a_wrong_link_or_nickname_is_refused_at_once(link: Any, nickname: str, said: str) -> None:
    with pytest.raises(NoClass, match=said):
        join_class(link, nickname)
    assert not journal.home().exists()


def test_a_hub_that_knows_the_link_mentions_the_board_once_and_needs_the_nickname_alone(
    board: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WSEDU_CLASS", board.link)
    for _time in range(2):
        with pytest.raises(AssertionError):
            check("encode-header", lambda *_: b"")
    assert capsys.readouterr().out.count("This class has a board.") == 1
    join_class("ada")
    with boards.page(board) as page:
        page.until(lambda page: page.rows.get("ada", {}).get("here"))
        assert page.rows["ada"]["cells"] == {}  # what was tried before is not sent


def without_sending(monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    if why == "browser":
        monkeypatch.setattr(class_link, "IN_BROWSER", True)
    elif why == "nbgrader":
        monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    else:
        monkeypatch.setenv("PYTEST_VERSION", "9")


@pytest.mark.parametrize("why", ["browser", "nbgrader", "nbval"])
def test_where_a_class_makes_no_sense_joining_says_so_and_sends_nothing(
    why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WSEDU_CLASS", "ws://127.0.0.1:1/abc")
    without_sending(monkeypatch, why)
    join_class("ada")
    assert why in capsys.readouterr().out
    with pytest.raises(AssertionError):
        check("encode-header", lambda *_: b"")
    assert "This class has a board" not in capsys.readouterr().out
    assert class_link._sender is None and class_link._joined() is None


@pytest.mark.parametrize("why", ["nbgrader", "nbval"])
def test_where_a_class_makes_no_sense_one_that_was_joined_hears_nothing(
    why: str, board: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.write_now("joined", "learner-1")
    class_link._keep(class_sender.Joined((board.link,), "ada", "learner-1", time.time()))
    without_sending(monkeypatch, why)
    try_()
    assert class_link._sender is None


def test_what_a_listener_raises_is_not_the_journals(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise RuntimeError("no more threads")

    monkeypatch.setattr(journal, "listeners", [fails])
    try_()
    assert len(journal.read("tried")) == 1


def test_lines_after_the_last_of_a_kind_have_the_same_place_for_all_kernels() -> None:
    journal.write("joined", "k3Jx")
    journal.write("hint", "mask")
    journal.write("joined", "other")
    journal.write("hint", "mask")
    with open(journal.home() / "journal.jsonl", "ab") as file:
        file.write(b"\n{damaged")
        assert len(journal.written_after("joined", "k3Jx")) == 3  # it may still be written
        assert len(journal.written_after("joined", "other")) == 1
    journal.write("hint", "mask")
    lines = journal.written_after("joined", "other")
    assert len(lines) == 3 and lines[1] == b"{damaged"
    assert journal.written_after("joined", "nothing") == []
