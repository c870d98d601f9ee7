"""The right answers to predict-broadcast, measured with connections of the library.

How to think about it: the connections are those of ``websockets``. What is beneath them is not a
socket: it says that its buffer is full for as long as a client does not read, on a clock that
jumps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import websockets
from websockets.asyncio.connection import Connection
from websockets.protocol import Protocol, Side, State

from wsedu.course.virtual_time import VirtualTimeLoop

NAMES = ("Ann", "Bob", "Cem", "Dee")


def now() -> float:
    """Seconds on the clock of the loop."""
    return asyncio.get_running_loop().time()


class Wire(asyncio.Transport):
    """What is beneath a connection: full for ``slow`` seconds after each frame."""

    def __init__(self, slow: float) -> None:
        super().__init__()
        self.slow = slow
        self.received: dict[str, float] = {}  # message -> second
        self.connection: Connection | None = None

    def write(self, data: Any) -> None:
        self.received[bytes(data[2:]).decode()] = now()
        if self.slow and self.connection:
            self.connection.pause_writing()
            asyncio.get_running_loop().call_later(self.slow, self.connection.resume_writing)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is one buffer, and a client empties it when it reads."""

    def is_closing(self) -> bool:
        return False


class Client(Connection):
    """A connection that says when its client has a message; clients have an order in a set."""

    def __init__(self, number: int, slow: float) -> None:
        super().__init__(Protocol(Side.SERVER, state=State.OPEN), ping_interval=None)
        self.number = number
        self.wire = Wire(slow)
        self.wire.connection = self
        self.connection_made(self.wire)

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other


Clients = dict[str, Client]
Work = Callable[[Clients, set[Client]], Awaitable[float]]


async def loop(clients: set[Client], most: float | None = None) -> None:
    """Send to one client after the other; not longer than ``most`` seconds to each."""
    for client in clients:
        try:
            async with asyncio.timeout(most):
                await client.send("m")
        except TimeoutError:
            pass


async def gather(clients: set[Client], message: str = "m") -> None:
    """Begin all sends, and wait for the last."""
    await asyncio.gather(*[client.send(message) for client in clients])


async def a(named: Clients, clients: set[Client]) -> float:
    await loop(clients)
    return named["Dee"].wire.received["m"]


async def b(named: Clients, clients: set[Client]) -> float:
    await loop(clients)
    return now()


async def c(named: Clients, clients: set[Client]) -> float:
    await gather(clients)
    return named["Dee"].wire.received["m"]


async def d(named: Clients, clients: set[Client]) -> float:
    await gather(clients)
    return now()


async def e(named: Clients, clients: set[Client]) -> float:
    await gather(clients)
    await gather(clients, "n")
    return named["Dee"].wire.received["n"]


async def f(named: Clients, clients: set[Client]) -> float:
    websockets.broadcast(clients, "m")
    return now()


async def g(named: Clients, clients: set[Client]) -> float:
    await loop(clients, 2)
    return named["Dee"].wire.received["m"]


async def h(named: Clients, clients: set[Client]) -> float:
    asyncio.get_running_loop().call_later(1, clients.remove, named["Ann"])
    try:
        await loop(clients)
    except RuntimeError as error:
        assert str(error) == "Set changed size during iteration"
        return now()
    raise AssertionError("the loop did not notice")


# For each letter: what the server runs, and the seconds of the clients that are slow.
SERVERS: dict[str, tuple[Work, dict[str, float]]] = {
    "A": (a, {"Bob": 5}),
    "B": (b, {"Bob": 5, "Cem": 3}),
    "C": (c, {"Bob": 5, "Cem": 3}),
    "D": (d, {"Bob": 4, "Cem": 7}),
    "E": (e, {"Bob": 4}),
    "F": (f, {"Bob": 5}),
    "G": (g, {"Bob": 5, "Cem": 3}),
    "H": (h, {"Bob": 6}),
}


def second(letter: str) -> float:
    """When it happens, to a tenth of a second: turns of the loop take far less."""

    async def measure() -> float:
        work, slow = SERVERS[letter]
        named = {name: Client(number, slow.get(name, 0)) for number, name in enumerate(NAMES)}
        clients = set(named.values())
        assert list(clients) == list(named.values()), "the loop takes them in this order"
        begin = now()
        return round(await work(named, clients) - begin, 1)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(measure())


def right() -> dict[str, object]:
    """Letter -> answer."""
    return {letter: second(letter) for letter in SERVERS}
