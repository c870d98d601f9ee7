"""08.1: predict the second in which the server gives up."""

from __future__ import annotations

import random
from typing import Any

from ....words import _
from ...exercise import Exercise, Slip
from ...runner import Attempt, shorten
from ...verdict import Verdict, not_attempted, not_yet
from .clock import Connection
from .keepalive import Script, solution

AT_ONCE = ((0.0, None),)
ALWAYS = 3  # Pings that are answered, and stand for "always"

# For each letter of the notebook: interval, timeout, and what comes after each Ping.
PEERS: dict[str, tuple[float, float, Script]] = {
    "A": (0.5, 0.7, ()),
    "B": (20, 20, ()),
    "C": (0.5, 0.7, (AT_ONCE,) * ALWAYS),
    "D": (0.5, 0.7, (((0.0, b"wrong"),),)),
    "E": (0.5, 0.7, (((0.9, None),),)),
    "F": (2, 1, (AT_ONCE, AT_ONCE)),
    "G": (2, 1, (((0.5, None),),)),
}

_RULES = {
    "A": _("Look at A again: when does the first Ping go out, and how long does it wait then?"),
    "B": _("Look at B again: these are the library's defaults, and the client never answers."),
    "C": _("Look at C again: every Ping gets its Pong in time."),
    "D": _("Look at D again: does a Pong with other bytes answer this Ping?"),
    "E": _("Look at E again: the Pong comes, but when?"),
    "F": _("Look at F again: write down the seconds of the Pings, one under the other."),
    "G": _("Look at G again: the next interval begins when the Pong has come."),
}


def second(letter: str) -> float | None:
    """When the keepalive of 08.3 gives up; None if the peer outlives the script."""
    import asyncio

    interval, timeout, script = PEERS[letter]
    connection = Connection(script)
    keepalive: Any = solution
    asyncio.run(keepalive(connection, interval, timeout))
    if len(connection.sent) > ALWAYS:
        return None
    return round(connection.now(), 3)


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Each letter's second against a keepalive in counted time."""
    answer = attempt.answer
    if not isinstance(answer, dict):
        return not_yet(
            _("The answer is a dict from letter to seconds, not {type}.").format(
                type=type(answer).__name__
            )
        )
    if all(value is ... for value in answer.values()):
        return not_attempted()
    missing = sorted(letter for letter in PEERS if answer.get(letter, ...) is ...)
    if missing:
        return not_yet(_("No answer yet for {letters}.").format(letters=", ".join(missing)))
    for letter in PEERS:
        value = answer[letter]
        if value is not None and type(value) not in (int, float):
            return not_yet(
                _("The answer to {letter} is a number of seconds or None, not {value}.").format(
                    letter=letter, value=shorten(value, 40)
                )
            )
    wrong = [letter for letter in PEERS if not _same(answer[letter], second(letter))]
    if not wrong:
        return Verdict(
            "passed", _("All seven servers give up when you said, or never."), "5.5.2; 5.5.3"
        )
    first = wrong[0]
    sentence = _RULES[first]
    for slip in SLIPS:
        if first in slip.wrong and _same(slip.wrong[first], answer[first]):
            if not _same(slip.wrong[first], SOLUTION[first]):
                sentence = slip.sentence
                break
    return not_yet(sentence, "5.5.3" if first == "D" else "5.5.2")


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return -1e6 < one < 1e6 and abs(one - other) < 0.01  # no float holds a huge int


SOLUTION: dict[str, float | None] = {
    "A": 1.2,
    "B": 40,
    "C": None,
    "D": 1.2,
    "E": 1.2,
    "F": 7,
    "G": 5.5,
}


def _with(**changed: float | None) -> dict[str, Any]:
    return SOLUTION | changed


SLIPS = (
    Slip(
        "the timeout alone",
        _with(A=0.7),
        _("A: 0.7 s is how long it waits for the Pong; the Ping itself goes out after 0.5 s."),
    ),
    Slip(
        "the interval alone",
        _with(A=0.5),
        _("A: after 0.5 s the Ping goes out. Then the server still waits for the Pong."),
    ),
    Slip(
        "20 seconds",
        _with(B=20),
        _("B: 20 s until the Ping, and 20 s more for its Pong. These are the library's defaults."),
    ),
    Slip(
        "any Pong will do",
        _with(D=None),
        _("D: a Pong with other bytes is allowed (5.5.3), but it does not answer this Ping."),
    ),
    Slip(
        "late is as good as in time",
        _with(E=None),
        _("E: the Pong comes 0.9 s after its Ping. The server gives up after 0.7 s."),
    ),
    Slip(
        "until the Pong comes",
        _with(E=1.4),
        _("E: the server does not wait for the late Pong. It gives up when the timeout is over."),
    ),
    Slip(
        "counted from the last Pong",
        _with(F=5),
        _("F: the last Pong comes at 4 s; then an interval passes until the next Ping, at 6 s."),
    ),
    Slip(
        "the interval runs from Ping to Ping",
        _with(G=5),
        _("G: the interval begins when the Pong comes, at 2.5 s. So the next Ping is at 4.5 s."),
    ),
)

EXERCISE = Exercise(
    name="08.1",
    title=_("Predict the second"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "The server sleeps for the interval, sends its Ping, and waits for the timeout. Only a "
        "Pong with the same payload ends this wait, and then the next interval begins."
    ),
    hints=(
        _("Draw a line for the time, and mark the first Ping on it."),
        _("Give up = second of the last Ping + timeout. Where every Ping is answered: None."),
        _("A 0.5 + 0.7; F: Pings at 2, 4 and 6 s; G: Pings at 2 and 4.5 s."),
    ),
    slips=SLIPS,
)
