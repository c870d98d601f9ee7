"""Keep what a page sends before its WebSocket is open, and send it when it is."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs, disable-error-code="var-annotated"

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

Happening = tuple[str, str | bytes | None]


def what_goes_out(happenings, most):
    """(connection, message) for each message that is sent, in order; messages wait for "open"."""
    sent = []
    waiting = []
    connection = 0
    is_open = False
    for what, message in happenings:
        if what == "open":
            connection += 1
            is_open = True
            for old in waiting:
                sent.append((connection, old))
            waiting = []
        elif what == "close":
            is_open = False
        elif is_open:
            sent.append((connection, message))
        else:
            waiting.append(message)
            if len(waiting) > most:
                del waiting[0]
    return sent


def reference(happenings: list[Happening], most: int) -> list[tuple[int, str | bytes | None]]:
    """The same, from the other end: for each "open", what came since the last "close"."""
    opens = [place for place, (what, _message) in enumerate(happenings) if what == "open"]
    found = []
    for connection, place in enumerate(opens, 1):
        closes = [at for at in range(place) if happenings[at][0] == "close" and connection > 1]
        begin = min((at for at in closes if at > opens[connection - 2]), default=0)
        end = next(
            (at for at in range(place, len(happenings)) if happenings[at][0] == "close"), None
        )
        before = [message for what, message in happenings[begin:place] if what == "send"]
        after = [message for what, message in happenings[place:end] if what == "send"]
        kept = before[max(0, len(before) - most) :]
        found += [(connection, message) for message in kept + after]
    return found


def happened(words: str) -> list[Happening]:
    """Happenings from words: ``"open a close"``; any other word is a message that is sent."""
    return [(w, None) if w in ("open", "close") else ("send", w) for w in words.split()]


def cases(chance: random.Random) -> list[Args]:
    """The shortest first: before open, while open, after close, reconnected, and too many."""
    found: list[Args] = [
        ([], 3),
        (happened("a"), 3),
        (happened("open"), 3),
        (happened("open a"), 3),
        (happened("a open"), 3),
        (happened("open close a"), 3),
        (happened("open close a open"), 3),
        (happened("a b c open"), 5),
        (happened("open a b c"), 2),
        (happened("a open b"), 3),
        (happened("a b open c d"), 3),
        # More than may wait: one more, two more, and as many as may.
        (happened("a b c open"), 2),
        (happened("a b c d open e"), 2),
        (happened("a b open"), 2),
        (happened("a b open"), 1),
        (happened("a b c open"), 1),
        (happened("a b c d e f g open"), 6),
        (happened("a b open c"), 0),
        (happened("open a close b c d e open f"), 2),
        # Connections that come and go.
        (happened("a open close open"), 3),
        (happened("a open b close c open d"), 3),
        (happened("open a close open b close open c"), 3),
        (happened("a b open c close d e open f close g"), 3),
        (happened("a b open close c d open close e f open"), 2),
        (happened("open close open close a open"), 3),
        # The first try fails: there is a close, and no open before it.
        (happened("close a open"), 3),
        (happened("a close open"), 3),
        (happened("a close b close c open d"), 5),
        (happened("a close b close c open d"), 2),
        # The same message twice, an empty one, bytes, and a message that is called as an event.
        (happened("a a open a a"), 3),
        (happened("b a open b c a"), 3),
        ([("send", ""), ("open", None), ("send", ""), ("close", None)], 3),
        ([("send", b"\x00"), ("send", b""), ("open", None), ("send", b"\xff")], 3),
        (
            [("send", "open"), ("send", "close"), ("open", None), ("send", "close"), ("send", "x")],
            3,
        ),
    ]
    for _case in range(how_many(15)):
        words = []
        state = "closed"
        for _happening in range(chance.randrange(3, 12)):
            word = chance.choice(["open", "close", *"abcdefgh"])
            if (word == "open") == (state == "open") and word in ("open", "close"):
                continue  # a connection that is open is not opened again
            state = {"open": "open", "close": "closed"}.get(word, state)
            words.append(word)
        found.append((happened(" ".join(words)), chance.randrange(4)))
    return found


def fields(got: Any) -> dict[str, Any]:
    """The messages, and the connections that they went over."""
    return {
        "messages": [message for _connection, message in got],
        "connections": [connection for connection, _message in got],
    }


Holds = Callable[[list[Happening], int], bool]


def _names(happenings: list[Happening]) -> str:
    """One letter for each happening: s, o or c."""
    return "".join(what[0] for what, _message in happenings)


def _dropped(happenings: list[Happening], most: int) -> bool:
    """Whether more messages wait than may."""
    waiting, is_open = 0, False
    for what, _message in happenings:
        is_open = what == "open" or (is_open and what != "close")
        waiting = 0 if is_open else waiting + (what == "send")
        if waiting > most:
            return True
    return False


CONDITIONS: dict[str, Holds] = {
    "early": lambda happenings, most: "s" in _names(happenings).partition("o")[0],
    "first-close": lambda happenings, most: _names(happenings).lstrip("s").startswith("c"),
    "never-open": lambda happenings, most: "o" not in _names(happenings),
    "open": lambda happenings, most: "o" in _names(happenings),
    "again": lambda happenings, most: _names(happenings).count("o") > 1,
    "between": lambda happenings, most: "cs" in _names(happenings),
    "kept": lambda happenings, most: "cs" in _names(happenings).rpartition("o")[0],
    "at-the-end": lambda happenings, most: "cs" in _names(happenings).rpartition("o")[2],
    "while-open": lambda happenings, most: "os" in _names(happenings),
    "several": lambda happenings, most: "sso" in _names(happenings),
    "too-many": _dropped,
    "none": lambda happenings, most: most == 0,
    "empty": lambda happenings, most: any(not m for what, m in happenings if what == "send"),
    "bytes": lambda happenings, most: any(isinstance(m, bytes) for _what, m in happenings),
    "twice": lambda happenings, most: (
        len({m for what, m in happenings if what == "send"}) < _names(happenings).count("s")
    ),
    "called-so": lambda happenings, most: any(
        m in ("open", "close") for what, m in happenings if what == "send"
    ),
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, list[tuple[int, str | bytes]], section="1.5").telling(
        fields=fields, conditions=CONDITIONS
    ),
    solution=what_goes_out,
)
