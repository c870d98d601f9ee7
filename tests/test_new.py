"""scripts/new.py: what it begins runs at once, is at its place, and takes no name that is taken."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wsedu.course.catalogue import lessons

from .test_stale import cells, copy_of_the_course, run

COUNT = len(lessons())
(FRAMES,) = [lesson for lesson in lessons() if lesson.number == "04"]
NAMES = [exercise.name for exercise in FRAMES.exercises]
NEXT = f"04.{len(NAMES) + 1}"
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


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy for tests after which it is as before."""
    return copy_of_the_course(tmp_path_factory.mktemp("unchanged") / "course")


def files(course: Path) -> dict[Path, bytes]:
    paths = [path for path in course.rglob("*") if path.suffix != ".pyc" and path.is_file()]
    return {path: path.read_bytes() for path in paths}


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
    made = new(course, "exercise", "04", "another-exercise", "--stars", "2", "--kind", kind)
    assert made.returncode == 0, made.stderr
    assert f"{LESSON}/another_exercise/exercise.py" in made.stdout.splitlines()
    assert (course / "tests/course/letters/another_exercise.py").exists() == (kind == "letters")
    judged = python(course, "-c", JUDGE, "another-exercise").stdout.splitlines()
    assert judged[0] == f"{NEXT} passed"
    assert [line.partition(" ")[2] for line in judged[1:]] == ["not yet True"] * 2
    assert run(course).stdout == ""  # nothing is stale


def test_its_cells_are_the_last_before_the_end_with_the_metadata_of_nbgrader(course: Path) -> None:
    before = notebook(course)
    assert new(course, "exercise", "04", "another-exercise", "--stars", "3").returncode == 0
    task, answer, check = notebook(course)[-4:-1]
    assert notebook(course)[:-4] + notebook(course)[-1:] == before
    assert [task["id"], answer["id"], check["id"]] == [
        f"another-exercise-{kind}" for kind in ("task", "answer", "check")
    ]
    assert task["source"][0].startswith(f"## {NEXT} ") and task["source"][0].endswith(" ★★★\n")
    assert answer["source"] == ["def another_exercise(data):\n", "    return ..."]
    assert check["source"] == ['check("another-exercise", another_exercise)']
    (other,) = [cell for cell in before if cell["id"] == "encode-header-check"]
    assert check["metadata"] == {
        **other["metadata"],
        "nbgrader": {**other["metadata"]["nbgrader"], "grade_id": "another-exercise", "points": 3},
    }


def test_an_exercise_before_another_moves_the_numbers_of_those_after_it(course: Path) -> None:
    options = ("--stars", "1", "--before", "decode-header")
    assert new(course, "exercise", "frame-layout", "another-exercise", *options).returncode == 0
    found = cells(course / NOTEBOOK)
    names = [name.removesuffix("-task") for name in found if name.endswith("-task")]
    at = NAMES.index("decode-header")
    assert names == [*NAMES[:at], "another-exercise", *NAMES[at:]]
    assert found["decode-header-task"].startswith(f"## 04.{at + 2} ")
    assert python(course, "-c", JUDGE, "another-exercise").stdout.startswith(f"04.{at + 1} passed")


def test_a_lesson_is_in_the_table_and_takes_exercises(course: Path) -> None:
    made = new(course, "lesson", "another-lesson", 'Another lesson: "how long?"')
    assert made.returncode == 0, made.stderr
    assert "README.md is written anew." in made.stdout
    link = f'[{COUNT:02} Another lesson: "how long?"](notebooks/en/{COUNT:02}_another_lesson.ipynb)'
    assert f"| {link} |" in (course / "README.md").read_text(encoding="utf-8")
    assert (
        new(course, "exercise", f"{COUNT:02}", "another-exercise", "--stars", "2").returncode == 0
    )
    assert python(course, "-c", JUDGE, "another-exercise").stdout.startswith(f"{COUNT:02}.1 passed")
    assert run(course).stdout == ""
    exercises = cells(course / f"exercises/en/{COUNT:02}_another_lesson/{COUNT:02}_exercises.ipynb")
    assert 'hint("another-exercise")' in exercises["another-exercises-title"]
    assert list(exercises)[-1] == "another-progress"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("exercise 04 encode-header --stars 2", "There is something called encode-header already"),
        ("exercise 04 frame-overhead --stars 2", "There is something called frame-overhead"),
        ("exercise 04 Sum_Bytes --stars 2", "is not a name such as encode-header"),
        (
            "exercise 44 another-exercise --stars 2",
            "There is no lesson 44; there are: 00_start_here",
        ),
        (
            "exercise 04 another-exercise --stars 2 --before keepalive",
            "Lesson 04 has no exercise keepal",
        ),
        ("lesson frame-layout Frames", "There is a lesson frame_layout already"),
        ("lesson frame-sizes Frames", "A lesson has frame-overhead; take a name that does not"),
        ("lesson 9 Frames", "is not a name such as frame-layout"),
    ],
)
def test_a_name_that_is_taken_or_unknown_is_refused_in_a_sentence(
    unchanged: Path, arguments: str, said: str
) -> None:
    before = files(unchanged)
    done = new(unchanged, *arguments.split())
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr
    assert files(unchanged) == before
