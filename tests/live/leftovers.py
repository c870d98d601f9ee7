"""What a test must not leave behind, or say."""

import asyncio
import gc
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from wsedu.live import Lab


def close_lab() -> None:
    """Close the lab of a test, if one is open."""
    if Lab._current is not None:
        Lab._current.close()


def open_files() -> list[str]:
    """The kinds of all that this process holds open: socket, pipe, ... Only Linux lets us look."""
    files = []
    for number in os.listdir("/proc/self/fd"):
        try:
            kind, colon, _number = os.readlink(f"/proc/self/fd/{number}").partition(":")
            files.append(kind if colon else "file")
        except FileNotFoundError:  # the very one with which we look
            pass
    return sorted(files)


@contextmanager
def none(capfd: pytest.CaptureFixture[str], excuses: tuple[str, ...] = ()) -> Iterator[None]:
    """No thread, file, socket or task is left; not a word on any stream or in asyncio's log.

    excuses: how that begins which the lab's own loop may say, where nobody sees it
    """
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("asyncio", "wsedu.live.background"):
            patch.setattr(logging.getLogger(name), "handle", lambda r: said.append(r.getMessage()))
        Lab().close()
        gc.collect()  # what an earlier test has left is not ours
        before = (threading.active_count(), open_files())
        yield
        loop = None if Lab._current is None else Lab._current._background._loop
        close_lab()
        gc.collect()  # a task whose exception nobody fetched complains when it is collected
        assert loop is None or not asyncio.all_tasks(loop)
        now = (threading.active_count(), open_files())
        assert now == before, f"{before} has become {now}"
        assert capfd.readouterr() == ("", "")
        assert {words for words in said if not words.startswith(excuses)} == set()
