"""A thread that sends a learner's journal to the board of a class, event by event.

How to think about it: it is lesson 17's client that resumes. The lines of the journal are numbered
by their place. The board says up to which number it has them, and the thread sends those after
that, at first and whenever a connection was lost. So nothing is lost while the board is away, and
another kernel of the same learner can go on where this one has stopped. The thread never prints,
and no cell waits for it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from . import journal
from .packages import current_name

ENDED = 4000  # the close code for the end of the class
REFUSED = (1008, 1013)  # something is wrong with the events, or the class is full
WINDOW = 100  # events that may be on their way
LOOK = 5  # seconds between two looks whether the learner has left the class elsewhere
SHORTEST, LONGEST = 0.5, 30  # seconds before the next attempt, at most: at first, and later
PATIENCE = 10  # seconds for a connection, and for the board's first message

# All that ever leaves this computer of an event: its name, and these facts about it.
SENT: dict[str, tuple[str, ...]] = {
    "tried": ("outcome", "mistake"),
    "predicted": ("option",),
    "revisited": (),
    "hint": (),
    "reset": (),
}
LONGEST_FACT = 100  # characters
DAY = 86_400  # seconds
# What reading JSON raises that another program wrote, or that is damaged.
_STRANGE = ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError

# What the library would print.
_silent = logging.getLogger("wsedu.course.class_sender")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


@dataclass(frozen=True)
class Joined:
    """A class that the learner has joined.

    addresses: of the board, without "/learner"; each of them will do
    learner:   a random id, the same for all kernels
    time:      when it was joined, in seconds since 1970
    """

    addresses: tuple[str, ...]
    nickname: str
    learner: str
    time: float


def event(n: int, line: bytes, now: float) -> dict[str, Any]:
    """What the board hears of a line of the journal; "other" if it is nothing for a board."""
    with suppress(*_STRANGE):
        entry = json.loads(line)
        what, name = entry["what"], current_name(entry["name"])
        facts = {fact: entry.get(fact, "") for fact in SENT[what]}
        rightly = facts.get("outcome", "passed") in ("passed", "not yet", "raised")
        rightly &= type(facts.get("mistake", "")) is str and type(facts.get("option", 0)) is int
        if rightly and all(len(str(one)) <= LONGEST_FACT for one in (name, *facts.values())):
            ago = min(max(0.0, now - entry["time"]), DAY)
            return {"n": n, "what": what, "name": name, **facts, "ago": round(ago, 1)}
    return {"n": n, "what": "other"}


class Sender:
    """The thread, from now on until the learner is no longer in this class.

    is_current: whether the learner is still in it
    forget:     called when the board says that the class has ended
    """

    def __init__(
        self, joined: Joined, is_current: Callable[[], bool], forget: Callable[[], None]
    ) -> None:
        self.joined = joined
        self.answered = False  # whether the board has ever answered
        self.refused = ""  # why the board does not take what is sent, in its words
        self._is_current, self._forget = is_current, forget
        self._have = 0
        self._news = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _loop, _context: None)
        self._thread = threading.Thread(target=self._start, name="wsedu class", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether the thread has ended."""
        return not self._thread.is_alive()

    def wake(self) -> None:
        """There is something to send, or the learner has left; returns at once."""
        with suppress(RuntimeError):  # its loop has ended
            self._loop.call_soon_threadsafe(self._news.set)

    def _start(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._run())

    async def _run(self) -> None:
        addresses = list(self.joined.addresses)
        random.shuffle(addresses)  # so that learners do not all come to the same process
        wait: float = SHORTEST
        while self._is_current():
            self.answered, answered = False, self.answered
            code = None
            with suppress(OSError, WebSocketException, *_STRANGE):
                code = await self._talk(addresses[0])
            wait = SHORTEST if self.answered else min(2 * wait, LONGEST)
            wait = LONGEST if code in REFUSED else wait
            self.answered = self.answered or answered
            addresses.append(addresses.pop(0))
            # Chance keeps learners from all coming back at the same moment.
            await asyncio.sleep(random.uniform(0, wait))

    async def _talk(self, address: str) -> int | None:
        """Stay on one connection as long as it lasts, and the class; returns the close code."""
        async with connect(
            f"{address}/learner",
            proxy=None,
            compression=None,
            open_timeout=PATIENCE,
            close_timeout=1,
            max_size=4096,
            logger=_silent,
        ) as connection:
            hello = {"hello": self.joined.nickname, "learner": self.joined.learner}
            with suppress(ConnectionClosed):
                await connection.send(json.dumps(hello))
                async with asyncio.timeout(PATIENCE):
                    self._have = await _have(connection)
                self.answered, self.refused = True, ""
                hearing = asyncio.create_task(self._hear(connection))
                try:
                    await self._tell(connection, hearing)
                finally:
                    hearing.cancel()
                    await asyncio.gather(hearing, return_exceptions=True)
        if connection.close_code == ENDED:
            self._forget()
        elif connection.close_code in REFUSED:
            self.refused = connection.close_reason or "?"
        return connection.close_code

    async def _hear(self, connection: ClientConnection) -> None:
        """Note up to which number the board has the events."""
        try:
            while True:
                self._have = await _have(connection)
                self._news.set()
        finally:
            self._news.set()

    async def _tell(self, connection: ClientConnection, hearing: asyncio.Task[None]) -> None:
        sent = self._have
        while self._is_current() and not hearing.done():
            self._news.clear()
            lines = journal.written_after("joined", self.joined.learner)
            last = min(len(lines), self._have + WINDOW)
            for n in range(sent + 1, last + 1):
                await connection.send(json.dumps(event(n, lines[n - 1], time.time())))
                sent = n
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK)


async def _have(connection: ClientConnection) -> int:
    """The number in the board's next message; ValueError if it is none."""
    number = json.loads(await connection.recv())["have"]
    if type(number) is not int or number < 0:
        raise ValueError(number)
    return number
