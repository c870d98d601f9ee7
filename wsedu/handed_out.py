"""What a class's repository sent: whether ``wsedu``, or this notebook, is older than that.

How to think about it: learners pull the lessons from their teacher's repository, while ``wsedu``
was installed once, perhaps by another person. Lessons that are newer than ``wsedu`` may need what
it lacks. And a pull keeps a notebook that the learner has changed, so a newer version of it may
wait. ``import wsedu`` says either in one sentence, and goes on.
"""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .words import _


def remarks(notebook: Path, installed: str) -> Iterator[str]:
    """A sentence for each thing that is older than it should be.

    installed: the version of ``wsedu``
    """
    wanted = version_of_lessons(notebook.parent)
    if _parts(wanted) > _parts(installed):
        yield _(
            "These lessons need wsedu {wanted}, and {installed} is installed: tell your teacher "
            "that some cells may fail."
        ).format(wanted=wanted, installed=installed)
    if "JUPYTERHUB_SERVICE_PREFIX" in os.environ and newer_is_waiting(notebook):
        yield _(
            "Your teacher has sent a newer version of this notebook, and your own was kept. To "
            "get the newer one beside it, rename yours and open the link of your class again."
        )


def version_of_lessons(folder: Path) -> str:
    """What ``pyproject.toml`` says in the nearest folder above that has one; "" if none is ours."""
    for above in (folder, *folder.parents):
        file = above / "pyproject.toml"
        if os.path.isfile(file):  # Path.is_file raises in a folder that is closed to this user
            # Another project's may have another shape, and another user's may not be read.
            with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
                project = tomllib.loads(file.read_text("utf-8"))["project"]
                return str(project["version"]) if project["name"] == "wsedu" else ""
            return ""
    return ""


def _parts(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def newer_is_waiting(notebook: Path) -> bool:
    """Whether the repository has sent another version since the one that the learner began with."""
    sent = _blobs(notebook, "@{upstream}")
    began = next((blob for blob in _blobs(notebook, "HEAD") if blob in sent), "")
    return bool(began) and began != sent[0] and set(sent[0]) != {"0"}  # zeros: it was removed


def _blobs(notebook: Path, branch: str) -> list[str]:
    """git's names for the contents that a file has had in a branch, the newest first."""
    form = ["--first-parent", "--format=", "--raw", "--no-abbrev", "--no-renames"]
    git = ["git", "log", *form, branch, "--", notebook.name]
    try:
        done = subprocess.run(git, cwd=notebook.parent, capture_output=True, text=True)
    except OSError:  # no git
        return []
    return [line.split()[3] for line in done.stdout.splitlines() if line.startswith(":")]


def say(installed: str) -> None:
    """Print the remarks on the notebook of this kernel, if it has one."""
    try:
        folder = Path.cwd()
    except FileNotFoundError:  # it was removed while the kernel was there
        return
    notebook = folder / Path(os.environ.get("JPY_SESSION_NAME", "")).name
    for remark in remarks(notebook, installed):
        print(remark)
