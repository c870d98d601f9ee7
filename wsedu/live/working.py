"""What a command is doing, on one line of the terminal, if it takes long.

How to think about it: the work does not know how much of it is left, so the line says what is done
and for how many seconds. It is for a person who waits: where no terminal is, nothing is written,
and when the work ends, the line is gone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from ..words import _

PATIENCE = 1.0  # seconds: shorter work needs no words
CLEAR = "\r\x1b[K"


@contextmanager
def working(what: str, stream: TextIO, patience: float = PATIENCE) -> Iterator[None]:
    """Say what is being done as long as the block runs, every ``patience`` seconds."""
    if not stream.isatty():
        yield
        return
    over = threading.Event()
    start = time.monotonic()

    def tick() -> None:
        while not over.wait(patience):
            line = _("{what}: {count} s").format(what=what, count=f"{time.monotonic() - start:.0f}")
            stream.write(f"{CLEAR}{line}")
            stream.flush()

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        stream.write(CLEAR)
        stream.flush()
