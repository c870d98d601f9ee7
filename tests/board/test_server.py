"""One process of the board: what it accepts, what it refuses, and what a flood does not do."""

import asyncio
import errno
import io
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from wsedu_classroom.board import server
from wsedu_classroom.board.course import Course, installed
from wsedu_classroom.board.keep import Kept
from wsedu_classroom.board.log import LogLost, Memory

from . import boards
from .boards import CLASS, SECONDS, TEACHER, Running, have, hint, learner, page, say, tried


@pytest.fixture
def board() -> Iterator[Running]:
    with boards.board() as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capfd.readouterr() == ("", "")


def close_of(connection: ClientConnection) -> tuple[int, str]:
    """How the board closes a connection."""
    with pytest.raises(ConnectionClosed):
        while True:
            connection.recv(SECONDS)
    return connection.close_code or 0, connection.close_reason or ""


def still_serves(running: Running) -> None:
    with learner(running, "witness") as ada, page(running) as teacher:
        before = have(ada)
        say(ada, hint(before + 1))
        teacher.until_cell("witness", "mask", hints=before + 1)


def test_an_event_reaches_the_page_and_its_number_the_learner(board: Running) -> None:
    with page(board) as teacher, learner(board) as ada:
        assert have(ada) == 0
        say(ada, tried(1, ago=5))
        say(ada, tried(2, mistake="little-endian/short"))
        say(ada, tried(3, mistake="unheard of"))
        cell = teacher.until_cell("ada", "encode-header", tries=3)
        assert (cell["mistake"], cell["times"], cell["state"]) == ("", 1, "not yet")
        assert 4.9 < cell["last"] - cell["since"] < 10
        assert have(ada, 3) == 3
        assert teacher.rows["ada"]["here"] is True
    assert teacher.course["course"]["lessons"][0]["title"] == "Frame layout"


def test_a_page_that_comes_later_sees_the_same(board: Running) -> None:
    with page(board) as early, learner(board) as ada:
        for n, option in enumerate((1, 2), 1):
            say(ada, {"n": n, "what": "predicted", "name": "close-code", "option": option})

        def voted(seen: boards.Page) -> Any:
            choices = seen.rows.get("ada", {}).get("choices", {})
            return choices if choices.get("close-code", [])[:3] == [1, 2, False] else None

        chosen = early.until(voted)
        with page(board) as late:
            late.take()
            row = late.rows["ada"]
            assert row["choices"] == chosen and row["seen"] > 0
    with page(board) as after:
        after.until(lambda seen: seen.rows.get("ada", {}).get("here") is False)


def test_events_that_come_twice_change_nothing_and_are_acknowledged(board: Running) -> None:
    with page(board) as teacher, learner(board) as ada:
        say(ada, tried(1))
        assert have(ada, 1) == 1
        with learner(board) as other_notebook:
            assert have(other_notebook) == 1
            say(other_notebook, tried(1))
            say(other_notebook, tried(2))
            teacher.until_cell("ada", "encode-header", tries=2)
            say(ada, tried(2))
            say(ada, hint(3))
            teacher.until_cell("ada", "mask", hints=1)
        assert teacher.rows["ada"]["cells"]["encode-header"]["tries"] == 2


# The doors.


def fetch(running: Running, path: str) -> tuple[int, str, Any]:
    try:
        with urllib.request.urlopen(f"http://{running.host}{path}", timeout=SECONDS) as response:
            return response.status, response.read().decode(), response.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def test_the_page_is_at_the_teachers_token_and_uses_this_server_only(board: Running) -> None:
    status, text, headers = fetch(board, f"/{TEACHER}/")
    assert status == 200 and "<script" in text
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert fetch(board, f"/{TEACHER}/board.js")[2]["Content-Type"].startswith("text/javascript")
    assert fetch(board, f"/{TEACHER}")[1] == text  # by way of a redirect


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/live",
        "/other-token/",
        f"/{CLASS}x/learner",
        f"/{TEACHER}/../server.py",
        f"/{TEACHER}/__init__.py",
        f"/{TEACHER}/%2e%2e/server.py",
        f"//{TEACHER}/",
        "/%C3%A4/",
    ],
)
def test_every_other_path_is_not_found_and_nothing_is_said_about_tokens(
    path: str, board: Running
) -> None:
    assert fetch(board, path)[:2] == (404, "There is nothing at this address.\n")


@pytest.mark.parametrize(
    "path", ["/live", f"/{CLASS}/live", f"/{TEACHER}/learner", "/other-token/live", f"/{TEACHER}/"]
)
def test_a_token_opens_its_own_door_only(path: str, board: Running) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(f"ws://{board.host}{path}", proxy=None):
        pass
    assert refused.value.response.status_code in (200, 404, 426)


def test_a_learner_who_opens_the_link_in_a_browser_reads_what_to_do(board: Running) -> None:
    status, text, _headers = fetch(board, f"/{CLASS}/learner")
    assert status == 426 and "join_class" in text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", ""])
@pytest.mark.parametrize("path", [f"/{TEACHER}/live", f"/{CLASS}/learner"])
def test_a_page_of_another_origin_is_refused(origin: str, path: str, board: Running) -> None:
    options: Any = {"proxy": None, "additional_headers": {"Origin": origin}}
    with pytest.raises(InvalidStatus) as refused, connect(f"ws://{board.host}{path}", **options):
        pass
    assert refused.value.response.status_code == 403


def test_a_page_without_a_place_is_refused_whatever_the_host_is() -> None:
    options: Any = {"proxy": None, "additional_headers": {"Origin": "null"}}
    with boards.board(origins=frozenset({""})) as board:
        with pytest.raises(InvalidStatus) as refused, connect(f"{board.link}/learner", **options):
            pass
    assert refused.value.response.status_code == 403


def test_the_page_itself_is_let_in(board: Running) -> None:
    with page(board, origin=f"http://{board.host}") as teacher:  # type: ignore[arg-type]
        teacher.take()


def test_below_a_prefix_only_that_prefix_is_served() -> None:
    with boards.board(prefix="/services/board/", origins=frozenset({"hub.example"})) as board:
        assert fetch(board, f"/{TEACHER}/")[0] == 404
        assert fetch(board, f"/services/board/{TEACHER}/")[0] == 200
        assert fetch(board, f"/services/boardx/{TEACHER}/")[0] == 404
        with page(board, f"services/board/{TEACHER}", origin="https://hub.example") as teacher:  # type: ignore[arg-type]
            with learner(board, token=f"services/board/{CLASS}"):
                teacher.until(lambda seen: "ada" in seen.rows)


# Rules.


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"\x00", "messages are text"),
        ("{", "a message is JSON"),
        ("[" * 4000, "a message is JSON"),
        ("[]", "a message is a JSON object"),
        ("null", "a message is a JSON object"),
        ({"n": "1", "what": "hint", "name": "mask"}, "an event has a number"),
        ({"n": True, "what": "hint", "name": "mask"}, "an event has a number"),
        ({"n": 1.0, "what": "hint", "name": "mask"}, "an event has a number"),
        ({"n": 1, "what": 5, "name": "mask"}, "an event has a number"),
        ({"n": 1, "what": "hint", "name": ["mask"]}, "an event has a number"),
        ({"n": 0, "what": "hint", "name": "mask"}, "events have the numbers"),
        ({"n": -1, "what": "hint", "name": "mask"}, "events have the numbers"),
        ({"n": 10**4000, "what": "hint", "name": "mask"}, "events have the numbers"),
        (hint(2), "number 2 came, and 1 is missing"),
        (tried(1, outcome="exploded"), "an outcome is one of"),
        (tried(1, mistake=["x"]), "an outcome is one of"),
        (tried(1, outcome={}), "an outcome is one of"),
        (tried(1, ago="now"), "ago is a number"),
        (tried(1, ago=float("nan")), "ago is a number"),
        (tried(1, ago=float("inf")), "ago is a number"),
        (tried(1, ago=True), "ago is a number"),
        ({"n": 1, "what": "predicted", "name": "close-code", "option": "1"}, "a prediction has"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_an_event_that_breaks_a_rule_is_refused_with_its_reason(
    message: Any, reason: str, board: Running
) -> None:
    with learner(board) as ada:
        ada.send(message if isinstance(message, str | bytes) else json.dumps(message))
        code, said = close_of(ada)
        assert code == 1008 and said.startswith(reason)
    still_serves(board)


@pytest.mark.parametrize(
    "hello",
    [
        hint(1),
        {"hello": "ada"},
        {"hello": "", "learner": "learner-1"},
        {"hello": "x" * 31, "learner": "learner-1"},
        {"hello": "a\u202eb", "learner": "learner-1"},
        {"hello": "ada", "learner": "short"},
        {"hello": "ada", "learner": "x" * 65},
        {"hello": "ada", "learner": "../../etc"},
        {"hello": ["ada"], "learner": "learner-1"},
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_wrong_hello_is_refused_and_makes_no_row(hello: Any, board: Running) -> None:
    with connect(f"{board.link}/learner", proxy=None) as stranger:
        say(stranger, hello)
        assert close_of(stranger)[0] == 1008
    assert board.board.matrix.rows == {}


def test_names_that_the_course_does_not_have_are_counted_and_not_kept(board: Running) -> None:
    with page(board) as teacher, learner(board) as ada:
        for n in range(1, 50):
            say(ada, {"n": n, "what": "hint", "name": f"made up {n}"})
        say(ada, {"n": 50, "what": "predicted", "name": "close-code", "option": 3})
        say(ada, {"n": 51, "what": "gone", "name": "mask"})
        say(ada, hint(52))
        teacher.until_cell("ada", "mask", hints=1)
        assert list(teacher.rows["ada"]["cells"]) == ["mask"]
        assert teacher.rows["ada"]["choices"] == {}


def test_a_message_that_is_too_long_is_refused(board: Running) -> None:
    with learner(board) as ada:
        ada.send(" " * 4097)
        assert close_of(ada)[0] == 1009
    still_serves(board)


def test_a_flood_is_refused_and_the_others_do_not_notice(board: Running) -> None:
    begin = time.monotonic()
    with learner(board) as ada, page(board) as teacher, learner(board, "bob") as bob:
        with pytest.raises(ConnectionClosed):
            for n in range(1, 100_000):
                say(ada, hint(n))
        assert close_of(ada) == (1008, "more than 20 events in a second")
        say(bob, tried(1))
        teacher.until_cell("bob", "encode-header", tries=1)
    # The same learner has used its rate up.
    with learner(board) as again, pytest.raises(ConnectionClosed):
        for n in range(have(again) + 1, 100_000):
            say(again, hint(n))
    took = time.monotonic() - begin
    still_serves(board)
    most = server.BURST + server.RATE * took
    assert server.BURST <= board.board.matrix.have("learner-ada") <= most


def test_a_full_class_lets_in_those_it_knows_only_and_tells_the_teacher_once() -> None:
    said: list[str] = []
    with boards.board(most=2, room="Do this.", say=said.append) as board:
        with learner(board, "ada"), learner(board, "bob") as bob:
            have(bob)
            for nick in ("eve", "fay"):
                with learner(board, nick) as stranger:
                    assert close_of(stranger) == (1013, "the class is full: it has 2 learners")
        with learner(board, "ada") as again:
            assert have(again) == 0
    assert said == ["The class is full: a learner came, and it has 2 already. Do this."]


def test_a_learner_has_a_limit_of_notebooks(
    board: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "KERNELS", 1)
    with learner(board) as ada:
        have(ada)
        with learner(board) as second:
            assert close_of(second) == (1013, "too many notebooks of one learner")
        say(ada, hint(1))
        assert have(ada, 1) == 1


def test_pages_have_a_limit(board: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PAGES", 1)
    with page(board) as teacher:
        teacher.take()
        with connect(f"ws://{board.host}/{TEACHER}/live", proxy=None) as second:
            assert close_of(second) == (1013, "too many pages are open")


def test_a_log_that_is_too_long_takes_nothing_more(
    board: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with learner(board) as ada:
        have(ada)
        monkeypatch.setattr(server, "ENTRIES", 1)
        say(ada, hint(1))
        assert close_of(ada) == (1013, "the log is full")
        with learner(board, "bob") as bob:
            assert close_of(bob) == (1013, "the log is full")


def test_half_open_handshakes_and_silent_clients_end_and_delay_no_one_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "PATIENCE", 0.5)
    with ExitStack() as stack:
        board = stack.enter_context(boards.board())
        request = f"GET /{CLASS}/learner HTTP/1.1\r\nHost: x\r\n".encode()
        half_open = []
        for number in range(100):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", board.port)))
            client.sendall(request[: number % len(request)])
            half_open.append(client)
        silent = stack.enter_context(connect(f"{board.link}/learner", proxy=None))
        still_serves(board)
        assert close_of(silent) == (1008, "say hello first, and soon")
        for client in half_open:
            client.settimeout(SECONDS)
            while client.recv(4096):
                pass


LONG = "x" * 3000


def test_a_page_that_reads_slowly_gets_the_newest_and_delays_no_other_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mistakes = frozenset({f"{LONG}{number}" for number in range(2)})
    monkeypatch.setattr(boards, "COURSE", Course({"encode-header": mistakes}, {}))
    with boards.board() as board, ExitStack() as stack:
        small = stack.enter_context(socket.socket())
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small.connect(("127.0.0.1", board.port))
        slow = stack.enter_context(page(board, sock=small))
        quick = stack.enter_context(page(board))
        learners = [stack.enter_context(learner(board, f"learner {n}")) for n in range(4)]
        for n in range(1, 901):  # more than the buffers of the system hold
            for one in learners:
                say(one, tried(n, mistake=f"{LONG}{n % 2}"))
            quick.until_cell("learner 3", "encode-header", tries=n)
        for number in range(4):
            quick.until_cell(f"learner {number}", "encode-header", tries=900)
            slow.until_cell(f"learner {number}", "encode-header", tries=900)
        assert slow.messages < 2500 < quick.messages


# The end.


def test_the_page_ends_the_class_for_all(board: Running) -> None:
    with page(board) as teacher, page(board) as other, learner(board) as ada:
        have(ada)
        teacher.connection.send('{"end": true}')
        for connection in (teacher.connection, other.connection, ada):
            assert close_of(connection) == (4000, "the class has ended")
    board.task.result(SECONDS)


@pytest.mark.parametrize("said", ["{}", '{"end": 1}', "end", "[" * 4000, b"\x00", '{"end":false}'])
def test_a_page_may_say_nothing_else(said: Any, board: Running) -> None:
    with page(board) as teacher:
        teacher.connection.send(said)
        assert close_of(teacher.connection) == (1008, 'a page may only say {"end": true}')
    still_serves(board)


def test_a_board_that_stops_says_goodbye_but_not_that_the_class_has_ended(board: Running) -> None:
    with learner(board) as ada:
        have(ada)
        board.stop()
        assert close_of(ada) == (1001, "the board is stopping")


# The log.


def test_what_is_kept_is_who_and_what_and_nothing_else() -> None:
    kept = io.StringIO()
    with boards.board(keep=Kept(kept)) as board:
        with page(board) as teacher, learner(board) as ada:
            say(ada, tried(1) | {"answer": "secret"})
            teacher.until_cell("ada", "encode-header", tries=1)
    hello, event = (json.loads(line) for line in kept.getvalue().splitlines())
    assert hello[:3] == ["hello", "learner-ada", "ada"]
    assert [*event[:3], *event[4:]] == [
        *("event", "learner-ada", 1, "tried", "encode-header"),
        ["not yet", "little-endian"],
    ]


class Full(io.StringIO):
    """A file on a full disk."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_ends_the_keeping_and_not_the_class() -> None:
    said: list[str] = []
    with boards.board(keep=Kept(Full()), say=said.append) as board:
        still_serves(board)
    assert said == [
        "Events are no longer kept in the file (No space left on device). The class goes on."
    ]


def test_an_age_of_many_digits_is_a_day(board: Running) -> None:
    with page(board) as teacher, learner(board) as ada:
        say(ada, tried(1, ago=10**400))
        cell = teacher.until_cell("ada", "encode-header", tries=1)
        assert time.time() - cell["last"] > 86_000


class Breaking(Memory):
    """A log that is lost, with all that it has, when it hears ``lose``."""

    def __init__(self) -> None:
        super().__init__()
        self.lose = False

    async def append(self, entries: Sequence[str]) -> None:
        if self.lose:
            self.lose, self._entries = False, []
            raise LogLost("broken")
        await super().append(entries)


class Mute(Memory):
    """A log at a broker that is silent."""

    async def read(self) -> AsyncIterator[Sequence[str]]:
        await asyncio.Event().wait()
        yield ()


def test_a_learner_is_not_blamed_for_a_log_that_is_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "PATIENCE", 0.2)
    with boards.board(Mute) as board, learner(board) as ada:
        assert close_of(ada) == (1012, "the board waits for its log")


def test_a_log_that_is_lost_makes_learners_send_all_of_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "BACKOFF", (0.01, 0.01))
    log, said, kept = Breaking(), [], io.StringIO()
    with boards.board(lambda: log, say=said.append, keep=Kept(kept)) as board:
        with page(board) as teacher, learner(board) as ada:
            say(ada, tried(1))
            teacher.until_cell("ada", "encode-header", tries=1)
            log.lose = True
            say(ada, tried(2))
            assert close_of(ada)[0] == close_of(teacher.connection)[0] == 1012
        with page(board) as teacher, learner(board) as ada:
            assert have(ada) == 0
            for n in (1, 2):
                say(ada, tried(n))
            teacher.until_cell("ada", "encode-header", tries=2)
            assert list(teacher.rows) == ["ada"]
    assert said == ["The log of the class cannot be reached (broken). Trying again."]
    entries = [json.loads(line) for line in kept.getvalue().splitlines()]
    assert [entry[:3] for entry in entries] == [
        ["hello", "learner-ada", "ada"],
        ["event", "learner-ada", 1],
        ["event", "learner-ada", 2],
    ]


class Shared:
    """A log of several processes, in the memory of the test."""

    entries: list[str]

    def __init__(self, entries: list[str]) -> None:
        self.entries = entries

    async def append(self, entries: Sequence[str]) -> None:
        self.entries += entries

    async def read(self) -> AsyncIterator[Sequence[str]]:
        import asyncio

        yield (place := [*self.entries])
        yield ()
        read = len(place)
        while True:
            if read < len(self.entries):
                came = self.entries[read:]
                read += len(came)
                yield came
            await asyncio.sleep(0.001)

    async def close(self, *, forget: bool = False) -> None:
        pass


def test_a_learner_of_a_process_that_died_is_not_here_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "BEAT", 0.05)
    monkeypatch.setattr(server, "SILENCE", 0.3)
    entries = [
        json.dumps(["hello", "learner-ada", "ada", 1]),
        json.dumps(["here", "learner-ada", "a dead process", 1, True, 1]),
    ]
    with boards.board(lambda: Shared(entries)) as board, page(board) as teacher:
        with learner(board, "bob"):
            teacher.until(lambda seen: seen.rows.get("ada", {}).get("here") is False)
            start = time.monotonic()
            while time.monotonic() - start < 1:  # and one that lives is
                assert "bob" not in teacher.rows or teacher.rows["bob"]["here"]
                if board.board._entries > 30:
                    break


def test_two_processes_show_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LINGER", 0)
    entries: list[str] = []
    with ExitStack() as stack:
        left, right = (
            stack.enter_context(boards.board(lambda: Shared(entries))) for _process in range(2)
        )
        seen = stack.enter_context(page(right))
        with learner(left) as ada:
            say(ada, tried(1))
            seen.until_cell("ada", "encode-header", tries=1)
            with learner(right) as moved:
                have(moved, 1)
                say(moved, tried(2))
                assert have(ada, 2) == 2
        seen.until(lambda page: page.rows["ada"]["here"] is False)
        with learner(right) as ada:
            have(ada)
            with page(left) as other:
                say(other.connection, {"end": True})
                assert close_of(ada) == close_of(seen.connection) == (4000, "the class has ended")


def test_the_course_that_is_installed_names_its_mistakes_and_predictions() -> None:
    course = installed()
    assert "65535-in-eight-bytes" in course.mistakes["encode-header"]
    assert course.options["frame-overhead"] == 4
    lesson = course.lessons[4]
    assert lesson["number"] == "04" and lesson["exercises"][1]["stars"] == 2
    assert lesson["predictions"][0]["right"] == 2
    json.dumps(course.lessons)
