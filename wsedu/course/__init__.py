"""The course: its catalogue, the checks of its exercises, and what a learner is told."""

from .class_link import join_class, leave_class
from .commands import check, hint, predict, progress, quiz, revisit, solution, start_over
from .conformance import score
from .learner_server import own_server
from .peers import peers
from .pieces import mine

__all__ = [
    "check",
    "hint",
    "join_class",
    "leave_class",
    "mine",
    "own_server",
    "peers",
    "predict",
    "progress",
    "quiz",
    "revisit",
    "score",
    "solution",
    "start_over",
]
