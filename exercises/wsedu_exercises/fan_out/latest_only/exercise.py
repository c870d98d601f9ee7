"""Keep only the newest message of each sensor for a client that reads slowly."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs, allow-untyped-calls, disable-error-code="var-annotated"

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from ...played import is_generator, judged, outcome, rounded
from ..clients import LATE, Client, are_alike
from ..feeds import Feed, Receiver
from ..runs import compared, did, is_endless, parts


async def latest_only(receive, connection):
    """Receive all the time; a task sends what waits, and a newer message takes an older's place."""
    import asyncio

    waiting = {}
    replaced = 0
    ended = False
    news = asyncio.Event()

    async def write():
        while waiting or not ended:
            if waiting:
                sensor = next(iter(waiting))
                await connection.send(waiting.pop(sensor))
            else:
                news.clear()
                await news.wait()

    writer = asyncio.create_task(write())
    while (reading := await receive()) is not None:
        sensor, message = reading
        if sensor in waiting:
            replaced += 1
        waiting[sensor] = message
        news.set()
    ended = True
    news.set()
    await writer
    return replaced


class Run(NamedTuple):
    """What an answer did.

    begun:    when each send began, with the message
    unread:   messages that it did not wait for
    together: whether two sends ran at the same time
    held:     whether it was late to receive; that tells mistakes apart
    end:      when it returned
    """

    begun: list[tuple[float, str]]
    unread: int
    together: bool
    held: bool
    end: float
    returned: Any


def played(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with readings that come by a script, and a client that reads slowly."""

    async def watched(feed: Feed, reads: float) -> Any:
        sensors, client = Receiver(feed), Client("client", reads)
        longest = feed.end + reads * len(feed.says) + 50
        returned = await outcome(lambda: function(sensors.receive, client), longest)
        if returned is ... or is_generator(returned):
            return returned
        unread = len(client.begun) - len(client.had)
        return Run(client.begun, unread, client.together, sensors.held, client.now, returned)

    return watched


def expected(feed: Feed, reads: float) -> Run:
    """The right run: before each reading, everything is sent that has begun by then."""
    waiting: list[tuple[str, str]] = []
    begun: list[tuple[float, str]] = []
    free, replaced = 0.0, 0  # free: when the client has read the last message
    for at, (sensor, message) in (*feed.says, (float("inf"), ("", ""))):
        while waiting and free < at:
            begun.append((rounded(free), waiting.pop(0)[1]))
            free += reads
        free = max(free, at)
        places = [place for place, (name, _old) in enumerate(waiting) if name == sensor]
        for place in places:
            waiting[place] = sensor, message
        waiting += [(sensor, message)] * (not places)
        replaced += len(places)
    last = begun[-1][0] + reads if begun else 0.0
    return Run(begun, 0, False, False, rounded(max(last, feed.end)), replaced)


def feed(*readings: str, end: float, reads: float = 3) -> Args:
    """A case from words: ``"0 hall 20"`` is what the sensor in the hall says at second 0."""
    split = [reading.split(" ", 2) for reading in readings]
    says = tuple((float(at), (sensor, message)) for at, sensor, message in split)
    return Feed("readings", says, end), reads


def cases(chance: random.Random) -> list[Args]:
    """A client that keeps up, then one that does not; one sensor, then several."""
    found = [
        feed("0 hall 20", end=0.5),
        feed(end=0.5),
        feed("0 hall 20", "5 hall 21", "10 hall 22", end=15, reads=1),
        feed("2 hall 20", end=9, reads=1),
        # One sensor: two wait, three wait, many wait.
        feed("0 hall 20", "1 hall 21", end=1.5),
        feed("0 hall 20", "1 hall 21", "2 hall 22", end=2.5),
        feed("0 hall 20", "1 hall 21", "2 hall 22", "2.5 hall 23", end=20),
        feed(*[f"{n / 2} hall {n}" for n in range(9)], end=4.5, reads=30),
        feed("0 hall 20", "1 hall 21", "4 hall 22", "5 hall 23", end=20),
        # Several sensors: none replaces another, and each keeps its place.
        feed("0 hall 20", "1 roof 5", "2 yard 8", end=2.5),
        feed("0 hall 20", "1 yard 8", "2 roof 5", end=20),
        feed("0 hall 20", "0.5 roof 5", "1 hall 21", "1.5 roof 6", end=2, reads=4),
        feed("0 hall 20", "0.5 yard 8", "1 roof 5", "1.5 hall 21", "2 yard 9", end=30),
        feed("0 yard 8", "0.5 roof 5", "1 hall 20", "4 roof 6", "4.5 hall 21", end=30),
        # A newer one comes while another sensor's message is sent.
        feed("0 hall 20", "0.5 roof 5", "1 hall 21", "4 hall 22", end=30),
        feed("0 hall 20", "0.5 roof 5", "1 yard 8", "4 yard 9", "7 yard 10", "8 roof 6", end=9),
        # It comes again and again, and the others must have their turn.
        feed("0 a 0", *[f"{n / 2 + 0.5} {'ab'[n % 2]} {n}" for n in range(8)], end=40, reads=2.3),
        # The same message once more, an empty one, and one that is false in Python's eyes.
        feed("0 hall 20", "5 hall 20", "10 hall 20", end=20, reads=1),
        feed("0 hall 20", "1 hall 20", "2 hall 20", end=20),
        feed("0 hall ", "1 roof ", "2 roof 0", end=20),
        feed("0 hall 20", "1 hall 21", "2 hall ", end=20),
        # The end comes long after the last message, and long before it.
        feed("0 hall 20", "1 roof 5", end=60, reads=2),
        feed("0 hall 20", "1 roof 5", "2 yard 8", "3 door 1", "4 lift 3", end=4.5, reads=10),
    ]
    for _case in range(how_many(5)):
        at, readings = 0.0, []
        for number in range(chance.randrange(2, 9)):
            readings.append(f"{at:g} {chance.choice(['hall', 'roof', 'yard'])} {number}")
            at += chance.choice([0.5, 1, 1, 2, 6])
        found.append(feed(*readings, end=at, reads=chance.choice([0.2, 2.7, 3.2])))
    return [case for case in found if _is_clear(case)]


def _is_clear(case: Args) -> bool:
    """Whether no message comes at the moment when the client is ready for the next."""
    readings, reads = case
    ends = [at + reads for at, _message in expected(*case).begun]
    return not any(abs(end - at) < LATE for end in ends for at, _what in readings.says)


def _right(args: Args, got: Run) -> bool:
    right = expected(*args)
    return (
        are_alike(got.begun, right.begun)
        and (got.unread, got.together) == (0, False)
        and abs(got.end - right.end) < LATE
        and type(got.returned) is int
        and got.returned == right.returned
    )


def fields(got: Run) -> dict[str, Any]:
    """The parts of a run."""
    ended = {"end": (got.end, got.unread), "returned": shorten(got.returned)}
    return parts(got.begun) | {"together": got.together} | ended


def show(args: Args, got: Run) -> dict[str, Any]:
    """The readings, what the answer did, and what it should have done: a line each."""
    readings, reads = args
    said = f"{repr(readings)[1:-1]}; the client needs {reads:g} s for each message"
    right = expected(*args)
    return compared(
        said, did(got.begun, got.returned, got.end), did(right.begun, right.returned, right.end)
    )


def _names(readings: Feed) -> list[str]:
    return [sensor for _at, (sensor, _message) in readings.says]


CONDITIONS: dict[str, Callable[[Feed, float], bool]] = {
    "none": lambda readings, reads: not readings.says,
    "one": lambda readings, reads: len(readings.says) == 1,
    "several": lambda readings, reads: len(readings.says) > 1,
    "sensors": lambda readings, reads: len(set(_names(readings))) > 1,
    "again": lambda readings, reads: len(set(_names(readings))) < len(_names(readings)),
    "replaced": lambda readings, reads: expected(readings, reads).returned > 0,
    "twice": lambda readings, reads: expected(readings, reads).returned > 1,
    "empty": lambda readings, reads: any(not message for _at, (_name, message) in readings.says),
    "late-end": lambda readings, reads: expected(readings, reads).end == readings.end,
    "early-end": lambda readings, reads: expected(readings, reads).end > readings.end,
}


def explain(exercise: Exercise, args: Args, got: Run, results: Results) -> str | None:
    """What to say if no mistake fits."""
    right = expected(*args)
    said = (
        "forever"
        if is_endless(got.returned)
        else "together"
        if got.together
        else "messages"
        if parts(got.begun)["messages"] != parts(right.begun)["messages"]
        else "seconds"
        if not are_alike(got.begun, right.begun)
        else "end"
        if got.unread or abs(got.end - right.end) >= LATE
        else "returned"
    )
    return exercise.words.say(said)


EXERCISE = Exercise(
    stars=3,
    judge=judged(cases, expected, played, Run, _right, section="6.1").telling(
        fields=fields, conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=latest_only,
)
