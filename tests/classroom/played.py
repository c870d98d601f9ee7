"""A simulated class on the real board: the board's own command, in a process to kill."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from wsedu_classroom.board.matrix import Matrix

from .. import programs
from .simulated import Happening, Players, SimulatedClass

ROOT = Path(__file__).parents[2]
CLASS, TEACHER = "class-token", "teacher-token"

# The command of the board; what it prints is read from stderr.
COMMAND = """
import sys
from wsedu_classroom.board.command import main
sys.stdout = sys.stderr
sys.exit(main(sys.argv[1:]))
"""


@contextmanager
def board(port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A board in a process of its own, and its port. It is killed at the end."""
    command = [sys.executable, "-c", COMMAND, "--no-browser", "--port", str(port)]
    command += ["--class", CLASS, "--teacher", TEACHER, "--most", "1000"]
    paths = os.pathsep.join(str(ROOT / name) for name in ("", "exercises", "classroom"))
    environment = os.environ | {"PYTHONPATH": paths}
    with programs.started(command, r"http://127.0.0.1:(\d+)/", environment) as (process, found):
        try:
            yield process, int(found)
        finally:
            process.kill()


class Session:
    """A simulated class in mid-lesson, and the board that it is on.

    start: when it began, by time.time()
    """

    def __init__(self, simulated: SimulatedClass, exits: ExitStack) -> None:
        self.simulated, self._exits = simulated, exits
        self.start = time.time() - simulated.seconds
        self.happenings = list(simulated.happenings)
        self.process, self.port = exits.enter_context(board())
        url = f"ws://127.0.0.1:{self.port}/{CLASS}/learner"
        self.players = exits.enter_context(Players(url, simulated.nicks, time.time))
        self.players.write(simulated.happenings, self.start)
        self.players.wait_until_all_is_known()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{TEACHER}/"

    def happen(self, learner: str, **event: Any) -> None:
        """Something happens now, and is acknowledged."""
        self.happen_all([(learner, event)])
        self.players.wait_until_all_is_known()

    def happen_all(self, events: list[tuple[str, dict[str, Any]]]) -> None:
        at = time.time() - self.start
        new = [Happening(at, learner, event) for learner, event in events]
        self.happenings += new
        self.players.write(new, self.start)

    def begin_again(self) -> None:
        """Another process takes over the port."""
        self.process, self.port = self._exits.enter_context(board(self.port))

    def matrix(self) -> Matrix:
        """What the board must show, from the journals alone."""
        matrix = Matrix()
        numbers = {learner: itertools.count(1) for learner in self.simulated.nicks}
        for learner, nick in self.simulated.nicks.items():
            matrix.apply(["hello", learner, nick, self.start])
        for one in self.happenings:
            event = one.event
            value = event.get("option")
            if event["what"] == "tried":
                value = [event["outcome"], event["mistake"]]
            facts = [event["what"], event["name"], value]
            number = next(numbers[one.learner])
            matrix.apply(["event", one.learner, number, self.start + one.at, *facts])
        return matrix
