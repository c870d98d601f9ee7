"""The matrix of learners and exercises: what all events add up to. No socket, no clock.

How to think about it: lesson 17 numbers messages, notices holes and resumes. Here each learner
numbers their events. An event with a number that is known changes nothing: it came twice. One that
comes too early waits for those before it. So the same events give the same matrix, in whatever
order and however often they come, and every process that reads the log has the same one.

An *entry* of the log is a list, which JSON can write:

* ``["hello", learner, nickname, t]``
* ``["here", learner, process, count, whether, t]``: a process has a connection of the learner, or
  none; each process counts what it says about that
* ``["event", learner, n, t, what, name, value]``, from ``messages.Event``
* ``["alive", process]``: a process is still there, which ``server`` looks at
* ``["gone", process]``: it is not, so none of its learners is here through it
* ``["end"]``: the class has ended
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

WINDOW = 1000  # how many numbers too early an event may come; the learner sends it again


class Key(NamedTuple):
    """A part of the matrix that has changed: "nick", "here", "exercise" or "prediction"."""

    learner: str
    part: str
    name: str = ""


@dataclass(slots=True)
class Row:
    """One learner.

    have:    the number of the last event without a hole before it
    early:   events that wait for those before them, by their numbers
    seen:    when something came from the learner last, in seconds
    through: for each process, the largest count, and whether it has a connection of the learner
    """

    nick: str = ""
    named: float = -1.0
    have: int = 0
    early: dict[int, list[Any]] = field(default_factory=dict)
    seen: float = 0.0
    through: dict[str, tuple[int, bool]] = field(default_factory=dict)
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    choices: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def is_here(self) -> bool:
        """Whether any process has a connection of the learner."""
        return any(whether for _count, whether in self.through.values())


class Matrix:
    """All learners of a class. ``ended``: whether the class is over."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.ended = False

    def have(self, learner: str) -> int:
        """Up to which number all events of a learner are here; 0 for a new one."""
        row = self.rows.get(learner)
        return row.have if row else 0

    def apply(self, entry: list[Any]) -> list[Key]:
        """Take an entry of the log in, and return what has changed."""
        kind, *facts = entry
        if kind == "hello":
            learner, nick, t = facts
            row = self._row(learner, t)
            if (t, nick) <= (row.named, row.nick):
                return []
            changed, row.nick, row.named = row.nick != nick, nick, t
            return [Key(learner, "nick")] if changed else []
        if kind == "here":
            learner, process, count, whether, t = facts
            row = self._row(learner, t)
            if count <= row.through.get(process, (0, False))[0]:
                return []
            return self._here(row, learner, process, (count, whether))
        if kind == "event":
            learner, n, t, *what = facts
            return list(self._event(learner, n, t, what))
        if kind == "gone":
            (process,) = facts
            return [
                key
                for learner, row in self.rows.items()
                if process in row.through
                for key in self._here(row, learner, process, (row.through[process][0], False))
            ]
        self.ended = self.ended or kind == "end"
        return []

    def is_news(self, entry: list[Any]) -> bool:
        """Whether the matrix takes in this "hello", "event" or "end": it did not come before."""
        kind, *facts = entry
        if kind == "end":
            return not self.ended
        row = self.rows.get(facts[0]) or Row()
        if kind == "hello":
            _learner, nick, t = facts
            return bool(nick != row.nick and t >= row.named)
        return row.have < facts[1] <= row.have + WINDOW and facts[1] not in row.early

    def _row(self, learner: str, t: float) -> Row:
        row = self.rows.setdefault(learner, Row())
        row.seen = max(row.seen, t)
        return row

    def _here(self, row: Row, learner: str, process: str, now: tuple[int, bool]) -> list[Key]:
        before = row.is_here
        row.through[process] = now
        return [Key(learner, "here")] if row.is_here != before else []

    def _event(self, learner: str, n: int, t: float, what: list[Any]) -> Iterator[Key]:
        row = self._row(learner, t)
        if not row.have < n <= row.have + WINDOW:
            return
        row.early.setdefault(n, [t, *what])
        while happened := row.early.pop(row.have + 1, None):
            row.have += 1
            at, kind, name, value = happened
            if kind in ("predicted", "revisited"):
                _choose(row.choices, at, kind, name, value)
                yield Key(learner, "prediction", name)
            elif kind != "other":
                row.cells[name] = _next_cell(row.cells.get(name), at, kind, value)
                yield Key(learner, "exercise", name)

    # What the page gets.

    def change(self, key: Key) -> dict[str, Any]:
        """The message that says how this part is now."""
        row = self.rows[key.learner]
        said: dict[str, Any] = {"id": key.learner}
        if key.part == "exercise":
            said |= {"exercise": key.name, "cell": row.cells[key.name]}
        elif key.part == "prediction":
            said |= {"prediction": key.name, "choice": row.choices[key.name]}
        else:
            said |= {"nick": row.nick, "here": row.is_here}
        return said

    def state(self) -> list[dict[str, Any]]:
        """All rows, in the order in which the learners came."""
        return [
            {
                "id": learner,
                "nick": row.nick,
                "here": row.is_here,
                "seen": row.seen,
                "cells": row.cells,
                "choices": row.choices,
            }
            for learner, row in self.rows.items()
            if row.nick
        ]


# A cell: ``state`` is "open" before the first try, and after a reset. ``since`` is when the first
# try was made since the last pass or reset, ``tries`` counts from there, and ``times`` counts how
# often the last outcome, with the same mistake, came in a row.
OPEN: dict[str, Any] = {
    "state": "open",
    "tries": 0,
    "since": None,
    "last": None,
    "mistake": "",
    "times": 0,
    "hints": 0,
}


def _next_cell(cell: dict[str, Any] | None, t: float, what: str, value: Any) -> dict[str, Any]:
    """The cell after one more event."""
    cell = cell or OPEN
    if what == "reset":
        return OPEN | {"last": t}
    if what == "hint":
        return cell | {"hints": cell["hints"] + 1}
    outcome, mistake = value
    goes_on = cell["state"] not in ("open", "passed")
    again = (cell["state"], cell["mistake"]) == (outcome, mistake)
    return cell | {
        "state": outcome,
        "tries": cell["tries"] + 1 if goes_on else 1,
        "since": cell["since"] if goes_on else t,
        "last": t,
        "mistake": mistake,
        "times": cell["times"] + 1 if again else 1,
    }


def _choose(choices: dict[str, list[Any]], t: float, what: str, name: str, option: Any) -> None:
    """[the first choice, the last one after it, whether the learner has seen what happened, when]

    The time is that of the last of these: it says in which lesson a learner is.
    """
    choice = choices.setdefault(name, [None, None, False, t])
    choice[3] = t
    if what == "revisited":
        choice[2] = True
    else:
        choice[0 if choice[0] is None else 1] = option
