"""How a server is judged: clients talk to it, one after another.

How to think about it: each client says what went wrong, or nothing. A busy machine may spoil a
try, so a client that complains tries once more and has more patience then.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..words import _
from .exercise import Exercise
from .runner import AnswerNoFunction, Attempt, shorten
from .running import Running, Serve, running
from .verdict import Verdict, not_yet

# The name of a sentence in the table ``says``, with its facts; None if all is well.
Said = tuple[str, dict[str, Any]] | None
Client = Callable[[Running, random.Random, float], Said]

PATIENCE = 1  # seconds that a client waits for an answer
MORE = 4  # seconds that it waits when it tries again


@dataclass(frozen=True, kw_only=True)
class Clients:
    """A server, for real.

    clients: each gets the running server, a source of chance, and its patience in seconds
    section: where to read on
    then:    the verdict when all clients are content
    """

    clients: tuple[Client, ...]
    section: str
    then: Callable[[Exercise, Serve], Verdict]

    def __call__(self, exercise: Exercise, attempt: Attempt, chance: random.Random) -> Verdict:
        """The verdict; the first client that complains twice is the one that speaks."""
        serve = attempt.answer
        if not callable(serve):
            raise AnswerNoFunction
        with running(serve) as server:
            for client in self.clients:
                said = client(server, chance, PATIENCE)
                if said is not None:
                    server.errors.clear()
                    said = client(server, chance, MORE)
                if said is not None:
                    return self._explain(exercise, server, said)
        return self.then(exercise, serve)

    def _explain(
        self, exercise: Exercise, server: Running, said: tuple[str, dict[str, Any]]
    ) -> Verdict:
        name, facts = said
        sentence = exercise.words.say(name, **facts)
        # A connection that a client has ended is no error of the server.
        errors = [error for error in server.errors if not isinstance(error, ConnectionError)]
        if errors:
            error = errors[0]
            sentence = _("Your server raised {name}: {error}").format(
                name=type(error).__name__, error=shorten(error, 200, write=str)
            )
        return not_yet(sentence, self.section, recording=server.recording)
