"""How a server is judged: clients talk to it, one after another.

How to think about it: each client says what went wrong, or nothing. Before its complaint is
believed, the server's own bytes are read: a rule that they break is the better reason. A slow
server may spoil a try, so a client that complains tries once more and has more patience then. When
all clients are content, the conformance suite has the last word.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from ..recording import Recording, dissect
from ..words import _
from .catalogue import exercise_named
from .conformance import score
from .exercise import Exercise
from .raw_client import Complaint, RawClient
from .runner import AnswerNoFunction, Attempt, shorten
from .running import Looped, Running, Serve, running
from .verdict import Verdict, not_yet

PATIENCE = 1  # seconds that a client waits for an answer
MORE = 4  # seconds that it waits when it tries again

# A client that ends its connection is not an error of the server; for a loop there is a complaint.
NO_ERRORS = (ConnectionError, asyncio.IncompleteReadError, Looped)
# A server that misreads a frame may write such bytes; the client knows better what was misread.
CONSEQUENCES = {
    "reserved-opcode",
    "reserved-bit",
    "control-fragment",
    "control-too-long",
    "not-utf8",
}


class Visitor(Protocol):
    """A client of a check.

    port: its own
    """

    port: int

    def leave(self) -> None:
        """End, as a client that is content."""

    def close(self) -> None:
        """End, whatever has happened."""


V = TypeVar("V", bound=Visitor)


@dataclass(frozen=True)
class Call:
    """What a client of a check is given.

    server:   it runs, behind a tap
    chance:   keys and masking keys are drawn from it
    patience: seconds
    """

    server: Running
    chance: random.Random
    patience: float

    @contextmanager
    def raw(self, stuck: str = "stuck", reads: bool = True) -> Iterator[RawClient]:
        """A connection; when it ends, the server's bytes are read, and rules that they break said.

        stuck: what to complain of if the server loops without an await
        reads: whether its bytes are read
        """
        self.server.errors.clear()  # before it connects: the server may raise at once
        with self.judged(
            RawClient(self.server, self.chance, self.patience, stuck), reads
        ) as client:
            yield client

    @contextmanager
    def judged(self, client: V, reads: bool = True) -> Iterator[V]:
        """The same for any client; ``raw`` says what it means."""
        try:
            yield client
            client.leave()
            complaint = None
        except Complaint as raised:
            complaint = raised
        finally:
            # What the server raises later may come from the end of this client.
            errors = [error for error in self.server.errors if not isinstance(error, NO_ERRORS)]
            recording = self.server.recording_of(client.port)
            client.close()
        broken = broken_rule(recording) if reads else None
        if broken and (
            complaint is None or not (complaint.is_certain or broken.name in CONSEQUENCES)
        ):
            complaint = broken
        if complaint is not None:
            complaint.recording = recording
            complaint.error = errors[0] if errors else None
            raise complaint


Client = Callable[[Call], None]


@dataclass(frozen=True, kw_only=True)
class Clients:
    """A server, for real.

    clients: each gets a call; it raises a Complaint if the server is wrong
    section: where to read on
    cases:   names of the conformance cases that the server must pass
    also:    an exercise whose sentences are used too, because its clients are
    """

    clients: tuple[Client, ...]
    section: str
    cases: tuple[str, ...]
    also: str = ""

    def __call__(self, exercise: Exercise, attempt: Attempt, chance: random.Random) -> Verdict:
        """The verdict; the first client that complains twice is the one that speaks."""
        serve = attempt.answer
        if not callable(serve):
            raise AnswerNoFunction
        with running(serve) as server:
            for client in self.clients:
                attempt.go_on()  # else an interrupted check would talk on below the next cells
                if (complaint := _complaint(client, Call(server, chance, PATIENCE))) and (
                    again := _complaint(client, Call(server, chance, MORE))
                ):
                    # A server that loops forever may do so because the first try has ended.
                    return self.verdict(exercise, complaint if again.name == "stuck" else again)
        attempt.go_on()
        return self._scored(exercise, serve)

    def _scored(self, exercise: Exercise, serve: Serve) -> Verdict:
        """The verdict of the conformance cases."""
        try:
            reached = score(serve, self.cases)
        except TimeoutError as error:
            return not_yet(str(error), self.section)
        if reached.passed == reached.count:
            said = str(exercise.words["passed"]).format(score=reached)
            return Verdict("passed", said, self.section)
        recording = reached.recording
        sentence, section, mistake = str(reached), self.section, ""
        if recording and (complaint := broken_rule(recording)):
            because = self.verdict(exercise, complaint)
            sentence, section = f"{because.sentence} {sentence}", because.section
            mistake = because.mistake
        sent = recording and recording.sent_by("server")
        said = _("Bytes that your server sent: {data}").format(data=shorten(sent, 200))
        return not_yet(sentence, section, recording=recording, case=said, mistake=mistake)

    def verdict(self, exercise: Exercise, complaint: Complaint) -> Verdict:
        """What is said about a complaint. Its sentence may also be that of a mistake.

        A fact may be a name of the table ``named``: then its words are filled in.
        """
        words, known = exercise.words, dict[str, str]()
        named = words.get("named", {})
        for other in (exercise_named(self.also).words, words) if self.also else (words,):
            known |= other.get("mistakes", {}) | other["says"]
        facts = {key: named.get(str(fact), fact) for key, fact in complaint.facts.items()}
        sentence = known.get(complaint.name, known["broken-rule"]).format(**facts)
        if complaint.error:
            sentence = _("{sentence} Your server raised {name}: {error}").format(
                sentence=sentence,
                name=type(complaint.error).__name__,
                error=shorten(complaint.error, 200, write=str),
            )
        return not_yet(
            sentence,
            complaint.section or self.section,
            recording=complaint.recording,
            case=words.get("seen", {}).get(complaint.name, "").format(**facts),
            mistake=complaint.name,
        )


def broken_rule(recording: Recording) -> Complaint | None:
    """The first rule that the server's own bytes break, under the name that the rule has."""
    for unit in dissect(recording).units:
        if unit.sender == "server" and unit.problems:
            problem = unit.problems[0]
            # What breaks the rule is named inside of what is said of it.
            args = problem.said.args
            said = args.get("sentence") or args.get("asked") or problem.said
            name = said.id.partition(".")[2]
            facts: dict[str, Any] = {"problem": str(said)} | said.args
            return Complaint(name, problem.section, is_certain=True, **facts)
    return None


def _complaint(client: Client, call: Call) -> Complaint | None:
    try:
        client(call)
    except Complaint as complaint:
        return complaint
    return None
