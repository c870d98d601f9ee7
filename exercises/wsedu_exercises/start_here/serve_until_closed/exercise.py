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
from dataclasses import dataclass
from typing import Any

from websockets.asyncio import server
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.live.tap import HOST

TURNS = 100  # of the event loop, until a handler that sends nothing back counts as silent

_quiet = logging.getLogger("wsedu.course.handler")  # the verdict says what a handler raises
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


async def handler(connection):
    """Count the echoes; a client that vanishes is no reason to raise."""
    import websockets

    count = 0
    try:
        async for message in connection:
            await connection.send(message)
            count += 1
    except websockets.ConnectionClosedError:
        pass
    return count


@dataclass(frozen=True)
class Client:
    """What a client sends, and whether it vanishes in the end instead of closing."""

    messages: tuple[Any, ...]
    vanishes: bool = False

    def __repr__(self) -> str:
        leaves = "vanishes" if self.vanishes else "closes"  # a verdict shows these words
        if not self.messages:
            return f"a client that {leaves} at once"
        return f"a client that sends {_listed(self.messages)} and then {leaves}"


@dataclass(frozen=True)
class Served:
    """What came back to the client, and what the handler returned, or the name of its error."""

    echoes: tuple[Any, ...]
    returned: int | str

    def __repr__(self) -> str:
        echoes = f"echoes of {_listed(self.echoes)}" if self.echoes else "no echo"
        how = "and" if isinstance(self.returned, str) else "and the result"
        return f"{echoes} {how} {self.returned}"  # a verdict shows these words


def _listed(messages: tuple[Any, ...]) -> str:
    return ", ".join(map(repr, messages))


class ServerConnection(server.ServerConnection):
    """Knows when its handler waits for the next message, and has not sent the last one back.

    It is called as the library's own: a learner meets the name in errors.
    """

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
        """Another task may send it back: give that one some turns."""
        for _turn in range(TURNS):
            await asyncio.sleep(0)
        if self.heard > self.echoed:
            self.silent.set()

    async def send(self, *args: Any, **options: Any) -> None:
        await super().send(*args, **options)
        self.echoed += 1


async def _talk(
    client: ClientConnection, messages: tuple[Any, ...], silent: asyncio.Event
) -> tuple[Any, ...]:
    """Send the messages as long as echoes come; returns those echoes."""
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
    return tuple(echoes)


def _served(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as the handler of a real server, and a real client that talks to it."""

    async def meet(visitor: Client) -> Any:
        ended, silent = asyncio.Event(), asyncio.Event()
        values: list[Any] = []
        errors: list[BaseException] = []

        async def handler(connection: server.ServerConnection) -> None:
            connection.silent = silent  # type: ignore[attr-defined]
            try:
                value = function(connection)
                values.append(await value if inspect.isawaitable(value) else value)
            except BaseException as error:  # the verdict says what it is
                errors.append(error)
            ended.set()

        options: dict[str, Any] = {"compression": None, "ping_interval": None}
        async with server.serve(
            handler, HOST, 0, create_connection=ServerConnection, logger=_quiet, **options
        ) as serving:
            port = serving.sockets[0].getsockname()[1]
            client = await connect(f"ws://{HOST}:{port}", proxy=None, **options)
            echoes = await _talk(client, visitor.messages, silent)
            if visitor.vanishes:
                client.transport.abort()
            await client.close()
            await ended.wait()
        for error in errors:
            if isinstance(error, ConnectionClosed):
                return Served(echoes, type(error).__name__)
            raise error
        return Served(echoes, values[0]) if type(values[0]) is int else values[0]

    return meet


def _expected(visitor: Client) -> Served:
    return Served(visitor.messages, len(visitor.messages))


def cases(chance: random.Random) -> list[Args]:
    """Clients that send none, one or several messages; some close, some vanish."""
    clients = [
        Client(("Hello",)),
        Client(()),
        Client(("one", "two", "three")),
        Client((), vanishes=True),
        Client(("Hello", "again"), vanishes=True),
        Client((b"\x00\xff",)),
        Client(("", "after nothing", "")),
        Client((b"\x01", "text", "more")),
    ]
    for _case in range(how_many(2)):
        words = ["".join(chance.choices("abcdé👋 ", k=4)) for _word in range(chance.randrange(6))]
        clients.append(Client(tuple(words), vanishes=chance.choice([False, True])))
    return [(client,) for client in clients]


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, _expected, Served, through=_served),
    solution=handler,
)
