"""The learner's journal: what was predicted, tried and solved, kept for good.

How to think about it: a list to which lines are only ever added. So two notebooks that are
open at once cannot lose each other's lines, an interrupted kernel loses at most the line it
was writing, and nothing is ever overwritten. Where nothing can be written, because the disk is
full or the folder read-only, the lines stay in memory: hints and solutions work as always until
the kernel ends, and with the first line that can be written the others are written too.
What else wants to know of new lines, such as a class that the learner has joined, is called after
each of them.

The journal is ``journal.jsonl`` in the folder ``wsedu`` of the learner's home, or in the
folder that the environment variable ``WSEDU_HOME`` names. When nbgrader grades, each notebook
has an empty folder of its own: what one learner has solved is nothing to the next one.
"""

from __future__ import annotations

import atexit
import errno
import functools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..words import _
from .packages import current_name


def home() -> Path:
    """The learner's own folder."""
    if is_graded():
        return _folder_of_this_kernel()
    # A browser keeps only the folder of the notebooks; the rest is gone when the page is closed.
    usual = "/drive/wsedu" if sys.platform == "emscripten" else "~/wsedu"
    # Path.expanduser raises when there is no user "name"; this one leaves such a name as it is.
    return Path(os.path.expanduser(os.environ.get("WSEDU_HOME") or usual))


def _has_no_disk() -> bool:
    """Whether this is a page that keeps nothing, as in some private windows."""
    return str(home()).startswith("/drive/") and not Path("/drive").exists()


def is_graded() -> bool:
    """Whether it is nbgrader that runs this, and grades."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


@functools.cache
def _folder_of_this_kernel() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="wsedu-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


# The lines that could not be written, for each folder, and what was said of it already.
_unkept: dict[Path, list[bytes]] = {}
_said: set[tuple[str, Path]] = set()
# Called after a line was written. What one of these raises is dropped: it is not the journal's.
listeners: list[Callable[[], None]] = []


def write(what: str, name: str, **facts: Any) -> None:
    """Add a line: what happened (such as ``"tried"``), to which exercise or question.

    A journal that cannot be written is said, once, and does not stop the lesson.
    """
    try:
        write_now(what, name, **facts)
    except OSError as error:
        _unkept.setdefault(home(), []).append(_line(what, name, facts))
        _say_once(
            _(
                "Nothing can be kept in {folder}: {error}. What you do now is remembered until the "
                "kernel ends."
            ),
            error,
        )


def write_now(what: str, name: str, **facts: Any) -> None:
    """Add a line, or raise OSError if it cannot be written."""
    if _has_no_disk():
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
    lines = [*_unkept.get(home(), ()), _line(what, name, facts)]
    with suppress(FileExistsError):  # it is a file: "not a directory" will say so better
        home().mkdir(parents=True, exist_ok=True)
    # One write in append mode: lines of several kernels never mix. The line break comes
    # first, so that a line torn by a crash does not spoil the next one.
    with open(home() / "journal.jsonl", "ab", buffering=0) as file:
        data = b"".join(b"\n" + line for line in lines)
        written = file.write(data)
    if written < len(data):  # the disk is full; readers pass over the line that is torn
        while written > len(lines[0]):
            written -= len(lines.pop(0)) + 1
        _unkept[home()] = lines[:-1]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    _unkept.pop(home(), None)
    for listener in listeners:
        with suppress(Exception):
            listener()


def _line(what: str, name: str, facts: dict[str, Any]) -> bytes:
    return json.dumps({"what": what, "name": name, **facts, "time": round(time.time())}).encode()


def _say_once(words: str, error: OSError) -> None:
    """Say what is wrong with the folder, unless that was said."""
    if (words, home()) not in _said:
        _said.add((words, home()))
        print(words.format(folder=home(), error=error.strerror or error))


def written_after(what: str, name: str) -> list[bytes]:
    """The lines of the file after the last one about ``what`` and ``name``, of all kernels.

    Each line counts, damaged or not: its place is the same for every kernel. A line that is still
    being written is left out.
    """
    try:
        data = (home() / "journal.jsonl").read_bytes()
    except OSError:
        return []
    begin = data.rfind(json.dumps({"what": what, "name": name})[:-1].encode())
    lines = [line for line in data[begin:].split(b"\n")[1:] if line] if begin >= 0 else []
    if lines and _entry(lines[-1]) is None:
        del lines[-1]
    return lines


def _entry(line: bytes) -> Any:
    """What a line says, or None if it is damaged."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def is_kept() -> bool:
    """Whether all lines of this kernel are written, and more could be."""
    if _has_no_disk():
        return False
    place = home()
    while not place.exists() and place != place.parent:
        place = place.parent
    return not _unkept.get(home()) and place.is_dir() and os.access(place, os.W_OK)


def read(what: str | None = None, name: str | None = None) -> list[dict[str, Any]]:
    """The lines about ``what`` and ``name``, the oldest first.

    Damaged lines are passed over, and those about an exercise from before it was last reset.
    A line with an old name counts for what is called otherwise now.
    A journal that cannot be read is said, once; one that is not there yet is empty.
    """
    lines: list[bytes] = []
    try:
        lines = (home() / "journal.jsonl").read_bytes().splitlines()
    except (FileNotFoundError, NotADirectoryError):  # there is none yet
        pass
    except OSError as error:
        _say_once(_("What was kept in {folder} cannot be read: {error}."), error)
    lines += _unkept.get(home(), [])
    found: list[dict[str, Any]] = []
    for line in lines:
        entry = _entry(line)
        if isinstance(entry, dict) and entry.get("what") and entry.get("name"):
            entry["name"] = current_name(entry["name"])
            if entry["what"] == "reset":
                found = [line for line in found if line["name"] != entry["name"]]
            found.append(entry)
    return [
        entry for entry in found if what in (None, entry["what"]) and name in (None, entry["name"])
    ]
