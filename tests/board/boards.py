"""A board that runs in a thread of the test, a teacher's page, and a learner without a notebook."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect
from wsedu_classroom.board.course import Course
from wsedu_classroom.board.log import Log, Memory
from wsedu_classroom.board.server import Board

from wsedu.live.background import Background

CLASS, TEACHER = "class-abc", "teacher-abc"
COURSE = Course(
    {"encode-header": frozenset({"little-endian"}), "mask": frozenset()},
    {"close-code": 3},
    ({"number": "04", "title": "Frame layout", "exercises": [], "predictions": []},),
)
SECONDS = 30  # for what should come at once


class Running:
    """A board that runs; ``port`` is where."""

    def __init__(self, log: Callable[[], Log], port: int, **options: Any) -> None:
        self.background = Background()
        self._stop = asyncio.Event()
        started: asyncio.Queue[int] = asyncio.Queue()

        async def run() -> None:
            self.board = Board(COURSE, log(), learners=CLASS, teachers=TEACHER, **options)
            async with self.board.listening(port=port) as found:
                started.put_nowait(found)
                stopped = asyncio.create_task(self._stop.wait())
                ended = asyncio.create_task(self.board.until_ended())
                await asyncio.wait([stopped, ended], return_when=asyncio.FIRST_COMPLETED)
                stopped.cancel()
                ended.cancel()

        self.task = self.background.start(run())
        self.port = self.background.call(started.get())
        self.host = f"127.0.0.1:{self.port}"
        self.link = f"ws://{self.host}/{CLASS}"

    def stop(self) -> None:
        """Stop it without a word that the class has ended; stopping twice does nothing."""
        if self.background._closing:
            return
        self.background._loop.call_soon_threadsafe(self._stop.set)
        try:
            self.task.result(SECONDS)
        finally:
            self.background.close()


@contextmanager
def board(log: Callable[[], Log] = Memory, port: int = 0, **options: Any) -> Iterator[Running]:
    running = Running(log, port, **options)
    try:
        yield running
    finally:
        running.stop()


class Page:
    """A teacher's page: what it shows is ``rows``, by nickname."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.course = self._next()
        self._rows: dict[str, dict[str, Any]] = {}
        self.states = 0
        self.messages = 0

    def _next(self) -> Any:
        return json.loads(self.connection.recv(SECONDS))

    def take(self) -> None:
        """Take the next message in, as the page does."""
        said = self._next()
        self.messages += 1
        if "state" in said:
            self._rows = {row["id"]: row for row in said["state"]}
            for row in self._rows.values():
                row["choices"] = {name: choice[:3] for name, choice in row["choices"].items()}
            self.states += 1
            return
        if said.keys() == {"now"}:  # a sign of life
            return
        row = self._rows.setdefault(said["id"], {"cells": {}, "choices": {}, "nick": ""})
        if "exercise" in said:
            row["cells"][said["exercise"]] = said["cell"]
        elif "prediction" in said:
            row["choices"][said["prediction"]] = said["choice"][:3]  # without the time
        else:
            row |= {"nick": said["nick"], "here": said["here"]}

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        return {row["nick"]: row for row in self._rows.values()}

    def until(self, true: Callable[["Page"], Any]) -> Any:
        """Read on until this is true of the page."""
        while not (found := true(self)):
            self.take()
        return found

    def until_cell(self, nick: str, exercise: str, **facts: Any) -> dict[str, Any]:
        """Read on until a cell has these facts."""

        def cell(page: Page) -> Any:
            found = page.rows.get(nick, {"cells": {}})["cells"].get(exercise, {})
            return found if facts.items() <= found.items() else None

        return self.until(cell)


@contextmanager
def page(running: Running, token: str = TEACHER, **options: Any) -> Iterator[Page]:
    address = f"ws://{running.host}/{token}/live"
    with connect(address, proxy=None, max_size=None, **options) as connection:
        yield Page(connection)


@contextmanager
def learner(
    running: Running, nick: str = "ada", id: str = "", token: str = CLASS
) -> Iterator[ClientConnection]:
    """A connection that has said hello."""
    with connect(f"ws://{running.host}/{token}/learner", proxy=None) as connection:
        say(connection, {"hello": nick, "learner": id or f"learner-{nick}".replace(" ", "-")})
        yield connection


def say(connection: ClientConnection, message: Any) -> None:
    connection.send(json.dumps(message))


def have(connection: ClientConnection, number: int = 0) -> int:
    """Up to which number the board has the events: at least this one."""
    while (found := json.loads(connection.recv(SECONDS))["have"]) < number:
        pass
    return int(found)


def tried(n: int, mistake: str = "little-endian", **facts: Any) -> dict[str, Any]:
    event = {"n": n, "what": "tried", "name": "encode-header", "outcome": "not yet", "ago": 0}
    return event | {"mistake": mistake} | facts


def hint(n: int) -> dict[str, Any]:
    return {"n": n, "what": "hint", "name": "mask", "ago": 0}
