"""The learner's own server: the loop around the pieces, and the score."""

import asyncio
import functools
import gc
import random
import selectors
import socket
import subprocess
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from wsedu import Lab
from wsedu.course import conformance
from wsedu.course import own_server as front_door
from wsedu.course.catalogue import exercises
from wsedu.course.clients import PATIENCE, Clients
from wsedu.course.commands import judge
from wsedu.course.conformance import score
from wsedu.course.learner_server import gather
from wsedu.course.runner import AnswerStopped, Attempt
from wsedu.course.running import Running, running
from wsedu.live.tap import HOST
from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import dissect
from wsedu.views import Squares
from wsedu_exercises.changed import changed
from wsedu_exercises.server import Talk, put_together

from ..busy import stand_still

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture(autouse=True)
def home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path))


def test_says_whose_each_piece_is(capsys: pytest.CaptureFixture[str]) -> None:
    front_door()
    lines = capsys.readouterr().out.splitlines()
    builds = [exercise for exercise in exercises().values() if exercise.piece]
    assert [line.partition(": ")[0] for line in lines] == [f"{e.number} {e.piece}" for e in builds]
    assert len(lines) == 15 and all("borrowed from the course" in line for line in lines)


async def test_lab_runs_it() -> None:
    lab = Lab(server=front_door(quiet=True))
    try:
        peer = await lab.raw()
        assert dissect(lab.recording).switch is not None
        await peer.close()
    finally:
        lab.close()


# How many of the 247 cases a server passes that has the pieces of the lessons so far.
STAGES = {
    "own-server": 152,
    "server-says-no": 162,
    "server-joins-fragments": 172,
    "check-text": 247,
    "server-passes-all": 247,
}


@pytest.mark.parametrize(("until", "passed"), STAGES.items())
def test_each_lesson_raises_the_score(until: str, passed: int) -> None:
    reached = score(front_door(until, quiet=True))
    assert (reached.passed, reached.count) == (passed, 247)
    judge = exercises()[until].judge
    if isinstance(judge, Clients):
        assert not set(judge.cases) & set(reached.failed)


def test_whole_server_passes_the_cases_of_large_messages() -> None:
    cases = ["9.1.1", "9.2.1", "9.3.1", "9.4.9", "9.5.1", "9.6.6", "9.7.1", "9.8.1"]
    reached = score(front_door(quiet=True), cases)
    assert (reached.passed, reached.failed) == (len(cases), ())


def test_bytes_that_come_one_by_one_are_answered_alike() -> None:
    sent = b"".join(
        build_frame(frame, b"mask")
        for frame in (
            Frame(Opcode.TEXT, "€".encode()[:2], fin=False),
            Frame(Opcode.PING, b"?"),
            Frame(Opcode.CONTINUATION, "€".encode()[2:]),
            Frame(Opcode.BINARY, bytes(200)),
            Frame(Opcode.TEXT, b"Hel\xff"),
        )
    )
    pieces = gather(quiet=True)
    whole, apart = Talk(pieces), Talk(pieces)
    answered = whole.receive(sent)
    assert b"".join(apart.receive(bytes([byte])) for byte in sent) == answered
    assert answered.endswith(bytes.fromhex("88 02 03 ef")) and whole.over and apart.over


def test_text_is_refused_before_its_frame_is_complete() -> None:
    talk = Talk(gather(quiet=True))
    begun = build_frame(Frame(Opcode.TEXT, b"Hel\xff" + bytes(1000)), b"mask")[:14]
    assert talk.receive(begun) == bytes.fromhex("88 02 03 ef")


def test_score_draws_a_square_for_each_case(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Squares] = []
    updated: list[Squares] = []

    class Handle:
        def update(self, picture: Squares) -> None:
            updated.append(picture)

    def display(picture: Squares, display_id: bool) -> Handle:
        shown.append(picture)
        assert "247 have not run yet" in picture.text
        return Handle()

    monkeypatch.setattr(conformance, "get_ipython", lambda: SimpleNamespace(kernel=None))
    monkeypatch.setattr(conformance, "display", display)
    score(front_door("own-server", quiet=True))
    assert updated == shown and "152 of 247 cases pass" in shown[0].text
    assert "Pings and Pongs: 10 of 11; not passed: 2.5" in shown[0].text


CHANGES = {
    "drops": ('reply += self.pieces["close_frame"](failed.code, "")', "pass"),
    "other-code": ('["close_frame"](failed.code, "")', '["close_frame"](1011, "")'),
}
SAID = {
    "drops": "After a frame without a mask your server ended TCP without a Close. "
    "Send a Close with 1002 first (7.1.7).",
    "other-code": "After a frame without a mask your server closed with 1011. "
    "Close with 1002 (7.4.1).",
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_follows_a_wrong_frame_is_named(name: str) -> None:
    wrong = changed(CHANGES[name], more=("validate", "check_length"))
    assert judge("server-says-no", wrong, 1).sentence == SAID[name]


def test_server_that_fails_at_the_first_request_has_accepted_no_client() -> None:
    broken = gather("server-says-no", quiet=True) | {"check_request": lambda request: 1 // 0}
    verdict = judge("server-says-no", put_together(broken), 1)
    assert verdict.sentence.startswith("Your server ended the connection without a response.")
    assert "ZeroDivisionError" in verdict.sentence


def test_first_failing_case_comes_with_its_bytes() -> None:
    pieces = gather(quiet=True)
    right = pieces["answer"]
    deaf = pieces | {"answer": lambda f, o, p: (b"", True) if o == 9 else right(f, o, p)}
    reached = score(put_together(deaf), ["2.1", "1.1.1"])
    assert (reached.passed, reached.count, reached.failed) == (1, 2, ("2.1",))
    assert reached.recording is not None
    assert any(unit.title == "ping" for unit in dissect(reached.recording).units)


def test_case_that_passes_when_it_is_alone_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is played: of the cases that run together, some come too late."""
    tried: list[list[str]] = []

    def busy(server: Running, cases: Sequence[str], tell: Any) -> Any:
        tried.append(list(cases))
        results = really(server, cases, tell)
        return [
            (case, passed and (len(cases) == 1 or case not in late), story)
            for case, passed, story in results
        ]

    late, really = {"2.1", "1.1.1"}, conformance._try
    monkeypatch.setattr(conformance, "_try", busy)
    pieces = gather(quiet=True)
    reached = score(put_together(pieces), ["1.1.1", "1.1.2", "2.1"])
    assert (reached.passed, reached.count, reached.failed) == (3, 3, ())
    right = pieces["answer"]
    deaf = pieces | {"answer": lambda f, o, p: (b"", True) if o == 9 else right(f, o, p)}
    late = {"1.1.1"}
    reached = score(put_together(deaf), ["1.1.1", "1.1.2", "2.1"])
    assert (reached.passed, reached.count, reached.failed) == (2, 3, ("2.1",))
    assert tried[-2:] == [["1.1.1"], ["2.1"]], "the last is the one that is shown"


def test_client_that_was_too_late_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A right server that is slow at first, as on a busy machine, passes."""
    right, waits = put_together(gather(quiet=True)), iter([3 * PATIENCE])

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(next(waits, 0))
        await right(reader, writer)

    monkeypatch.setattr("wsedu.course.clients.PATIENCE", 0.2)
    verdict = judge("own-server", slow, 1)
    assert verdict.passed, verdict.sentence


@pytest.mark.parametrize("name", ["", "two-chunks", "tcp-stays-open"])
def test_machine_that_stands_still_again_and_again_changes_no_verdict(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client waits by turns of the server's loop: each stop is longer than its patience."""
    stops = stand_still(monkeypatch, selectors.DefaultSelector, 0.02, 5, 0.3)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("wsedu.course.clients.PATIENCE", 0.2)
    monkeypatch.setattr("wsedu.course.clients.MORE", 0.2)
    exercise = exercises()["own-server"]
    mistakes = {mistake.name: mistake for mistake in exercise.mistakes}
    verdict = judge("own-server", mistakes[name].answer if name else exercise.solution, 1)
    assert stops
    if name:
        assert verdict.sentence == mistakes[name].sentence
    else:
        assert verdict.passed, verdict.sentence


def test_error_of_the_server_follows_what_the_client_missed() -> None:
    broken = gather(quiet=True) | {"take_frames": lambda stream: 1 // 0}
    verdict = judge("own-server", put_together(broken), 1)
    assert verdict.sentence == (
        "A client sent a message, and no echo came back. "
        "Your server raised ZeroDivisionError: integer division or modulo by zero"
    )


@pytest.mark.parametrize(
    "name", [name for name, exercise in exercises().items() if isinstance(exercise.judge, Clients)]
)
def test_server_that_refuses_the_first_client_hears_why_it_is_wrong(name: str) -> None:
    broken = gather(quiet=True) | {"check_request": lambda request: (400, "no")}
    sentence = judge(name, put_together(broken), 1).sentence
    assert sentence.startswith("Your server refuses a request that breaks no rule.")


def test_own_server_in_place_of_its_result_is_said_to_be_no_server() -> None:
    sentence = judge("own-server", front_door, 1).sentence
    assert sentence.endswith(
        "own_server is not a server. Call it, and it returns one: own_server()."
    )


def test_piece_that_raises_is_named() -> None:
    broken = gather(quiet=True) | {"take_frames": lambda stream: 1 // 0}
    assert "your server raised ZeroDivisionError" in score(put_together(broken), ["1.1.1"]).story


def test_without_kosoku_the_client_of_the_course_plays_the_cases(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    reached = score(put_together(gather("own-server", quiet=True)))
    assert (reached.passed, reached.count, reached.failed[0]) == (152, 247, "2.5")
    assert str(reached) == (
        "152 of 247 cases pass. The course's own client played Autobahn's list, without sockets. "
        "The first that does not is 2.5: "
        "The client sends Frame(PING, 126 bytes), which breaks a rule. "
        "It should get nothing, and got Frame(PONG, 126 bytes)."
    )
    assert reached.recording is not None
    titles = [unit.title[:4] for unit in dissect(reached.recording).units]
    assert titles == ["GET ", "HTTP", "ping", "pong"]


def test_exercise_has_its_score_without_kosoku(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    verdict = judge("own-server", put_together(gather(quiet=True)), 1)
    assert verdict.passed and "127 of 127 cases pass. The course's own client" in verdict.sentence


def test_cases_that_do_not_end_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance, "KOSOKU", "input()")
    monkeypatch.setattr(conformance, "SECONDS", 0.1)
    monkeypatch.setattr(subprocess, "Popen", functools.partial(subprocess.Popen, stdin=-1))
    with pytest.raises(TimeoutError, match="not through after 0.1 s"):
        score(put_together(gather(quiet=True)))


def test_case_that_was_not_run_has_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance, "KOSOKU", "raise SystemExit(3)")
    with pytest.raises(RuntimeError, match=r"did not run the case 1\.1\.1"):
        score(put_together(gather(quiet=True)), ["1.1.1", "2.1"])


def test_waiting_for_an_unknown_name_is_not_garbage() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.write(b"x")
        await asyncio.Event().wait()

    with (
        running(serve) as server,
        socket.create_connection((HOST, server.port), 5) as client,
    ):
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b"x"
        gc.collect()
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):  # an end of the stream would be read here
            client.recv(1)


def test_server_that_writes_without_end_is_named() -> None:
    async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"x" * 2**16)
            await writer.drain()

    verdict = judge("own-server", floods, 1)
    assert "sent more than 4 MiB" in verdict.sentence


@pytest.mark.parametrize("error", [SystemExit(3), ValueError(3)])
def test_server_that_ends_at_once_is_not_said_to_have_accepted_a_client(
    error: BaseException,
) -> None:
    async def raises(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise error

    for name in ("own-server", *list(STAGES)[1:3], "server-passes-all"):
        assert judge(name, raises, 1).sentence == (
            "Your server ended the connection without a response. "
            f"Your server raised {type(error).__name__}: 3"
        )


def test_interrupted_check_opens_no_more_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check in a thread is interrupted in its first client; the second must not begin."""
    begun = []

    def first(call: Any) -> None:
        begun.append("first")
        attempt.over = True

    clients = Clients(clients=(first, lambda call: begun.append("second")), section="", cases=())
    attempt = Attempt(put_together(gather(quiet=True)))
    with pytest.raises(AnswerStopped):
        clients(exercises()["own-server"], attempt, random.Random(1))
    assert begun == ["first"]


async def test_case_without_a_handshake_says_so() -> None:
    async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    reached = score(refuses, ["1.1.1"])
    assert str(reached).endswith("1.1.1: the client could not open a WebSocket")


def test_score_of_anything_but_a_server_is_an_error() -> None:
    with pytest.raises(TypeError, match="a function, not of 5"):
        score(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"write \['1\.1\.1'\]"):
        score(put_together(gather(quiet=True)), "1.1.1")
