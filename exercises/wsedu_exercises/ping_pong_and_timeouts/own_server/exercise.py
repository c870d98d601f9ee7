"""The learner's own server: two clients talk to it, and kosoku counts the cases that it passes."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

from wsedu.course.cases import matching
from wsedu.course.clients import Clients
from wsedu.course.exercise import Exercise
from wsedu.course.learner_server import own_server

from . import conversations, handshakes
from .wrong import WRONG

# The others need a check that refuses a frame (lesson 09, with case 2.5 and groups 3, 4 and 5), a
# message that is put together before it is answered (10), or UTF-8 that is checked (11).
CASES = matching("1.* 2.* 6.1.* 6.2.* 6.5.* 6.7.* 6.9.* 6.11.* 6.22.* 6.23.* 7.*".split())
LATER = ("2.5", "6.11.5", "7.3.6")


async def serve(reader, writer):
    """Nine pieces, yours where you have them; ``put_together??`` shows the loop."""
    await own_server(until="own-server", quiet=True)(reader, writer)


EXERCISE = Exercise(
    stars=3,
    judge=Clients(
        clients=(*handshakes.CLIENTS, *conversations.CLIENTS),
        section="4.2.2; 5",
        cases=tuple(case for case in CASES if case not in LATER),
    ),
    solution=serve,
    wrong=WRONG,
    seconds=60,
)
