"""One cell costs at most its own exercise, whatever it does to the kernel."""

import importlib
import json
import multiprocessing
import os
import socket
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from .answers import LESSONS, ROOT, cells, solved

sys.path.insert(0, str(ROOT / "scripts"))
import grade as grade_script  # noqa: E402
import grader  # noqa: E402

(LESSON,) = [lesson for lesson in LESSONS if lesson.number == "04"]


@pytest.fixture(autouse=True)
def graded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


def grade(answers: dict[int, str], quick: str = "") -> Any:
    """The points of each exercise, what to look at, and the notebook.

    answers: number of the exercise -> what its cell holds; ``{}`` in it is a right answer
    quick:   a cell with this text in it, or what is run to see whether it can be interrupted, has
             one second, and one more for its outputs
    """
    notebook = solved(LESSON)
    for number, cell in enumerate(cells(notebook, "-answer"), 1):
        cell.source = answers.get(number, "{}").replace("{}", cell.source)
    execute = grader.Execute(raise_on_iopub_timeout=False, timeout=120)
    if quick:
        usual, execute.iopub_timeout = execute.seconds, 1
        execute.seconds = lambda cell: (
            1 if quick in cell.source or cell.source == grader.PING else usual(cell)
        )
    done, _resources = execute.preprocess(notebook, {"metadata": {"path": "."}})
    points = [determine_grade(cell)[0] for cell in cells(done, "-check")]
    return points, grader.to_look_at(done), done


def test_a_cell_that_ends_python_costs_its_own_exercise() -> None:
    kill = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    points, look, done = grade({1: "{}\nimport os\nos._exit(0)", 3: kill})
    assert points == [0, 2, 0, 3]  # is_minimal uses the decode_header that the course lends
    assert look == [("read-header", "died"), ("decode-header", "died")]
    (progress,) = cells(done, "-progress")
    (said,) = progress.outputs
    assert said.text == "While nbgrader grades, progress is not shown.\n"


def test_a_kernel_whose_port_was_taken_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    make = grader.Execute.create_kernel_manager

    def with_a_taken_port(execute: grader.Execute) -> Any:
        made.append(make(execute))
        made[0].cache_ports, made[0].shell_port = False, taken.getsockname()[1]
        return made[-1]

    monkeypatch.setattr(grader.Execute, "create_kernel_manager", with_a_taken_port)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert grade({})[0] == [1, 2, 2, 3]
    assert len(made) == 2


def test_an_answer_that_ends_python_costs_what_uses_it() -> None:
    crash = "def encode_header(*_):\n    import ctypes\n    ctypes.string_at(0)"
    points, look, _done = grade({2: crash})
    assert points == [1, 0, 2, 0]
    assert look == [("encode-header", "died"), ("minimal-length", "died")]


def test_exit_ends_nothing_and_names_of_the_course_may_be_overwritten() -> None:
    noise = "import sys, threading\n"
    noise += "def say():\n    while True:\n        print('x', file=sys.stderr)\n"
    points, look, _done = grade(
        {
            1: "{}\ncheck = hint = 3\nexit()",
            2: "def encode_header(fin, opcode, length):\n    return later(fin, opcode, length)",
            3: f"{{}}\n{noise}threading.Thread(target=say, daemon=True).start()",
            4: "{}\nfrom wsedu.course.catalogue import exercises\n"
            "later = exercises()['encode-header'].solution",
        }
    )
    assert points == [1, 2, 2, 3]
    assert look == []


def test_a_cell_that_does_not_end_costs_no_other_exercise() -> None:
    serve = "{}\nimport asyncio\nawait asyncio.Future()  # quick"  # keeps what it has defined
    stubborn = (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass  # quick"
    )
    points, look, _done = grade({2: serve, 3: stubborn}, "# quick")
    assert points == [1, 2, 0, 3]
    assert look == [("encode-header", "timed out"), ("decode-header", "timed out")]


def test_a_flood_of_output_is_cut() -> None:
    floods = [
        "for _ in range(200_000): print('x' * 99)",
        "for _ in range(1_000): display('x')",
        "'x' * 20_000_000",
        "raise ValueError('x' * 20_000_000)",
    ]
    points, look, done = grade({i: "{}\n" + flood for i, flood in enumerate(floods, 1)})
    assert points == [1, 2, 2, 3]
    assert look == []
    assert len(json.dumps(done)) < 2_000_000


def test_processes_of_a_server_grade_by_the_form_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From Python 3.14 on, processes come from a server that was started for the first form."""
    (tmp_path / "noting.py").write_text(
        "import os\n"
        "def note(assignment, learner):\n"
        "    with open(learner, 'w') as file:\n"
        "        file.write(os.environ['WSEDU_FORM'])\n"
        "    return True\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(grade_script, "grade_one", importlib.import_module("noting").note)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    context = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
    monkeypatch.setattr(
        grade_script, "ProcessPoolExecutor", partial(ProcessPoolExecutor, mp_context=context)
    )
    for form in "AB":
        monkeypatch.setenv("WSEDU_FORM", form)
        object.__new__(grade_script.Class).grade_all("midterm", [f"form-{form}"])
    assert [(tmp_path / f"form-{form}").read_text() for form in "AB"] == ["A", "B"]


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of nbgrader's own use of it
def test_a_learner_without_a_notebook_has_no_points_of_an_earlier_grading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # alembic
    folders = object.__new__(grade_script.Class)
    folders.course = SimpleNamespace(db_url=f"sqlite:///{tmp_path}/gradebook.db", course_id="")
    with Gradebook(folders.course.db_url) as book:
        book.add_assignment("midterm")
        for learner in ("ada", "alan"):
            book.add_student(learner)
            book.add_submission("midterm", learner)
    folders.forget("midterm", ["ada", "grace"])
    with Gradebook(folders.course.db_url) as book:
        assert [one.student_id for one in book.assignment_submissions("midterm")] == ["alan"]
