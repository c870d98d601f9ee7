"""What holds for every test, the notebooks among them."""

import atexit
import gc
import itertools
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile
from xdist.scheduler import LoadFileScheduling

from wsedu.course.runner import AnswerStopped

AT_MOST = 900  # seconds for a test, which then fails

# No test writes into the journal of the person who runs it. The notebooks, whose kernels start
# from this process, share this one and never write into it; every other test has its own.
_home = tempfile.TemporaryDirectory(prefix="wsedu-")
atexit.register(_home.cleanup)
os.environ["WSEDU_HOME"] = _home.name

# No database: a run leaves nothing behind. No deadline: the machine may be busy.
settings.register_profile("wsedu", database=None, deadline=None, max_examples=100)
# Where the same tests run once more, to see which lines they reach, a few examples do.
settings.register_profile("few", settings.get_profile("wsedu"), max_examples=5, derandomize=True)
settings.load_profile(os.environ.get("WSEDU_EXAMPLES", "wsedu"))


@pytest.hookimpl(trylast=True)  # pytest has set its own hook by then
def pytest_configure(config: pytest.Config) -> None:
    """Expect what comes of the tests themselves, and is no fault."""
    # Under python -bb Hypothesis, which keeps what it has drawn in dicts, trips over its keys.
    config.addinivalue_line("filterwarnings", "ignore::BytesWarning:hypothesis.*")
    report = sys.unraisablehook

    def report_all_but_stops(unraisable: Any) -> None:
        # Garbage of an earlier test may be collected in the thread that is being stopped. Python
        # drops a stop that lands in a finaliser there, and the runner sends the next.
        if unraisable.exc_type is not AnswerStopped:
            report(unraisable)

    sys.unraisablehook = report_all_but_stops


_file: Path | None = None  # whose tests run


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What is here before a file's first test stays: a check that collects garbage need not see it.

    Many checks do, and it takes as long as there is much to look at.
    """
    global _file
    if item.path != _file:
        _file = item.path
        gc.collect()
        gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first, and leave the long tests out, unless -m speaks of them."""
    items.sort(key=turn_of)
    if "long" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


NUMBERS = itertools.count(1)


@pytest.fixture(autouse=True)
def own_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner's folder for this test alone, which does not exist yet."""
    monkeypatch.setenv("WSEDU_HOME", str(Path(_home.name, f"test-{next(NUMBERS)}", "wsedu-home")))


# Several processes. Each takes the next file when it is done with one, so the longest come first;
# seconds count, not tests. All that needs Firefox stays in one process, and all else that needs a
# browser in another: in each of them it shares one JupyterLab and one browser. What an exercise's
# mistakes do is found out once in a process, so the tests that ask for it stay together, too.
LONGEST = (
    "tests/classroom/test_hub.py",
    "tests/browser/",
    "tests/course/test_exercises.py",
    "tests/test_readme.py",
    "tests/site/",
    "tests/test_teaching.py",
    "tests/course/test_notebooks.py",
    "tests/course/test_commands.py",
    "tests/course/test_cases.py",
    "tests/course/test_public_code.py",
    "tests/course/test_study.py",
    "tests/test_project.py",
    "tests/live/test_hostile.py",
    "tests/live/test_background.py",
    "tests/test_editions.py",
    "tests/test_grader.py",
    "tests/live/test_echo_server.py",
    "tests/recording/test_captures.py",
    "tests/test_new.py",
    "tests/test_contributing.py",
    "tests/course/test_mutants.py",
    "tests/live/test_memory.py",
    "tests/test_lab.py",
    "tests/live/test_browser.py",
    "tests/live/test_kernel.py",
    "tests/course/test_learner_server.py",
    "notebooks/en/08",
    "notebooks/en/01",
    "notebooks/en/gallery",
    "notebooks/",
    "tests/conformance/",
)


def turn_of(item: pytest.Item) -> int:
    """The place of a test's file among those that come first."""
    found = (i for i, path in enumerate(LONGEST) if item.nodeid.startswith(path))
    return next(found, len(LONGEST))


ASK_FOR_MISTAKES = tuple(
    f"tests/course/test_{name}.py"
    for name in ("exercises", "commands", "cases", "public_code", "study")
)


class ByFile(LoadFileScheduling):
    """As ``--dist loadfile``; the tests of each browser, and of the site, are as if in one file."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/browser/"):
            return "Firefox" if "[firefox" in nodeid else "Chromium"
        if nodeid.startswith("tests/site/") and "pyodide" not in nodeid:
            return "site"
        if nodeid.startswith(ASK_FOR_MISTAKES):
            return "mistakes"
        return super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Who takes which tests."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


# The lessons. nbval runs each cell and compares what it says. A learner may run a cell twice, so
# here it runs once more in the same kernel: it may not fail, and all cells below must still say
# the same. At the end of a lesson nothing is left running.

# What some of them send is counted or drawn below; these run again after the last such cell.
AFTER = {
    "purpose-see-listener": "purpose-order",
    "frame-see-server": "frame-run",
    "frame-inside-bytes": "frame-inside-ping",
    "ping-lost-replay": "ping-lost",
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Let no test wait forever, as for a promise that a page never keeps."""

    def end(*_signal: Any) -> None:
        raise TimeoutError(f"{item.nodeid} has not ended after {AT_MOST} s")

    if not hasattr(signal, "SIGALRM"):  # Windows
        return (yield)
    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(AT_MOST)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# No page shows these notebooks, so there is none to wait for.
NO_PAGE = "from wsedu.live import browser; browser.PATIENCE = 0.1"
LEFT = "import threading; print([t.name for t in threading.enumerate() if 'wsedu' in t.name])"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a cell of a notebook a second time, if it was right the first time."""
    code = []
    if isinstance(item, IPyNbCell):
        code = [cell for cell in item.parent.nb.cells if cell.cell_type == "code"]
        if item.cell is code[0]:
            assert said_by(item.parent.kernel, NO_PAGE) == {}
    result = yield
    if isinstance(item, IPyNbCell):
        if item.cell.id not in AFTER.values():
            run_again(item.parent, item.cell.id)
        if item.cell.id in AFTER:
            run_again(item.parent, AFTER[item.cell.id])
        if item.cell is code[-1]:
            assert said_by(item.parent.kernel, LEFT) == {"stdout": "[]\n"}
    return result


def run_again(lesson: IPyNbFile, name: str) -> None:
    """Run a cell of a lesson; it may neither fail nor complain."""
    (cell,) = [cell for cell in lesson.nb.cells if cell.id == name]
    said = said_by(lesson.kernel, cell.source)
    assert said.keys() <= {"stdout", "data"}, f"{name}, run twice: {said}"


def said_by(kernel: RunningKernel, code: str) -> dict[str, str]:
    """What a cell puts out: by the name of the stream, or as ``data``, or as ``error``."""
    said: dict[str, str] = {}

    def hear(message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] == "stream":
            said[content["name"]] = said.get(content["name"], "") + content["text"]
        elif message["msg_type"] == "error":
            said["error"] = f"{content['ename']}: {content['evalue']}"
        elif "data" in content:
            said["data"] = str(content["data"].get("text/plain"))

    kernel.kc.execute_interactive(
        code, store_history=False, allow_stdin=False, output_hook=hear, timeout=60
    )
    return said
