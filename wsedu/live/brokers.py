"""Real brokers, and servers in processes of their own that talk to them.

    broker = Valkey()
    left, right = Worker(SOURCE, BROKER=broker.port), Worker(SOURCE, BROKER=broker.port)

How to think about it: a set of connections is a variable of one process. Two processes know of each
other's clients only through something between them.
"""

from __future__ import annotations

import sys

from .programs import Program, program_path
from .tap import HOST


class Valkey(Program):
    """Valkey (or Redis, where only that is installed), which keeps nothing on the disk;
    another one replaces it.

    options: more of its options, such as ``"--maxmemory", "64mb"``
    """

    def __init__(self, *options: str) -> None:
        keep = ("--save", "", "--appendonly", "no", "--dir", "FOLDER")
        command = [program_path("valkey-server"), "--port", "PORT", "--bind", HOST, *keep, *options]
        super().__init__([*command, "--daemonize", "no"])  # it ends with the kernel

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"redis://{HOST}:{self.port}"


class Nats(Program):
    """The NATS server; another one replaces it.

    text: more lines of its configuration
    """

    def __init__(self, text: str = "") -> None:
        command = [program_path("nats-server"), "-c", "nats.conf"]
        super().__init__(command, {"nats.conf": f"listen: {HOST}:PORT\n{text}\n"})

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://{HOST}:{self.port}"


class Worker(Program):
    """A Python program of yours in a process of its own, which listens on ``PORT``.

    source: its text; PORT and the ``words`` are replaced in it
    words:  such as BROKER=6379
    """

    only_one = False

    def __init__(self, source: str, **words: object) -> None:
        super().__init__([sys.executable, "worker.py"], {"worker.py": source}, words=words)

    @property
    def url(self) -> str:
        """Where its WebSocket clients connect."""
        return f"ws://{HOST}:{self.port}"
