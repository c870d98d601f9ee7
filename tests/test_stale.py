"""What is generated is up to date, and the command that says so sees what is not."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
COMMAND = ".venv/bin/python scripts/stale.py --write"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stale", ROOT / "scripts" / "stale.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of what is generated, and of what it is made from."""
    return copy_of_the_course(tmp_path / "course")


def copy_of_the_course(folder: Path) -> Path:
    # With what is compiled, which Python takes as long as a source has its time; but without the
    # file that another process is just writing.
    skip = shutil.ignore_patterns("*.pyc.*")
    for name in ("wsedu", "exercises", "notebooks", "docs", "scripts", "README.md"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=skip)
        else:
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def run(course: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "scripts/stale.py", *arguments],
        cwd=course,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | variables,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name}: {old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def cells(path: Path) -> dict[str, str]:
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in found}


def test_nothing_is_stale(script: ModuleType) -> None:
    found = [str(path.relative_to(ROOT)) for path in script.stale()]
    assert found == [], f"run {COMMAND}"


def test_changed_words_make_pages_stale_and_the_command_mends_them(course: Path) -> None:
    lesson = course / "exercises/wsedu_exercises/frame_layout"
    notebook = course / "exercises/en/04_frame_layout/04_exercises.ipynb"
    untouched = cells(notebook)
    replace(lesson / "en.toml", 'able = "read a frame', 'able = "draw a frame')
    replace(lesson / "read_header/en.toml", 'title = "Read a header"', 'title = "Any header"')
    replace(lesson / "read_header/en.toml", "Write down:", "[Write](https://example.org/) down:")
    replace(lesson / "read_header/exercise.py", "stars=1", "stars=2")
    replace(course / "wsedu/protocol/masking.py", "The same result without a loop", "No loop")

    found = run(course)
    assert found.returncode == 1
    assert COMMAND in found.stderr
    names = {line.partition(" ")[0] for line in found.stdout.splitlines()}
    names -= {name for name in names if name.startswith("exercises/") and name[10:13] != "en/"}
    # The list of links is read from notebooks: it is stale as soon as they are made anew.
    assert names == {
        "README.md",
        "docs/api.md",
        "docs/wrong-answers.md",
        "exercises/en/04_frame_layout/04_exercises.ipynb",
    }

    assert run(course, "--write", WSEDU_LANGUAGE="ru").returncode == 0
    assert run(course).stdout == ""
    made = cells(notebook)
    assert made["read-header-task"].startswith("## 04.1 Any header ★★\n")
    assert {name for name in made if made[name] != untouched[name]} == {"read-header-task"}
    assert '"points": 2' in notebook.read_text(encoding="utf-8")
    assert "| draw a frame bit by bit |" in (course / "README.md").read_text(encoding="utf-8")
    assert "https://example.org/ 04_exercises" in (course / "docs/links.txt").read_text()
    assert "No loop over the octets." in (course / "docs/api.md").read_text(encoding="utf-8")


def test_cells_follow_the_order_of_the_lesson_and_take_what_belongs_to_them_along(
    course: Path,
) -> None:
    lesson = course / "exercises/wsedu_exercises/ping_pong_and_timeouts/lesson.toml"
    notebook = course / "exercises/en/08_ping_pong_and_timeouts/08_exercises.ipynb"
    before = cells(notebook)
    replace(lesson, '    "own-server",\n', "")
    replace(lesson, '    "backoff",\n', '    "own-server",\n    "backoff",\n')
    assert run(course, "--write").returncode == 0
    made = cells(notebook)
    kinds = ("task", "answer", "check", "live", "browser")
    names = [f"own-server-{kind}" for kind in kinds]
    names += [f"backoff-{kind}" for kind in kinds[:3]]
    at = list(made).index("own-server-task")
    assert list(made)[at : at + len(names)] == names
    assert sorted(made) == sorted(before)
    assert list(made)[-1] == "ping-progress"
    _hashes, number, _title = before["backoff-task"].split(" ", 2)
    assert made["own-server-task"].startswith(f"## {number} ")
    assert all(made[name] == before[name] for name in made if not name.endswith("-task"))


def test_a_notebook_in_another_language_has_its_own_words(course: Path) -> None:
    folder = course / "exercises/xx/04_frame_layout"
    folder.mkdir(parents=True)
    shutil.copy(course / "exercises/en/04_frame_layout/04_exercises.ipynb", folder)
    words = course / "exercises/wsedu_exercises/frame_layout/read_header/xx.toml"
    words.write_text('title = "Tête"\n', encoding="utf-8")
    assert run(course, "--write").returncode == 0
    english = cells(course / "exercises/en/04_frame_layout/04_exercises.ipynb")
    translated = cells(folder / "04_exercises.ipynb")
    assert translated["read-header-task"].startswith("## 04.1 Tête ★\n")
    different = {name for name in translated if translated[name] != english[name]}
    assert different == {"read-header-task"}  # where there is no translation, English is shown


def test_every_public_name_is_described(script: ModuleType) -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for room in script.ROOMS:
        for name in importlib.import_module(room).__all__:
            assert f"\n### {name}\n" in page
    assert " at 0x" not in page, "an address differs from run to run"
