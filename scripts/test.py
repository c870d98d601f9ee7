"""Run all tests of the course: ``python3 scripts/test.py``.

Anything after the command goes to pytest, for example ``-k handshake``, or ``-n 0`` for one process
alone. ``--fast`` leaves out what needs a kernel, a browser, a class or a clock: it takes less than
a minute, and is meant for the time between two changes.
"""

import subprocess
import sys

from environment import ROOT, prepare

# One process for each processor: more would be faster, and disturb the lessons that measure time.
# The tests of a file stay together: the cells of a notebook share a kernel. conftest.py puts the
# longest first.
PARALLEL = ["-n", "logical", "--dist", "loadfile", "--no-loadscope-reorder"]

FAST = [
    *("tests/protocol", "tests/recording", "tests/words", "tests/views", "tests/course"),
    *("tests/test_project.py", "tests/test_submissions.py"),
    *("--ignore=tests/course/test_mutants.py", "--ignore=tests/course/test_learner_server.py"),
    "--deselect=tests/course/test_notebooks.py::test_grader_counts_what_was_solved",
    "--deselect=tests/course/test_notebooks.py::"
    "test_unsolved_every_check_says_not_attempted_and_solved_it_passes",
    "--deselect=tests/course/test_exercises.py::TestBusyMachine",
    "--deselect=tests/course/test_exercises.py::TestNeverEnding",
    "--deselect=tests/test_project.py::test_the_pure_rooms_are_covered_by_their_own_tests",
    "--deselect=tests/test_project.py::test_code_is_clean[mypy --no-incremental]",
    "--deselect=tests/recording/test_dissect.py::TestLinearTime",
    "--ignore=tests/recording/test_captures.py",
]


def arguments(given: list[str]) -> list[str]:
    """What pytest is told, from what this command was told."""
    if "--fast" not in given:
        return [*PARALLEL, *given]
    return [*PARALLEL, *FAST, *(word for word in given if word != "--fast")]


if __name__ == "__main__":
    command = [str(prepare("test")), "-m", "pytest", *arguments(sys.argv[1:])]
    sys.exit(subprocess.run(command, cwd=ROOT).returncode)
