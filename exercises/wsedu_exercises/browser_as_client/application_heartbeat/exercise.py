"""Write a heartbeat of text messages, as a page's script must: it has no Pings."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import functools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Did, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from ...played import FOREVER, NoEnd, called, is_generator, judged, outcome, rounded, second


async def heartbeat(socket, interval, timeout, deliver):
    """Ask after a silence of ``interval``; close if nothing comes within ``timeout`` then."""
    import asyncio

    asked = False
    while True:
        seconds = timeout if asked else interval
        try:
            message = await asyncio.wait_for(socket.recv(), seconds)
        except TimeoutError:
            if asked:
                await socket.close(4000, "no sign of life")
                return
            await socket.send("ping")
            asked = True
        else:
            asked = False
            if message != "pong":
                deliver(message)


Message = str | bytes
Timed = tuple[float, Message]

MOST = 12  # messages that it sends before it is stopped
LATE = 0.2  # seconds for each message: an answer may look only now and then
MARGIN = 0.45  # seconds between a message and a deadline, at least: which is first must be clear


@dataclass(frozen=True)
class Server:
    """What a server sends.

    by_itself: messages, each with its second
    replies:   for each "ping", what comes back, each with the seconds after it; then silence
    """

    by_itself: tuple[Timed, ...] = ()
    replies: tuple[tuple[Timed, ...], ...] = ()

    def __deepcopy__(self, memo: object) -> Server:
        return self

    def __repr__(self) -> str:
        said = [f"sends {_listed(self.by_itself, 'at')}"] if self.by_itself else []
        for number, reply in enumerate(self.replies, 1):
            said.append(f"answers ping {number} with {_listed(reply, 'after')}")
        return f"<server: {'; '.join([*said, 'then says nothing' if said else 'says nothing'])}>"


def _listed(messages: tuple[Timed, ...], word: str) -> str:
    return ", ".join(f"{m!r} {word} {at:g} s" for at, m in messages) or "nothing"


class Run(NamedTuple):
    """What a heartbeat did: what it sent and delivered, with seconds, and how it ended."""

    sent: list[Timed]
    delivered: list[Timed]
    closed: list[tuple[float, int | None, str]]
    returned: Any


class Socket:
    """A connection as a page's script has it: ``send``, ``recv`` and ``close``, but no ``ping``."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._begin = second()
        self._coming: asyncio.Queue[Message] = asyncio.Queue()
        self._run = Run([], [], [], None)
        self._pings = 0
        for at, message in server.by_itself:
            self._later(at, message)

    def __repr__(self) -> str:
        return f"<socket: {str(self._server)[1:-1]}>"

    def _later(self, seconds: float, message: Message) -> None:
        asyncio.get_running_loop().call_later(seconds, self._coming.put_nowait, message)

    def _now(self) -> float:
        return rounded(second() - self._begin)

    @called("socket.recv")
    async def recv(self) -> Message:
        """The next message."""
        if self._run.closed:
            raise ConnectionError("the connection is closed")
        return await self._coming.get()

    @called("socket.send")
    async def send(self, message: Message) -> None:
        """Send a message."""
        self._run.sent.append((self._now(), message))
        if len(self._run.sent) > MOST:
            raise NoEnd
        if message == "ping":
            replies = self._server.replies[self._pings : self._pings + 1]
            self._pings += 1
            for delay, reply in replies[0] if replies else ():
                self._later(delay, reply)

    @called("socket.close")
    async def close(self, code: int | None = None, reason: str = "") -> None:
        """Close the connection."""
        self._run.closed.append((self._now(), code, reason))

    def deliver(self, message: Message) -> None:
        """Take a message for the application."""
        self._run.delivered.append((self._now(), message))


def played(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a socket that follows a script."""

    async def watched(server: Server, interval: float, timeout: float) -> Any:
        socket = Socket(server)
        limit = 3 * expected(server, interval, timeout).closed[0][0]

        def call() -> Any:
            return function(socket, interval, timeout, socket.deliver)

        returned = await outcome(call, limit)
        if returned is ... or is_generator(returned):
            return returned
        return socket._run._replace(returned=returned)

    return watched


def expected(server: Server, interval: float, timeout: float) -> Run:
    """The right run."""
    return _simulated(server, interval, timeout)[0]


@functools.cache
def _simulated(server: Server, interval: float, timeout: float) -> tuple[Run, float]:
    """The right run, and the least time between a message and a deadline."""
    run, margin = Run([], [], [], None), interval
    coming, last, asked = sorted(server.by_itself, key=lambda timed: timed[0]), 0.0, False
    while True:
        deadline = last + (timeout if asked else interval)
        margin = min([margin, *(abs(at - deadline) for at, _message in coming)])
        if coming and coming[0][0] < deadline:
            last, message = coming.pop(0)
            asked = False
            if message != "pong":
                run.delivered.append((rounded(last), message))
            continue
        last = deadline
        if asked:
            run.closed.append((rounded(last), 4000, "a reason"))
            return run, margin
        replies = server.replies[len(run.sent) : len(run.sent) + 1]
        coming += [(last + delay, message) for reply in replies for delay, message in reply]
        coming.sort(key=lambda timed: timed[0])
        run.sent.append((rounded(last), "ping"))
        asked = True


def cases(chance: random.Random) -> list[Args]:
    """Silence first, then a pong, messages of every kind, late answers, and a long life."""
    pong = ((1, "pong"),)
    fixed: list[Args] = [
        (Server(), 10, 4),
        (Server(), 2, 8),
        (Server(), 6, 6),
        (Server(replies=(pong,)), 10, 4),
        (Server(by_itself=((4, "news"),)), 10, 4),
        (Server(by_itself=((9, "news"),)), 10, 4),
        (Server(by_itself=((1, "pong"),)), 10, 4),
        (Server(replies=(((1, "news"),),)), 10, 4),
        (Server(replies=(((3.5, "pong"),),)), 10, 4),
        (Server(replies=(((6, "pong"),),)), 10, 4),
        (Server(replies=(pong, pong, pong)), 10, 4),
        (Server(replies=(pong,) * 7), 3, 8),
        (Server(by_itself=((3, "a"), (7, "b"), (12, "c"), (21, "d"))), 10, 4),
        (Server(by_itself=((1, "a"), (1, "b"), (1.5, "a"))), 10, 4),
        (Server(by_itself=((11, "news"),), replies=(((2, "pong"),),)), 10, 4),
        (Server(by_itself=((2, ""), (3, b""), (4, b"\x00"))), 10, 4),
        (Server(by_itself=((2, "PONG"), (3, " pong"), (4, "pong!"), (5, "ping pong"))), 10, 4),
        (Server(by_itself=((2, b"pong"),)), 10, 4),
        (Server(by_itself=((2, "ping"),)), 10, 4),
        (Server(replies=(((1, "pong"), (2, "pong")),)), 10, 4),
        (Server(replies=(((1, "pong"), (6, "pong")), ((1, "pong"),))), 10, 4),
        (Server(replies=(((1, "pong"), (2, "news")), ((3, "news"),))), 10, 4),
        (Server(replies=(((1, ""),), pong)), 10, 4),
        (Server(replies=(pong, (), pong)), 10, 4),
        (Server(replies=(((5, "pong"),), pong)), 3, 8),
        (Server(replies=(((15, "pong"),),)), 40, 20),
    ]
    words: list[Message] = ["news", "pong", "", "ping", b"pong", "Pong"]
    drawn: list[Args] = []
    while len(drawn) < how_many(3):
        interval, timeout = chance.choice([(10, 4), (3, 8), (6, 6), (20, 5)])
        moments = sorted(chance.sample(range(1, 4 * interval), chance.randrange(4)))
        by_itself = tuple((at + 0.5, chance.choice(words)) for at in moments)
        replies = tuple(
            ((chance.randrange(1, timeout) - 0.5, chance.choice(words[:2])),)
            for _ping in range(chance.randrange(4))
        )
        server = Server(by_itself, replies)
        if _simulated(server, interval, timeout)[1] > MARGIN:
            drawn.append((server, interval, timeout))
    return fixed + drawn


def _right(args: Args, got: Run) -> bool:
    right = expected(*args)
    return (
        _near(got.sent, right.sent)
        and _near(got.delivered, right.delivered)
        and _near([(at, code) for at, code, _reason in got.closed], [(right.closed[0][0], 4000)])
        and not _ended(got)
    )


def _near(got: list[Any], right: list[Any]) -> bool:
    """Whether it is the same, and about then: one who looks every 0.1 s is a little late."""
    return [what for _at, what in got] == [what for _at, what in right] and all(
        0 <= at - wanted <= LATE * (len(right) + 1)
        for (at, _got), (wanted, _right) in zip(got, right, strict=True)
    )


def what(got: Run) -> Any:
    """What tells one mistake from another; any reason will do, and any result."""
    closed = [(at, code) for at, code, _reason in got.closed]
    return got.sent, got.delivered, closed, _ended(got)


def _ended(got: Run) -> str:
    """How it ended, if not by returning."""
    return str(got.returned) if isinstance(got.returned, Did) else ""


def fields(got: Run) -> dict[str, Any]:
    """The parts of a run."""
    return {
        "sent": got.sent,
        "delivered": got.delivered,
        "closed": [at for at, _code, _reason in got.closed],
        "code": [code for _at, code, _reason in got.closed],
        "end": _ended(got),
    }


def show(args: Args, got: Run) -> dict[str, Any]:
    """The script, what the heartbeat did, and what it should have done: a line each."""
    server, interval, timeout = args
    lines = (
        f"interval {interval} s, timeout {timeout} s, {str(server)[1:-1]}",
        f"got: {_did(got)}",
        f"expected: {_did(expected(*args))}",
    )
    return {"case": "\n  ".join(lines)}


def _did(run: Run) -> str:
    """A run in words."""
    said = [
        f"{does} {shorten(_listed(tuple(messages), 'at'), 200, write=str)}"
        for does, messages in (("sends", run.sent), ("delivers", run.delivered))
    ]
    said += [f"closes with {code} at {at:g} s" for at, code, _reason in run.closed]
    if not run.closed:
        said.append("does not close")
    return ", ".join([*said, *filter(None, [_ended(run)])])


Holds = Callable[[Server, float, float], bool]


def _some(holds: Callable[[Message], bool]) -> Holds:
    """Whether such a message comes."""
    return lambda server, interval, timeout: any(
        holds(message)
        for messages in (server.by_itself, *server.replies)
        for _at, message in messages
    )


def _late(server: Server, interval: float, timeout: float) -> bool:
    return any(delay > timeout for reply in server.replies[:1] for delay, _message in reply[:1])


CONDITIONS: dict[str, Holds] = {
    "silent": lambda server, interval, timeout: not server.by_itself and not server.replies,
    "by-itself": lambda server, interval, timeout: bool(server.by_itself),
    "replies": lambda server, interval, timeout: bool(server.replies),
    "lives": lambda server, interval, timeout: len(expected(server, interval, timeout).sent) > 1,
    "several": lambda server, interval, timeout: len(server.replies) > 1,
    "late": _late,
    "pong": _some(lambda message: message == "pong"),
    "others": _some(lambda message: message != "pong"),
    "empty": _some(lambda message: not message),
    "bytes": _some(lambda message: isinstance(message, bytes)),
    "ping": _some(lambda message: message == "ping"),
    "nearly": _some(lambda message: message != "pong" and "pong" in str(message).lower()),
    "patient": lambda server, interval, timeout: timeout > interval,
}


def explain(exercise: Exercise, args: Args, got: Run, results: Results) -> str | None:
    """What to say if no mistake fits."""
    say, right = exercise.words.say, expected(*args)
    if not (got.sent or got.delivered or got.closed):
        return say("nothing")
    if got.returned == FOREVER and not got.closed:
        return say("forever")
    if got.closed and _ended(got):
        return say("goes-on", how=_ended(got))
    if [message for _at, message in got.delivered] != [message for _at, message in right.delivered]:
        return say("delivered")
    if got.sent != right.sent:
        return say("pings")
    if [code for _at, code, _reason in got.closed] != [4000]:
        return say("closed")
    return None


EXERCISE = Exercise(
    stars=3,
    judge=judged(cases, expected, played, Run, _right, section="5.5.2").telling(
        what=what, fields=fields, conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=heartbeat,
)
