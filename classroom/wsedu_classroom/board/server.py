"""One process of the board: learners' notebooks on one side, teachers' pages on the other.

How to think about it: it is the server of lessons 13 and 17. A learner's event goes into the log,
and nowhere else. One task reads the log, changes the matrix, and tells each page what has changed.
So it makes no difference which process an event came to, and a process that starts anew has the
same matrix when it has read the log. A learner hears the number of the last event that the log
*has*, and sends what came after it (``resume``). A flood is refused (``allow_rate``), connections
are counted (``count_connections``), and a page that reads slowly delays no other.

Two random tokens are the only keys: the path of a URL holds one of them. A page of another origin
is refused, because a browser would let it in (lesson 15).
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from .course import Course
from .keep import Kept
from .log import Log, LogLost
from .matrix import Key, Matrix
from .messages import LONGEST, Refused, dumps, read_event, read_hello
from .pages import Page

LEARNERS = 200  # rows of the matrix, unless the teacher wants more
KERNELS = 20  # connections of one learner
PAGES = 50  # of teachers
ENTRIES = 1_000_000  # of the log
RATE, BURST = 20, 1000  # events in a second, and at once: a learner who comes back sends many
PATIENCE = 10  # seconds for a handshake, and for the first message
PAUSE = 0.1  # seconds between two acknowledgements to a learner
FLYING = 8  # messages to the log that are not acknowledged yet
BEAT = 5  # seconds between two signs of life of a process
TIME = 5  # seconds without news after which a page hears the time
SILENCE = 15  # seconds without one, after which a process is gone
LINGER = 2  # seconds for the other processes to read that the class has ended
BACKOFF = 0.2, 10  # seconds to wait for a lost log: at first, and at most
ENDED = 4000, "the class has ended"
KINDS = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
# A page from this server uses this server only, is shown in no frame, and tells no other site of
# its address, in which there is the token.
SAFETY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

# What the library would print: a teacher reads the terminal, and need not read tracebacks.
_silent = logging.getLogger("wsedu_classroom.board")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


@dataclass(frozen=True)
class Told:
    """What the page shows about the class beside the matrix.

    join:    the line that learners type
    network: which computers can reach this server
    """

    title: str = "WebSocket byte by byte"
    join: str = ""
    network: str = "this machine only"


@dataclass
class _Learner:
    """The connections of one learner to this process, and what is allowed to all of them."""

    connections: set[ServerConnection] = field(default_factory=set)
    tokens: float = BURST
    at: float = 0.0

    def allow(self, now: float) -> bool:
        """Whether one more event may pass (lesson 15's ``allow_rate``)."""
        self.tokens = min(BURST, self.tokens + (now - self.at) * RATE)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Board:
    """One process of the board.

    learners, teachers: the tokens
    prefix: what a proxy in front has before the paths, such as "/services/board"
    origins: hosts and ports of pages, beside the one that a request names, such as a proxy's
    keep:   the file in which the events are also written
    most:   how many learners the class has at most; a stranger with the link could fill the page
    room:   what the teacher can do when the class is full
    clock:  seconds since 1970
    say:    called with a sentence that the teacher should read
    """

    def __init__(
        self,
        course: Course,
        log: Log,
        *,
        learners: str,
        teachers: str,
        told: Told | None = None,
        prefix: str = "",
        origins: frozenset[str] = frozenset(),
        keep: Kept | None = None,
        most: int = LEARNERS,
        room: str = "",
        clock: Callable[[], float] = time.time,
        say: Callable[[str], None] = _silent.info,
    ) -> None:
        self.matrix = Matrix()
        self.told = told or Told()
        self._course, self._log, self._keep, self._clock = course, log, keep, clock
        self._tokens = {"learners": learners, "teachers": teachers}
        self._most, self._room, self._was_full = most, room, False
        self._prefix, self._origins, self._say = prefix.rstrip("/"), origins, say
        self._files = _page_files()
        self._name = secrets.token_hex(4)  # of this process
        self._learners: dict[str, _Learner] = {}
        self._pages: set[Page] = set()
        self._sockets: set[ServerConnection] = set()
        self._outgoing: deque[str] = deque()
        self._to_send, self._current = asyncio.Event(), asyncio.Event()
        self._unacknowledged: set[str] = set()
        self._alive: dict[str, float] = {}  # process -> when it gave a sign of life last
        self._entries = self._said_here = 0

    @asynccontextmanager
    async def listening(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
        """Serve within this; gives the port, which the system chooses if ``port`` is 0."""
        asyncio.get_running_loop().set_exception_handler(_note)
        async with serve(
            self._serve_one,
            host,
            port,
            process_request=self._admit,
            compression=None,
            max_size=LONGEST,
            open_timeout=PATIENCE,
            close_timeout=2,
            logger=_silent,
            server_header=None,
        ) as server:
            self._following = asyncio.create_task(self._follow())
            tasks = [self._following, asyncio.create_task(self._keep_time())]
            try:
                yield next(iter(server.sockets)).getsockname()[1]
            finally:
                self._current.set()  # no connection waits for the log any longer
                await self._close_all(1001, "the board is stopping")
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                with suppress(LogLost):
                    await self._log.close()

    async def end(self) -> None:
        """End the class for all, and return when this process has."""
        self._append(["end"])
        await self.until_ended()

    async def until_ended(self) -> None:
        """Return when the class has ended, through whichever process."""
        await asyncio.shield(self._following)

    # The opening handshake.

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """None for a WebSocket at the right path; else the page, or a refusal."""
        whose, name = self._place(request.path)
        if whose is None:
            return _response(HTTPStatus.NOT_FOUND, "There is nothing at this address.\n")
        is_socket = (whose, name) in (("learners", "learner"), ("teachers", "live"))
        if is_socket and "Upgrade" in request.headers:
            if not self._is_own_origin(request.headers):
                return _response(HTTPStatus.FORBIDDEN, "This page belongs to another site.\n")
            return None
        if whose == "teachers" and name is None:
            slash = f"{self._prefix}/{self._tokens['teachers']}/"
            return _response(HTTPStatus.PERMANENT_REDIRECT, "", Location=slash)
        if whose == "teachers" and (page := self._files.get(name or "index.html")):
            return _response(HTTPStatus.OK, page[1], page[0])
        if whose == "learners":
            said = "Learners type this address in a notebook: join_class(...).\n"
            return _response(HTTPStatus.UPGRADE_REQUIRED, said, Upgrade="websocket")
        return _response(HTTPStatus.NOT_FOUND, "There is nothing at this address.\n")

    def _place(self, path: str) -> tuple[str | None, str | None]:
        """Whose token a path has, and the name after it. Comparing takes the same time for all."""
        path = path.partition("?")[0]
        if not path.startswith(f"{self._prefix}/"):
            return None, None
        token, slash, name = path[len(self._prefix) + 1 :].partition("/")
        given = token.encode(errors="surrogateescape")
        found = [
            whose
            for whose, right in self._tokens.items()
            if hmac.compare_digest(given, right.encode())
        ]
        return (found[0] if found else None), (name if slash else None)

    def _is_own_origin(self, headers: Headers) -> bool:
        """Whether a browser's page came from this server; a notebook's kernel sends no Origin."""
        origin = headers.get("Origin")
        if origin is None:
            return True
        place = urlsplit(origin).netloc  # "" if the origin is null
        return bool(place) and place in {headers.get("Host"), *self._origins}

    async def _serve_one(self, connection: ServerConnection) -> None:
        whose, _name = self._place(connection.request.path if connection.request else "")
        self._sockets.add(connection)
        try:
            if self.matrix.ended:
                await connection.close(*ENDED)
            elif whose == "teachers":
                await self._serve_page(connection)
            else:
                await self._serve_learner(connection)
        except Refused as refused:
            await connection.close(1008, str(refused))
        except ConnectionClosed:
            pass
        finally:
            self._sockets.discard(connection)

    # Learners.

    async def _serve_learner(self, connection: ServerConnection) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                learner, nick = read_hello(await connection.recv())
        except TimeoutError:
            raise Refused("say hello first, and soon") from None
        try:
            async with asyncio.timeout(PATIENCE):
                await self._current.wait()
        except TimeoutError:
            return await connection.close(1012, "the board waits for its log")
        if full := self._is_full(learner):
            return await connection.close(1013, full)
        mine = self._learners.setdefault(learner, _Learner())
        if len(mine.connections) >= KERNELS:
            return await connection.close(1013, "too many notebooks of one learner")
        mine.connections.add(connection)
        try:
            row = self.matrix.rows.get(learner)
            if row is None or row.nick != nick:
                self._append(["hello", learner, nick, self._now()])
            if len(mine.connections) == 1:
                self._append_here(learner, True)
            await self._take_events(connection, learner, mine)
        finally:
            mine.connections.discard(connection)
            if not mine.connections and learner in self.matrix.rows:  # the log may be a new one
                self._append_here(learner, False)

    def _append_here(self, learner: str, whether: bool) -> None:
        self._said_here += 1
        self._append(["here", learner, self._name, self._said_here, whether, self._now()])

    def _is_full(self, learner: str) -> str:
        if learner not in self._learners and learner not in self.matrix.rows:
            if len(self.matrix.rows.keys() | self._learners.keys()) >= self._most:
                self._say_that_it_is_full()
                return f"the class is full: it has {self._most} learners"
        return "the log is full" if self._entries >= ENTRIES else ""

    def _say_that_it_is_full(self) -> None:
        if not self._was_full:
            self._was_full = True
            full = f"The class is full: a learner came, and it has {self._most} already."
            self._say(f"{full} {self._room}".rstrip())

    async def _take_events(
        self, connection: ServerConnection, learner: str, mine: _Learner
    ) -> None:
        expected = self.matrix.have(learner) + 1
        await connection.send(dumps({"have": expected - 1}))
        async for message in connection:
            event = read_event(message, self._course)
            if full := self._is_full(learner):
                return await connection.close(1013, full)
            if not mine.allow(time.monotonic()):
                raise Refused(f"more than {RATE} events in a second")
            if event.n > expected:
                raise Refused(f"number {event.n} came, and {expected} is missing")
            if event.n < expected:  # it came twice
                self._unacknowledged.add(learner)
                continue
            expected += 1
            at = round(self._now() - event.ago, 3)
            self._append(["event", learner, event.n, at, event.what, event.name, event.value])

    # Teachers.

    async def _serve_page(self, connection: ServerConnection) -> None:
        await self._current.wait()
        if len(self._pages) >= PAGES:
            return await connection.close(1013, "too many pages are open")
        page = Page()
        self._pages.add(page)
        telling = asyncio.create_task(self._tell(connection, page))
        try:
            async for message in connection:
                said = _json(message)
                if said != {"end": True} or said["end"] is not True:
                    raise Refused('a page may only say {"end": true}')
                self._append(["end"])
        finally:
            self._pages.discard(page)
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    async def _tell(self, connection: ServerConnection, page: Page) -> None:
        """Send the course, the state, and then what changes."""
        said = {"title": self.told.title, "join": self.told.join, "network": self.told.network}
        await connection.send(dumps({"course": {"lessons": self._course.lessons}, **said}))
        while True:
            change: dict[str, Any] = {}  # only the time: a page hears no Ping, and misses this
            with suppress(TimeoutError):
                async with asyncio.timeout(TIME):
                    key = await page.next()
                change = {"state": self.matrix.state()} if key is None else self.matrix.change(key)
            await connection.send(dumps(change | {"now": self._now()}))

    # The log.

    def _append(self, entry: list[Any]) -> None:
        """Hand an entry to the task that writes; all that waits there is written at once."""
        self._outgoing.append(dumps(entry))
        self._to_send.set()

    async def _follow(self) -> None:
        """Read the log, and write to it, until the class ends; begin anew when it is lost."""
        wait, most = BACKOFF
        while not self.matrix.ended:
            writing = asyncio.create_task(self._write())
            reading = asyncio.create_task(self._read())
            done = await _first_of(writing, reading)
            lost = [task for task in done if isinstance(task.exception(), LogLost)]
            if not lost:
                await asyncio.gather(*done)  # raises what went wrong
                break
            # Learners send again what was not acknowledged.
            reason = next(str(task.exception()) for task in lost)
            self._say(f"The log of the class cannot be reached ({reason}). Trying again.")
            was_current = self._current.is_set()
            self._current.clear()
            self._outgoing.clear()
            await self._close_all(1012, "the board lost its log, and begins anew")
            self.matrix, self._entries, self._alive = Matrix(), 0, {}
            wait = BACKOFF[0] if was_current else min(2 * wait, most)
            await asyncio.sleep(wait)
        await self._close_all(*ENDED)
        await asyncio.sleep(LINGER if self._alive.keys() - {self._name} else 0)
        with suppress(LogLost):
            await self._log.close(forget=True)

    async def _write(self) -> None:
        """Write what waits. The matrix does not mind which of two messages is there first, so the
        next one need not wait for the acknowledgement of the last."""
        room = asyncio.Semaphore(FLYING)

        async def append(entries: list[str]) -> None:
            try:
                await self._log.append(entries)
            finally:
                room.release()

        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    await self._to_send.wait()
                    await room.acquire()
                    self._to_send.clear()
                    entries = list(self._outgoing)
                    self._outgoing.clear()
                    group.create_task(append(entries))
        except BaseExceptionGroup as raised:
            raise raised.exceptions[0] from None

    async def _read(self) -> None:
        async for entries in self._log.read():
            if not entries:
                self._current.set()
                self._append(["alive", self._name])
            keys: list[Key] = []
            for entry in entries:
                with suppress(ValueError, TypeError, LookupError):  # of another version
                    keys += self._heard(json.loads(entry))
            self._tell_pages(keys)
            if self.matrix.ended:
                return

    def _tell_pages(self, keys: list[Key]) -> None:
        for page in self._pages:
            page.changed(keys)

    def _heard(self, entry: list[Any]) -> list[Key]:
        self._entries += 1
        kind, *facts = entry
        if kind in ("hello", "event", "end"):
            self._write_down(entry)
        if kind == "event":
            self._unacknowledged.add(facts[0])
        elif kind == "alive":
            self._alive[facts[0]] = time.monotonic()
        elif kind == "here":
            self._alive.setdefault(facts[1], time.monotonic())
        return self.matrix.apply(entry)

    def _write_down(self, entry: list[Any]) -> None:
        """Keep the entry in the file, until this fails: a full disk does not end the class."""
        if self._keep:
            try:
                self._keep.write(entry)
            except OSError as error:
                with suppress(OSError):  # it tries once more to write
                    self._keep.close()
                self._keep = None
                said = "Events are no longer kept in the file ({}). The class goes on."
                self._say(said.format(error.strerror or error))

    # The clock.

    async def _keep_time(self) -> None:
        """Acknowledge events, not one by one; say that this process lives, and which do not."""
        beat = time.monotonic()
        while True:
            await asyncio.sleep(PAUSE)
            learners, self._unacknowledged = self._unacknowledged, set()
            for learner in learners:
                if mine := self._learners.get(learner):
                    broadcast(mine.connections, dumps({"have": self.matrix.have(learner)}))
            now = time.monotonic()
            if now - beat >= BEAT and self._current.is_set():
                beat = now
                self._append(["alive", self._name])
                self._alive[self._name] = now
                for process in [one for one, at in self._alive.items() if now - at > SILENCE]:
                    del self._alive[process]
                    self._tell_pages(self.matrix.apply(["gone", process]))

    async def _close_all(self, code: int, reason: str) -> None:
        closing = [connection.close(code, reason) for connection in self._sockets]
        await asyncio.gather(*closing, return_exceptions=True)

    def _now(self) -> float:
        return round(self._clock(), 3)


async def _first_of(*tasks: asyncio.Task[None]) -> set[asyncio.Task[None]]:
    """Wait for the first of them, and end the others."""
    try:
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return done


def _json(message: str | bytes) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(message)
    return None


def _page_files() -> dict[str, tuple[str, bytes]]:
    """The files of the page, by their names: kind and content."""
    folder = files(__package__).joinpath("page")
    return {
        path.name: (f"{KINDS[suffix]}; charset=utf-8", path.read_bytes())
        for path in folder.iterdir()
        if (suffix := Path(path.name).suffix) in KINDS
    }


def _response(
    status: HTTPStatus, body: str | bytes, kind: str = "text/plain; charset=utf-8", **more: str
) -> Response:
    body = body.encode() if isinstance(body, str) else body
    own = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    return Response(status.value, status.phrase, Headers(own | more | SAFETY), body)


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    _silent.error(context["message"], exc_info=context.get("exception"))
