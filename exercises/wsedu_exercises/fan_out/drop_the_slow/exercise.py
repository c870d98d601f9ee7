"""Disconnect a client for which too many messages wait, and go on with the others."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs, allow-untyped-calls, disable-error-code="var-annotated"

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from ...played import is_generator, judged, outcome, rounded, second
from ..clients import CLOSING, LATE, Client, are_alike, in_words
from ..feeds import Feed, Receiver
from ..runs import compared, ended, is_endless


async def publish(receive, clients, limit):
    """Each client has a queue and a task; a full queue ends both, and close has its own task."""
    import asyncio

    queues = {client: asyncio.Queue() for client in clients}
    dropped = []
    closing = []

    async def write(client, queue):
        while (message := await queue.get()) is not None:
            await client.send(message)

    writers = {client: asyncio.create_task(write(client, queues[client])) for client in clients}
    while (message := await receive()) is not None:
        for client in list(queues):
            if queues[client].qsize() < limit:
                queues[client].put_nowait(message)
            else:
                del queues[client]
                writers.pop(client).cancel()
                closing.append(asyncio.create_task(client.close(1013, "too slow")))
                dropped.append(client)
    for queue in queues.values():
        queue.put_nowait(None)
    await asyncio.gather(*writers.values(), *closing)
    return dropped


CODES = (1008, 1013)
LONGEST = 1000  # seconds


@dataclass(frozen=True)
class Reader:
    """A client by its name, and how long it reads one message."""

    name: str
    reads: float

    def __deepcopy__(self, memo: object) -> Reader:
        return self

    def __repr__(self) -> str:
        return f"{self.name} (reads each message for {self.reads:g} s)"


class Run(NamedTuple):
    """What an answer did.

    begun:    for each client, when each send began, with the message
    closed:   for each client, when it was closed, and the code; None if it was not
    unread:   messages that a client that stays was not given the time to read
    together: whether two sends to one client ran at the same time
    end:      when it returned
    returned: the names of the clients, if it returned clients
    held:     whether it was late to receive; that tells mistakes apart
    refused:  how many sends came after the client was closed; that, too
    asked:    how many times it called close, awaited or not; that, too
    """

    begun: dict[str, list[tuple[float, str]]]
    closed: dict[str, tuple[float, int] | None]
    unread: int
    together: bool
    end: float
    returned: Any
    held: bool = False
    refused: int = 0
    asked: int = 0


def played(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with messages that come by a script, and clients that read."""

    async def watched(feed: Feed, readers: list[Reader], limit: int) -> Any:
        receiver, begin = Receiver(feed), second()
        clients = tuple(Client(reader.name, reader.reads) for reader in readers)
        returned = await outcome(lambda: function(receiver.receive, clients, limit), LONGEST)
        if returned is ... or is_generator(returned):
            return returned
        end = rounded(second() - begin)
        if isinstance(returned, (list, tuple, set)) and all(
            isinstance(one, Client) for one in returned
        ):
            returned = sorted(client.name for client in returned)
        return Run(
            {client.name: list(client.begun) for client in clients},
            {client.name: client.closed for client in clients},
            sum(len(client.begun) - len(client.had) for client in clients if client.is_open),
            any(client.together for client in clients),
            end,
            returned,
            receiver.held,
            sum(client.refused for client in clients),
            sum(client.asked for client in clients),
        )

    return watched


@functools.lru_cache(1000)
def _served(
    feed: Feed, reads: float, limit: int
) -> tuple[list[tuple[float, str]], tuple[float, int] | None, float]:
    """What one client is sent, when it is closed, and when it has read everything or is gone."""
    starts: list[float] = []
    for at, _message in feed.says:
        if sum(start > at for start in starts) >= limit:
            kept = [start for start in starts if start <= at]
            sent = [
                (rounded(start), message)
                for start, (_at, message) in zip(kept, feed.says, strict=False)
            ]
            return sent, (rounded(at), 1013), min(kept[-1] + reads, at + CLOSING)
        starts.append(max(at, starts[-1] + reads if starts else at))
    sent = [
        (rounded(start), message) for start, (_at, message) in zip(starts, feed.says, strict=True)
    ]
    return sent, None, starts[-1] + reads if starts else 0.0


def expected(feed: Feed, readers: list[Reader], limit: int) -> Run:
    """The right run: each client for itself, for none waits for another."""
    served = {reader.name: _served(feed, reader.reads, limit) for reader in readers}
    closed = {name: close for name, (_begun, close, _end) in served.items()}
    ends = [end for _begun, close, end in served.values() if not close]
    return Run(
        {name: begun for name, (begun, _close, _end) in served.items()},
        closed,
        0,
        False,
        rounded(max([feed.end, *ends])),
        sorted(name for name, close in closed.items() if close),
    )


def nearest(args: Args, got: Any) -> Run:
    """The right run; it may close with another code, and wait until the clients are closed."""
    right = expected(*args)
    if not isinstance(got, Run):
        return right
    closed = {
        name: (close[0], theirs[1]) if close and theirs and theirs[1] in CODES else close
        for (name, close), theirs in zip(right.closed.items(), got.closed.values(), strict=True)
    }
    feed, readers, limit = args
    ends = [_served(feed, reader.reads, limit)[2] for reader in readers]
    answered = rounded(max([right.end, *ends]))
    end = answered if abs(got.end - answered) < LATE else right.end
    return right._replace(closed=closed, end=end)


def news(words: str, end: float = 0) -> Feed:
    """``"0 1 2.5"``: "news 1" comes at second 0, and so on; then the end, or later."""
    moments = [float(at) for at in words.split()]
    says = tuple((at, f"news {number}") for number, at in enumerate(moments, 1))
    return Feed("messages", says, max([end, *moments]))


def case(feed: Feed, limit: int, *reads: float) -> Args:
    """A case: Ann, Bob, Cem and Dee, each with the seconds that she or he reads."""
    names = ("Ann", "Bob", "Cem", "Dee")
    return feed, [Reader(*pair) for pair in zip(names, reads, strict=False)], limit


def cases(chance: random.Random) -> list[Args]:
    """Clients that keep up, one that does not, several; limits that are just reached."""
    steady = news("0 1 2 3 4 5", end=6)
    found = [
        case(news("0"), 1, 0.4),
        case(news("", end=1), 1, 0.4),
        case(news("0 1 2"), 1),
        # Too slow, just quick enough: as many as the limit wait, and one more comes.
        case(news("0 1 2", end=9), 1, 5.5),
        case(news("0 1", end=9), 1, 5.5),
        case(news("0 1 2", end=9), 2, 9.5),
        case(news("0 1 2 3", end=9), 2, 9.5),
        case(news("0 1 2 3 4 5", end=9), 4, 30.5),
        case(steady, 1, 1.7),
        case(steady, 3, 1.3),
        # One is slow, and the others hear everything in time.
        case(steady, 2, 6.5, 0.4),
        case(steady, 2, 0.4, 6.5, 0.4),
        case(steady, 2, 0.4, 0.4, 6.5),
        case(steady, 1, 0.4, 9.5, 0.7, 0.4),
        # Several are slow: at the same moment, and one after the other.
        case(steady, 2, 6.5, 0.4, 6.5),
        case(steady, 2, 1.7, 0.4, 6.5),
        case(steady, 1, 1.7, 3.5, 0.4, 6.5),
        # The last message is the one too many; the end comes late; the queue is long at the end.
        case(news("0 1 2 3"), 2, 0.4, 9.5),
        case(news("0 1 2 3", end=60), 2, 9.5, 0.4),
        case(news("0 1 2 3", end=4), 3, 4.5, 0.4),
        case(news("0 40 80", end=81), 1, 30.5, 0.4),
        case(news(" ".join(map(str, range(12))), end=12), 11, 40.5),
        # An empty message.
        case(Feed("messages", ((0.0, "a"), (1.0, ""), (2.0, "b")), 3), 1, 0.4),
        case(Feed("messages", ((0.0, "a"), (1.0, ""), (2.0, "b")), 3), 1, 0.4, 9.5),
    ]
    for _case in range(how_many(5)):
        moments = sorted(chance.sample(range(16), chance.randrange(3, 9)))
        feed = news(" ".join(map(str, moments)), end=chance.choice([0, 20]))
        reads = [chance.choice([0.4, 0.7, 1.7, 3.5, 6.5]) for _client in range(3)]
        found.append(case(feed, chance.randrange(1, 4), *reads))
    return [one for one in found if _is_clear(*one)]


def _is_clear(feed: Feed, readers: list[Reader], limit: int) -> bool:
    """Whether no message comes at the moment when a client is ready for the next."""
    ends = [
        at + reader.reads
        for reader in readers
        for at, _message in expected(feed, readers, limit).begun[reader.name]
    ]
    return not any(abs(end - at) < LATE for end in ends for at, _message in feed.says)


def _as_good(run: Run) -> Run:
    """The run with one code for both that are right: they tell no mistakes apart."""
    closed = {
        name: close and (close[0], CODES[0] if close[1] in CODES else close[1])
        for name, close in run.closed.items()
    }
    return run._replace(closed=closed)


def _right(args: Args, got: Run) -> bool:
    right = nearest(args, got)
    return (
        all(are_alike(got.begun[name], right.begun[name]) for name in right.begun)
        and all(_is_closed_so(got.closed[name], close) for name, close in right.closed.items())
        and (got.unread, got.together) == (0, False)
        and abs(got.end - right.end) < LATE
        and type(got.returned) is list
        and repr(got.returned) == repr(right.returned)
    )


def _is_closed_so(got: tuple[float, int] | None, right: tuple[float, int] | None) -> bool:
    if got is None or right is None:
        return got is right
    return got[1] == right[1] and abs(got[0] - right[0]) < LATE


def fields(got: Run) -> dict[str, Any]:
    """The parts of a run."""
    return {
        "sent": got.begun,
        "closed": {name: close and close[0] for name, close in got.closed.items()},
        "codes": {name: close and close[1] for name, close in _as_good(got).closed.items()},
        "together": got.together,
        "end": (got.end, got.unread),
        "returned": shorten(got.returned),
    }


def show(args: Args, got: Run) -> dict[str, Any]:
    """The messages, what the answer did, and what it should have done: a line for each client."""
    feed, readers, limit = args
    right = nearest(args, got)
    lines = [f"limit {limit}; {repr(feed)[1:-1]}"]
    for reader in readers:
        lines.append(f"{reader!r}: got {_did(got, reader.name)}")
        lines.append(f"  expected: {_did(right, reader.name)}")
    return compared(
        "\n  ".join(lines), ended(got.returned, got.end), ended(right.returned, right.end)
    )


def _did(run: Run, name: str) -> str:
    """What one client sees of a run."""
    close = run.closed[name]
    closed = f", closed at {close[0]:g} s with {close[1]}" if close else ", not closed"
    return f"sent {in_words(run.begun[name])}{closed}"


def _messages(run: Run, name: str) -> list[str]:
    return [message for _at, message in run.begun[name]]


def _slow(feed: Feed, readers: list[Reader], limit: int) -> int:
    return len(expected(feed, readers, limit).returned)


CONDITIONS: dict[str, Callable[[Feed, list[Reader], int], bool]] = {
    "none": lambda feed, readers, limit: not readers,
    "alone": lambda feed, readers, limit: len(readers) == 1,
    "silent": lambda feed, readers, limit: not feed.says,
    "slow": lambda feed, readers, limit: _slow(feed, readers, limit) > 0,
    "quick": lambda feed, readers, limit: _slow(feed, readers, limit) == 0,
    "several": lambda feed, readers, limit: _slow(feed, readers, limit) > 1,
    "others": lambda feed, readers, limit: 0 < _slow(feed, readers, limit) < len(readers),
    "limit-1": lambda feed, readers, limit: limit == 1,
    "empty": lambda feed, readers, limit: any(not message for _at, message in feed.says),
    "late": lambda feed, readers, limit: expected(feed, readers, limit).end > feed.end,
}


def explain(exercise: Exercise, args: Args, got: Run, results: Results) -> str | None:
    """What to say if no mistake fits."""
    say, right = exercise.words.say, nearest(args, got)
    if is_endless(got.returned):
        return say("forever")
    if got.together:
        return say("together")
    for name, close in right.closed.items():
        if not _is_closed_so(got.closed[name], close):
            theirs = got.closed[name]
            if close and theirs and abs(close[0] - theirs[0]) < LATE:
                return say("code", code=theirs[1])
            return say("closed" if close else "kept")
    if not all(are_alike(got.begun[name], right.begun[name]) for name in right.begun):
        same = all(_messages(got, name) == _messages(right, name) for name in right.begun)
        return say("held" if got.held or (same and got.returned) else "sent")
    return say("end" if got.unread or abs(got.end - right.end) >= LATE else "returned")


EXERCISE = Exercise(
    stars=3,
    judge=judged(cases, expected, played, Run, _right, section="7.4.1", nearest=nearest).telling(
        what=_as_good, fields=fields, conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=publish,
)
