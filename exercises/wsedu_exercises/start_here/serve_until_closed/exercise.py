"""A handler that serves until the client leaves, however it leaves."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import inspect
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch
from wsedu.live.tap import HOST

TURNS = 100
CLOSES, VANISHES = "closes", "vanishes"

_quiet = logging.getLogger("wsedu.course.handler")  # what a handler raises is said in the verdict
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


async def handler(connection):
    """Count what is sent back; to be left without a word is no reason to raise."""
    import websockets

    count = 0
    try:
        async for message in connection:
            await connection.send(message)
            count += 1
    except websockets.ConnectionClosedError:
        pass
    return count


class Served(NamedTuple):
    """What came back, and what the handler returned, or the name of its error."""

    echoes: list[Any]
    returned: int | str


class _Watched(ServerConnection):
    """Knows when its handler waits for the next message, and has not sent the last one back."""

    heard = echoed = 0
    silent: asyncio.Event
    waiting: asyncio.Task[None]

    async def recv(self, *args: Any, **options: Any) -> Any:
        if self.heard > self.echoed:
            self.waiting = asyncio.create_task(self._wait())
        message = await super().recv(*args, **options)
        self.heard += 1
        return message

    async def _wait(self) -> None:
        """It may be another task that sends it back: that one has a few turns."""
        for _turn in range(TURNS):
            await asyncio.sleep(0)
        if self.heard > self.echoed:
            self.silent.set()

    async def send(self, *args: Any, **options: Any) -> None:
        await super().send(*args, **options)
        self.echoed += 1


async def _talk(client: ClientConnection, messages: list[Any], silent: asyncio.Event) -> list[Any]:
    """Say everything, as long as there are echoes; what came back."""
    echoes: list[Any] = []
    silence = asyncio.create_task(silent.wait())
    with suppress(ConnectionClosed):
        for message in messages:
            await client.send(message)
            echo = asyncio.create_task(client.recv())
            await asyncio.wait([echo, silence], return_when=asyncio.FIRST_COMPLETED)
            if not echo.done():
                echo.cancel()
                break
            echoes.append(echo.result())
    silence.cancel()
    return echoes


def _served(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as the handler of a real server, with a client that talks and leaves."""

    async def meet(messages: list[Any], leaves: str) -> Any:
        ended, silent = asyncio.Event(), asyncio.Event()
        values: list[Any] = []
        errors: list[BaseException] = []

        async def handler(connection: ServerConnection) -> None:
            connection.silent = silent  # type: ignore[attr-defined]
            try:
                value = function(connection)
                values.append(await value if inspect.isawaitable(value) else value)
            except BaseException as error:  # whatever it is, the verdict tells it
                errors.append(error)
            ended.set()

        options: dict[str, Any] = {"compression": None, "ping_interval": None}
        async with serve(
            handler, HOST, 0, create_connection=_Watched, logger=_quiet, **options
        ) as server:
            port = server.sockets[0].getsockname()[1]
            client = await connect(f"ws://{HOST}:{port}", proxy=None, **options)
            echoes = await _talk(client, messages, silent)
            if leaves == VANISHES:
                client.transport.abort()
            await client.close()
            await ended.wait()
        for error in errors:
            if isinstance(error, ConnectionClosed):
                return Served(echoes, type(error).__name__)
            raise error
        return Served(echoes, values[0]) if type(values[0]) is int else values[0]

    return meet


def _expected(messages: list[Any], leaves: str) -> Served:
    return Served(messages, len(messages))


def cases(chance: random.Random) -> list[Args]:
    """A client says a few things and closes; another one vanishes."""
    cases: list[tuple[list[Any], str]] = [
        (["Hello"], CLOSES),
        ([], CLOSES),
        (["one", "two", "three"], CLOSES),
    ]
    cases += [([], VANISHES), (["Hello", "again"], VANISHES), ([b"\x00\xff"], CLOSES)]
    for _case in range(how_many(4)):
        words = ["".join(chance.choices("abcdé👋 ", k=4)) for _word in range(chance.randrange(6))]
        cases.append((words, chance.choice([CLOSES, VANISHES])))
    return cases


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, _expected, Served, section="", through=_served, called="a client"),
    solution=handler,
    wrong={
        "one-message-and-done": patch("count += 1", "return 1"),
        "an-error-at-every-end": patch(
            ("async for message in connection:", "while message := await connection.recv():"),
            ("except websockets.ConnectionClosedError:", "except ZeroDivisionError:"),
        ),
        "an-error-when-a-client-vanishes": patch(
            "except websockets.ConnectionClosedError:", "except ZeroDivisionError:"
        ),
        "counts-one-too-many": patch("count = 0", "count = 1"),
        "all-is-text": patch("send(message)", "send(str(message))"),
        "listens-and-says-nothing": patch(
            "await connection.send(message)", "await asyncio.sleep(0)"
        ),
    },
)
