"""Run all tests of the course: ``python3 scripts/test.py``.

Anything after the command goes to pytest, for example ``-k handshake``, or ``-n 0`` for one process
alone. ``--fast`` is meant for the time between two changes: it takes about a minute, and leaves
out what is marked as slow, and what needs a kernel, a browser, a class or a network.
"""

import os
import subprocess
import sys

from environment import ROOT, keep, prepare

# One process more than there are processors: many tests wait for a clock or a browser. The tests
# of a file stay together: the cells of a notebook share a kernel. conftest.py puts the longest
# first.
PROCESSES = (os.cpu_count() or 1) + 1
PARALLEL = ["-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder"]

FAST = [
    *("-n", "logical", "-m", "not slow"),  # none of these waits
    *("tests/protocol", "tests/recording", "tests/words", "tests/views"),
    *("tests/course", "tests/test_project.py", "tests/test_submissions.py"),
]


def arguments(given: list[str]) -> list[str]:
    """What pytest is told, from what this command was told."""
    if "--fast" not in given:
        return [*PARALLEL, *given]
    return [*PARALLEL, *FAST, *(word for word in given if word != "--fast")]


def environment() -> dict[str, str]:
    """The variables of this process, without the one that has Python compile again and again.

    The tests start hundreds of kernels and commands. Each imports the course, which the first
    compiles for all of them.
    """
    return {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


if __name__ == "__main__":
    command = [str(prepare("test")), "-m", "pytest", *arguments(sys.argv[1:])]
    keep()
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment()).returncode)
