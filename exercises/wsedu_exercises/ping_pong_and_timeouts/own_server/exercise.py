"""The learner's own server: two clients talk to it, and kosoku counts the cases that it passes."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

from wsedu.course.clients import Clients, broken_rule
from wsedu.course.conformance import kosoku_is_here, score
from wsedu.course.exercise import Exercise
from wsedu.course.learner_server import own_server
from wsedu.course.runner import shorten
from wsedu.course.running import Serve
from wsedu.course.verdict import Verdict, not_yet

from . import conversations, handshakes
from .wrong import WRONG


async def serve(reader, writer):
    """The nine pieces, yours where you have them; ``put_together??`` shows the loop."""
    await own_server(quiet=True)(reader, writer)


def conformance(exercise: Exercise, serve: Serve) -> Verdict:
    """The verdict of the conformance cases; without kosoku, the two clients decide."""
    if not kosoku_is_here():
        return Verdict("passed", exercise.words.say("no-kosoku"), "5; 7")
    try:
        reached = score(serve)
    except TimeoutError as error:
        return not_yet(str(error), "5.5")
    if reached.passed == reached.count:
        return Verdict("passed", exercise.words["passed"].format(score=reached), "5; 7")
    recording = reached.recording
    sentence, section = str(reached), "5.5"
    if recording and (complaint := broken_rule(recording)):
        because = JUDGE.verdict(exercise, complaint)
        sentence, section = f"{because.sentence} {sentence}", because.section
    sent = recording and recording.sent_by("server")
    case = exercise.words.say("bytes", data=shorten(sent, 200))
    return not_yet(sentence, section, recording=recording, case=case)


JUDGE = Clients(
    clients=(*handshakes.CLIENTS, *conversations.CLIENTS),
    section="4.2.2; 5",
    then=conformance,
)

EXERCISE = Exercise(stars=3, judge=JUDGE, solution=serve, wrong=WRONG, seconds=60)
