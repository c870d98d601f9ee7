"""The course's own client for the cases of Autobahn's list, and the stage on which it plays."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.conformance.servers import broken
from wsedu.course import stage
from wsedu.course.cases import core, rows
from wsedu.course.conformance import NotRun, score
from wsedu.course.playing import MOST, play
from wsedu.course.running import Serve
from wsedu.course.script import Script
from wsedu.course.stage import played
from wsedu.live.echo_server import serve_echo, shake_hands
from wsedu.views import Ladder
from wsedu_exercises.server import answer

pytestmark = pytest.mark.anyio


@pytest.fixture
def no_kosoku(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def at_a_ping(do: Callable[[], object]) -> Serve:
    """A right server that does this at each Ping."""

    def answers(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, bool]:
        if opcode == 9:
            do()
        return answer(fin, opcode, payload)

    return broken(answer=answers)


def after_the_handshake(
    do: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[object]],
) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer)
        await do(reader, writer)

    return serve


def forever() -> None:
    while True:
        pass


def test_every_case_is_passed_by_a_right_server_and_has_a_recording() -> None:
    for case in played(serve_echo, core()):
        script = Script(case.name)
        assert script.breaks == ("!" in rows()[case.name])
        assert case.story == "" and case.recording.sent_by("server")


def test_right_server_and_deaf_server_take_less_than_two_seconds_of_computing() -> None:
    async def waits(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.Future()

    for serve in (broken(), after_the_handshake(waits)):
        begin = time.process_time()
        assert len(list(played(serve, core()))) == 247
        assert time.process_time() - begin < 2


async def test_client_plays_over_sockets_too() -> None:
    async with await asyncio.start_server(serve_echo, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        for name in ("1.1.8", "2.5", "3.4", "5.8", "7.1.5"):
            streams = await asyncio.open_connection("127.0.0.1", port)
            result = await play(Script(name), *streams)
            assert result.story == ""


async def test_score_is_had_in_a_cell_whose_loop_is_running(no_kosoku: None) -> None:
    assert score(serve_echo, ["1.1.1", "7.13.2"]).passed == 2


def test_server_that_loops_in_one_case_is_stopped_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "LONGEST", 0.5)
    before, ping, after = played(at_a_ping(forever), ["1.1.1", "2.1", "1.1.2"])
    assert before.story == after.story == ""
    assert "it looped without an await, and was stopped" in ping.story


def test_server_that_loops_in_every_case_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "LONGEST", 0.1)
    monkeypatch.setattr(stage, "SHORTEST", 0.1)
    monkeypatch.setattr(stage, "LOOPS", 2)
    stories = [case.story for case in played(at_a_ping(forever), ["2.1"] * 4)]
    assert ["was stopped" in story for story in stories] == [True, True, False, False]
    assert stories[3] == "not played, because your server looped without an await in 2 cases"


def test_server_that_does_not_let_itself_be_stopped_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stage, "LONGEST", 0.1)
    monkeypatch.setattr(stage, "SHORTEST", 0.1)
    over = threading.Event()

    def stubborn() -> None:
        while not over.is_set():
            try:
                while not over.is_set():
                    pass
            except BaseException:
                pass

    ping, after = played(at_a_ping(stubborn), ["2.1", "1.1.2"])
    over.set()
    assert "it does not let itself be stopped" in ping.story and after.story == ""


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), ValueError("x")])
def test_server_that_raises_ends_its_case_alone(error: BaseException) -> None:
    def raises() -> None:
        raise error

    before, ping, after = played(at_a_ping(raises), ["1.1.1", "2.1", "1.1.2"])
    assert before.story == after.story == ""
    assert ping.story == f"your server raised {error!r}"


def test_task_of_the_server_that_exits_ends_its_case_alone() -> None:
    async def exits() -> None:
        raise SystemExit(3)

    tasks = []
    serve = at_a_ping(lambda: tasks.append(asyncio.get_running_loop().create_task(exits())))
    ping, after = played(serve, ["2.1", "1.1.2"])
    assert ping.story == "your server raised SystemExit(3)" and after.story == ""


def test_server_that_writes_without_end_is_named() -> None:
    async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"\x82\x7e\xff\xff" + bytes(2**16 - 1))
            await writer.drain()

    (case,) = played(after_the_handshake(floods), ["3.1"])
    assert case.story == f"The server sent more than {MOST // 2**20} MiB."


def test_server_that_asks_again_and_again_is_not_waited_for() -> None:
    async def asks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await asyncio.sleep(0)

    (case,) = played(after_the_handshake(asks), ["1.1.2"])
    assert case.story.endswith("It should get Frame(TEXT, 125 bytes), and got nothing.")


async def closes_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(bytes.fromhex("88 02 03 e9"))


async def leaves_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Future()


async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


STORIES: list[tuple[Serve, str, str]] = [
    (refuses, "1.1.1", "the client could not open a WebSocket"),
    (
        after_the_handshake(closes_at_once),
        "2.1",
        "The client sends Frame(PING, b''). It should get Frame(PONG, b''), and got nothing.",
    ),
    (
        after_the_handshake(closes_at_once),
        "2.5",
        "The client sends Frame(PING, 126 bytes), which breaks a rule. "
        "Then the server should close with 1002, and it closes with 1001.",
    ),
    (
        broken(answer=lambda fin, opcode, payload: (answer(fin, opcode, payload)[0], False)),
        "5.6",
        "The client sends Frame(TEXT, b'Hel', fin=False), Frame(PING, b'between'), "
        "Frame(CONTINUATION, b'lo'). It should get Frame(PONG, b'between'), Frame(TEXT, b'Hello'), "
        "and got Frame(PONG, b'between').",
    ),
    (
        after_the_handshake(says_nothing),
        "3.1",
        "The client sends Frame(TEXT, b'Hello', rsv3=True), which breaks a rule. "
        "Then the server should close with 1002, or end TCP, and it does neither.",
    ),
    (
        after_the_handshake(says_nothing),
        "7.3.1",
        "The client sends Frame(CLOSE, b''). The server does not answer its Close.",
    ),
    (
        after_the_handshake(leaves_at_once),
        "6.4.2",
        "The client sends Frame(TEXT, b'\\xce\\xba\\xcf\\x8c\\xcf\\x83\\xce\\xbc\\xce\\xb5\\xf4', "
        "fin=False), Frame(CONTINUATION, b'\\x90', fin=False), "
        "Frame(CONTINUATION, b'\\x80\\x80end'), "
        "which breaks a rule. "
        "The first part of the text is valid: the server should wait for the rest.",
    ),
]


@pytest.mark.parametrize(("serve", "name", "story"), STORIES)
def test_story_says_what_should_have_come_and_what_came(
    serve: Serve, name: str, story: str
) -> None:
    (case,) = played(serve, [name])
    assert case.story == story


def test_without_kosoku_a_case_that_is_not_on_the_list_was_not_run(no_kosoku: None) -> None:
    with pytest.raises(NotRun, match=r"does not know the case 9\.1\.1"):
        score(serve_echo, ["9.1.1"])


def test_without_kosoku_the_cases_have_an_end(
    no_kosoku: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsedu.course.conformance.SECONDS", 0)
    with pytest.raises(TimeoutError, match="not through after 0 s"):
        score(serve_echo)


def test_first_failing_case_is_drawn(no_kosoku: None, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []
    monkeypatch.setattr("wsedu.course.conformance.display", drawn.append)
    reached = score(at_a_ping(lambda: 1 // 0), ["1.1.1", "2.2"])
    shown = reached._repr_mimebundle_()
    assert "your server raised ZeroDivisionError" in shown["text/plain"]
    (ladder,) = drawn
    assert isinstance(ladder, Ladder) and 'ping: "Hello"' in ladder.text
