"""What a learner's notebook may say: everything else is refused, with a sentence.

How to think about it: a message comes from a stranger until it is read here (lesson 15). What comes
out has the right types and known names. So the rest of the board need not look again.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from wsedu.course.mistakes import kind_of

from .course import Course

LONGEST = 4096  # bytes of a message
EVENTS = 20_000  # of one learner in one class
NICKNAME = 30  # characters
OUTCOMES = ("passed", "not yet", "raised")
DAY = 86_400  # seconds

dumps = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Refused(Exception):
    """A message breaks a rule; the text is the reason in the Close frame."""


@dataclass(frozen=True)
class Event:
    """What has happened to a learner.

    n:     its number, from 1
    what:  "tried", "predicted", "revisited", "hint", "reset", or "other" for what is not shown
    name:  of the exercise or prediction
    value: "tried": the outcome and the mistake; "predicted": the option; else None
    ago:   seconds since then
    """

    n: int
    what: str
    name: str = ""
    value: Any = None
    ago: float = 0.0


def read_hello(message: str | bytes) -> tuple[str, str]:
    """The learner's id and nickname, from the first message. Raises Refused."""
    said = _read(message)
    nick, learner = said.get("hello"), said.get("learner")
    if not isinstance(nick, str) or not isinstance(learner, str):
        raise Refused('say {"hello": nickname, "learner": id} first')
    nick = nick.strip()
    if not 1 <= len(nick) <= NICKNAME or not nick.isprintable():
        raise Refused(f"a nickname has 1 to {NICKNAME} printable characters")
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,64}", learner):
        raise Refused("a learner's id has 8 to 64 letters or digits")
    return learner, nick


def read_event(message: str | bytes, course: Course) -> Event:
    """The event in a message; "other" if the course does not know its name. Raises Refused."""
    said = _read(message)
    n, what, name = said.get("n"), said.get("what"), said.get("name", "")
    if type(n) is not int or not isinstance(what, str) or not isinstance(name, str):
        raise Refused("an event has a number n, and says what happened to which name")
    if not 1 <= n <= EVENTS:
        raise Refused(f"events have the numbers 1 to {EVENTS}")
    value: Any = None
    if what in ("tried", "hint", "reset"):
        known = name in course.mistakes
        if what == "tried":
            value = _outcome(said, course.mistakes.get(name, frozenset()))
    elif what in ("predicted", "revisited"):
        known = name in course.options
        if what == "predicted":
            value = said.get("option")
            if type(value) is not int:
                raise Refused("a prediction has the number of an option")
            known = known and 0 <= value < course.options[name]
    else:
        known = False
    return Event(n, what, name, value, _ago(said)) if known else Event(n, "other")


def _read(message: str | bytes) -> dict[str, Any]:
    if not isinstance(message, str):
        raise Refused("messages are text, not binary")
    try:
        said = json.loads(message)
    except (ValueError, RecursionError):
        raise Refused("a message is JSON") from None
    if not isinstance(said, dict):
        raise Refused("a message is a JSON object")
    return said


def _outcome(said: dict[str, Any], mistakes: frozenset[str]) -> list[str]:
    outcome, mistake = said.get("outcome"), said.get("mistake", "")
    if outcome not in OUTCOMES or not isinstance(mistake, str):
        raise Refused(f"an outcome is one of {', '.join(OUTCOMES)}")
    kind = kind_of(mistake)
    return [outcome, kind if kind in mistakes else ""]


def _ago(said: dict[str, Any]) -> float:
    ago = said.get("ago", 0)
    if type(ago) is not int and not (type(ago) is float and math.isfinite(ago)):
        raise Refused("ago is a number of seconds")
    return float(min(max(ago, 0), DAY))
