"""JupyterLab as a learner meets it; ``open.py`` starts this in the course's environment.

How to think about it: this is ``jupyter lab`` with four decisions made. Its root is the course,
so that a lesson's links reach the exercises. It opens the first lesson. It shows the stored
pictures of the course's own notebooks. And Ctrl-C ends it without a question.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

import nbformat
from environment import FOLDER, ROOT
from jupyterlab.labapp import LabApp
from wsedu_classroom.menus import hide_nbgrader

FIRST_LESSON = "notebooks/en/00_start_here.ipynb"
SECONDS = 10  # to end in; JupyterLab gives a kernel five


def main(arguments: list[str]) -> None:
    """Run JupyterLab until it is ended; arguments of the command line win over ours."""
    ours = [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}",
        "--JupyterApp.answer_yes=True",
        "--ServerApp.contents_manager_class=wsedu_classroom.trust.Contents",
        f"--Contents.course={ROOT}",
        "--Contents.commit=HEAD",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        ours.append("--allow-root")  # in a container there is often nobody else
    server = LabApp.initialize_server([*ours, *arguments])
    notary = server.contents_manager.notary
    for notebook in map(nbformat.v4.reads, shipped_without_git()):
        if not notary.check_signature(notebook):
            notary.sign(notebook)
    hide_nbgrader(server)
    end_in_time(SECONDS)
    server.start()


def end_in_time(seconds: float) -> None:
    """From Ctrl-C on, JupyterLab has so many seconds to end; then it is ended.

    It may wait forever for a kernel that was just starting. A kernel ends with its parent.
    """
    jupyter = signal.getsignal(signal.SIGINT)
    if not callable(jupyter):  # whoever started this wants Ctrl-C to be ignored
        return

    def stop(number: int, frame: FrameType | None) -> None:
        watch = threading.Timer(seconds, os._exit, [0])
        watch.daemon = True
        watch.start()
        signal.signal(number, jupyter)
        # A message on its way to a page that has just been closed is no news now.
        for name in ("asyncio", "tornado.application"):
            logging.getLogger(name).disabled = True
        jupyter(number, frame)

    signal.signal(signal.SIGINT, stop)


def shipped_without_git() -> Iterator[str]:
    """The notebooks of a copy without git, as texts: it is as it was shipped until it is opened.

    In a clone, the ``Contents`` of the server ask git when a notebook is opened.
    """
    opened = FOLDER / "opened"
    if (ROOT / ".git").exists() and shutil.which("git"):
        return
    if not opened.exists():
        for path in [*ROOT.glob("notebooks/*/*.ipynb"), *ROOT.glob("exercises/*/*/*.ipynb")]:
            yield path.read_text(encoding="utf-8")
        opened.touch()


if __name__ == "__main__":
    main(sys.argv[1:])
