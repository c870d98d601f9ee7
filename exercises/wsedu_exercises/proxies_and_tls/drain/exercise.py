"""Close all connections of a server little by little, each at its own moment."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from wsedu.course.diagnosis import key_of
from wsedu.course.exercise import Exercise
from wsedu.course.judges import Did, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from ...played import called, is_generator, judged, outcome, second


async def drain(connections, seconds, chance):
    """Close each connection in its own slot; the number of those that closed without an error."""
    import asyncio

    async def leave(connection, moment):
        await asyncio.sleep(moment)
        try:
            await connection.close(1012, "restarting")
        except ConnectionError:
            return 0
        return 1

    leaving = list(connections)
    slot = seconds / max(len(leaving), 1)
    moments = [(number + chance.random()) * slot for number in range(len(leaving))]
    return sum(await asyncio.gather(*map(leave, leaving, moments)))


ENOUGH = 5  # connections whose moments are not alike by chance
CLOSE = 0.02  # seconds on the check's clock: turns of the loop take a little of it


@dataclass(frozen=True)
class Crowd:
    """The connections of a server.

    count: how many
    slow:  number -> seconds that its close takes; the others take none
    gone:  numbers of those whose close raises ConnectionError
    """

    count: int
    slow: tuple[tuple[int, float], ...] = ()
    gone: tuple[int, ...] = ()

    def __repr__(self) -> str:
        said = [f"{self.count} connections"]
        said += [f"number {number} takes {seconds:g} s to close" for number, seconds in self.slow]
        said += [f"number {number} is lost already" for number in self.gone]
        return f"<{', '.join(said)}>"


class Chance(random.Random):
    """A source of chance that can be written, and knows whether it was asked."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.number, self.asked = seed, False

    def __repr__(self) -> str:
        return f"random.Random({self.number})"

    def __deepcopy__(self, memo: object) -> Chance:
        return Chance(self.number)

    def random(self) -> float:
        """As all random numbers are made of it."""
        self.asked = True
        return super().random()

    def getrandbits(self, bits: int) -> int:
        """Or of these."""
        self.asked = True
        return super().getrandbits(bits)


class Closed(NamedTuple):
    """A call of close: when, of which connection, and with which code."""

    at: float
    number: int
    code: Any


class Run(NamedTuple):
    """What a drain did: the calls of close, what it returned and when, and whether it drew lots."""

    returned: Any
    closes: list[Closed]
    end: float
    asked: bool


class Connection:
    """A connection of the server, as far as a drain knows it."""

    def __init__(self, number: int, crowd: Crowd, others: set[Connection], closes: list[Closed]):
        self._number, self._crowd = number, crowd
        self._others, self._closes, self._begin = others, closes, second()

    def __hash__(self) -> int:
        return self._number  # the order in a set is the same each time

    def __repr__(self) -> str:
        return f"<connection {self._number}>"

    @called("connection.close")
    async def close(self, code: int | None = None, reason: str = "") -> None:
        """Close the connection; as with the library, it leaves the server's set then."""
        self._closes.append(Closed(second() - self._begin, self._number, code))
        await asyncio.sleep(dict(self._crowd.slow).get(self._number, 0))
        self._others.discard(self)
        if self._number in self._crowd.gone:
            raise ConnectionError("the connection is lost")


def played(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with the connections of a crowd, on a clock that jumps."""

    async def watched(crowd: Crowd, seconds: float, chance: Chance) -> Any:
        connections: set[Connection] = set()
        closes: list[Closed] = []
        connections |= {
            Connection(number, crowd, connections, closes) for number in range(crowd.count)
        }
        # What an answer forgets to await may end later, and has nothing to say then.
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        begin = second()
        limit = 3 * seconds + sum(takes for _number, takes in crowd.slow) + 60
        returned = await outcome(lambda: function(connections, seconds, chance), limit)
        if returned is ... or is_generator(returned):
            return returned
        end = second() - begin
        await asyncio.sleep(limit)  # what is still on its way goes on
        return Run(returned, closes, end, chance.asked)

    return watched


def expected(crowd: Crowd, seconds: float, chance: Chance) -> Run:
    """A right run: of many."""
    slot = seconds / max(crowd.count, 1)
    closes = [Closed((number + 0.5) * slot, number, 1012) for number in range(crowd.count)]
    return Run(crowd.count - len(crowd.gone), closes, _end(crowd, closes), True)


def _end(crowd: Crowd, closes: list[Closed]) -> float:
    """When the last of these closes is done."""
    slow = dict(crowd.slow)
    return max((close.at + slow.get(close.number, 0) for close in closes), default=0.0)


def _slots(crowd: Crowd, seconds: float, closes: list[Closed]) -> str:
    """Whether there is one close in each slot; else in which slots they are."""
    if not seconds or not crowd.count:
        return "right" if all(close.at < CLOSE for close in closes) else "late"
    slot = seconds / crowd.count
    moments = sorted(close.at for close in closes)
    if len(moments) == crowd.count and all(
        number * slot - CLOSE <= at <= (number + 1) * slot + CLOSE
        for number, at in enumerate(moments)
    ):
        return "right"
    return str([int((at + CLOSE) / slot) for at in moments])


def _jitter(crowd: Crowd, seconds: float, got: Run) -> str:
    """Whether the moments within the slots differ, and come from ``chance``."""
    if min(crowd.count, len(got.closes)) < ENOUGH or not seconds:
        return "right"
    slot = seconds / crowd.count
    moments = sorted(close.at for close in got.closes)
    inside = [at - number * slot for number, at in enumerate(moments)]
    if max(inside) - min(inside) < 0.02 * slot:
        return "none"
    return "right" if got.asked else "not from chance"


def _seen(crowd: Crowd, seconds: float, got: Run) -> dict[str, Any]:
    """What is judged, without the moments that are free."""
    done = _end(crowd, got.closes)
    # To sleep until the end of the last slot is as good.
    early, late = got.end < done - CLOSE, got.end > max(done, seconds) + CLOSE
    return {
        "closed": sorted(close.number for close in got.closes),
        "code": sorted({repr(close.code) for close in got.closes}),
        "slots": _slots(crowd, seconds, got.closes),
        "jitter": _jitter(crowd, seconds, got),
        "returned": key_of(got.returned),  # it may be anything
        "end": "early" * early + "late" * late,
    }


class Judged(NamedTuple):
    """A run and what was seen in it: beside a case, they are compared."""

    returned: Any
    run: Run
    seen: dict[str, Any]

    def __deepcopy__(self, memo: object) -> Judged:
        return self  # nothing changes it later


def played_and_seen(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, played; its runs are seen as they are judged."""
    play = played(function)

    async def watched(crowd: Crowd, seconds: float, chance: Chance) -> Any:
        run = await play(crowd, seconds, chance)
        if not isinstance(run, Run):
            return run
        return Judged(run.returned, run, _seen(crowd, seconds, run))

    return watched


def right_run(crowd: Crowd, seconds: float, chance: Chance) -> Judged:
    """What is expected, in the same form."""
    run = expected(crowd, seconds, chance)
    seen = _seen(crowd, seconds, run) | {"jitter": "right"}
    return Judged(run.returned, run, seen)


def _right(args: Args, got: Judged) -> bool:
    return got.seen == right_run(*args).seen


def cases(chance: random.Random) -> list[Args]:
    """Few connections, many, a short time; then slow ones, lost ones, and none."""
    fixed: list[Args] = [
        (Crowd(1), 10, Chance(1)),
        (Crowd(2), 10, Chance(2)),
        (Crowd(5), 10, Chance(3)),
        (Crowd(10), 10, Chance(4)),
        (Crowd(10), 30, Chance(5)),
        (Crowd(8), 2, Chance(6)),
        (Crowd(12), 10, Chance(7)),
        (Crowd(20), 60, Chance(8)),
        (Crowd(0), 10, Chance(9)),
        (Crowd(4), 0, Chance(10)),
        (Crowd(4, slow=((0, 20.0),)), 10, Chance(11)),
        (Crowd(4, slow=((3, 20.0),)), 10, Chance(12)),
        (Crowd(4, slow=((1, 3.0), (2, 5.0))), 10, Chance(13)),
        (Crowd(4, gone=(0,)), 10, Chance(14)),
        (Crowd(4, gone=(3,)), 10, Chance(15)),
        (Crowd(4, gone=(1, 2)), 10, Chance(16)),
        (Crowd(1, gone=(0,)), 10, Chance(17)),
        (Crowd(4, slow=((1, 6.0),), gone=(1,)), 10, Chance(18)),
    ]
    for _case in range(how_many(3)):
        count = chance.randrange(3, 20)
        slow = ((chance.randrange(count), float(chance.randrange(1, 9))),)
        gone = tuple(sorted(chance.sample(range(count), chance.randrange(2))))
        drained = Chance(chance.randrange(1000))
        fixed.append((Crowd(count, slow, gone), chance.choice([5, 10, 30]), drained))
    return fixed


def show(args: Args, got: Judged) -> dict[str, Any]:
    """The crowd, what the drain did, and what it should have done: a line each."""
    crowd, seconds, _chance = args
    right = right_run(*args).run
    slot = seconds / max(crowd.count, 1)
    lines = (
        f"{str(crowd)[1:-1]}; within {seconds} s",
        f"got: {_did(got.run)}",
        f"expected: one close with 1012 in each {slot:g} s, at a random moment of it; "
        f"then it returns {right.returned}",
    )
    return {"case": "\n  ".join(lines)}


def _did(run: Run) -> str:
    """A run in words."""
    moments = shorten([round(close.at, 2) for close in run.closes], 120)
    codes = ", ".join(sorted({str(close.code) for close in run.closes}))
    did = f"closes at {moments} s with {codes}" if run.closes else "closes nothing"
    end = run.returned if isinstance(run.returned, Did) else f"returned {shorten(run.returned)}"
    return f"{did}; at {run.end:.2f} s it {end}"


Holds = Callable[[Crowd, float, Chance], bool]

CONDITIONS: dict[str, Holds] = {
    "none": lambda crowd, seconds, chance: crowd.count == 0,
    "one": lambda crowd, seconds, chance: crowd.count == 1,
    "several": lambda crowd, seconds, chance: crowd.count > 1,
    "many": lambda crowd, seconds, chance: crowd.count > seconds > 0,
    "no-time": lambda crowd, seconds, chance: seconds == 0,
    "slow": lambda crowd, seconds, chance: bool(crowd.slow),
    "gone": lambda crowd, seconds, chance: bool(crowd.gone),
    "not-10": lambda crowd, seconds, chance: seconds != 10,
}

EXERCISE = Exercise(
    stars=3,
    judge=judged(cases, right_run, played_and_seen, Judged, _right, section="7.4.1").telling(
        what=lambda got: got.seen, fields=lambda got: got.seen, conditions=CONDITIONS, show=show
    ),
    solution=drain,
)
