"""Serve a client only if its first message is the token, and comes in time."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Did, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from ...played import (
    FOREVER,
    NoEnd,
    called,
    is_generator,
    judged,
    outcome,
    rounded,
    second,
)


async def admit(connection, token, seconds, work):
    """Let ``work`` serve the client if its first message is the token; else close with 1008."""
    import asyncio
    import hmac

    try:
        first = await asyncio.wait_for(connection.recv(), seconds)
    except TimeoutError:
        first = None
    except ConnectionError:
        return
    if isinstance(first, str) and hmac.compare_digest(first.encode(), token.encode()):
        await work(connection)
    else:
        await connection.close(1008)


TOKEN = "k7-Qm2x"
LATE = 0.2  # seconds: an answer may look only now and then
MOST = 20  # messages that it sends or asks for in vain before it is stopped
PATIENCE = 30  # seconds after which an answer that still waits is stopped

Message = str | bytes


@dataclass(frozen=True)
class Client:
    """What a client does.

    says:   its messages, each with its second
    leaves: the second at which it ends the connection
    fails:  the second at which ``work`` raises TimeoutError, if it does
    """

    says: tuple[tuple[float, Message], ...] = ()
    leaves: float = 500
    fails: float | None = None

    def __deepcopy__(self, memo: object) -> Client:
        return self

    def __repr__(self) -> str:
        said = [f"says {shorten(message, 30)} at {at:g} s" for at, message in self.says]
        said = said or ["says nothing"]
        if self.leaves < 500:
            said.append(f"leaves at {self.leaves:g} s")
        if self.fails:
            said.append(f"work raises TimeoutError at {self.fails:g} s")
        return f"<client: {', '.join(said)}>"


class Run(NamedTuple):
    """What an answer did, each with its second; how it compared; and how it ended."""

    did: list[tuple[float, str]]
    compared: list[str]
    returned: Any


# A token that notices how it is compared.


class Noting:
    """Notes each comparison by == or !=."""

    compared: list[str]

    def __eq__(self, other: object) -> bool:
        self.compared[:] = ["=="]
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        self.compared[:] = ["=="]
        return super().__ne__(other)

    def __hash__(self) -> int:
        return super().__hash__()


class Noticed(Noting, str):
    """A string that notes how it is compared; so do its letters and its bytes."""

    @classmethod
    def noting(cls, text: str, compared: list[str]) -> Noticed:
        """The text, which notes its comparisons there."""
        made = cls(text)
        made.compared = compared
        return made

    def __str__(self) -> str:
        return self

    def __iter__(self) -> Iterator[str]:
        return (Noticed.noting(letter, self.compared) for letter in str.__iter__(self))

    def __getitem__(self, place: Any) -> str:
        return Noticed.noting(str.__getitem__(self, place), self.compared)

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> NoticedBytes:
        """Its bytes, which note the same."""
        made = NoticedBytes(str.encode(self, encoding, errors))
        made.compared = self.compared
        return made


class NoticedBytes(Noting, bytes):
    """Bytes that note how they are compared."""


class Connection:
    """A connection to a client that follows a script."""

    def __init__(self, client: Client, token: str) -> None:
        self._client = client
        self._token = token
        self._begin = second()
        self._is_open = True
        self._coming: asyncio.Queue[Message | None] = asyncio.Queue()  # None: it has left
        self._vain = 0
        self._run = Run([], [], None)
        loop = asyncio.get_running_loop()
        for at, message in client.says:
            loop.call_later(at, self._coming.put_nowait, message)
        loop.call_later(client.leaves, self._end)

    def __repr__(self) -> str:
        return f"<connection to a {str(self._client)[1:-1]}>"

    def _end(self) -> None:
        self._is_open = False
        self._coming.put_nowait(None)

    def _note(self, what: str) -> None:
        self._run.did.append((rounded(second() - self._begin), what))
        if len(self._run.did) > MOST:
            raise NoEnd

    def __aiter__(self) -> Connection:
        return self

    async def __anext__(self) -> Message:
        try:
            return await self.recv()
        except ConnectionError:
            raise StopAsyncIteration from None

    @called("connection.recv")
    async def recv(self) -> Message:
        """The next message; raises ConnectionError when the connection is closed."""
        message = await self._coming.get()
        if message is not None:
            return message
        self._coming.put_nowait(None)
        self._vain += 1
        if self._vain > MOST:
            raise NoEnd
        raise ConnectionError("the connection is closed")

    @called("connection.send")
    async def send(self, message: Message) -> None:
        """Send a message."""
        if not self._is_open:
            raise ConnectionError("the connection is closed")
        self._note(f"sends {shorten(message, 30)}")

    @called("connection.close")
    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection; nothing happens if it is closed."""
        if self._is_open:
            tells = " and tells the token" if str(self._token) in str(reason) else ""
            self._note(f"closes with {shorten(code, 20)}{tells}")
            self._end()

    @called("work")
    async def work(self, connection: Any) -> None:
        """The application: takes messages until the client leaves."""
        if connection is not self:
            raise TypeError(f"work takes the connection, not {shorten(connection)}")
        self._note("works")
        fails = self._client.fails or self._client.leaves + 1
        try:
            async with asyncio.timeout(self._begin + fails - second()):
                while True:
                    message = await self.recv()
                    self._note(f"hands over {shorten(message, 30)}")
        except ConnectionError:
            self._note("work has ended")
        except asyncio.CancelledError:
            self._note("work is cut off")
            raise


def played(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a connection to a client that follows a script."""

    async def watched(client: Client, token: str, seconds: float) -> Any:
        connection = Connection(client, token)
        run = connection._run
        noticing = Noticed.noting(token, run.compared)

        def call() -> Any:
            return function(connection, noticing, seconds, connection.work)

        limit = PATIENCE + max(seconds, client.leaves if client.leaves < 500 else 0)
        returned = await outcome(call, limit)
        if returned is ... or is_generator(returned):
            return returned
        return Run(run.did[:], run.compared[:], returned)

    return watched


def expected(client: Client, token: str, seconds: float) -> Run:
    """The right run."""
    (at, first), *rest = client.says or ((client.leaves, b""),)
    if client.leaves <= min(at, seconds):
        return Run([], [], None)
    if at > seconds:
        return Run([(seconds, "closes with 1008")], [], None)
    if first != token:
        return Run([(at, "closes with 1008")], [], None)
    handed = [(later, f"hands over {shorten(message, 30)}") for later, message in rest]
    if client.fails:
        handed = [(later, what) for later, what in handed if later < client.fails]
    else:
        handed.append((client.leaves, "work has ended"))
    return Run([(at, "works"), *handed], [], None)


def case(
    *says: tuple[float, Message], leaves: float = 500, seconds: float = 5, **fails: Any
) -> Args:
    """A case."""
    return Client(says, leaves, **fails), TOKEN, seconds


def cases(chance: random.Random) -> list[Args]:
    """The token in time, wrong tokens of every kind, and clients that wait or leave."""
    right = (1, TOKEN)
    found = [
        case(right, leaves=3),
        case(right, leaves=60),
        case((1, "wrong")),
        case(),
        case(leaves=2),
        case(right, (2, "hi"), (3, b"\x00"), leaves=9),
        case(right, (9, "hi"), leaves=40),
        case(right, right, leaves=4),
        # Late, and just in time.
        case((4.5, TOKEN), leaves=10),
        case((5.5, TOKEN), leaves=10),
        case((7, TOKEN), leaves=9, seconds=8),
        case((7, TOKEN), seconds=2),
        case((2, TOKEN), leaves=4, seconds=2.5),
        case((11, TOKEN), leaves=14, seconds=12),
        case((25, TOKEN), leaves=70, seconds=30),
        case((2, "wrong"), seconds=30),
        case(seconds=30),
        # The second message is the token.
        case((1, "wrong"), (2, TOKEN), leaves=9),
        case((1, ""), (2, TOKEN), leaves=9),
        case((1, b"\x01"), (2, TOKEN), leaves=9),
        case((1, "wrong"), (2, "wrong"), (3, "wrong"), (4, TOKEN), leaves=9),
        # Nearly the token.
        case((1, "")),
        case((1, TOKEN.encode())),
        case((1, TOKEN.lower())),
        case((1, TOKEN + " ")),
        case((1, TOKEN + "x")),
        case((1, "x" + TOKEN)),
        case((1, TOKEN[:-1])),
        case((1, "x" * len(TOKEN))),
        case((1, TOKEN[:-1] + "y")),
        case((1, TOKEN * 1000)),
        case((1, TOKEN[:-1] + "ü")),
        case((1, b"\xff\xfe")),
        # What work raises is no matter of the token.
        case(right, (2, "hi"), leaves=60, fails=4),
    ]
    for _case in range(how_many(4)):
        seconds = chance.choice([2, 3, 8, 20])
        at = chance.randrange(1, 2 * seconds) + 0.5
        first = chance.choice([TOKEN, TOKEN, f"{chance.randrange(99)}"])
        leaves = chance.choice([at + 3, at + 2 * seconds, 500 if first != TOKEN else at + 1])
        token = "".join(chance.choices("abcdefgh-0123456789", k=9))
        says = ((at, token if first == TOKEN else first),)
        found.append((Client(says, leaves), token, seconds))
    return found


def _right(args: Args, got: Run) -> bool:
    right = expected(*args)
    late = [at - wanted for (at, _), (wanted, _) in zip(got.did, right.did, strict=False)]
    ended = isinstance(got.returned, Did) and not args[0].fails  # an error of work may pass
    did = fields(got)["did"] == fields(right)["did"] and not got.compared
    return did and not ended and all(-0.05 <= seconds <= LATE for seconds in late)


def what(got: Run) -> Any:
    """What tells one mistake from another: any result will do, but not any ending."""
    return got.did, got.compared, _ended(got)


def _ended(got: Run) -> str:
    """How it ended, if not by returning."""
    return str(got.returned) if isinstance(got.returned, Did) else ""


def fields(got: Run) -> dict[str, Any]:
    """The parts of a run."""
    return {
        "did": [what for _at, what in got.did],
        "when": [at for at, _what in got.did],
        "compared": got.compared,
    }


def show(args: Args, got: Run) -> dict[str, Any]:
    """The script, what the answer did, and what it should have done: a line each."""
    client, token, seconds = args
    given = f"the token is {token!r}, {seconds:g} s, {str(client)[1:-1]}"
    return {"case": f"{given}\n  got: {_did(got)}\n  expected: {_did(expected(*args))}"}


def _did(run: Run) -> str:
    """A run in words."""
    did = [f"{what} at {at:g} s" for at, what in run.did] or ["does nothing"]
    did += ["compares with =="] if run.compared else []
    return shorten(", ".join([*did, *filter(None, [_ended(run)])]), 300, write=str)


Holds = Callable[[Client, str, float], bool]


def _first(holds: Callable[[Message, str], bool]) -> Holds:
    """Whether it holds for the first message and the token; False if none comes."""
    return lambda client, token, seconds: bool(client.says) and holds(client.says[0][1], token)


CONDITIONS: dict[str, Holds] = {
    "right": lambda client, token, seconds: "works" in str(expected(client, token, seconds)),
    "refused": lambda client, token, seconds: "1008" in str(expected(client, token, seconds)),
    "wrong": _first(lambda first, token: first != token),
    "text": _first(lambda first, token: first != token and isinstance(first, str)),
    "binary": _first(lambda first, token: isinstance(first, bytes)),
    "empty": _first(lambda first, token: not first),
    "foreign": _first(lambda first, token: isinstance(first, str) and not first.isascii()),
    "long": _first(lambda first, token: len(first) > 100),
    "contains": _first(lambda first, token: first != token and token in str(first)),
    "silent": lambda client, token, seconds: not client.says,
    "late": lambda client, token, seconds: bool(client.says) and client.says[0][0] > seconds,
    "in-vain": lambda client, token, seconds: not client.says or client.says[0][0] > seconds,
    "gone": lambda client, token, seconds: not client.says and client.leaves < seconds,
    "second": lambda client, token, seconds: token in [what for _at, what in client.says[1:]],
    "more": lambda client, token, seconds: len(client.says) > 1,
    "long-work": lambda client, token, seconds: (
        "works" in str(expected(client, token, seconds)) and 500 > client.leaves > seconds
    ),
    "fails": lambda client, token, seconds: bool(client.fails),
}


def explain(exercise: Exercise, args: Args, got: Run, results: Results) -> str | None:
    """What to say if no mistake fits."""
    say, right = exercise.words.say, expected(*args)
    did = [what for _at, what in got.did]
    wanted = [what for _at, what in right.did]
    if got.returned == FOREVER:
        return say("forever")
    if "works" in did and "works" not in wanted:
        return say("let-in")
    if "works" not in did and "works" in wanted:
        return say("kept-out")
    if isinstance(got.returned, Did) and not args[0].fails:
        return say("raised", how=got.returned)
    if did != wanted:
        return say("did" if did else "nothing")
    return say("compared" if got.compared else "when")


EXERCISE = Exercise(
    stars=3,
    solution=admit,
    judge=judged(cases, expected, played, Run, _right, section="10.5").telling(
        what=what, fields=fields, conditions=CONDITIONS, explain=explain, show=show
    ),
)
