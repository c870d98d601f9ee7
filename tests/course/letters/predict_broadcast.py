"""The right answers to predict-broadcast, measured with connections of the library."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Awaitable, Callable

import websockets

from wsedu.course.catalogue import exercises
from wsedu.course.virtual_time import VirtualTimeLoop

from ..wires import Client, now

NAMES = ("Ann", "Bob", "Cem", "Dee")

Work = Callable[[set[Client]], Awaitable[None]]


async def loop(clients: set[Client], most: float | None = None) -> None:
    """Send to one client after the other; not longer than ``most`` seconds to each."""
    for client in clients:
        try:
            async with asyncio.timeout(most):
                await client.send("m")
        except TimeoutError:
            pass


async def gather(clients: set[Client], messages: str = "m") -> None:
    """For each message, begin all sends, and wait for the last."""
    for message in messages:
        await asyncio.gather(*[client.send(message) for client in clients])


async def broadcast(clients: set[Client]) -> None:
    """Write to all, and wait for none."""
    websockets.broadcast(clients, "m")


async def changing(clients: set[Client]) -> None:
    """The loop, over a set that the first client leaves at second 1."""
    asyncio.get_running_loop().call_later(1, clients.remove, min(clients, key=hash))
    try:
        await loop(clients)
    except RuntimeError as error:
        assert str(error) == "Set changed size during iteration"
    else:
        raise AssertionError("the loop did not notice")


USUAL = exercises()["predict-broadcast"].words["task"]
Server = tuple[Work, dict[str, float], str]


def servers(task: str) -> dict[str, Server]:
    """For each letter of the task: what the server runs, the seconds of the clients that are slow,
    and the message that Dee waits for; without one, the end is meant."""
    (limit,) = re.findall(r"asyncio\.timeout\((\d+)\)", task)
    runs: dict[str, tuple[Work, str]] = {
        "A": (loop, "m"),
        "B": (loop, ""),
        "C": (gather, "m"),
        "D": (gather, ""),
        "E": (functools.partial(gather, messages="mn"), "n"),
        "F": (broadcast, ""),
        "G": (functools.partial(loop, most=int(limit)), "m"),
        "H": (changing, ""),
    }
    found: dict[str, Server] = {}
    for letter, slow in re.findall(r"(?m)^\| ([A-H]) \| .+ \| ([^|]+) \| [^|]+ \|$", task):
        seconds = {name: float(each) for name, each in re.findall(r"(\w+): (\d+) s", slow)}
        work, message = runs[letter]
        found[letter] = (work, seconds, message)
    return found


def second(work: Work, slow: dict[str, float], message: str) -> float:
    """When it happens, to a tenth of a second: turns of the loop take far less."""

    async def measure() -> float:
        named = {name: Client(number, slow.get(name, 0)) for number, name in enumerate(NAMES)}
        clients = set(named.values())
        assert list(clients) == list(named.values()), "the loop takes them in this order"
        begin = now()
        await work(clients)
        return round((named["Dee"].wire.received[message] if message else now()) - begin, 1)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(measure())


def right(task: str = USUAL) -> dict[str, object]:
    """Letter -> answer."""
    return {letter: second(*server) for letter, server in servers(task).items()}
