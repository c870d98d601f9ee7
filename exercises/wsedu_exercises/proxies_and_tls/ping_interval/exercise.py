"""Choose how often a server sends Pings, so that no hop cuts and no dead client stays."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

Limits = list[int | None]


def ping_interval(limits, late, timeout, notice):
    """The most whole seconds between two Pings; None if there is no such number from 1 on."""
    most = notice - timeout
    for limit in limits:
        if limit is not None:
            most = min(most, limit - late - 1)
    return most if most >= 1 else None


def reference(limits: Limits, late: int, timeout: int, notice: int) -> int | None:
    """The same, by trying each interval, from the longest on."""

    def is_cut(interval: int) -> bool:
        # A Ping in time, the next one late; then the longest silence that a hop may see.
        silence = (2 * interval + late) - interval
        return any(limit is not None and silence >= limit for limit in limits)

    intervals = (n for n in range(notice, 0, -1) if n + timeout <= notice and not is_cut(n))
    return next(intervals, None)


def cases(chance: random.Random) -> list[Args]:
    """One hop, several in each order, hops without a limit, no way out; the defaults of today."""
    fixed: list[Args] = [
        ([60], 0, 0, 600),
        ([60], 5, 0, 600),
        ([60], 0, 20, 600),
        ([60], 5, 20, 600),
        ([], 0, 10, 40),
        ([], 5, 10, 40),
        ([None], 5, 10, 40),
        # The limits of nginx, of a load balancer, of a router: the shortest one in each place.
        ([60, 30], 5, 20, 600),
        ([30, 60], 5, 20, 600),
        ([350, 60, 30], 2, 20, 600),
        ([60, 30, 350], 2, 20, 600),
        ([30, 30], 2, 20, 600),
        ([9, 100], 1, 2, 600),
        ([None, 60], 5, 20, 600),
        ([60, None], 5, 20, 600),
        ([None, 60, None, 40], 5, 20, 600),
        # How soon a dead client must be noticed decides; the last alone, or both.
        ([60], 5, 20, 50),
        ([60], 5, 20, 73),
        ([60], 5, 20, 74),
        ([60], 5, 20, 75),
        ([350, None], 3, 20, 90),
        ([60], 20, 30, 61),
        # The shortest intervals there are, and none.
        ([2], 0, 1, 100),
        ([3], 1, 1, 100),
        ([1], 0, 1, 100),
        ([2], 1, 1, 100),
        ([5], 9, 1, 100),
        ([60], 0, 9, 10),
        ([60], 0, 10, 10),
        ([60], 0, 20, 10),
        ([None], 0, 10, 10),
        ([3], 0, 1, 2),
        ([12], 10, 1, 3),
        ([100, 1], 0, 1, 100),
        ([4], 0, 6, 60),
    ]
    for _case in range(how_many(20)):
        some = [
            chance.choice([None, chance.randrange(2, 90)]) for _hop in range(chance.randrange(5))
        ]
        fixed.append(
            (some, chance.randrange(8), chance.randrange(1, 25), chance.randrange(20, 120))
        )
    return fixed


def _decides(limits: Limits, late: int, timeout: int, notice: int) -> int:
    """By how many seconds the hops leave less than the notice; negative if they leave more."""
    known = [limit for limit in limits if limit is not None]
    return (notice - timeout) - (min(known) - late - 1) if known else -1


CONDITIONS: dict[str, Callable[..., bool]] = {
    "none": lambda *args: reference(*args) is None,
    "some": lambda *args: reference(*args) is not None,
    "no-limits": lambda limits, late, timeout, notice: not any(limits),
    "no-limit": lambda limits, late, timeout, notice: None in limits,
    "all-limits": lambda limits, late, timeout, notice: None not in limits,
    "one": lambda limits, late, timeout, notice: len(limits) == 1,
    "several": lambda limits, late, timeout, notice: len(limits) > 1,
    "hops-decide": lambda *args: _decides(*args) > 0,
    "notice-decides": lambda *args: _decides(*args) < 0,
    "late": lambda limits, late, timeout, notice: late > 0,
    "timeout": lambda limits, late, timeout, notice: timeout > 0,
    "later-than-limit": lambda limits, late, timeout, notice: any(
        limit is not None and limit <= late + 1 for limit in limits
    ),
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, int | None, section="5.5.2", conditions=CONDITIONS),
    solution=ping_interval,
)
