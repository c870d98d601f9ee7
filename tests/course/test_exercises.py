"""The exercises: what each says to starters, solutions, mistakes, and hostile answers.

The answers come from one place each: the catalogue, and the notebook's own starters.
"""

import asyncio
import base64
import copy
import gc
import inspect
import json
import logging
import random
import re
import subprocess
import sys
import threading
import time
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import websockets

from wsedu.course import clients, judges, runner
from wsedu.course.catalogue import (
    exercise_named,
    exercises,
    lessons,
    prediction_named,
    predictions,
)
from wsedu.course.clients import Clients
from wsedu.course.commands import judge
from wsedu.course.exercise import Exercise
from wsedu.course.mistakes import Mistake, kind_of
from wsedu.course.texts import Texts
from wsedu.course.verdict import Verdict, not_yet
from wsedu.course.virtual_time import VirtualTimeLoop

from ..answers import skip_without_its_program
from ..busy import stand_still

ROOT = Path(__file__).parent.parent.parent
ALL = list(exercises().values())
SERVERS = [e for e in ALL if isinstance(e.judge, Clients)]  # whole servers, which no case calls
# To raise ValueError is an answer, too.
REFUSING = ["parse-close", "reassemble", "check-text", "utf-step"]
REFUSING += ["inflate-message", "inflate-next", "inflate-limited"]
REFUSES = [exercises()[name] for name in REFUSING]
TEXTS = [e for e in ALL if isinstance(e.judge, Texts)]  # a real program reads them
FUNCTIONS = [e for e in ALL if callable(e.solution) and e not in SERVERS]
# A wrong answer is laid beside what every known mistake does, and all of these run for that. So
# scripts/test.py --fast gives wrong answers to a few of the exercises.
WITH_MISTAKES = [
    pytest.param(exercise, marks=pytest.mark.slow if number % 20 else ())
    for number, exercise in enumerate(FUNCTIONS)
]


def name_of(value: Any) -> str:
    return str(value.name)


@cache
def starters() -> dict[str, Any]:
    """What the starters of the notebooks define, by the name of the exercise that checks it."""
    found: dict[str, Any] = {}
    for lesson in filter(lambda lesson: lesson.exercises, lessons()):
        path = ROOT / "exercises" / "en" / lesson.slug / f"{lesson.number}_exercises.ipynb"
        names: dict[str, Any] = {"check": lambda name, answer: found.update({name: answer})}
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["id"].endswith(("-answer", "-check")):
                exec("".join(cell["source"]), names)
    return found


def know_mistakes(exercise: Exercise) -> None:
    """Let its mistakes run, which the first wrong answer does: not in the time that it has."""
    if isinstance(exercise.judge, judges.Cases):
        judges._rows_of(exercise, runner.Attempt(exercise.solution))


def solve(exercise: Exercise, *args: Any) -> Any:
    """What the solution gives; the check awaits it if need be."""
    return exercise.solution(*args)


@pytest.fixture(autouse=True)
def clients_with_less_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong server is waited for in vain: not for five seconds each time."""
    monkeypatch.setattr(clients, "PATIENCE", 0.2)
    monkeypatch.setattr(clients, "MORE", 0.4)


def left_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "wsedu check"]


class TestCatalogue:
    @pytest.mark.parametrize("exercise", ALL, ids=name_of)
    def test_exercise_has_all_that_a_learner_needs(self, exercise: Exercise) -> None:
        assert len(set(exercise.hints)) == 3
        assert all(hint.endswith((".", "?")) for hint in exercise.hints)
        assert exercise.reason and exercise.title
        assert 1 <= exercise.stars <= 4

    @pytest.mark.parametrize("exercise", ALL, ids=name_of)
    def test_exercise_knows_three_mistakes_or_more_with_a_sentence_each(
        self, exercise: Exercise
    ) -> None:
        assert len(exercise.mistakes) >= 3
        assert len({mistake.name for mistake in exercise.mistakes}) == len(exercise.mistakes)
        said: dict[str, set[str]] = {}
        for mistake in exercise.mistakes:
            said.setdefault(mistake.sentence, set()).add(kind_of(mistake.name))
        shared = {sentence: kinds for sentence, kinds in said.items() if len(kinds) > 1}
        assert shared == {}, "give each its own sentence, or name them alike: little-endian/short"

    def test_numbers_are_those_of_the_lesson_and_the_place_in_it(self) -> None:
        for lesson in lessons():
            assert lesson.slug.startswith(lesson.number)
            assert [exercise.number for exercise in lesson.exercises] == [
                f"{lesson.number}.{place}" for place in range(1, len(lesson.exercises) + 1)
            ]

    @pytest.mark.parametrize("prediction", predictions().values(), ids=name_of)
    def test_prediction_has_one_right_option_and_something_to_say_to_each(
        self, prediction: Any
    ) -> None:
        options = [option for option, _said in prediction.options]
        assert len(set(options)) == len(options) >= 2
        assert all(said for _option, said in prediction.options)
        assert 0 <= prediction.right < len(options)

    def test_unknown_names_are_told_what_looks_like_them(self) -> None:
        with pytest.raises(ValueError, match="Did you mean 'predict-statuses'"):
            exercise_named("predict-status")
        with pytest.raises(ValueError, match="Did you mean 'handshake-status'"):
            prediction_named("handshake-statuses")


def watched(solution: Callable[..., Any], seen: list[Any]) -> Callable[..., Any]:
    """The solution, which notes what it is called with."""

    def answer(*args: Any) -> Any:
        seen.append(repr(args))
        return solution(*args)

    return answer


class TestOutcomes:
    @pytest.mark.parametrize("exercise", ALL, ids=name_of)
    def test_starter_is_not_attempted(self, exercise: Exercise) -> None:
        verdict = judge(exercise.name, starters()[exercise.name])
        assert verdict.outcome == "not attempted"
        assert verdict.sentence == "Not attempted yet: the dots are still there."

    @pytest.mark.parametrize("exercise", ALL, ids=name_of)
    def test_dots_alone_are_not_attempted(self, exercise: Exercise) -> None:
        assert judge(exercise.name, ...).outcome == "not attempted"

    @pytest.mark.slow
    @pytest.mark.parametrize("exercise", ALL, ids=name_of)
    def test_solution_passes_with_every_seed_in_a_second_and_says_nothing(
        self, exercise: Exercise, capfd: pytest.CaptureFixture[str]
    ) -> None:
        skip_without_its_program(exercise)
        for seed in range(2 if exercise in SERVERS or exercise in TEXTS else 20):
            begin = time.process_time()
            verdict = judge(exercise.name, exercise.solution, seed)
            assert time.process_time() - begin < 1, seed
            assert (verdict.outcome, verdict.passed) == ("passed", True), (
                f"the solution and the reference differ (seed {seed}): {verdict.case or verdict}"
            )
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize("exercise", FUNCTIONS, ids=name_of)
    def test_solution_passes_as_an_async_function(self, exercise: Exercise) -> None:
        async def answer(*args: Any) -> Any:
            await asyncio.sleep(0)
            result = exercise.solution(*args)
            return await result if inspect.isawaitable(result) else result

        assert judge(exercise.name, answer, 1).passed

    @pytest.mark.slow
    @pytest.mark.parametrize("exercise", ALL, ids=name_of)
    def test_mistakes_are_recognised_with_their_own_sentences_and_names_in_a_second(
        self, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        skip_without_its_program(exercise)
        monkeypatch.setattr(judges, "TRIES", 0)  # TestBusyMachine judges some in real time
        monkeypatch.setattr(clients, "PATIENCE", 0.2)  # they go by turns of the server's loop
        monkeypatch.setattr(clients, "MORE", 0.2)
        know_mistakes(exercise)
        wrong = {}
        for mistake in exercise.mistakes:
            answer, begin = mistake.answer, time.process_time()
            verdict = judge(exercise.name, answer, 0)
            took = time.process_time() - begin
            may_loop = exercise in SERVERS and mistake is not exercise.mistakes[-1]
            assert took < 1 or may_loop, mistake.name
            seen = (verdict.outcome, verdict.sentence, verdict.mistake)
            if seen != ("not yet", mistake.sentence, kind_of(mistake.name)):
                wrong[mistake.name] = f"{verdict.outcome}: {verdict.sentence} ({verdict.mistake})"
            assert verdict.section or exercise.number.startswith("00"), "lesson 00 is about Python"
        lines = [f"{name}: the check says {said!r}" for name, said in wrong.items()]
        assert not lines, "\n".join(["not recognised; test_cases.py may say why:", *lines])

    def test_mistakes_are_run_once_in_the_cases_that_everybody_meets(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Here these cases hold iterators, and no iterator equals another."""

        def counted(judge: judges.Cases, *args: Any) -> Any:
            runs.append(args)
            return rows(judge, *args)

        runs: list[Any] = []
        rows = judges.Cases.rows
        monkeypatch.setattr(judges.Cases, "rows", counted)
        monkeypatch.setattr(judges, "_ROWS", {})
        for mistake in exercises()["fragment-message"].mistakes[:3]:
            verdict = judge("fragment-message", mistake.answer, 1)
            assert verdict.sentence == mistake.sentence
        assert len(runs) == 1

    # Those of 00.4 and 06.4 are given a connection: what is the same is what comes on it.
    @pytest.mark.parametrize(
        "exercise",
        [e for e in FUNCTIONS if e.name not in ("serve-until-closed", "read-frame")],
        ids=name_of,
    )
    def test_same_seed_gives_the_same_cases(self, exercise: Exercise) -> None:
        def cases(seed: int) -> list[Any]:
            seen: list[Any] = []
            judge(exercise.name, watched(exercise.solution, seen), seed)
            return seen

        assert cases(7) == cases(7), "draw from `chance` alone"
        assert cases(7) != cases(8), "draw some from `chance`; or a fixed case fails before them"

    @pytest.mark.parametrize("exercise", FUNCTIONS, ids=name_of)
    def test_grader_tries_more_cases(
        self, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def count() -> int:
            seen: list[Any] = []
            assert judge(exercise.name, watched(exercise.solution, seen), 1).passed
            return len(seen)

        usual = count()
        monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
        assert count() > usual, "draw `how_many(...)` random cases, not a fixed number"

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("accept-lengths", float),
            ("predict-statuses", HTTPStatus),
            ("predict-seconds", lambda value: value and Fraction(value)),
            ("which-cell-raises", int),
        ],
    )
    def test_letters_may_be_what_python_takes_as_equal(
        self, name: str, kind: Callable[[Any], Any]
    ) -> None:
        right = exercises()[name].solution
        assert judge(name, {letter: kind(value) for letter, value in right.items()}).passed

    def test_some_letters_without_a_status(self) -> None:
        answer = dict.fromkeys("ABCDEFGH", ...) | {"A": 405}
        verdict = judge("predict-statuses", answer)
        assert verdict.outcome == "not yet"
        assert verdict.sentence == "No answer yet for B, C, D, E, F, G, H."

    def test_bytes_are_laid_beside_what_was_expected(self) -> None:
        def answer(host: str, target: str, key: str) -> bytes:
            right: bytes = exercises()["build-request"].solution(host, target, key)
            return right.replace(b"Version: 13", b"Version: 14")

        verdict = judge("build-request", answer, 1)
        assert verdict.expected is not None and verdict.got is not None
        assert verdict.expected.replace(b": 13", b": 14") == verdict.got
        assert verdict.where == "Sec-WebSocket-Version"

    @pytest.mark.parametrize(
        ("begins", "field"),
        [
            (b"\x08\x05\x03\xe8", "FIN"),
            (b"\xc8\x05\x03\xe8", "RSV1"),
            (b"\x89\x05\x03\xe8", "opcode"),
            (b"\x88\x85\x03\xe8", "MASK"),
            (b"\x88\x04\x03\xe8", "payload length"),
            (b"\x88\x05\xe8\x03", "close code"),
            (b"\x88\x05\x03\xe8x", "reason"),
        ],
    )
    def test_field_of_a_frame_is_named(self, begins: bytes, field: str) -> None:
        def answer(code: int | None, reason: str) -> bytes:
            right: bytes = exercises()["close-frame"].solution(code, reason)
            return begins + right[len(begins) :] if (code, reason) == (1000, "bye") else right

        assert judge("close-frame", answer, 1).where == field

    def test_payload_that_can_be_guessed(self) -> None:
        code = inspect.getsource(exercises()["keepalive"].solution)
        code = code.replace("while True:", "count = 0\n    while True:\n        count += 1", 1)
        code = code.replace("os.urandom(4)", 'count.to_bytes(4, "big")')
        names: dict[str, Any] = {}
        exec(code, names)
        assert clear(judge("keepalive", names["keepalive"], 1), "four random bytes", "new for each")

    @pytest.mark.slow  # it waits
    def test_answer_that_goes_by_the_clock_on_the_wall(self) -> None:
        async def slow_echo(message: str, seconds: float) -> str:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                await asyncio.sleep(0)
            return message

        async def read_frame(read: Any, timeout: float) -> Any:
            end = time.monotonic() + timeout

            async def read_in_time() -> bytes:
                data = await asyncio.wait_for(read(), end - time.monotonic())
                return bytes(data)

            return await exercises()["read-frame"].solution(read_in_time, None)

        # It is judged in real time, of which a busy machine may spoil some.
        for seed in range(5):
            assert any(judge("slow-echo", slow_echo, seed).passed for _try in range(3))
            assert any(judge("read-frame", read_frame, seed).passed for _try in range(3))

    def test_message_that_another_task_sends_back(self) -> None:
        async def answer(connection: websockets.ServerConnection) -> int:
            async def read() -> None:
                with suppress(websockets.ConnectionClosed):
                    async for message in connection:
                        await queue.put(message)
                await queue.put(None)

            queue: asyncio.Queue[Any] = asyncio.Queue()
            reading, count = asyncio.create_task(read()), 0
            while (message := await queue.get()) is not None:
                await connection.send(message)
                count += 1
            await reading
            return count

        assert judge("serve-until-closed", answer, 1).passed

    def test_what_a_function_did_is_shown_as_words_and_not_as_bytes(self) -> None:
        async def answer(read: Any, timeout: float) -> Any:
            try:
                return await exercises()["read-frame"].solution(read, timeout)
            except TimeoutError:
                raise EOFError from None

        verdict = judge("read-frame", answer, 1)
        assert (verdict.expected, verdict.got) == (None, None)
        assert "got (raised EOFError), expected (raised TimeoutError)" in verdict.case

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["slow-echo", "serve-until-closed"])
    def test_verdict_shows_words_and_no_names_of_the_check(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(judges, "TRIES", 0)  # TestBusyMachine judges some in real time

        async def raises(connection: Any, *args: Any) -> None:
            connection.no_such_thing  # noqa: B018

        for answer in (*(mistake.answer for mistake in exercises()[name].mistakes), raises):
            verdict = judge(name, answer, 1)
            shown = f"{verdict.sentence} {verdict.case}"
            assert not re.search(r"\b(Wait|Served|Client|_\w+)\(|_Watched", shown), shown
        if name == "serve-until-closed":
            assert "'ServerConnection' object has no attribute 'no_such_thing'" in verdict.sentence
            assert "(a client that closes at once)" in verdict.sentence

    @pytest.mark.parametrize("share", [0.1, 0.5, 2.0])
    def test_timeout_that_is_not_the_given_one(self, share: float) -> None:
        async def answer(read: Any, timeout: float) -> Any:
            return await exercises()["read-frame"].solution(read, timeout * share)

        assert judge("read-frame", answer, 1).outcome == "not yet"

    @pytest.mark.slow  # it waits
    @pytest.mark.parametrize("seconds", [1.5, 1000])
    def test_wait_that_is_too_long_is_called_so(self, seconds: float) -> None:
        async def answer(message: str, told: float) -> str:
            await asyncio.sleep(seconds * told)
            return message

        assert clear(judge("slow-echo", answer, 1), "You wait too long")

    @pytest.mark.parametrize("reason", ["", "bye", "Grüße"])
    def test_reason_in_the_answer_to_a_close_is_free(self, reason: str) -> None:
        def answer(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, bool]:
            said, goes_on = exercises()["answer-frame"].solution(fin, opcode, payload)
            if opcode == 8 and len(said) >= 4:
                body = said[2:4] + reason.encode()
                return b"\x88" + bytes([len(body)]) + body, goes_on
            return said, goes_on

        assert judge("answer-frame", answer, 1).passed

    @pytest.mark.slow  # it waits
    def test_an_endless_answer_with_more_mistakes_hears_that_it_never_ends(self) -> None:
        async def admit(connection: Any, token: str, seconds: float, work: Any) -> None:
            await (work() if await connection.recv() == token else connection.close(1008))

        async def heartbeat(socket: Any, interval: float, timeout: float, deliver: Any) -> None:
            while True:
                await asyncio.sleep(interval / 2)
                await socket.send("pong")

        async def follow(connect: Any, delay: Any, deliver: Any) -> None:
            while True:
                await connect(0)
                await asyncio.sleep(1 + delay(0))

        for name, answer, words in (
            ("first-message-token", admit, "You wait for something that never comes."),
            ("application-heartbeat", heartbeat, "You never close, although"),
            ("follow", follow, "You go on after the end of all messages, or"),
        ):
            assert judge(name, answer, 1).sentence.startswith(words)

    def test_limit_of_the_answer_is_told(self) -> None:
        def answer(n: int, chance: random.Random) -> float:
            return chance.random() * min(45, 6 * 2**n)

        words = "Before try 0 your limit is 6.0 s; it should be 5 s."
        assert judge("backoff", answer, 1).sentence == words

    @pytest.mark.parametrize("name", ["check-request", "check-response"])
    def test_message_is_shown_that_was_judged_wrongly(self, name: str) -> None:
        verdict = judge(name, exercises()[name].mistakes[0].answer, 1)
        assert verdict.message is not None and verdict.message.checks


class Evil:
    """A value with which nothing can be done."""

    def __eq__(self, other: object) -> bool:
        raise ValueError("not comparable")

    def __repr__(self) -> str:
        raise ValueError("not printable")

    __str__ = __repr__
    __hash__ = None  # type: ignore[assignment]


class EvilError(Exception):
    def __str__(self) -> str:
        raise ValueError("not printable")


class Plain:
    pass


VALUES: dict[str, Any] = {
    "None": None,
    "int": 5,
    "bool-like": 1,
    "huge int": 10**5000,
    "str": "GET / HTTP/1.1",
    "list": [101, "yes"],
    "empty": b"",
    "rubbish": b"\xff\x00" * 9,
    "pair": (101,),
    "evil pair": (Evil(), Evil()),
    "evil": Evil(),
    "class": Plain,
    "nested": [[]] * 3,
}


def clear(verdict: Verdict, *words: str) -> bool:
    """Whether the verdict is one plain sentence, without the innards of Python."""
    sentence = verdict.sentence
    assert "Traceback" not in sentence and "object at 0x" not in sentence
    assert sentence[0].isupper() and len(sentence) < 500
    return all(word in sentence for word in words)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    for thread in left_threads():
        thread.join(60)
        assert not thread.is_alive()


class TestWrongTypes:
    @pytest.mark.parametrize("exercise", WITH_MISTAKES, ids=name_of)
    def test_returned(self, exercise: Exercise) -> None:
        know_mistakes(exercise)
        for name, value in VALUES.items():
            verdict = judge(exercise.name, lambda *args, value=value: value, 1)
            assert verdict.outcome == "not yet" and clear(verdict), name

    @pytest.mark.parametrize("exercise", WITH_MISTAKES, ids=name_of)
    def test_returned_in_some_cases_only(self, exercise: Exercise) -> None:
        for value in (None, Evil(), ()):
            calls: list[Any] = []

            def sometimes(*args: Any, calls: list[Any] = calls, value: Any = value) -> Any:
                calls.append(args)
                return solve(exercise, *args) if len(calls) % 3 else value

            verdict = judge(exercise.name, sometimes, 1)
            assert verdict.outcome == "not yet" and clear(verdict)

    @pytest.mark.parametrize("value", VALUES)
    def test_as_the_status_of_a_letter(self, value: str) -> None:
        verdict = judge(
            "predict-statuses", exercises()["predict-statuses"].solution | {"C": VALUES[value]}
        )
        assert verdict.outcome == "not yet"
        assert clear(verdict, "C")

    @pytest.mark.parametrize("exercise", FUNCTIONS, ids=name_of)
    def test_given_instead_of_a_function(self, exercise: Exercise) -> None:
        for name, value in VALUES.items():
            verdict = judge(exercise.name, value, 1)
            outcome, *words = "not yet", "asks for a function", "without parentheses"
            if name == "class":
                outcome, *words = "raised", "Plain() takes no arguments"
            assert verdict.outcome == outcome and clear(verdict, *words), name

    def test_given_the_result_of_a_call(self) -> None:
        result = exercises()["build-request"].solution("h", "/", "k")
        assert clear(
            judge("build-request", result), "you gave b'GET / HTTP/1.1", "without parentheses"
        )

    def test_word_that_is_none_of_the_words(self) -> None:
        verdict = judge(
            "choose-technique", exercises()["choose-technique"].solution | {"C": "Websocket"}
        )
        words = "HTTP, SSE, WebRTC, WebSocket"
        assert clear(verdict, f"C: 'Websocket' is not one of the words in the task: {words}.")

    def test_letter_that_is_none_of_the_letters(self) -> None:
        verdict = judge("read-header", {letter.lower(): 1 for letter in "ABCDE"})
        assert clear(verdict, "No answer yet for A, B, C, D, E. The task has no 'a', 'b', ")

    @pytest.mark.parametrize("value", VALUES)
    def test_given_instead_of_a_dict(self, value: str) -> None:
        verdict = judge("predict-statuses", VALUES[value])
        assert verdict.outcome == "not yet"
        assert clear(verdict, "dict from letter to a status such as 101")

    @pytest.mark.parametrize("exercise", WITH_MISTAKES, ids=name_of)
    def test_generator_function(self, exercise: Exercise) -> None:
        def answer(*args: Any) -> Iterator[Any]:
            yield exercise.solution(*args)

        verdict = judge(exercise.name, answer, 1)
        assert verdict.outcome == "not yet"
        assert "generator" in verdict.sentence

    @pytest.mark.parametrize("exercise", WITH_MISTAKES, ids=name_of)
    def test_printed_instead_of_returned(
        self, exercise: Exercise, capfd: pytest.CaptureFixture[str]
    ) -> None:
        def answer(*args: Any) -> None:
            print("the result")

        verdict = judge(exercise.name, answer, 1)
        assert verdict.outcome == "not yet"
        assert verdict.sentence.endswith("Return it instead: use return.")
        assert capfd.readouterr() == ("", "")

    def test_printed_beside_a_result(self) -> None:
        def answer(read: Any, timeout: float) -> tuple[bool, int, str]:
            print("here")
            return True, 1, "None"

        assert judge("read-frame", answer, 1).sentence.startswith("Return (fin, opcode, payload)")

    @pytest.mark.parametrize("name", ["read-frame", "parse-close"])
    def test_names_of_errors_are_no_errors(self, name: str) -> None:
        solution = exercises()[name].solution

        async def answer(*args: Any) -> Any:
            try:
                value = solution(*args)
                return await value if inspect.isawaitable(value) else value
            except (ValueError, EOFError, TimeoutError) as error:
                return f"raised {type(error).__name__}"

        assert clear(judge(name, answer, 1), "Return (")

    def test_what_is_kept_from_call_to_call_is_seen(self) -> None:
        kept: list[int] = []

        def answer(frames: list[int], chunks: list[int]) -> list[int]:
            kept.extend(exercises()["where-it-breaks"].solution(frames, chunks))
            return kept

        assert clear(judge("where-it-breaks", answer, 1), "Called once more with the same")


ERRORS = [ValueError("no colon"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()]
ERRORS += [asyncio.CancelledError(), StopIteration(), ExceptionGroup("two", [ValueError()])]


class TestRaising:
    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much a process has")
    def test_answer_that_asks_for_gigabytes_leaves_the_memory_alone(self) -> None:
        def answer(fin: bool, opcode: int, length: int) -> bytes:
            return bytes(2**31)

        verdict = judge("encode-header", answer, 1)
        assert clear(verdict, "In the case (", "your function asked for too much memory.")
        assert len(bytes(2**31)) == 2**31, "afterwards the limit is gone"

    @pytest.mark.slow
    @pytest.mark.parametrize("exercise", FUNCTIONS, ids=name_of)
    def test_is_said_with_the_call(self, exercise: Exercise) -> None:
        know_mistakes(exercise)
        for error in ERRORS:
            # A new one each time: the traceback of one that is raised again grows without end.
            def answer(*args: Any, error: BaseException = error) -> None:
                raise copy.copy(error)

            async def async_answer(*args: Any, error: BaseException = error) -> None:
                raise copy.copy(error)

            for given in (answer, async_answer):
                verdict = judge(exercise.name, given, 1)
                name = type(error).__name__
                if exercise in REFUSES and name == "ValueError":
                    assert verdict.outcome == "not yet" and clear(verdict)
                    continue
                assert verdict.outcome == "raised", (given, name)
                assert clear(verdict, "In the case (", "your function raised ", name), given

    def test_error_that_cannot_be_printed(self) -> None:
        def answer(*args: Any) -> None:
            raise EvilError

        assert clear(
            judge("build-request", answer, 1), "your function raised ", "EvilError: <EvilError>"
        )

    def test_error_is_named_as_in_a_traceback(self) -> None:
        verdict = judge("check-key", lambda key: base64.b64decode("a"), 1)
        assert clear(verdict, "your function raised binascii.Error: ")

    def test_verdict_on_an_error_says_if_the_case_asks_for_another_one(self) -> None:
        # Two mistakes: zlib.error gets out, and each message is inflated for itself.
        def answer(messages: Any, keeps_context: bool) -> Any:
            tail = b"\x00\x00\xff\xff"
            return [zlib.decompressobj(wbits=-15).decompress(data + tail) for _, data in messages]

        verdict = judge("inflate-next", answer, 1)
        assert clear(
            verdict, "your function raised zlib.error: ", "In this case, raise ValueError."
        )
        verdict = judge("inflate-next", lambda messages, keeps_context: messages[7], 1)
        assert clear(verdict, "your function raised IndexError: ")
        assert "raise ValueError" not in verdict.sentence

    def test_line_of_the_cell_is_named(self) -> None:
        names: dict[str, Any] = {}
        exec("def answer(data):\n\n    return data['key']\n", names)
        verdict = judge("check-request", names["answer"], 1)
        assert clear(verdict, "TypeError", "(line 3 of your cell)")

    @pytest.mark.slow
    @pytest.mark.parametrize("exercise", FUNCTIONS, ids=name_of)
    def test_endless_recursion(self, exercise: Exercise) -> None:
        know_mistakes(exercise)

        def answer(*args: Any) -> Any:
            return answer(*args)

        verdict = judge(exercise.name, answer, 1)
        assert verdict.outcome == "raised"
        assert clear(verdict, "calls itself too often")

    @pytest.mark.parametrize("exercise", WITH_MISTAKES, ids=name_of)
    def test_wrong_number_of_parameters(self, exercise: Exercise) -> None:
        verdict = judge(exercise.name, lambda: None, 1)
        assert verdict.outcome == "raised" and clear(verdict, "TypeError")

    @pytest.mark.parametrize("exercise", FUNCTIONS, ids=name_of)
    def test_arguments_that_are_changed_change_no_case(self, exercise: Exercise) -> None:
        def answer(*args: Any) -> Any:
            result = solve(exercise, *args)
            for arg in args:
                if isinstance(arg, list):
                    arg[:] = [Evil()]
            return result

        assert judge(exercise.name, answer, 1).passed

    def test_fault_of_ours_is_not_hidden(self) -> None:
        def broken(watched: runner.Attempt) -> Verdict:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            runner.run(broken, lambda: None)


def run_briefly(answer: Callable[..., Any], seconds: float = 0.1) -> Verdict:
    exercise = exercises()["check-request"]
    return runner.run(
        lambda watched: exercise.judge(exercise, watched, random.Random(1)), answer, seconds
    )


@pytest.mark.slow
class TestNeverEnding:
    """Short limits; what is waited for is the thread's end, or an event."""

    def assert_stopped(self, answer: Callable[..., Any]) -> None:
        verdict = run_briefly(answer)
        assert verdict.outcome == "raised"
        assert clear(verdict, "did not finish within 0.1 s")
        for thread in left_threads():
            thread.join(60)
        assert not left_threads()

    def test_infinite_loop(self) -> None:
        def answer(data: bytes) -> None:
            while True:
                pass

        self.assert_stopped(answer)

    def test_infinite_loop_that_catches_what_it_can(self) -> None:
        def answer(data: bytes) -> None:
            while True:
                try:
                    data.index(b"not there")
                except Exception:
                    pass

        self.assert_stopped(answer)

    def test_infinite_loop_that_catches_once_more(self) -> None:
        def answer(data: bytes) -> None:
            for _time in range(3):
                try:
                    while True:
                        pass
                except BaseException:
                    continue

        self.assert_stopped(answer)

    def test_asked_again_while_it_is_ending(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """On a slow machine the second request may meet the thread on its way out."""
        escaped: list[object] = []
        monkeypatch.setattr(threading, "excepthook", escaped.append)
        monkeypatch.setattr(runner, "BETWEEN", 0)
        monkeypatch.setattr(runner, "STOPS", 1_000_000)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            for _time in range(100):
                assert run_briefly(lambda data: [None for _ in iter(int, 1)], 0.001).outcome
        finally:
            sys.setswitchinterval(interval)
        assert escaped == []

    def test_future_that_never_completes(self, capfd: pytest.CaptureFixture[str]) -> None:
        async def answer(data: bytes) -> None:
            await asyncio.Future()

        self.assert_stopped(answer)
        assert capfd.readouterr() == ("", "")

    def test_async_loop(self) -> None:
        async def answer(data: bytes) -> None:
            while True:
                await asyncio.sleep(0)

        self.assert_stopped(answer)

    def test_async_loop_that_lets_no_other_task_run(self) -> None:
        async def answer(data: bytes) -> None:
            while True:
                pass

        self.assert_stopped(answer)

    def test_waiting_in_c_is_left_behind_and_ends_with_it(self) -> None:
        """Python cannot stop a sleeping thread; it ends when it wakes up."""
        wake = threading.Lock()
        wake.acquire()
        verdict = run_briefly(lambda data: wake.acquire())
        assert clear(verdict, "did not finish within 0.1 s")
        (thread,) = left_threads()
        assert thread.daemon, "a kernel can be stopped in spite of it"
        wake.release()
        thread.join(60)
        assert not thread.is_alive()

    def test_verdict_comes_soon_after_the_limit(self) -> None:
        begin = time.monotonic()
        release = threading.Event()
        run_briefly(lambda data: release.wait(600))
        assert time.monotonic() - begin < 60
        release.set()

    def test_slow_answer_that_ends_in_time_passes(self) -> None:
        assert run_briefly(exercises()["check-request"].solution, seconds=30).passed

    # A coroutine that nobody has awaited would write a warning into the learner's cell. (00.4 is
    # left out: it has sockets, and asyncio leaves one to Python if it is cancelled at its birth.)
    @pytest.mark.parametrize("name", ["slow-echo", "read-frame"])
    def test_stopped_at_any_moment_leaves_nothing_open(self, name: str) -> None:
        exercise = exercises()[name]
        wrong = exercise.mistakes[-1].answer
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            for number in range(50):
                runner.run(
                    lambda watched: exercise.judge(exercise, watched, random.Random(1)),
                    wrong,
                    number / 2500,
                )
            for thread in left_threads():
                thread.join(60)
            gc.collect()
        assert [str(warning.message) for warning in warned] == []

    def test_check_that_is_given_up_tries_no_more_mistakes(self) -> None:
        """What Python warns of in its thread would be taken for the next answer's."""
        exercise = exercises()["read-frame"]
        given_up = runner.Attempt(exercise.solution)
        given_up.over = True
        with pytest.raises(runner.AnswerStopped):
            exercise.judge.rows(exercise, exercise.judge.fixed(exercise), given_up)

    # In a process of its own: what Python says to it at its exit is part of the test.
    @pytest.mark.parametrize("waits", ["read()", "asyncio.sleep(3)"])
    def test_async_answer_that_catches_everything(self, waits: str) -> None:
        program = f"""
import asyncio, gc, random, threading
from wsedu.course import clients, runner
from wsedu.course.catalogue import exercises

async def answer(read, timeout):
    while True:
        try:
            await {waits}
        except:
            pass

exercise = exercises()["read-frame"]
judge = lambda watched: exercise.judge(exercise, watched, random.Random(1))
print(runner.run(judge, answer, 0.1).outcome)
gc.collect()
for thread in threading.enumerate():
    if thread.name == "wsedu check":
        thread.join(200)
        print("ended" if not thread.is_alive() else "lives")
"""
        run = subprocess.run(
            [sys.executable, "-X", "dev", "-c", program],
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert (run.stdout.splitlines()[0], run.stderr) == ("raised", "")
        assert "lives" not in run.stdout

    def test_coroutine_without_await_is_named(self) -> None:
        async def keepalive(connection: Any, interval: float, timeout: float) -> Any:
            while True:
                connection.sleep(interval)
                connection.send_ping(b"1234")
                if connection.next_pong(timeout) is None:
                    return 1011, "gone"

        async def slow_echo(message: str, seconds: float) -> str:
            asyncio.sleep(seconds)
            return message

        answers: tuple[tuple[str, Any, str], ...] = (
            ("keepalive", keepalive, "connection.sleep"),
            ("slow-echo", slow_echo, "sleep"),
        )
        for name, answer, forgotten in answers:
            exercise = exercises()[name]
            for _again in range(2):  # Python would warn only once
                verdict = runner.run(
                    lambda watched, exercise=exercise: exercise.judge(
                        exercise, watched, random.Random(1)
                    ),
                    answer,
                    0.5,
                )
                assert clear(verdict, f"{forgotten} was called without await")

    @pytest.mark.parametrize("name", ["worth-it", "heartbeat-cost", "check-size"])
    def test_coroutine_without_await_is_named_if_it_lies_in_a_circle(self, name: str) -> None:
        async def forgotten() -> None:
            pass

        def answer(*args: Any) -> int:
            circle: list[Any] = [forgotten()]
            circle.append(circle)
            return 12345

        assert clear(judge(name, answer, 1), "forgotten was called without await")

    def test_coroutine_without_await_does_not_complain_in_a_later_cell(self) -> None:
        async def answer(message: str, seconds: float) -> str:
            asyncio.run(asyncio.sleep(seconds))
            return message

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert clear(
                judge("slow-echo", answer, 1), "cannot be called from a running event loop"
            )
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            gc.collect()
        assert [str(warning.message) for warning in warned] == []

    def test_task_that_is_left_running_holds_nothing_up(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def stay() -> None:
            while True:
                try:
                    await asyncio.sleep(3)
                except asyncio.CancelledError:
                    pass

        async def fail() -> None:
            raise ZeroDivisionError

        async def answer(data: bytes) -> Any:
            tasks.extend([asyncio.create_task(stay()), asyncio.create_task(fail())])
            await asyncio.sleep(0)
            return exercises()["check-request"].solution(data)

        tasks: list[asyncio.Task[None]] = []
        assert run_briefly(answer, seconds=30).passed
        tasks.clear()
        gc.collect()
        assert caplog.messages == []


STALLED = [
    (exercise, mistake)
    for exercise in (exercises()["slow-echo"], exercises()["read-frame"], exercises()["keepalive"])
    for mistake in (None, *exercise.mistakes[::5])  # each takes seconds
]


@pytest.mark.slow
class TestBusyMachine:
    """What is said of an answer does not depend on how busy the machine is."""

    @pytest.mark.parametrize(
        ("exercise", "mistake"),
        STALLED,
        ids=[f"{e.name}-{s.name if s else 'solution'}" for e, s in STALLED],
    )
    def test_machine_that_stands_still_again_and_again_changes_no_verdict(
        self, exercise: Exercise, mistake: Mistake | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        know_mistakes(exercise)
        stalls = stand_still(monkeypatch, VirtualTimeLoop, 0.05, 10, 0.04)
        verdict = judge(exercise.name, mistake.answer if mistake else exercise.solution, 1)
        if mistake:
            assert (verdict.outcome, verdict.sentence) == ("not yet", mistake.sentence)
        assert stalls and (mistake or verdict.passed), verdict.sentence

    def test_answer_that_has_a_tenth_of_the_machine_gets_its_time(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runner, "wall", lambda: 10 * time.process_time())

        def answer(data: bytes) -> Any:
            nonlocal slow
            end = time.process_time() + 0.3 * slow
            while time.process_time() < end:
                pass
            slow = False
            return exercises()["check-request"].solution(data)

        slow = True
        assert run_briefly(answer, seconds=1).passed
        slow = True
        verdict = run_briefly(answer, seconds=0.2)
        assert clear(verdict, "did not finish within 0.2 s"), "it computes for longer than that"

    def test_answer_that_waits_gets_no_more_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        release = threading.Event()
        looks = iter(range(10_000))
        monkeypatch.setattr(runner, "wall", lambda: next(looks) / 10)
        monkeypatch.setattr(runner, "computed", lambda: 0.0)
        verdict = run_briefly(lambda data: release.wait(60), seconds=1)
        assert clear(verdict, "did not finish within 1 s")
        assert next(looks) < 50
        release.set()


class TestQuickLoop:
    @pytest.mark.parametrize(
        "outside",
        [
            lambda: asyncio.open_connection("127.0.0.1", 9),
            lambda: asyncio.start_server(print, "127.0.0.1", 0),
            lambda: asyncio.create_subprocess_exec(sys.executable, "-V"),
            lambda: asyncio.create_subprocess_shell("true"),
        ],
    )
    def test_an_answer_that_goes_outside_hears_that_nothing_is_there(
        self, outside: Callable[[], Any]
    ) -> None:
        async def answer(*_args: Any) -> Any:
            return await outside()

        verdict = judge("keepalive", answer, 1)
        assert "OSError" in verdict.sentence and "no network and no programs" in str(verdict)

    def test_no_task_waits_and_all_come_in_order(self) -> None:
        came: list[tuple[str, float]] = []

        async def come(name: str, seconds: float) -> None:
            await asyncio.sleep(seconds)
            came.append((name, round(asyncio.get_running_loop().time() - begin)))

        async def all_come() -> None:
            nonlocal begin
            begin = asyncio.get_running_loop().time()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(10_000):
                    await asyncio.gather(
                        come("late", 5000), come("soon", 60), come("never", 20_000)
                    )

        begin = 0.0
        before = time.monotonic()
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(all_come())
        assert came == [("soon", 60), ("late", 5000)]
        assert time.monotonic() - before < 60

    def test_its_clock_does_not_see_the_machine_s(self) -> None:
        async def stand_still() -> float:
            begin = asyncio.get_running_loop().time()
            time.sleep(0.2)
            await asyncio.sleep(1)
            return asyncio.get_running_loop().time() - begin

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            assert runner.run(stand_still()) == pytest.approx(1, abs=0.01)

    def test_asking_the_clock_again_and_again_ends(self) -> None:
        async def spin() -> int:
            turns, end = 0, asyncio.get_running_loop().time() + 1
            while asyncio.get_running_loop().time() < end:
                turns += 1
                await asyncio.sleep(0)
            return turns

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            assert 1000 < runner.run(spin()) < 100_000

    def test_a_copy_of_it_is_refused_at_once(self) -> None:
        """Half a copy would complain when it is forgotten, which fails this test."""
        loop = VirtualTimeLoop()
        with pytest.raises(TypeError, match="cannot be copied"):
            copy.deepcopy([loop])
        loop.close()

    def test_what_comes_from_another_thread_is_waited_for(self) -> None:
        async def ask() -> str:
            return await asyncio.to_thread(lambda: "here")

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            assert runner.run(ask()) == "here"


class TestQuiet:
    """A grader takes anything on stderr for failure (and the learner would not understand it)."""

    def answer(self, data: bytes) -> Any:
        print("printed")
        print("to stderr", file=sys.stderr)
        logging.warning("logged")
        logging.getLogger("elsewhere").error("logged too")
        return exercises()["check-request"].solution(data)

    def test_with_a_handler_on_the_root_logger(self, capfd: pytest.CaptureFixture[str]) -> None:
        handler = logging.StreamHandler(sys.stderr)
        logging.root.addHandler(handler)
        try:
            assert judge("check-request", self.answer, 1).passed
            assert capfd.readouterr() == ("", "")
            logging.warning("afterwards")
            assert capfd.readouterr().err == "afterwards\n"
            assert handler.stream is sys.stderr
        finally:
            logging.root.removeHandler(handler)

    def test_without_any_handler(
        self, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(logging.root, "handlers", [])
        assert judge("check-request", self.answer, 1).passed
        assert capfd.readouterr() == ("", "")

    def test_log_files_go_on_being_written(self, tmp_path: Path) -> None:
        handler = logging.FileHandler(tmp_path / "log.txt")
        logging.root.addHandler(handler)
        try:
            assert judge("check-request", self.answer, 1).passed
        finally:
            logging.root.removeHandler(handler)
            handler.close()
        assert "logged" in (tmp_path / "log.txt").read_text()


def test_verdict_is_one_of_four() -> None:
    assert not not_yet("because").passed
    assert Verdict("passed", "well done").passed
