"""The file of a class, if the teacher wants one: what the learners did, a line each.

How to think about it: an entry may come again. Learners send all of it once more when the log was
lost, and a board that starts again adds to the file of the last one. So the file has a matrix of
its own, which begins with the lines that are there, and only what is news to it is written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from .matrix import Matrix
from .messages import dumps


class Kept:
    """A file to which entries are added, each once. ``before``: the lines that it has already."""

    def __init__(self, file: TextIO, before: Iterable[str] = ()) -> None:
        self._file, self._matrix = file, Matrix()
        for line in before:
            with suppress(ValueError, TypeError, LookupError, RecursionError):  # it is damaged
                self._note(json.loads(line))

    def write(self, entry: list[Any]) -> None:
        """Add an entry, unless the file has it. Raises OSError if that fails."""
        if self._matrix.is_news(entry):
            print(dumps(entry), file=self._file, flush=True)
            self._note(entry)

    def _note(self, entry: list[Any]) -> None:
        self._matrix.apply(entry)
        if self._matrix.ended:  # the next class may use the same file
            self._matrix = Matrix()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def opened(path: Path) -> Kept:
    """The file to add to, which only this user may read: it has the learners' nicknames."""
    before = path.read_text("utf-8", "replace") if path.is_file() else ""  # a pipe has none
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    file = os.fdopen(number, "a", encoding="utf-8")
    if before and not before.endswith("\n"):  # a line was torn, and must not spoil the next one
        file.write("\n")
    return Kept(file, before.split("\n"))
