"""The learner's journal: what was predicted, tried and solved, kept for good.

How to think about it: a list to which lines are only ever added. So two notebooks that are
open at once cannot lose each other's lines, an interrupted kernel loses at most the line it
was writing, and nothing is ever overwritten.

The journal is ``journal.jsonl`` in the folder ``wsedu`` of the learner's home, or in the
folder that the environment variable ``WSEDU_HOME`` names. When nbgrader grades, each notebook
has an empty folder of its own: what one learner has solved is nothing to the next one.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from .._text import _


def home() -> Path:
    """The learner's own folder."""
    if is_graded():
        return _folder_of_this_kernel()
    return Path(os.environ.get("WSEDU_HOME") or Path.home() / "wsedu")


def is_graded() -> bool:
    """Whether it is nbgrader that runs this, and grades."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


@functools.cache
def _folder_of_this_kernel() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="wsedu-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def write(what: str, name: str, **facts: Any) -> None:
    """Add a line: what happened (such as ``"tried"``), to which exercise or question.

    A journal that cannot be written is said, and does not stop the lesson.
    """
    line = json.dumps({"what": what, "name": name, **facts, "time": round(time.time())})
    try:
        home().mkdir(parents=True, exist_ok=True)
        # One write in append mode: lines of several kernels never mix. The line break comes
        # first, so that a line torn by a crash does not spoil the next one.
        with open(home() / "journal.jsonl", "ab", buffering=0) as file:
            file.write(f"\n{line}".encode())
    except OSError as error:
        print(_("This could not be kept in {folder}: {error}").format(folder=home(), error=error))


def read(what: str | None = None, name: str | None = None) -> list[dict[str, Any]]:
    """The lines about ``what`` and ``name``, the oldest first.

    Damaged lines are passed over, and those about an exercise from before it was last reset.
    A journal that cannot be read is said; one that is not there yet is empty.
    """
    try:
        lines = (home() / "journal.jsonl").read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        print(
            _("What was kept in {folder} cannot be read: {error}").format(
                folder=home(), error=error
            )
        )
        return []
    found: list[dict[str, Any]] = []
    for line in lines:
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict) and entry.get("what") and entry.get("name"):
            if entry["what"] == "reset":
                found = [line for line in found if line["name"] != entry["name"]]
            found.append(entry)
    return [
        entry for entry in found if what in (None, entry["what"]) and name in (None, entry["name"])
    ]
