"""Estimate how many connections a server can have: memory, open files, names of connections."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args


def most_connections(memory, each, files, used, proxies):
    """How many connections fit: the least of what memory, files and ports allow; at least 0."""
    limits = [memory * 1024 * 1024 // each, max(0, files - used)]
    if proxies:
        limits.append(proxies * (60_999 - 32_768 + 1))
    return min(limits)


def reference(memory: int, each: int, files: int, used: int, proxies: int) -> int:
    """The number before the first connection that does not fit."""

    def fits(count: int) -> bool:
        return (
            count * each * 2**10 <= memory * 2**30
            and used + count <= files
            and (not proxies or count <= len(range(32768, 61000)) * proxies)
        )

    fewest, most = 0, 2**40  # the first fits, and the second does not
    while most - fewest > 1:
        middle = (fewest + most) // 2
        fewest, most = (middle, most) if fits(middle) else (fewest, middle)
    return fewest


# GiB of memory, KiB each, files, used files, proxies.
CASES = """
# Files: the shell's limit, a raised one, and borders.
    1        50      1024    24   0
    4        14      1024    10   0
    4        14       100    99   0
    4        14       100   100   0
    4        14        20    24   0
    4        14        64     0   0
   64         1   1048576   100   0
   64        50     65536     1   0
   64        50     65535     0   0
   64        50     70000    10   0
   64        14    200000    40   0
   16         1  10000000    10   0
# Memory: it divides evenly, and it does not.
    1        64   1048576   100   0
    1        50   1048576   100   0
    1         6   1048576    20   0
    2        50     65536    20   0
    3      1000     65536    10   0
    8        60   1048576   100   0
    1   2000000      1024    10   0
    1   1048576      1024    10   0
    0        50      1024    10   0
# Proxies: each of them has its own ports.
   64        14   1048576   100   1
   64        14   1048576   100   2
   64        14   1048576   100   3
   64        14    200000   100   5
   64        14   1048576   100  40
    1        50   1048576   100   1
    1        50      1024    24   2
    1        14   1048576   100   2
   64        50     28242    10   1
   64        50     28241    10   1
   64        50     28243    10   1
   64        14     28282   100   1
   64        14     56514   100   2
    4        14        20    24   1
"""


def cases(chance: random.Random) -> list[Args]:
    """Each limit alone, their borders, and a few by chance."""
    found: list[Args] = [
        tuple(map(int, line.split())) for line in CASES.splitlines() if line[:1] not in ("", "#")
    ]
    for _case in range(how_many(10)):
        found.append(
            (
                chance.randint(1, 16),
                chance.randint(5, 200),
                chance.choice([1024, 4096, 65_536, 1_048_576]),
                chance.randint(0, 200),
                chance.randint(0, 3),
            )
        )
    return found


def _limits(memory: int, each: int, files: int, used: int, proxies: int) -> dict[str, int]:
    """What each of the three allows, without the others."""
    found = {
        "memory": reference(memory, each, 2**40, 0, 0),
        "files": reference(2**20, 1, files, used, 0),
    }
    return found | ({"ports": reference(2**20, 1, 2**40, 0, proxies)} if proxies else {})


def _least(name: str) -> Callable[..., bool]:
    """Whether this is what allows the fewest."""

    def is_least(*args: int) -> bool:
        limits = _limits(*args)
        return min(limits, key=lambda limit: limits[limit]) == name

    return is_least


CONDITIONS: dict[str, Callable[..., bool]] = {
    "memory": _least("memory"),
    "files": _least("files"),
    "ports": _least("ports"),
    "direct": lambda memory, each, files, used, proxies: not proxies,
    "proxies": lambda memory, each, files, used, proxies: proxies > 0,
    "several-proxies": lambda memory, each, files, used, proxies: proxies > 1,
    "uneven": lambda memory, each, files, used, proxies: memory * 2**20 % each > 0,
    "many": lambda *args: reference(*args) > 65_535,
    "none": lambda *args: reference(*args) == 0,
    "full": lambda memory, each, files, used, proxies: used > files,
    "nothing-used": lambda memory, each, files, used, proxies: used == 0,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str | None:
    """Which limit is the least in this case, and what it allows, if no mistake fits."""
    say, limits = exercise.words.say, _limits(*args)
    least = min(limits, key=lambda limit: limits[limit])
    if type(got) is not int:
        return None
    if got < 0:
        return say("negative")
    return say("memory" if least == "memory" else "files" if least == "files" else "ports")


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, int, section="4.1", conditions=CONDITIONS, explain=explain),
    solution=most_connections,
)
