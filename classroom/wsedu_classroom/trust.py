"""Which notebooks a Jupyter server trusts: those that are as the course's repository has them.

How to think about it: JupyterLab shows a stored picture only in a notebook that it trusts. It
trusts one that you have run, and knows it again by its content. A notebook that has just been
cloned or pulled is not trusted, although its pictures are the course's own. So whenever a notebook
is opened, this compares the file with what git says that was sent, byte by byte. If a learner has
changed it, or if it came from elsewhere, nothing is done.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from traitlets import Unicode


class Contents(AsyncLargeFileManager):
    """The files of a Jupyter server; it trusts what is in one clone as it was sent.

    Switch it on with ``--ServerApp.contents_manager_class=wsedu_classroom.trust.Contents``.
    """

    course = Unicode(help="The folder of the clone.").tag(config=True)
    # The branch that is pulled, and not the learner's own: nbgitpuller commits changes to that.
    commit = Unicode("@{upstream}", help="What was sent, as git names it.").tag(config=True)
    repository = Unicode(help="The URL of the clone, if it must have that one.").tag(config=True)

    def mark_trusted_cells(self, nb: Any, path: str = "") -> None:
        file = Path(self._get_os_path(path))  # type: ignore[no-untyped-call]
        if as_sent(file, Path(self.course).expanduser(), self.commit, self.repository):
            self.notary.sign(nb)  # type: ignore[no-untyped-call]
        super().mark_trusted_cells(nb, path)  # type: ignore[no-untyped-call]


def as_sent(file: Path, course: Path, commit: str, repository: str = "") -> bool:
    """Whether a file is what ``commit`` holds at its place in the clone ``course``.

    repository: the URL that the clone must come from; any, if empty
    """
    if not file.is_relative_to(course):
        return False
    if repository and _git(course, "config", "remote.origin.url") != f"{repository}\n".encode():
        return False
    place = file.relative_to(course).as_posix()
    return _git(course, "cat-file", "blob", f"{commit}:{place}") == file.read_bytes()


def _git(folder: Path, *words: str) -> bytes | None:
    """What git says in a clone; None if it finds no such thing, or is missing."""
    # The settings of a strange clone may say that git fetches what is missing, with any command.
    fetches_nothing = os.environ | {"GIT_ALLOW_PROTOCOL": "none"}
    try:
        done = subprocess.run(["git", *words], cwd=folder, env=fetches_nothing, capture_output=True)
    except OSError:
        return None
    return None if done.returncode else done.stdout
