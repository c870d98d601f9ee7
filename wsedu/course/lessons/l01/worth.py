"""01.2: from which message on a WebSocket is cheaper than polling."""

from __future__ import annotations

import itertools
import random

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict


def solution(handshake: int, message: int, request: int) -> int:
    """Each message saves the difference; together they must save more than the handshake."""
    saved = request - message
    if saved <= 0:
        return 0
    return handshake // saved + 1


def counted(handshake: int, message: int, request: int) -> int:
    """Count messages until it is so."""
    if message >= request:
        return 0
    return next(n for n in itertools.count(1) if handshake + n * message < n * request)


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """The numbers of the lesson, the edges, then random ones."""
    cases = [(300, 17, 150), (300, 50, 150), (301, 50, 150), (299, 50, 150), (300, 150, 150)]
    cases += [(300, 151, 150), (10, 2, 200)]
    for _case in range(how_many(30)):
        cases.append(
            (chance.randrange(100, 900), chance.randrange(2, 400), chance.randrange(100, 500))
        )
    return by_cases(
        attempt,
        cases,
        counted,
        SLIPS,
        called="worth_it",
        fits=lambda got: type(got) is int,
        like=_("a whole number"),
        passed=_("Counted message by message, it is the same."),
        section="1.1",
    )


SLIPS = (
    Slip(
        "the message costs nothing",
        edited(solution, ("request - message", "request")),
        _("A message costs bytes, too; each one saves only the difference."),
    ),
    Slip(
        "it is always worth it",
        edited(
            solution, ("    if saved <= 0:\n        return 0\n", "    saved = abs(saved) or 1\n")
        ),
        _("If a message costs as much as a request or more, it never pays: return 0."),
    ),
    Slip(
        "rounded down",
        edited(solution, ("handshake // saved + 1", "handshake // saved")),
        _("With that many messages it is not cheaper yet: your division rounds down."),
    ),
    Slip(
        "as cheap is not cheaper",
        edited(solution, ("handshake // saved + 1", "-(-handshake // saved)")),
        _("With that many messages both cost the same; it is cheaper from one more on."),
    ),
)

EXERCISE = Exercise(
    name="01.2",
    title=_("From which message on?"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "The handshake is paid once. Each message saves request - message bytes, so after n "
        "messages n times that is saved; the first n for which it is more than the handshake "
        "is handshake // saved + 1."
    ),
    hints=(
        _("Write down what n messages cost in each of the two ways."),
        _("How many bytes does one message save? And if it saves none?"),
        _("The least n with n * saved > handshake; whole numbers, so // helps."),
    ),
    slips=SLIPS,
)
