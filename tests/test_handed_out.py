"""What ``import wsedu`` says about lessons that are newer than what the learner has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wsedu import __version__
from wsedu.handed_out import newer_is_waiting, remarks, say

from .classroom.pulling import LESSON, ROOT, Class, change


@pytest.fixture
def course(tmp_path: Path) -> Class:
    return Class(tmp_path)


def waiting(course: Class) -> bool:
    return newer_is_waiting(course.learners / LESSON)


def test_nothing_newer_is_waiting_before_the_teacher_changes_a_notebook(course: Class) -> None:
    assert not waiting(course)
    change(course.learners / LESSON, 3, "mine = 1\n")
    course.pull()
    assert not waiting(course)


def test_a_newer_one_waits_when_the_learners_own_was_kept_until_it_is_renamed(
    course: Class,
) -> None:
    change(course.learners / LESSON, 3, "mine = 1\n")
    course.teacher_changes()
    assert not waiting(course)  # it has not been pulled yet
    course.pull()
    assert waiting(course)
    change(course.learners / LESSON, 3, "mine = 2\n")
    course.pull()
    assert waiting(course)
    (course.learners / LESSON).rename(course.learners / LESSON.with_name("mine.ipynb"))
    course.pull()
    assert not waiting(course)
    change(course.learners / LESSON, 3, "mine = 3\n")
    course.pull()
    assert not waiting(course)


def test_a_learner_who_began_with_the_newest_hears_nothing(course: Class) -> None:
    course.teacher_changes()
    course.pull()
    change(course.learners / LESSON, 3, "mine = 1\n")
    course.pull()
    assert not waiting(course)


def test_none_waits_for_a_notebook_that_the_teacher_has_removed(course: Class) -> None:
    change(course.learners / LESSON, 3, "mine = 1\n")
    (course.teachers / LESSON).unlink()
    course.send()
    course.pull()
    assert not waiting(course)


def test_a_notebook_outside_of_any_clone_waits_for_nothing(tmp_path: Path) -> None:
    assert not newer_is_waiting(tmp_path / "mine.ipynb")


@pytest.mark.parametrize(
    "installed, wanted, warned",
    [("0.1.0", "0.2.0", True), ("0.9.0", "0.10.0", True), ("0.2.0", "0.2.0", False)],
)
def test_lessons_that_need_a_newer_wsedu_say_so(
    tmp_path: Path, installed: str, wanted: str, warned: bool
) -> None:
    notebook = tmp_path / "notebooks" / "en" / "lesson.ipynb"
    (tmp_path / "pyproject.toml").write_text(
        f'[project]\nname = "wsedu"\nversion = "{wanted}"\n', encoding="utf-8"
    )
    said = list(remarks(notebook, installed))
    assert [f"wsedu {wanted}, and {installed}" in remark for remark in said] == [True] * warned


@pytest.mark.parametrize(
    "content",
    [
        b"not toml",
        b'[project]\nname = "other"\nversion = "9"\n',
        b"",
        b"project = 5",
        b"project = []",
        b"\xff",
        b"project = " + b"[" * 5000,
    ],
    ids=range(7),
)
def test_another_project_needs_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    assert list(remarks(tmp_path / "lesson.ipynb", "0.1.0")) == []


def test_a_project_of_another_user_needs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.setattr(Path, "read_text", refuses)
    monkeypatch.setattr(Path, "is_file", refuses)
    assert list(remarks(tmp_path / "lesson.ipynb", "0.1.0")) == []


def test_a_kernel_whose_folder_was_removed_hears_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    say("0.1.0")
    assert capsys.readouterr().out == ""


def said_by_import(folder: Path, notebook: str, **environment: str) -> str:
    """What a kernel prints that Jupyter has started for a notebook, when it imports wsedu."""
    done = subprocess.run(
        [sys.executable, "-c", "import wsedu, wsedu.course; import wsedu"],
        cwd=folder,
        env=os.environ | environment | ({"JPY_SESSION_NAME": notebook} if notebook else {}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout


def test_a_kernel_says_each_once_and_a_program_says_nothing(course: Class) -> None:
    change(course.learners / LESSON, 3, "mine = 1\n")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    newer = project.replace(f'version = "{__version__}"', 'version = "99.0.0"')
    (course.teachers / "pyproject.toml").write_text(newer, encoding="utf-8")
    course.teacher_changes()
    course.pull()
    folder = (course.learners / LESSON).parent
    path = f"course/{LESSON}"
    on_hub = said_by_import(folder, path, JUPYTERHUB_SERVICE_PREFIX="/user/ada/").splitlines()
    assert ["99.0.0" in line for line in on_hub] == [True, False]
    assert "rename yours and open the link" in on_hub[1]
    assert said_by_import(folder, path).splitlines() == on_hub[:1]
    assert said_by_import(folder, "") == ""


def test_the_course_as_it_is_says_nothing() -> None:
    folder = ROOT / LESSON.parent
    assert said_by_import(folder, LESSON.name, JUPYTERHUB_SERVICE_PREFIX="/user/ada/") == ""
