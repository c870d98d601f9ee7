"""The board of TEACHING.md: a teacher starts it, and a learner in a notebook makes a mistake."""

import inspect
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel
from websockets.sync.client import connect

from wsedu_exercises.server import encode_header

from .answers import ROOT
from .board.boards import Page
from .terminal import OURS, Terminal, clone_with_this_environment, shell

TEACHING = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
BOARD, OPEN = re.findall(r"(?m)^    (python3 scripts/classroom\.py board.*)$", TEACHING)
LITTLE_ENDIAN = inspect.getsource(encode_header).replace('"big"', '"little"')
WRONG = f"""
import wsedu
{LITTLE_ENDIAN}
try:
    wsedu.check("encode-header", encode_header)
except AssertionError as error:
    print(error)
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone_with_this_environment(tmp_path_factory.mktemp("teacher") / "course", "class")


@contextmanager
def terminal(command: str, clone: Path) -> Iterator[Terminal]:
    paths = [str(clone), str(clone / "exercises"), str(clone / "classroom")]
    environment = shell(clone.parent / "home") | {"PYTHONPATH": os.pathsep.join(paths)}
    running = Terminal(command, clone, environment)
    try:
        yield running
    finally:
        running.ctrl_c()


def test_a_wrong_answer_in_a_notebook_is_on_the_board_by_the_name_of_the_mistake(
    clone: Path, tmp_path: Path
) -> None:
    with terminal(BOARD, clone) as board:
        address = board.says(r"http(://127\.0\.0\.1:\d+/\S+/)\s", 120)[1]
        line = board.says(r"(import wsedu; wsedu\.join_class\('ws\S+', 'nickname'\))", 10)[1]
        with connect(f"ws{address}live", proxy=None, max_size=None) as connection:
            page = Page(connection)
            environment = {name: os.environ[name] for name in os.environ if not OURS.match(name)}
            del environment["PYTEST_VERSION"]  # it is no check of notebooks
            environment["WSEDU_HOME"] = str(tmp_path)
            # The kernel gets the packages of these tests, wherever they were started.
            environment["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
            outputs: list[Any] = []
            manager, client = start_new_kernel(startup_timeout=120, env=environment)
            try:
                for source in (line.replace("nickname", "ada"), WRONG):
                    hook = outputs.append
                    reply = client.execute_interactive(source, timeout=120, output_hook=hook)
                    assert reply["content"]["status"] == "ok"
                cell = page.until_cell("ada", "encode-header", state="not yet", tries=1)
                assert cell["mistake"] == "little-endian"
                (lesson,) = [
                    one for one in page.course["course"]["lessons"] if one["number"] == "04"
                ]
                assert "little-endian" in lesson["exercises"][1]["mistakes"]
            finally:
                client.stop_channels()
                manager.shutdown_kernel(now=True)
    assert board.text.endswith("The class has ended.\r\n")


def test_on_a_classroom_network_it_says_what_is_open(clone: Path) -> None:
    with terminal(OPEN, clone) as board:
        port = board.says(r"join_class\('ws://[\d.]+:(\d+)/", 120)[1]
        board.says(rf"Port {port} of this machine is open to its network \([\d.]+\)\.", 10)
        board.says("again with", 10)
