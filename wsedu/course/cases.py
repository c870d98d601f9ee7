"""The cases of Autobahn's test suite that every server should pass, by their groups.

How to think about it: the suite is the field's own list of what a server must do and refuse. Left
out are its groups 9 (limits and speed), 12 and 13 (compression), of which a server may have none.
``cases.toml`` says in our own words what the client does in each case.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources

from ..words import _


@cache
def rows() -> dict[str, str]:
    """What is written about each case, by its name; 247 in all, in order."""
    tables = tomllib.loads((resources.files(__package__) / "cases.toml").read_text("utf-8"))
    found = dict(tables["sent"])
    for table, right, wrong in (
        ("texts", "text:0x{} within:0.5", "!text:0x{} within:0.5 -> 1007"),
        ("closes", "close:#{0} -> 1000 {0}", "!close:#{0}"),
    ):
        for stem, values in tables[table].items():
            for number, value in enumerate(values.split(), 1):
                row = wrong if value.startswith("!") else right
                found[f"{stem}.{number}"] = row.format(value.removeprefix("!"))
    return dict(sorted(found.items(), key=lambda row: [int(part) for part in row[0].split(".")]))


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """The names of the cases, by the number of their group."""
    found: dict[str, tuple[str, ...]] = {}
    for name in rows():
        group = name.partition(".")[0]
        found[group] = (*found.get(group, ()), name)
    return found


def core() -> tuple[str, ...]:
    """All of them, in order."""
    return tuple(rows())


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
