"""Say what to send to a client that comes back, or that it needs the whole state."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args


def resume(last, log, newest):
    """The messages after ``last``; None if the log does not have all of them."""
    oldest = log[0][0] if log else newest + 1
    if last > newest or last + 1 < oldest:
        return None
    return [(number, text) for number, text in log if number > last]


Log = list[tuple[int, str]]


def replayed(last: int, log: Log, newest: int) -> Log | None:
    """Take each message that the client needs from the log, one after another."""
    texts = dict(log)
    needed = range(last + 1, newest + 1)
    if last > newest or not all(number in texts for number in needed):
        return None
    return [(number, texts[number]) for number in needed]


TEXTS = ("coffee", "tea", "milk", "sugar", "cake", "water")


def log_of(oldest: int, newest: int) -> Log:
    """A log with these numbers; a few texts come again and again."""
    return [(number, TEXTS[number % len(TEXTS)]) for number in range(oldest, newest + 1)]


def _case(last: int, oldest: int, newest: int) -> Args:
    return last, log_of(oldest, newest), newest


CASES: list[Args] = [
    # The log is empty: nothing was ever added, or all of it was trimmed.
    (0, [], 0),
    (3, [], 3),
    (2, [], 3),
    (0, [], 1),
    (0, [], 3),
    (4, [], 3),
    (1, [], 0),
    (7, [], 3),
    # A log that has everything.
    _case(0, 1, 1),
    _case(1, 1, 1),
    _case(0, 1, 3),
    _case(1, 1, 3),
    _case(2, 1, 3),
    _case(3, 1, 3),
    _case(4, 1, 3),
    _case(5, 1, 3),
    _case(9, 1, 3),
    # A log that was trimmed.
    _case(0, 2, 2),
    _case(1, 2, 2),
    _case(2, 2, 2),
    _case(3, 2, 2),
    _case(3, 7, 10),
    _case(4, 7, 10),
    _case(5, 7, 10),
    _case(6, 7, 10),
    _case(7, 7, 10),
    _case(8, 7, 10),
    _case(9, 7, 10),
    _case(10, 7, 10),
    _case(11, 7, 10),
    _case(12, 7, 10),
    _case(0, 7, 10),
    _case(1, 7, 10),
    _case(2, 7, 10),
    _case(98, 99, 101),
    _case(97, 99, 101),
    _case(99, 99, 101),
    _case(9, 8, 101),
    _case(1000, 99, 101),
    # Texts that are the same, or empty.
    (1, [(1, "tea"), (2, "tea"), (3, "tea")], 3),
    (4, [(5, ""), (6, "tea"), (7, "")], 7),
    (4, [(4, "tea"), (5, ""), (6, "")], 6),
    (2, [(3, "5"), (4, "3")], 4),
]


def cases(chance: random.Random) -> list[Args]:
    """Each border of the log, and logs by chance."""
    found = list(CASES)
    for _number in range(how_many(15)):
        newest = chance.randint(1, 30)
        oldest = chance.randint(max(1, newest - 8), newest + 1)
        last = min(max(0, chance.choice([oldest, newest]) + chance.randint(-3, 2)), newest + 2)
        found.append(_case(last, oldest, newest))
    return found


def _first(log: Log, newest: int) -> int:
    """The oldest number in the log; of an empty log, the one that comes next."""
    return min((number for number, _text in log), default=newest + 1)


Holds = Callable[[int, Log, int], bool]

CONDITIONS: dict[str, Holds] = {
    "nothing-new": lambda last, log, newest: last == newest,
    "first-needed": lambda last, log, newest: last + 1 == _first(log, newest) <= newest,
    "one-missing": lambda last, log, newest: last + 2 == _first(log, newest),
    "in-the-log": lambda last, log, newest: last in dict(log),
    "ahead": lambda last, log, newest: last > newest,
    "just-ahead": lambda last, log, newest: last == newest + 1,
    "hole": lambda last, log, newest: last + 1 < _first(log, newest),
    "empty": lambda last, log, newest: not log,
    "empty-nothing-new": lambda last, log, newest: not log and last == newest,
    "empty-hole": lambda last, log, newest: not log and last < newest,
    "empty-ahead": lambda last, log, newest: not log and last > newest,
    "new-client": lambda last, log, newest: last == 0,
    "new-client-hole": lambda last, log, newest: last == 0 and _first(log, newest) > 1,
    "all": lambda last, log, newest: last == 0 and _first(log, newest) == 1,
    "list": lambda *args: replayed(*args) is not None,
    "replay": lambda *args: bool(replayed(*args)),
    "none": lambda *args: replayed(*args) is None,
    "several": lambda *args: len(replayed(*args) or []) > 1,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str | None:
    """What is right in this case, if no mistake fits."""
    say, (last, _log, newest) = exercise.words.say, args
    if last > newest:
        return say("ahead")
    if last == newest:
        return say("nothing-new")
    if replayed(*args) is None:
        return say("hole", number=last + 1)
    return say("replay", number=last + 1)


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, replayed, list[tuple[int, str]] | None, section="7.2.3").telling(
        conditions=CONDITIONS, explain=explain
    ),
    solution=resume,
)
