"""Follow a server over lost connections: nothing is missing, and nothing comes twice."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Did, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from ...played import FOREVER, NoEnd, called, is_generator, judged, outcome, rounded, second


async def follow(connect, delay, deliver):
    """Connect again after each loss, and ask for what comes after the last number."""
    import asyncio

    last = 0
    failures = 0
    while True:
        try:
            connection = await connect(last)
            while item := await connection.recv():
                number, text = item
                failures = 0
                if number > last:
                    deliver(text)
                    last = number
            return last
        except OSError:
            await asyncio.sleep(delay(failures))
            failures += 1


MORE = 4  # connections after the script, before it is stopped
LATE = 0.2  # seconds


@dataclass(frozen=True)
class Visit:
    """One try to connect.

    upto:   the number of the newest message that the server has sent when this connection ends
    ends:   "lost", "end", or "refused" before it is open
    repeat: how many messages before the first one that is asked for the server sends again
    """

    upto: int = 0
    ends: str = "lost"
    repeat: int = 0

    def __repr__(self) -> str:
        if self.ends == "refused":
            return "refused"
        again = f" and {self.repeat} older" if self.repeat else ""
        ends = "the end" if self.ends == "end" else "lost"
        return f"up to message {self.upto}{again}, then {ends}"


class Server(tuple):  # type: ignore[type-arg]
    """What happens at each try to connect; texts of messages may be the same."""

    def __repr__(self) -> str:
        said = [f"try {number}: {visit!r}" for number, visit in enumerate(self, 1)]
        return f"<server: {'; '.join(said)}>"

    def __deepcopy__(self, memo: object) -> Server:
        return self


def text_of(number: int) -> str:
    """The text of a message: the same for two in a row, and empty for each fifth."""
    return "" if number % 5 == 0 else f"news {(number + 1) // 2}"


def delay_of(failures: int) -> float:
    """Seconds before the next try: each number of failures has others."""
    return float([1.5, 2.5, 6, 9, 14][min(failures, 4)])


class Run(NamedTuple):
    """What an answer asked for, with seconds, what it delivered, and what it returned."""

    asked: list[tuple[float, int]]
    delivered: list[str]
    returned: Any


class Connection:
    """One connection, from which messages come."""

    def __init__(self, visit: Visit, after: int) -> None:
        self._visit = visit
        self._next = max(1, after + 1 - visit.repeat)

    def __repr__(self) -> str:
        return f"<connection: {self._visit!r}>"

    @called("connection.recv")
    async def recv(self) -> tuple[int, str] | None:
        """The next message as (number, text); None at the end of all messages."""
        if self._next <= self._visit.upto:
            self._next += 1
            return self._next - 1, text_of(self._next - 1)
        if self._visit.ends == "lost":
            raise ConnectionError("the connection is lost")
        return None


class Network:
    """Where an answer connects, asks for the delay, and delivers."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._begin = second()
        self._run = Run([], [], None)

    def __repr__(self) -> str:
        return str(self._server)

    @called("connect")
    async def connect(self, after: int) -> Connection:
        """Connect, and ask for the messages after this number; raises OSError if it fails."""
        if type(after) is not int:
            raise TypeError(f"connect takes the number of a message, not {shorten(after)}")
        place = len(self._run.asked)
        self._run.asked.append((rounded(second() - self._begin), after))
        if place >= len(self._server) + MORE:
            raise NoEnd
        visit = self._server[min(place, len(self._server) - 1)]
        if visit.ends == "refused":
            raise OSError("nothing listens there")
        return Connection(visit, after)

    def delay(self, failures: int) -> float:
        """How long to wait after so many failures in a row."""
        return delay_of(failures)

    def deliver(self, text: str) -> None:
        """Take a message for the application."""
        self._run.delivered.append(text)


def played(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a network that follows a script."""

    async def watched(server: Server) -> Any:
        network = Network(server)

        def call() -> Any:
            return function(network.connect, network.delay, network.deliver)

        returned = await outcome(call, 60 * len(server))
        if returned is ... or is_generator(returned):
            return returned
        return network._run._replace(returned=returned)

    return watched


def expected(server: Server) -> Run:
    """The right run: a fold over the visits."""
    asked, now, last, failures = [], 0.0, 0, 0
    for visit in server:
        asked.append((rounded(now), last))
        came = visit.ends != "refused" and max(1, last + 1 - visit.repeat) <= visit.upto
        last = max(last, visit.upto)
        failures = 0 if came else failures
        now += delay_of(failures)
        failures += 1
    return Run(asked, [text_of(number) for number in range(1, last + 1)], last)


LOST, REFUSED = "lost", Visit(ends="refused")


def visits(*found: Visit) -> Args:
    """A case."""
    return (Server(found),)


def cases(chance: random.Random) -> list[Args]:
    """One connection first, then losses, refusals, repeated messages, and long absences."""
    fixed = [
        visits(Visit(1, "end")),
        visits(Visit(0, "end")),
        visits(Visit(3, "end")),
        visits(Visit(2), Visit(4, "end")),
        visits(REFUSED, Visit(2, "end")),
        visits(Visit(2), Visit(2, "end")),
        visits(Visit(0), Visit(2, "end")),
        visits(Visit(6), Visit(7, "end")),
        # Failures in a row: refused, and open but lost before a message.
        visits(REFUSED, REFUSED, REFUSED, Visit(1, "end")),
        visits(Visit(0), Visit(0), Visit(0), Visit(1, "end")),
        visits(Visit(1), REFUSED, Visit(1), REFUSED, Visit(2, "end")),
        visits(REFUSED, Visit(1), Visit(2), Visit(3), Visit(4, "end")),
        visits(REFUSED, REFUSED, Visit(1), REFUSED, Visit(2, "end")),
        visits(REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, Visit(1, "end")),
        # Messages that come again.
        visits(Visit(2), Visit(3, "end", repeat=1)),
        visits(Visit(4), Visit(4, "end", repeat=2)),
        visits(Visit(3), Visit(3, repeat=3), Visit(3, repeat=3), Visit(5, "end", repeat=9)),
        visits(Visit(5), Visit(9), REFUSED, Visit(12, "end", repeat=4)),
        visits(Visit(2), Visit(4), Visit(6), Visit(8), Visit(10), Visit(11, "end")),
        visits(REFUSED, Visit(10), REFUSED, Visit(10), Visit(12), Visit(12, "end")),
    ]
    for _case in range(how_many(4)):
        upto, found = 0, []
        for _visit in range(chance.randrange(1, 5)):
            upto += chance.randrange(4)
            found.append(chance.choice([Visit(upto, repeat=chance.randrange(3)), REFUSED]))
        fixed.append(visits(*found, Visit(upto + chance.randrange(3), "end")))
    return fixed


def _right(args: Args, got: Run) -> bool:
    right = expected(*args)
    return (
        [after for _at, after in got.asked] == [after for _at, after in right.asked]
        and all(
            abs(at - wanted) < LATE
            for (at, _got), (wanted, _right) in zip(got.asked, right.asked, strict=True)
        )
        and (got.delivered, got.returned) == (right.delivered, right.returned)
    )


def fields(got: Run) -> dict[str, Any]:
    """The parts of a run."""
    return {
        "seconds": [at for at, _after in got.asked],
        "numbers": [after for _at, after in got.asked],
        "delivered": got.delivered,
        "returned": shorten(got.returned),
    }


def show(args: Args, got: Run) -> dict[str, Any]:
    """The script, what the answer did, and what it should have done: a line each."""
    lines = (str(args[0])[1:-1], f"got: {_did(got)}", f"expected: {_did(expected(*args))}")
    return {"case": "\n  ".join(lines)}


def _did(run: Run) -> str:
    """A run in words."""
    asked = ", ".join(f"for those after {after} at {at:g} s" for at, after in run.asked)
    returned = run.returned if isinstance(run.returned, Did) else f"returns {shorten(run.returned)}"
    delivered = shorten(run.delivered, 200)
    return f"asks {shorten(asked or 'nothing', 300, write=str)}; delivers {delivered}; {returned}"


Holds = Callable[[Server], bool]

CONDITIONS: dict[str, Holds] = {
    "one": lambda server: len(server) == 1,
    "several": lambda server: len(server) > 1,
    "refused": lambda server: REFUSED in server,
    "refused-first": lambda server: server[0] == REFUSED,
    "lost": lambda server: any(visit.ends == LOST for visit in server),
    "lost-empty": lambda server: any(
        visit.ends == LOST and visit.upto == max((v.upto for v in server[:place]), default=0)
        for place, visit in enumerate(server)
    ),
    "in-a-row": lambda server: any(
        one == other == REFUSED for one, other in zip(server, server[1:], strict=False)
    ),
    "repeated": lambda server: any(visit.repeat for visit in server),
    "none": lambda server: not any(visit.upto for visit in server),
    "empty": lambda server: any(visit.upto >= 5 for visit in server),
    "same": lambda server: any(visit.upto >= 2 for visit in server),
    "old": lambda server: server[-1].upto == max((v.upto for v in server[:-1]), default=0),
}


def explain(exercise: Exercise, args: Args, got: Run, results: Results) -> str | None:
    """What to say if no mistake fits."""
    say, right = exercise.words.say, expected(*args)
    if not got.asked:
        return say("nothing")
    if got.returned == FOREVER:
        return say("forever")
    if isinstance(got.returned, Did):
        return say("raised", how=got.returned)
    if got.delivered != right.delivered:
        return say("delivered")
    if [after for _at, after in got.asked] != [after for _at, after in right.asked]:
        return say("asked")
    return say("returned" if got.asked == right.asked else "delay")


EXERCISE = Exercise(
    stars=3,
    judge=judged(cases, expected, played, Run, _right, section="7.2.3").telling(
        fields=fields, conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=follow,
)
