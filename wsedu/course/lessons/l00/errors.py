"""00.3: from the last line of an error to its cause."""

from __future__ import annotations

import asyncio
import random
import socket
import types
from collections.abc import Callable
from contextlib import closing
from typing import Any

from websockets.exceptions import ConnectionClosedOK
from websockets.frames import Close

from ....live.tap import HOST
from ....words import _
from ...exercise import Exercise, Slip
from ...judges import by_letter
from ...runner import Attempt
from ...verdict import Verdict

# As the notebook shows them: the last lines of six errors.
LINES = {
    "A": "TypeError: handler() missing 1 required positional argument: 'path'",
    "B": "RuntimeError: asyncio.run() cannot be called from a running event loop",
    "C": "OSError: [Errno 98] Address already in use",
    "D": "AttributeError: module 'websockets' has no attribute 'connect'",
    "E": "TypeError: object of type 'coroutine' has no len()",
    "F": "ConnectionClosedOK: received 1000 (OK); then sent 1000 (OK)",
}

SOLUTION = {"A": "path", "B": "loop", "C": "port", "D": "file", "E": "await", "F": "gone"}

_RULES = {
    "A": _("Look at A again: with which arguments did the library call the handler?"),
    "B": _("Look at B again: the line says what is already running."),
    "C": _("Look at C again: what has an address that only one server can use?"),
    "D": _("Look at D again: which module has that name but not that function?"),
    "E": _("Look at E again: the code has a coroutine where it needs the result."),
    "F": _("Look at F again: 1000 is the code of an orderly end."),
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


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Each mistake is made, and its error compared."""
    return by_letter(
        attempt,
        causes(),
        _RULES,
        SLIPS,
        like=_("one of the six words, such as 'port'"),
        passed=_("We made all six mistakes and got the same errors."),
        section="",
    )


SLIPS = (
    Slip(
        "a path in the address",
        SOLUTION | {"A": "file"},
        _("A: 'path' is not a file. Older versions of the library passed it to the handler."),
    ),
    Slip(
        "the await was forgotten",
        SOLUTION | {"B": "await"},
        _("B: asyncio.run tries to start a second loop; write await in the cell instead."),
    ),
    Slip(
        "the other side is gone",
        SOLUTION | {"C": "gone"},
        _("C: a server is already listening at this port, perhaps your old one."),
    ),
    Slip(
        "an old version",
        SOLUTION | {"D": "path"},
        _("D: Python found your own file websockets.py before the library."),
    ),
    Slip(
        "a loop in the coroutine",
        SOLUTION | {"E": "loop"},
        _("E: recv() without await gives a coroutine, and a coroutine has no length."),
    ),
    Slip(
        "it broke",
        SOLUTION | {"F": "port"},
        _("F: this is not about ports. The other side has closed the connection in good order."),
    ),
)

EXERCISE = Exercise(
    name="00.3",
    title=_("From the error to the mistake"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "Start reading an error at its last line, which says what is wrong. The lines above it "
        "say where. Each of these six errors has a different cause."
    ),
    hints=(
        _("The last line of an error says what is wrong; look for the words of the list in it."),
        _("Three lines name a missing argument, a running loop, and an address in use."),
        _("A module without its function is the wrong module. A coroutine was not awaited."),
    ),
    slips=SLIPS,
)
