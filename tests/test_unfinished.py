"""What is begun is finished: each exercise and lesson has all its words, or a list says which lack.

``scripts/new.py`` makes an exercise or a lesson that runs, with lines that say TODO.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from wsedu.course.catalogue import lessons
from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.lesson import Lesson
from wsedu.course.mistakes import kind_of

ROOT = Path(__file__).parent.parent
LESSONS = [lesson for lesson in lessons() if lesson.number.isdigit()]
EXERCISES = [exercise for lesson in LESSONS for exercise in lesson.exercises]


def todo(path: Path) -> Iterator[str]:
    """The lines of a file that wait for somebody's words; in a notebook, the cells."""
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        for cell in json.loads(text)["cells"]:
            if "TODO" in "".join(cell["source"]):
                yield f"{name}: the cell {cell['id']} waits for your words"
        return
    for number, line in enumerate(text.splitlines(), 1):
        if "TODO" in line:
            yield f"{name}, line {number}: {line[line.index('TODO') :]}"


def missing(exercise: Exercise) -> Iterator[str]:
    """What an exercise lacks."""
    folder = exercise.words.folder
    words = tomllib.loads((folder / "en.toml").read_text(encoding="utf-8"))
    toml, changes = ((folder / name).relative_to(ROOT) for name in ("en.toml", "mistakes.toml"))
    for path in sorted(folder.glob("*.*")):
        yield from todo(path)
    for key in ("title", "task", "passed", "reason", "hints", "mistakes"):
        if not words.get(key):
            yield f"{toml}: there is no {key}"
    if len(set(words.get("hints", []))) != 3:
        yield f"{toml}: give three hints, from where to look to nearly the solution"
    if len(exercise.wrong) < 3:
        yield f"{changes}: name three mistakes or more; there are {len(exercise.wrong)}"
    said = words.get("mistakes", {})
    known = dict.fromkeys(map(kind_of, exercise.wrong))
    yield from (f"{toml}: no sentence for {name}" for name in known if name not in said)
    yield from (f"{toml}: {name} is no mistake" for name in said if name not in known)
    for mistake in exercise.mistakes:
        try:
            mistake.answer  # noqa: B018
        except Exception as error:  # a change that does not fit the solution, or is not Python
            yield f"{changes}: {mistake.name}: {error}"
    if isinstance(exercise.judge, Letters):
        letters = words.get("letters", {})
        yield from (f"{toml}: no words for {x}" for x in exercise.solution if x not in letters)
        measured = ROOT / "tests" / "course" / "letters" / f"{folder.name}.py"
        if measured.exists():
            yield from todo(measured)
        else:
            yield f"{measured.relative_to(ROOT)}: compute or measure the right answers there"


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_exercise_is_finished(exercise: Exercise) -> None:
    if found := list(missing(exercise)):
        pytest.fail("\n".join([f"{exercise.name} is not finished:", *found]), pytrace=False)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_lesson_is_finished(lesson: Lesson) -> None:
    folder = ROOT / "exercises" / "wsedu_exercises" / lesson.slug.removeprefix(f"{lesson.number}_")
    paths = [folder / "lesson.toml", folder / "en.toml"]
    paths.append(ROOT / "notebooks" / "en" / f"{lesson.slug}.ipynb")
    paths.append(ROOT / "exercises" / "en" / lesson.slug / f"{lesson.number}_exercises.ipynb")
    found = [
        line
        for path in paths
        for line in todo(path)
        # The exercises say so themselves.
        if not any(f"the cell {exercise.name}-" in line for exercise in lesson.exercises)
    ]
    if not lesson.exercises:
        found.append("it has no exercise")
    if found:
        pytest.fail("\n".join([f"{lesson.slug} is not finished:", *found]), pytrace=False)
