"""Which notebooks a learner's server trusts after a pull: asked of its manager of files."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from nbformat.sign import MemorySignatureStore as MemoryStore
from traitlets.config import Config
from wsedu_classroom.trust import Contents

from .pulling import LESSON, Class, change, git


@pytest.fixture
def course(tmp_path: Path) -> Class:
    return Class(tmp_path)


def trusts(course: Class, path: Path = LESSON, repository: str = "the class's") -> bool:
    """Whether a learner's server, which has seen nothing yet, trusts all cells of a notebook."""
    if repository == "the class's":
        repository = course.url
    root = course.learners.parent
    config = Config({"NotebookNotary": {"data_dir": str(root), "store_factory": MemoryStore}})
    manager = Contents(
        config=config,
        root_dir=str(root),
        course=str(course.learners),
        repository=repository,
    )
    relative = (course.learners / path).relative_to(root)
    model: dict[str, Any] = asyncio.run(manager.get(str(relative)))
    cells = [cell for cell in model["content"]["cells"] if cell["cell_type"] == "code"]
    trusted = {cell["metadata"]["trusted"] for cell in cells if cell["outputs"]}
    assert len(trusted) == 1
    return trusted == {True}


def test_a_notebook_is_trusted_as_it_was_sent_and_after_an_update(course: Class) -> None:
    assert trusts(course)
    course.teacher_changes()
    course.pull()
    assert trusts(course)


def test_it_is_not_trusted_when_the_learner_has_changed_it(course: Class) -> None:
    change(course.learners / LESSON, 3, "mine = 1\n")
    assert not trusts(course)
    # nbgitpuller commits the change to the learner's own branch.
    course.teacher_changes()
    course.pull()
    assert not trusts(course)


def test_a_notebook_that_the_repository_did_not_send_is_not_trusted(course: Class) -> None:
    other = LESSON.with_name("other.ipynb")
    shutil.copy(course.learners / LESSON, course.learners / other)
    assert not trusts(course, other)
    git(course.learners, "add", "--all")
    git(course.learners, "commit", "--quiet", "--message", "Mine")
    assert not trusts(course, other)


def test_what_another_repository_sends_is_not_trusted(course: Class, tmp_path: Path) -> None:
    assert not trusts(course, repository=(tmp_path / "another").as_uri())


def test_a_notebook_outside_of_any_clone_is_not_trusted(course: Class) -> None:
    shutil.rmtree(course.learners / ".git")
    assert not trusts(course)


def test_any_repository_will_do_where_none_is_named(course: Class) -> None:
    git(course.learners, "config", "remote.origin.url", "https://example.org/other")
    assert not trusts(course)
    assert trusts(course, repository="")


def test_a_notebook_of_another_clone_is_not_trusted(course: Class) -> None:
    """Not even if it lies in the folder of the course."""
    for place in ("../other", "other"):
        git(course.learners, "clone", "--quiet", course.url, place)
        assert not trusts(course, Path(place, LESSON))


def test_git_fetches_nothing_when_a_notebook_is_opened(course: Class) -> None:
    """A clone may lack files, and its settings say where git fetches them, and how."""
    lesson = course.had()
    shutil.rmtree(course.learners)
    git(course.teachers, "config", "uploadpack.allowFilter", "true")
    words = ("--quiet", "--no-checkout", "--filter=blob:none", course.url, str(course.learners))
    git(course.teachers, "clone", *words)
    (course.learners / LESSON).parent.mkdir(parents=True)
    (course.learners / LESSON).write_bytes(lesson)
    assert not trusts(course)
    git(course.learners, "cat-file", "blob", f"HEAD:{LESSON}")  # this does fetch it
    assert trusts(course)
