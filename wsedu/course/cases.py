"""The cases of Autobahn's test suite that every server should pass, by their groups.

How to think about it: the suite is the field's own list of what a server must do and refuse. Left
out are its groups 9 (limits and speed), 12 and 13 (compression), of which a server may have none.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache

from ..words import _

RANGES = {
    "1": "1.1.1-8 1.2.1-8",
    "2": "2.1-11",
    "3": "3.1-7",
    "4": "4.1.1-5 4.2.1-5",
    "5": "5.1-20",
    "6": """6.1.1-3 6.2.1-4 6.3.1-2 6.4.1-4 6.5.1-5 6.6.1-11 6.7.1-4 6.8.1-2 6.9.1-4 6.10.1-3
        6.11.1-5 6.12.1-8 6.13.1-5 6.14.1-10 6.15.1-1 6.16.1-3 6.17.1-5 6.18.1-5 6.19.1-5 6.20.1-7
        6.21.1-8 6.22.1-34 6.23.1-7""",
    "7": "7.1.1-6 7.3.1-6 7.5.1-1 7.7.1-13 7.9.1-9 7.13.1-2",
    "10": "10.1.1-1",
}


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """The names of the cases, by the number of their group; 247 in all."""
    found = {}
    for group, ranges in RANGES.items():
        names = []
        for part in ranges.split():
            stem, _dot, ends = part.rpartition(".")
            first, last = map(int, ends.split("-"))
            names += [f"{stem}.{number}" for number in range(first, last + 1)]
        found[group] = tuple(names)
    return found


def core() -> tuple[str, ...]:
    """All of them, in order."""
    return tuple(name for names in groups().values() for name in names)


def matching(patterns: Iterable[str]) -> tuple[str, ...]:
    """Those whose names match a pattern such as ``6.1.*``, in order."""
    patterns = list(patterns)
    return tuple(name for name in core() if any(fnmatchcase(name, each) for each in patterns))


def title(group: str) -> str:
    """What a group is about."""
    titles = {
        "1": _("messages of any length"),
        "2": _("Pings and Pongs"),
        "3": _("reserved bits"),
        "4": _("reserved opcodes"),
        "5": _("fragments"),
        "6": _("UTF-8"),
        "7": _("the end"),
        "10": _("one message in parts"),
    }
    return titles[group]
