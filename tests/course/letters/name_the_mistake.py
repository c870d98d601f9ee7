"""The right answers to name-the-mistake, from what they are about."""

from __future__ import annotations

import asyncio
import socket
import types
from collections.abc import Callable
from contextlib import closing
from typing import Any

from websockets.exceptions import ConnectionClosedOK
from websockets.frames import Close

from wsedu.live.tap import HOST

# As the notebook shows them: the last lines of six errors.
LINES = {
    "A": "TypeError: handler() missing 1 required positional argument: 'path'",
    "B": "RuntimeError: asyncio.run() cannot be called from a running event loop",
    "C": "OSError: [Errno 98] Address already in use",
    "D": "AttributeError: module 'websockets' has no attribute 'connect'",
    "E": "TypeError: object of type 'coroutine' has no len()",
    "F": "ConnectionClosedOK: received 1000 (OK); then sent 1000 (OK)",
}


def _path() -> None:
    def handler(connection: Any, path: Any) -> None: ...

    handler(None)  # type: ignore[call-arg]


def _loop() -> None:
    async def cell() -> None:
        hello = asyncio.sleep(0)
        try:
            asyncio.run(hello)
        finally:
            hello.close()

    asyncio.run(cell())


def _port() -> None:
    with closing(socket.create_server((HOST, 0))) as first:
        socket.create_server(first.getsockname()).close()


def _file() -> None:
    types.ModuleType("websockets").connect  # noqa: B018


def _await() -> None:
    message = asyncio.sleep(0, "hello")
    try:
        len(message)  # type: ignore[arg-type]
    finally:
        message.close()


def _gone() -> None:
    raise ConnectionClosedOK(Close(1000, ""), Close(1000, ""), True)


MISTAKES: dict[str, Callable[[], None]] = {
    "path": _path,
    "loop": _loop,
    "port": _port,
    "file": _file,
    "await": _await,
    "gone": _gone,
}


def last_lines() -> dict[str, str]:
    """The mistakes, made: the last line of what each of them raises."""
    lines = {}
    for mistake, make in MISTAKES.items():
        try:
            make()
        except Exception as error:
            lines[mistake] = f"{type(error).__name__}: {error}"
    return lines


def causes() -> dict[str, str]:
    """For each letter the mistake whose error begins and ends as the line does.

    In between stand the name of our own function, and the number and the words that an
    operating system has for an address in use.
    """

    def alike(line: str, raised: str) -> bool:
        name = line.partition(":")[0]
        return raised.startswith(name) and (name == "OSError" or raised[-12:] == line[-12:])

    return {
        letter: next(mistake for mistake, raised in last_lines().items() if alike(line, raised))
        for letter, line in LINES.items()
    }


def right() -> dict[str, object]:
    """Letter -> answer."""
    return causes()
