"""Send what several sources say over one connection, from one task."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs, allow-untyped-calls, disable-error-code="var-annotated"

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from ...played import FOREVER, is_generator, judged, outcome, rounded
from ..clients import LATE, NEVER, Client, are_alike
from ..feeds import Feed, Source
from ..runs import compared, did, is_endless, parts


async def one_writer(connection, sources):
    """A task for each source puts its messages into one queue; only this one sends."""
    import asyncio

    import websockets

    queue = asyncio.Queue()
    count = 0

    async def read(source):
        async for message in source:
            await queue.put(message)

    async def read_all():
        await asyncio.gather(*[read(source) for source in sources])
        await queue.put(None)

    reading = asyncio.create_task(read_all())
    try:
        while (message := await queue.get()) is not None:
            await connection.send(message)
            count += 1
    except websockets.ConnectionClosed:
        reading.cancel()
    return count


LONGEST = 500  # seconds: longer than any source speaks


@dataclass(frozen=True)
class Peer:
    """The client: how long it reads a message, and when it goes, with a Close or without."""

    reads: float = 1
    leaves: float = NEVER
    clean: bool = True

    def __repr__(self) -> str:
        how = "closes" if self.clean else "vanishes"
        goes = f", and it {how} at {self.leaves:g} s" if self.leaves < NEVER else ""
        return f"<connection: the client reads each message for {self.reads:g} s{goes}>"


class Run(NamedTuple):
    """What an answer did.

    begun:    when each send began, with the message
    had:      how many messages the client has read
    together: whether two sends ran at the same time
    left:     whether a task went on after the return
    end:      when it returned
    refused:  how many sends came after the connection had closed; that tells mistakes apart
    """

    begun: list[tuple[float, str | bytes]]
    had: int
    together: bool
    left: bool
    end: float
    returned: Any
    refused: int = 0


def played(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with sources that speak by a script."""

    async def watched(peer: Peer, sources: tuple[Feed, ...]) -> Any:
        client = Client("connection", peer.reads, peer.leaves, peer.clean)
        speakers = tuple(Source(feed) for feed in sources)
        returned = await outcome(lambda: function(client, speakers), LONGEST)
        if returned is ... or is_generator(returned):
            return returned
        begun, had, end = [*client.begun], len(client.had), client.now
        await asyncio.sleep(LATE)  # a task that is cancelled needs a turn to end
        left = returned is not FOREVER and len(asyncio.all_tasks()) > 1
        return Run(begun, had, client.together, left, end, returned, client.refused)

    return watched


def expected(peer: Peer, sources: tuple[Feed, ...]) -> Run:
    """The run that sends in the order of arrival: one server, and a queue before it."""
    come = sorted((at, message) for source in sources for at, message in source.says)
    begun: list[tuple[float, str | bytes]] = []
    had, free = 0, 0.0  # free: when the client is ready for the next message
    end = max((source.end for source in sources), default=0.0)
    for at, message in come:
        begin = max(at, free)
        if begin >= peer.leaves:
            return Run(begun, had, False, False, rounded(begin), had)
        begun.append((rounded(begin), message))
        free = begin + peer.reads
        if free > peer.leaves:
            return Run(begun, had, False, False, rounded(peer.leaves), had)
        had += 1
    return Run(begun, had, False, False, rounded(max(end, free)), had)


def _in_order(sources: tuple[Feed, ...], begun: list[tuple[float, Any]]) -> bool:
    """Whether each source's messages are sent in its order, from its first one, once each."""
    sent = [message for _at, message in begun]
    places = {message: source.name for source in sources for _at, message in source.says}
    if any(message not in places for message in sent):
        return False
    for source in sources:
        own = [message for message in sent if places[message] == source.name]
        if own != [message for _at, message in source.says][: len(own)]:
            return False
    return True


def nearest(args: Args, got: Any) -> Run:
    """The right run; a queue with a limit may let the sources take turns in another order."""
    right = expected(*args)
    if not isinstance(got, Run) or not _in_order(args[1], got.begun):
        return right
    if len(got.begun) != len(right.begun):
        return right
    pairs = zip(right.begun, got.begun, strict=True)
    return right._replace(begun=[(at, message) for (at, _right), (_at, message) in pairs])


def source(words: str, end: float = 0) -> Feed:
    """``"chat 0 1.5"`` says "chat 1" at second 0 and "chat 2" at 1.5; it ends then, or later."""
    name, *seconds = words.split()
    moments = [float(at) for at in seconds]
    says = tuple((at, f"{name} {number}") for number, at in enumerate(moments, 1))
    return Feed(name, says, max([end, *moments]))


def case(*sources: Feed, **peer: Any) -> Args:
    """A case."""
    return Peer(**peer), list(sources)


def cases(chance: random.Random) -> list[Args]:
    """One source, then several; a client that keeps up or not; and connections that close."""
    found = [
        case(source("chat 0")),
        case(),
        case(source("chat", end=2)),
        case(source("chat 0 2 4")),
        case(source("chat 0 0.5 1")),
        # Two sources take turns; one begins late, one ends early, one says nothing.
        case(source("chat 0 2 4"), source("news 1 3 5"), reads=0.5),
        case(source("chat 0 1 2"), source("news 0.5 1.5 2.5"), reads=1.3),
        case(source("chat 0 1", end=1.5), source("news 6 7"), reads=0.5),
        case(source("chat 6 7"), source("news 0 1"), reads=0.5),
        case(source("chat 0 0.1 0.2 0.3 0.4"), source("news 0.35 5"), reads=1),
        case(source("chat", end=1), source("news 2"), source("clock", end=9), reads=0.5),
        case(source("chat 0 1 2"), source("news 0.2"), source("clock 0.4 1.4 2.4"), reads=0.3),
        case(source("chat 0 0.5"), source("news 0 0.5"), source("clock 0 0.5"), reads=1.3),
        # Long silence; a slow client at the end; an end that comes late.
        case(source("chat 0 30"), source("news 12 61"), reads=0.5),
        case(source("chat 0 1 2"), reads=20),
        case(source("chat 0", end=50), source("news 1")),
        # An empty message, and bytes.
        case(Feed("chat", ((0.0, "a"), (1.0, ""), (2.0, "b")), 2), reads=0.5),
        case(Feed("chat", ((0.0, b"\x00\xff"), (1.0, " Grüße\n")), 2), reads=0.5),
        case(Feed("chat", ((0.0, "z"), (0.1, "b"), (0.2, "a")), 0.2)),
        # The connection closes: while it sends, and while it waits.
        case(source("chat 0 1 2 3", end=90), reads=1.5, leaves=2),
        case(source("chat 0 1 2 3", end=90), reads=1.5, leaves=2, clean=False),
        case(source("chat 0 5 9", end=90), reads=1, leaves=3),
        case(source("chat 0 5 9", end=90), reads=1, leaves=3, clean=False),
        case(source("chat 0 1", end=9), reads=1, leaves=0),
        case(source("chat 0 0.1 0.2 0.3", end=9), source("news 80"), reads=1, leaves=2.5),
        case(source("chat 0"), source("news 1 4", end=200), reads=0.5, leaves=2, clean=False),
        # It closes when all is sent.
        case(source("chat 0 1", end=9), reads=0.5, leaves=3),
    ]
    for _case in range(how_many(5)):
        sources = []
        for name in ("chat", "news", "clock")[: chance.randrange(1, 4)]:
            seconds = sorted(chance.sample(range(12), chance.randrange(5)))
            words = " ".join([name, *map(str, seconds)])
            sources.append(source(words, end=chance.choice([0, 15])))
        leaves = chance.choice([NEVER, NEVER, 4.45, 8.45])
        clean = chance.choice([True, False])
        reads = chance.choice([0.3, 0.7, 1.6])
        found.append(case(*sources, reads=reads, leaves=leaves, clean=clean))
    return found


def _right(args: Args, got: Run) -> bool:
    right = expected(*args)
    return (
        are_alike(got.begun, nearest(args, got).begun)
        and got[1:4] == right[1:4]
        and abs(got.end - right.end) < LATE
        and type(got.returned) is int
        and got.returned == right.returned
    )


def fields(got: Run) -> dict[str, Any]:
    """The parts of a run."""
    ended = {"left": got.left, "end": got.end, "returned": shorten(got.returned)}
    return parts(got.begun) | {"together": got.together} | ended


def show(args: Args, got: Run) -> dict[str, Any]:
    """The sources, what the answer did, and what it should have done: a line each."""
    peer, sources = args
    said = " ".join(repr(one)[1:-1] + "." for one in sources) or "No sources."
    left = ", and leaves a task that goes on" if got.left else ""
    right = nearest(args, got)
    return compared(
        f"{repr(peer)[1:-1]}. {said}",
        did(got.begun, got.returned, got.end) + left,
        did(right.begun, right.returned, right.end),
    )


Holds = Callable[[Peer, list[Feed]], bool]


def _queued(peer: Peer, sources: list[Feed]) -> bool:
    """Whether a message waits for an earlier one."""
    come = sorted(at for one in sources for at, _message in one.says)
    begun = [at for at, _message in expected(peer, tuple(sources)).begun]
    return any(begin > at for at, begin in zip(come, begun, strict=False))


CONDITIONS: dict[str, Holds] = {
    "none": lambda peer, sources: not sources,
    "one": lambda peer, sources: len(sources) == 1,
    "several": lambda peer, sources: len(sources) > 1,
    "silent": lambda peer, sources: any(not one.says for one in sources),
    "closes": lambda peer, sources: peer.leaves < NEVER,
    "stays": lambda peer, sources: peer.leaves == NEVER,
    "clean": lambda peer, sources: peer.leaves < NEVER and peer.clean,
    "vanishes": lambda peer, sources: not peer.clean,
    "queued": _queued,
    "empty": lambda peer, sources: any(not m for one in sources for _at, m in one.says),
    "bytes": lambda peer, sources: any(
        isinstance(message, bytes) for one in sources for _at, message in one.says
    ),
    "late-end": lambda peer, sources: any(
        one.end > max((at for at, _message in one.says), default=0) for one in sources
    ),
}


def explain(exercise: Exercise, args: Args, got: Run, results: Results) -> str | None:
    """What to say if no mistake fits."""
    say, right = exercise.words.say, nearest(args, got)
    if is_endless(got.returned):
        return say("forever")
    if not are_alike(got.begun, right.begun):
        return say("together" if got.together else "sent")
    if got.left:
        return say("left")
    return say("returned" if abs(got.end - right.end) < LATE and got.had == right.had else "end")


EXERCISE = Exercise(
    stars=3,
    judge=judged(cases, expected, played, Run, _right, section="6.1", nearest=nearest).telling(
        fields=fields, conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=one_writer,
)
