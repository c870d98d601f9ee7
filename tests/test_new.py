"""scripts/new.py: what it begins runs at once, is at its place, and takes no name that is taken."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .test_stale import cells, copy_of_the_course, run

LESSON = "exercises/wsedu_exercises/frame_layout"
NOTEBOOK = "exercises/en/04_frame_layout/04_exercises.ipynb"

# Judges everything that an exercise has, in the copy of the course.
JUDGE = """
import sys
from wsedu.course.catalogue import exercises
from wsedu.course.commands import judge
exercise = exercises()[sys.argv[1]]
print(exercise.number, judge(exercise.name, exercise.solution, 1).outcome)
for mistake in exercise.mistakes:
    verdict = judge(exercise.name, mistake.answer, 1)
    print(mistake.name, verdict.outcome, verdict.sentence == mistake.sentence)
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = copy_of_the_course(tmp_path / "course")
    (folder / "tests/course/letters").mkdir(parents=True)
    return folder


def python(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy of the course, with its own packages."""
    paths = os.pathsep.join([str(course), str(course / "exercises")])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=course,
        env=os.environ | {"PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def new(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(course, "scripts/new.py", *arguments)


def notebook(course: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((course / NOTEBOOK).read_text("utf-8"))["cells"]
    return found


@pytest.mark.parametrize("kind", ["function", "letters"])
def test_an_exercise_runs_as_it_is_made(course: Path, kind: str) -> None:
    made = new(course, "exercise", "04", "sum-bytes", "--stars", "2", "--kind", kind)
    assert made.returncode == 0, made.stderr
    assert f"{LESSON}/sum_bytes/exercise.py" in made.stdout.splitlines()
    assert (course / "tests/course/letters/sum_bytes.py").exists() == (kind == "letters")
    judged = python(course, "-c", JUDGE, "sum-bytes").stdout.splitlines()
    assert judged[0] == "04.5 passed"
    assert [line.partition(" ")[2] for line in judged[1:]] == ["not yet True"] * 2
    assert run(course).stdout == ""  # nothing is stale


def test_its_cells_are_the_last_before_the_end_with_the_metadata_of_nbgrader(course: Path) -> None:
    before = notebook(course)
    assert new(course, "exercise", "04", "sum-bytes", "--stars", "3").returncode == 0
    task, answer, check = notebook(course)[-4:-1]
    assert notebook(course)[:-4] + notebook(course)[-1:] == before
    assert [task["id"], answer["id"], check["id"]] == [
        f"sum-bytes-{kind}" for kind in ("task", "answer", "check")
    ]
    assert task["source"][0].startswith("## 04.5 ") and task["source"][0].endswith(" ★★★\n")
    assert answer["source"] == ["def sum_bytes(data):\n", "    return ..."]
    assert check["source"] == ['check("sum-bytes", sum_bytes)']
    (other,) = [cell for cell in before if cell["id"] == "encode-header-check"]
    assert check["metadata"] == {
        **other["metadata"],
        "nbgrader": {**other["metadata"]["nbgrader"], "grade_id": "sum-bytes", "points": 3},
    }


def test_an_exercise_before_another_moves_the_numbers_of_those_after_it(course: Path) -> None:
    options = ("--stars", "1", "--before", "decode-header")
    assert new(course, "exercise", "frame-layout", "sum-bytes", *options).returncode == 0
    found = cells(course / NOTEBOOK)
    names = [name.removesuffix("-task") for name in found if name.endswith("-task")]
    assert names == ["read-header", "encode-header", "sum-bytes", "decode-header", "minimal-length"]
    assert found["decode-header-task"].startswith("## 04.4 ")
    assert python(course, "-c", JUDGE, "sum-bytes").stdout.startswith("04.3 passed")


def test_a_lesson_is_in_the_table_and_takes_exercises(course: Path) -> None:
    made = new(course, "lesson", "message-size", 'Message size: "how long?"')
    assert made.returncode == 0, made.stderr
    assert "README.md is written anew." in made.stdout
    assert '| [09 Message size: "how long?"](notebooks/en/09_message_size.ipynb) |' in (
        course / "README.md"
    ).read_text(encoding="utf-8")
    assert new(course, "exercise", "09", "sum-bytes", "--stars", "2").returncode == 0
    assert python(course, "-c", JUDGE, "sum-bytes").stdout.startswith("09.1 passed")
    assert run(course).stdout == ""
    exercises = cells(course / "exercises/en/09_message_size/09_exercises.ipynb")
    assert 'hint("sum-bytes")' in exercises["message-exercises-title"]
    assert list(exercises)[-1] == "message-progress"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("exercise 04 encode-header --stars 2", "There is something called encode-header already"),
        ("exercise 04 frame-overhead --stars 2", "There is something called frame-overhead"),
        ("exercise 04 Sum_Bytes --stars 2", "is not a name such as encode-header"),
        ("exercise 44 sum-bytes --stars 2", "There is no lesson 44; there are: 00_start_here"),
        ("exercise 04 sum-bytes --stars 2 --before keepalive", "Lesson 04 has no exercise keepal"),
        ("lesson frame-layout Frames", "There is a lesson frame_layout already"),
        ("lesson frame-sizes Frames", "A lesson has frame-overhead; take a name that does not"),
        ("lesson 9 Frames", "is not a name such as frame-layout"),
    ],
)
def test_a_name_that_is_taken_or_unknown_is_refused_in_a_sentence(
    course: Path, arguments: str, said: str
) -> None:
    before = {path: path.read_bytes() for path in course.rglob("*.toml")}
    done = new(course, *arguments.split())
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in course.rglob("*.toml")} == before
