"""CONTRIBUTING.md: its recipes are followed word for word in a fresh clone, its sketch is true.

The commands that run tests take minutes: the long form of these tests follows them too.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import wsedu

from .terminal import ROOT, clone_with_this_environment, run_in

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NEEDS_GIT = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="no git"
)


def recipe(heading: str) -> list[str]:
    """The commands below a heading, in order; a line that goes on is one command with the next."""
    found = re.search(rf"(?ms)^## (?:\d\. )?{heading}\n(.*?)(?=^## |\Z)", PAGE)
    assert found, heading
    text = re.sub(r"(?ms)^ *```\w+\n.*?```\n", "", found[1]).replace("\\\n", " ")
    return [line.strip() for line in re.findall(r"(?m)^(?: {4}| {7,11})(\S.*)$", text)]


# Of these tests none needs a kernel; without its plugin and conftest.py, pytest starts sooner.
PYTEST = ".venv/bin/python -m pytest -q --noconftest -p no:nbval -o addopts= -o filterwarnings="


def runs_tests(command: str) -> bool:
    return command.startswith("python3 scripts/test.py")


# Following the recipes.


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return clone_with_this_environment(tmp_path / "course", "test")


def follow(course: Path, commands: list[str]) -> None:
    for command in commands:
        done = run_in(course, command)
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{path.name}: {old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def finish(folder: Path) -> None:
    """Write what the lines with TODO ask for, and a third mistake."""
    for path in folder.glob("*.*"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"  # TODO.*|TODO: ?", "", text), encoding="utf-8")
    edit(
        folder / "mistakes.toml",
        ("another-end =", "nothing = ['(total + octet)', '0']\nanother-end ="),
    )
    edit(folder / "en.toml", ("another-end =", 'nothing = "Add each byte."\nanother-end ='))


def begin_and_finish_an_exercise(course: Path) -> list[str]:
    """Recipe 1, as far as it runs no tests; returns the commands that do."""
    begin, make_anew, test = recipe("Add an exercise")
    follow(course, [begin])
    said = run_in(course, f"{PYTEST} tests/test_unfinished.py").stdout
    assert "my-exercise is not finished:\n" in said
    assert re.search(r"mistakes\.toml: name three mistakes or more; there are 2\n", said)
    finish(course / "exercises/wsedu_exercises/frame_layout/my_exercise")
    follow(course, [make_anew])
    return [test]


def add_a_mistake(course: Path) -> list[str]:
    """Recipe 2, with the lines that it shows."""
    code, words = re.findall(r"(?ms)^ {3}```toml\n *(.*?)\n *```", PAGE)
    folder = course / "exercises/wsedu_exercises/frame_layout/encode_header"
    edit(folder / "mistakes.toml", ("127-in-seven-bits =", f"{code}\n127-in-seven-bits ="))
    edit(folder / "en.toml", ("[mistakes]", f"[mistakes]\n{words}"))
    make_anew, test = recipe("Add a mistake")
    follow(course, [make_anew])
    page = (course / "docs/wrong-answers.md").read_text("utf-8")
    assert "**rsv1 with fin**: You set RSV1" in page
    return [test]


def begin_a_lesson(course: Path) -> list[str]:
    """Recipe 3; the new lesson is not finished, so no test can pass."""
    begin, execute, make_anew, _test = recipe("Add a lesson")
    number = f"{len(list((ROOT / 'notebooks' / 'en').glob('[0-9]*'))):02}"
    follow(course, [begin, execute.replace("NN", number), make_anew])
    return []


def begin_a_translation(course: Path) -> list[str]:
    """Recipe 5, for one exercise and one sentence."""
    fill, make, collect, begin, update, test = recipe("Add a translation")
    words = course / "exercises/wsedu_exercises/frame_layout/read_header/ru.toml"
    words.write_text('title = "Заголовок"\n[mistakes]\ntext = "B: это текст."\n', "utf-8")
    for name in ("notebooks/ru", "exercises/ru"):
        (course / name).mkdir()
    name = "04_frame_layout"
    shutil.copy(course / f"notebooks/en/{name}.ipynb", course / "notebooks/ru")
    shutil.copytree(course / f"exercises/en/{name}", course / f"exercises/ru/{name}")
    follow(course, [fill, make, collect, begin])
    sentence = 'msgid "Not attempted yet: the dots are still there."\nmsgstr "'
    edit(
        course / "wsedu/words/locale/ru/LC_MESSAGES/wsedu.po",
        (sentence, f"{sentence}Ещё не начато."),
    )
    follow(course, [update, fill])
    code = (
        "from wsedu.course.commands import judge; print(judge('read-header', ...).sentence); "
        "print(judge('read-header', dict(A=True, B=1, C=False, D=256, E=4)).sentence)"
    )
    said = run_in(course, f'cd exercises/ru/{name} && "{course}/.venv/bin/python" -c "{code}"')
    assert said.stdout == "Ещё не начато.\nB: это текст.\n", said.stderr
    return [test]


RECIPES = [begin_and_finish_an_exercise, add_a_mistake, begin_a_translation]


@NEEDS_GIT
def test_recipes_are_followed_word_for_word(course: Path) -> None:
    for follow_recipe in RECIPES:
        follow_recipe(course)
    tests = ("test_unfinished.py", "test_translations.py", "test_stale.py::test_nothing_is_stale")
    names = " ".join(f"tests/{name}" for name in tests)
    follow(course, [f"{PYTEST} {names}"])
    begin_a_lesson(course)
    said = run_in(course, f"{PYTEST} tests/test_unfinished.py").stdout
    assert "_my_lesson is not finished:\n" in said and "it has no exercise" in said


@NEEDS_GIT
@pytest.mark.long
def test_so_are_the_commands_that_run_tests(course: Path) -> None:
    done = [command for follow_recipe in RECIPES for command in follow_recipe(course)]
    assert len(done) == 3 and all(map(runs_tests, done))
    follow(course, done)


def test_every_file_that_a_recipe_names_exists() -> None:
    later = {
        "notebooks/en/NN_my_lesson.ipynb",
        "wsedu/views/NAME.py",
        "tests/views/test_NAME.py",
    }
    later |= {"notebooks/ru", "exercises/ru", "wsedu/words/locale/ru/LC_MESSAGES/wsedu.po"}
    named = set(re.findall(r"[\w./]+/[\w.-]+\.(?:py|toml|txt|md|ipynb|cfg|json)\b", PAGE))
    named -= {name for name in named if name.startswith(("/", "build/"))} | later
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_what_recipes_say_to_edit_is_there() -> None:
    for path, names in {
        "tests/views/test_hostile.py": ["VIEWS"],
        "tests/browser/test_accessibility.py": ["PICTURES"],
        "tests/test_project.py": ["def test_public_names"],
        "tests/course/test_mutants.py": ["FEWER = {"],
        "wsedu/course/judges.py": ["class Cases", "timed", "VirtualTimeLoop"],
        "wsedu/views/masking_steps.py": ["Adjustable"],
        "wsedu/views/checklist.py": ["class Checklist(Picture)", "Drawing("],
    }.items():
        for name in names:
            assert name in (ROOT / path).read_text(encoding="utf-8"), (path, name)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_the_pins_are_written_by_valid_bash_and_each_file_has_a_line() -> None:
    found = re.search(r"(?ms)^ +pins\(\).*?(?=\n\n)", PAGE)
    assert found
    done = subprocess.run(["bash", "-n"], input=found[0], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    files = re.findall(r"-o (\S+)", found[0])
    groups = ("class", "hub", "learner", "test", "world")
    assert sorted(files) == [f"requirements/{group}.txt" for group in groups]
    # What is written first is what the others may not contradict.
    assert files[0] == "requirements/test.txt" and found[0].count("-c requirements/test.txt") == 4


# The release.


def test_the_version_is_the_same_in_its_three_places() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"(?m)^## (\S+) \((?:not released yet|\d{4}-\d\d-\d\d)\)$", changes)
    assert newest and newest[1] == project["version"] == wsedu.__version__


def test_the_package_has_all_that_it_needs(tmp_path: Path) -> None:
    from zipfile import ZipFile

    build = next(command for command in recipe("Make a release") if "hatchling" in command)
    command = [sys.executable, *build.split()[1:], "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = set(ZipFile(wheel).namelist())
    assert {"wsedu/py.typed", "wsedu_exercises/py.typed"} <= names
    for package, folder in PACKAGES.items():
        files = {
            path.relative_to(folder).as_posix()
            for path in (folder / package).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert files <= names, files - names


# The sketch.


# The packages of the course, and where each of them is.
PACKAGES = {
    "wsedu": ROOT,
    "wsedu_exercises": ROOT / "exercises",
    "wsedu_classroom": ROOT / "classroom",
}


def drawn_layers() -> list[list[str]]:
    """The lines of the list of rooms, from top to bottom: what stands in each."""
    found = re.search(r"(?ms)^```\n( notebooks/en, .*?)```", PAGE)
    assert found
    return [re.split(r", ", re.split(r" {2,}", line.strip())[0]) for line in found[1].splitlines()]


LAYERS = drawn_layers()
ROOMS = [name for layer in LAYERS[1:] for name in layer]


def folder_of(room: str) -> Path:
    return PACKAGES[room] / room if room in PACKAGES else ROOT / "wsedu" / room


def rooms_imported(room: str) -> Iterator[tuple[Path, str]]:
    """Each room that a room imports, with the file that does."""
    for path in sorted(folder_of(room).rglob("*.py")):
        depth = len(path.relative_to(folder_of(room)).parts)
        text = path.read_text(encoding="utf-8")
        # ``wsedu.views`` by its whole name, or ``..views`` from a room of wsedu.
        pattern = rf"(?m)^\s*(?:from|import) (?:wsedu\.|\.{{{depth + 1}}})(\w+)"
        if room in PACKAGES:
            pattern = r"(?m)^\s*(?:from|import) wsedu\.(\w+)"
        for name in re.findall(pattern, text):
            if name in ROOMS and name != room:
                yield path, name
        for package in PACKAGES:
            if package not in (room, "wsedu") and re.search(
                rf"(?m)^\s*(?:from|import) {package}\b", text
            ):
                yield path, package


def test_every_room_is_in_the_sketch() -> None:
    folders = {path.parent.name for path in (ROOT / "wsedu").glob("*/__init__.py")}
    assert {*ROOMS} == folders | {*PACKAGES} - {"wsedu"}
    assert all((ROOT / name).is_dir() for name in LAYERS[0])


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    (at,) = [number for number, layer in enumerate(LAYERS) if room in layer]
    below = {name for layer in LAYERS[at + 1 :] for name in layer}
    found = rooms_imported(room)
    assert [f"{path}: {name}" for path, name in found if name not in below] == []


def test_a_wrong_import_would_be_seen() -> None:
    seen = {room: {name for _path, name in rooms_imported(room)} for room in ROOMS}
    assert seen["course"] >= {"live", "views", "recording"}
    assert seen["wsedu_exercises"] >= {"course", "protocol"}
    assert seen["protocol"] == set()


def test_data_goes_the_way_that_is_drawn() -> None:
    """An arrow from a room to another says that the second takes what the first gives."""
    found = re.search(r"(?ms)^```\n( real client.*?)```", PAGE)
    assert found
    arrows = re.findall(r"(\w+) -+> (?=(\w+))", found[1])
    between = [(one, other) for one, other in arrows if {one, other} <= {*ROOMS}]
    assert len(between) >= 3
    for one, other in between:
        assert one in {name for _path, name in rooms_imported(other)}, f"{one} -> {other}"
    assert "entry point" in found[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["wsedu.exercises"] == {"course": "wsedu_exercises"}
