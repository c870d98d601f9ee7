"""The commands: what a learner is told, and what is still known in the next kernel.

Nothing is kept but the journal, so every call is as good as one in a fresh kernel; one test
really starts one.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import Code

import wsedu
from wsedu.course import (
    check,
    commands,
    hint,
    journal,
    judges,
    predict,
    progress,
    revisit,
    runner,
    solution,
    start_over,
)
from wsedu.course.catalogue import UnknownName, exercises, lessons, predictions
from wsedu.course.diagnosis import Row
from wsedu.course.exercise import Exercise
from wsedu.course.verdict import NotYet
from wsedu.views import Checklist, Difference, Progress

from ..answers import skip_without_its_program

EXERCISES = exercises()
LESSONS = lessons()
PREDICTIONS = predictions()

ROOT = Path(__file__).parent.parent.parent
RIGHT: dict[str, Any] = {name: exercise.solution for name, exercise in EXERCISES.items()}
STATUS = PREDICTIONS["handshake-status"]


def start_of(name: str) -> dict[str, Any]:
    """The names that the start cell of an exercise's notebook gives."""
    names: dict[str, Any] = {}
    (lesson,) = (lesson for lesson in LESSONS if EXERCISES[name] in lesson.exercises)
    path = ROOT / "exercises" / "en" / lesson.slug / f"{lesson.number}_exercises.ipynb"
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["id"].endswith("-start"):
            exec("".join(cell["source"]), names)
    return names


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path))
    monkeypatch.delenv("WSEDU_TEACHER", raising=False)
    return tmp_path


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was displayed beside the text."""
    things: list[Any] = []
    monkeypatch.setattr(commands, "display", things.append)
    return things


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, in one line; a page would break longer lines inside of words."""
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 for line in lines), lines
    return " ".join(lines)


class TestCheck:
    def test_not_yet_says_one_sentence_and_the_section(
        self, shown: list[Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        mistake = EXERCISES["check-response"].mistakes[0]
        with pytest.raises(NotYet):
            check("check-response", mistake.answer)
        first, case = capsys.readouterr().out.split("\n  ")
        assert " ".join(first.splitlines()) == f"✘ 02.4: {mistake.sentence} (RFC 6455 4.1)"
        assert case.rstrip().endswith(": got True, expected False") and "key=" in case
        (picture,) = shown
        assert isinstance(picture, Checklist)

    def test_wrong_bytes_are_laid_beside_the_right_ones(self, shown: list[Any]) -> None:
        with pytest.raises(NotYet):
            check("build-request", EXERCISES["build-request"].mistakes[1].answer)
        (picture,) = shown
        assert isinstance(picture, Difference)

    def test_raised_names_the_error(
        self, shown: list[Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(
            NotYet, match=r"^02.2: raised\. Fix .* The same cases again: .*seed=5\)$"
        ):
            check("build-request", lambda *args: 1 // 0, seed=5)
        said = " ".join(capsys.readouterr().out.split())
        assert "your function raised ZeroDivisionError" in said

    def test_not_attempted_is_not_counted_as_a_try(
        self, shown: list[Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(NotYet, match=r"^02.2: not attempted\. Put your answer"):
            check("build-request", ...)
        assert capsys.readouterr().out.startswith("○ 02.2: Not attempted yet")
        assert journal.read("tried") == []

    def test_error_names_the_hint_and_the_seed(self, shown: list[Any]) -> None:
        with pytest.raises(NotYet) as error:
            check("build-request", lambda *args: b"", seed=42)
        assert str(error.value) == (
            "02.2: not yet. hint('build-request') helps. "
            "The same cases again: check('build-request', ..., seed=42)"
        )

    def test_line_to_check_again_can_be_run_as_it_is(self, shown: list[Any]) -> None:
        def my_request(host: str, target: str, key: str) -> bytes:
            return b""

        with pytest.raises(NotYet) as error:
            check("build-request", my_request, seed=42)
        assert str(error.value).endswith("check('build-request', my_request, seed=42)")

    def test_function_of_the_course_is_not_an_answer(
        self, shown: list[Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(NotYet, match=r"^03.2: not attempted"):
            check("compute-accept", wsedu.accept_key)
        assert "the course's own, imported" in capsys.readouterr().out
        assert journal.read("tried") == []

    def test_seed_that_was_named_repeats_the_cases(self, shown: list[Any]) -> None:
        def cases(**seed: int) -> tuple[list[Any], str]:
            seen: list[Any] = []
            with pytest.raises(NotYet) as error:
                check("check-response", lambda *args: seen.append(args), **seed)
            return seen, str(error.value)

        seen, sentence = cases()
        seed = int(sentence.rstrip(")").rpartition("=")[2])
        assert cases(seed=seed)[0] == seen

    def test_error_is_an_assertion_of_one_line(self) -> None:
        assert issubclass(NotYet, AssertionError)
        error = NotYet("02.1: not yet.", "Go on.")
        assert (str(error), error._render_traceback_()) == ("02.1: not yet. Go on.", ["Go on."])

    def test_jupyter_prints_that_line_and_no_traceback(
        self, shown: list[Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A real shell runs the cell, as a kernel does."""
        shell = InteractiveShell()
        shell.run_cell(
            "from wsedu import check\ncheck('predict-statuses', ..., seed=1)", store_history=False
        )
        lines = capsys.readouterr().out.splitlines()
        assert lines == [
            "○ 02.1: Not attempted yet: the dots are still there.",
            "Put your answer in place of the dots, and run this cell again.",
        ]

    @pytest.mark.parametrize("answer", ["...", "{}", "lambda *args: None", "lambda *args: 1 // 0"])
    def test_red_line_repeats_no_word_of_the_verdict(
        self, answer: str, shown: list[Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        shell = InteractiveShell()
        for name in ("predict-statuses", "build-request"):
            shell.run_cell(f"from wsedu import check\ncheck('{name}', {answer}, seed=1)")
            *verdict, red = capsys.readouterr().out.splitlines()
            assert red.startswith(("hint(", "Fix that", "Put your answer")), red
            number = EXERCISES[name].number
            assert f"{number}:" in verdict[0] and f"{number}:" not in red
            assert not any("not yet" in line or "raised." in line for line in [red])

    def test_outcomes_are_kept(self, shown: list[Any]) -> None:
        for answer in (EXERCISES["predict-statuses"].mistakes[0].answer, RIGHT["predict-statuses"]):
            try:
                check("predict-statuses", answer)
            except NotYet:
                pass
        kept = journal.read("tried", "predict-statuses")
        assert [(line["outcome"], line["mistake"]) for line in kept] == [
            ("not yet", EXERCISES["predict-statuses"].mistakes[0].name),
            ("passed", ""),
        ]


class TestHint:
    def test_hints_come_one_after_another(self, capsys: pytest.CaptureFixture[str]) -> None:
        for number, text in enumerate(EXERCISES["build-request"].hints, 1):
            hint("build-request")
            assert said(capsys) == f"Hint {number} of 3: {text}"

    def test_after_the_last_hint_it_says_so_and_repeats_it(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        last = EXERCISES["build-request"].hints[-1]
        for _known in range(3):
            hint("build-request")
        said(capsys)
        for _again in range(2):
            hint("build-request")
            assert said(capsys) == f"There are no more hints. Hint 3 of 3 again: {last}"

    def test_unknown_name_is_one_sentence_without_a_traceback(self) -> None:
        with pytest.raises(UnknownName, match="^There is no exercise 'nope'") as caught:
            hint("nope")
        assert caught.value._render_traceback_() == [f"UnknownName: {caught.value}"]

    def test_each_exercise_counts_for_itself(self, capsys: pytest.CaptureFixture[str]) -> None:
        hint("build-request")
        hint("check-request")
        assert capsys.readouterr().out.count("Hint 1 of 3") == 2


def row_of_the_first(exercise: Exercise, attempt: runner.Attempt) -> list[Row]:
    """What the first of its mistakes does in the cases that everybody meets."""
    alone = SimpleNamespace(mistakes=exercise.mistakes[:1], solution=exercise.solution)
    found: list[Row] = exercise.judge.rows(alone, exercise.judge.fixed(exercise), attempt)
    return found


class TestSolution:
    def test_not_before_a_try(self, shown: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
        for name in RIGHT:
            with pytest.raises(NotYet):
                check(name, ...)
            capsys.readouterr()
            solution(name)
            assert capsys.readouterr().out.startswith("Try first"), name
        assert shown == []

    @pytest.mark.slow
    @pytest.mark.parametrize("name", RIGHT)
    def test_after_a_try_with_its_reason(
        self,
        name: str,
        shown: list[Any],
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        # What the exercise's other mistakes do is not asked for here, and takes long to find out.
        monkeypatch.setattr(judges, "_rows_of", row_of_the_first)
        with pytest.raises(NotYet):
            check(name, EXERCISES[name].mistakes[0].answer)
        shown.clear()
        capsys.readouterr()
        solution(name)
        assert said(capsys) == EXERCISES[name].reason
        (code,) = shown
        assert isinstance(code, Code)
        assert code.data == commands.source_of(EXERCISES[name])

    def test_try_of_another_exercise_does_not_count(self, shown: list[Any]) -> None:
        check("predict-statuses", RIGHT["predict-statuses"])
        solution("build-request")
        assert shown == []

    def test_to_a_teacher_at_once(self, shown: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WSEDU_TEACHER", "1")
        solution("build-request")
        assert len(shown) == 1

    @pytest.mark.slow
    @pytest.mark.parametrize("name", RIGHT)
    def test_source_of_it_passes_says_so_and_returns_nothing(
        self, name: str, home: Path, shown: list[Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What is shown can be pasted below the first cell of its notebook."""
        skip_without_its_program(EXERCISES[name])
        names = start_of(name)
        source = commands.source_of(EXERCISES[name])
        right = RIGHT[name]
        called = right.__name__ if callable(right) else "answer"
        cell = home / "cell.py"  # where Python finds the source of what is kept
        cell.write_text(source if callable(right) else f"answer = {source}", encoding="utf-8")
        exec(compile(cell.read_bytes(), cell, "exec"), names)
        capsys.readouterr()  # whose the pieces are that it starts with
        assert check(name, names[called]) is None  # type: ignore[func-returns-value]
        out = said(capsys)
        assert out.startswith(f"✔ {EXERCISES[name].number}: ")
        assert ("Kept as pieces/" in out) == bool(EXERCISES[name].piece)
        assert shown == []


class TestPredictAndRecall:
    def test_choice_is_kept_for_the_next_kernel(self) -> None:
        question = predict("handshake-status")
        assert question.chosen == -1
        question.chosen = 2
        question.chosen = 1
        assert predict("handshake-status").chosen == 1
        assert predict("handshake-case").chosen == -1

    def test_choice_is_known_in_another_process(self, home: Path) -> None:
        predict("handshake-status").chosen = 2
        program = "from wsedu import revisit; revisit('handshake-status')"
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("You predicted: No status at all")

    def test_question_has_every_option(self) -> None:
        assert predict("handshake-status").options == [option for option, _said in STATUS.options]

    @pytest.mark.parametrize(
        "prediction", PREDICTIONS.values(), ids=lambda prediction: prediction.name
    )
    def test_recall_says_to_each_choice_what_happened(
        self, prediction: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        right, why = prediction.options[prediction.right]
        revisit(prediction.name)
        out = said(capsys)
        assert out.startswith("You did not make a prediction.")
        assert f"What actually happened: {right}." in out and why in out
        assert journal.read("revisited") == []
        for number, (option, comment) in enumerate(prediction.options):
            predict(prediction.name).chosen = number
            capsys.readouterr()
            revisit(prediction.name)
            out = said(capsys)
            if number == prediction.right:
                assert out == f"You predicted it: {option}. {why}"
            else:
                assert out == f"You predicted: {option}. {comment} What actually happened: {right}."
        assert len(journal.read("revisited", prediction.name)) == len(prediction.options)

    @pytest.mark.parametrize("option", [99, -5, "1", None, [1]])
    def test_choice_that_no_longer_exists_is_none(self, option: Any) -> None:
        journal.write("predicted", "handshake-status", option=option)
        assert predict("handshake-status").chosen == -1


class TestProgress:
    def test_lists_every_exercise(
        self, home: Path, shown: list[Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        check("predict-statuses", RIGHT["predict-statuses"])
        for _try in range(2):
            with pytest.raises(NotYet):
                check("check-request", lambda data: None)
        with pytest.raises(NotYet):
            check(
                "predict-statuses", EXERCISES["predict-statuses"].mistakes[0].answer
            )  # it stays passed
        capsys.readouterr()
        progress()
        place = capsys.readouterr().out.rstrip()
        (picture,) = [thing for thing in shown if isinstance(thing, Progress)]
        summary, title, *lines = picture.text.splitlines()
        stars = sum(exercise.stars for exercise in EXERCISES.values())
        passed = EXERCISES["predict-statuses"].stars
        assert summary == f"Passed: 1 of {len(EXERCISES)} exercises, {passed} of {stars} stars"
        assert title == "00 Start here"
        lines = [line for line in lines if line.startswith("  ")]  # the others are titles
        numbers = [exercise.number for exercise in EXERCISES.values()]
        assert [line.split()[0] for line in lines] == numbers
        found = {line.split()[0]: line for line in lines}
        assert found["02.1"].endswith(": ✔ passed")
        assert found["02.3"].endswith(": ✘ not yet (tries: 2)")
        others = [line for number, line in found.items() if number not in ("02.1", "02.3")]
        assert all(line.endswith(": ○ not attempted") for line in others)
        assert place == f"Kept in {home}"

    def test_is_not_shown_while_nbgrader_grades(
        self, shown: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
        progress()
        assert capsys.readouterr().out == "While nbgrader grades, progress is not shown.\n"
        assert shown == []

    def test_unreadable_journal_is_said_once(
        self, home: Path, shown: list[Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        (home / "journal.jsonl").mkdir()
        progress()
        assert capsys.readouterr().out.count("cannot be read") == 1
        assert "02.4" in shown[0].text


class TestReset:
    def test_begins_again_and_keeps_a_copy(
        self, home: Path, shown: list[Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        check("encode-header", RIGHT["encode-header"])
        hint("encode-header")
        with pytest.raises(NotYet):
            check("read-header", EXERCISES["read-header"].mistakes[0].answer)
        built = (home / "pieces" / "encode_header.py").read_text()
        capsys.readouterr()
        start_over("encode-header")
        said = capsys.readouterr().out
        assert said.startswith("04.2 begins again.")
        assert "put aside as pieces/encode_header.1.py" in said
        assert not (home / "pieces" / "encode_header.py").exists()
        assert (home / "pieces" / "encode_header.1.py").read_text() == built
        progress()
        assert "04.2 ★★   Write the header: ○ not attempted" in shown[-1].text
        assert "04.1 ★    Read a header: ✘ not yet (tries: 1)" in shown[-1].text
        hint("encode-header")
        assert "Hint 1 of 3" in capsys.readouterr().out
        solution("encode-header")
        assert "Try first" in capsys.readouterr().out

    def test_of_what_was_never_begun(self, capsys: pytest.CaptureFixture[str]) -> None:
        for name in EXERCISES:
            start_over(name)
        assert "put aside" not in capsys.readouterr().out


@pytest.mark.parametrize("call", [lambda name: check(name, 1), hint, solution, start_over])
def test_unknown_exercise_names_those_that_look_like_it(call: Any) -> None:
    known = "Did you mean 'encode-header', 'decode-header', 'read-header'?"
    with pytest.raises(UnknownName) as caught:
        call("encode-haeder")
    assert str(caught.value) == f"There is no exercise 'encode-haeder'. {known}"
    with pytest.raises(UnknownName, match=r"^There is no exercise '2\.2'\.$"):
        call("2.2")


@pytest.mark.parametrize("call", [predict, revisit])
def test_unknown_prediction_names_those_that_look_like_it(call: Any) -> None:
    with pytest.raises(UnknownName, match="no prediction 'handshake-state'.*'handshake-status'"):
        call("handshake-state")


@pytest.fixture(params=["home is a file", "disk is full"])
def unwritable(
    request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A home in which a piece was kept, and nothing can be written any more."""
    check("encode-header", RIGHT["encode-header"])
    if request.param == "home is a file":
        file = home / "file"
        file.write_text("")
        monkeypatch.setenv("WSEDU_HOME", str(file))
        yield file
        return
    size = max(path.stat().st_size for path in [*home.rglob("*.*"), ROOT / "README.md"])
    with open(home / "journal.jsonl", "ab") as file:
        file.write(b"\n" * size)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    full = (home / "journal.jsonl").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, before[1]))
    yield home
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_lesson_goes_on_when_nothing_can_be_kept(
    unwritable: Path, shown: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotYet):
        check("predict-statuses", EXERCISES["predict-statuses"].mistakes[0].answer)
    assert capsys.readouterr().out.count(f"Nothing can be kept in {unwritable}: ") == 1
    predict("handshake-status").chosen = STATUS.right
    for number in (1, 2, 3):
        hint("predict-statuses")
        assert f"Hint {number} of 3" in said(capsys)
    revisit("handshake-status")
    assert "You predicted it" in said(capsys)
    solution("predict-statuses")
    assert EXERCISES["predict-statuses"].reason in said(capsys)
    shown.clear()
    progress()
    (line,) = [line for line in shown[-1].text.splitlines() if line.startswith("  02.1 ")]
    assert line.endswith("✘ not yet (tries: 1)")
    assert capsys.readouterr().out == f"Not kept: {unwritable} cannot be written.\n"


def test_start_over_that_cannot_be_kept_changes_nothing(
    home: Path, unwritable: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in home.rglob("*.py")}
    length = (home / "journal.jsonl").stat().st_size
    capsys.readouterr()
    start_over("encode-header")
    out = " ".join(capsys.readouterr().out.split())
    assert out.startswith(f"04.2 stays as it is: nothing can be written in {unwritable} (")
    assert {path: path.read_bytes() for path in home.rglob("*.py")} == before
    assert (home / "journal.jsonl").stat().st_size == length
