"""Compute how long a client waits before it tries again."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten


def backoff(n, chance):
    """A random time up to a limit that doubles, and stops doubling at 60 s."""
    return chance.uniform(0, min(60, 5 * 2**n))


SEEDED = 0.3


class Share(random.Random):
    """Chance that always draws the same share between 0 and 1, so that a case can be repeated."""

    def __new__(cls, share: float) -> Share:
        return super().__new__(cls)

    def __init__(self, share: float) -> None:
        super().__init__()
        super().seed(0)  # for what is not drawn with ``random``
        self.share = self._says = share

    def random(self) -> float:
        """The share."""
        return self._says

    def seed(self, *args: object, **options: object) -> None:
        """From now on, draw a share that does not depend on the case, as seeded chance does."""
        self._says = SEEDED

    def __deepcopy__(self, memo: object) -> Share:
        return Share(self.share)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Share) and other.share == self.share

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<chance: always {self.share}>"


# The limit before each try, in seconds, computed by hand.
LIMITS = {0: 5, 1: 10, 2: 20, 3: 40, 4: 60, 5: 60, 6: 60, 7: 60, 8: 60, 9: 60, 20: 60, 200: 60}
LIMITS |= {1024: 60, 5000: 60}  # 2.0**1024 fits in no float


def cases(chance: random.Random) -> list[tuple[int, Share]]:
    """Every try with a middle, the smallest and a large share; then at random."""
    found = [(n, Share(share)) for n in LIMITS for share in (0.5, 0.0, 0.875)]
    for _case in range(how_many(20)):
        found.append((chance.choice(list(LIMITS)), Share(chance.random())))
    return found


def _right(args: tuple[Any, ...], got: Any) -> bool:
    if not 0 <= got <= 60:  # a huge int fits in no float
        return False
    n, chance = args
    # limit - time is as random as the time itself.
    return any(
        math.isclose(got, LIMITS[n] * share, abs_tol=0.006)  # hundredths are exact enough
        for share in (chance.share, 1 - chance.share)
    )


def anew(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with chance that no earlier call has seeded; the module ``random`` as well."""

    def call(n: int, chance: Share) -> Any:
        before = random.getstate()
        random.seed(n + chance.share)
        try:
            return function(n, Share(chance.share))
        finally:
            random.setstate(before)

    return call


CONDITIONS: dict[str, Callable[[int, Share], bool]] = {
    "first": lambda n, chance: n == 0,
    "later": lambda n, chance: n > 0,
    "second": lambda n, chance: n == 1,
    "below-60": lambda n, chance: n < 4,
    "three": lambda n, chance: n == 3,
    "four": lambda n, chance: n == 4,
    "at-60": lambda n, chance: n >= 4,
    "above-60": lambda n, chance: n >= 5,
    "many": lambda n, chance: n >= 20,
    "1024": lambda n, chance: n >= 1024,
    "zero": lambda n, chance: chance.share == 0,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What to say if no mistake fits."""
    n, right = args[0], LIMITS[args[0]]
    if limit := _limit_of(n, results):
        return exercise.words.say("limit", n=n, limit=shorten(limit, 20), right=right)
    inside = 0 <= got <= right
    return exercise.words.say("uneven" if inside else "outside", n=n, limit=right)


def what(got: Any) -> Any:
    """The seconds, as exact as two ways to compute them agree."""
    return round(got, 6) if type(got) in (int, float) else got


def show(args: Args, got: Any) -> dict[str, Any]:
    """The try, and the share that chance drew."""
    n, chance = args
    right = LIMITS[n] * chance.share
    return {"case": f"n={n}, chance draws {chance.share}: got {shorten(got)}, expected {right}"}


def _limit_of(n: int, results: list[tuple[tuple[int, Share], Any]]) -> float | None:
    """The limit up to which an answer draws evenly before try ``n``; None if it does not."""
    drawn = [(args[1].share, got) for args, got in results if args[0] == n]
    if any(type(got) not in (int, float) or abs(got) > 1e300 for _share, got in drawn):
        return None
    share, got = max(drawn)
    limit = got / share
    even = all(math.isclose(got, limit * share, abs_tol=1e-9) for share, got in drawn)
    return round(limit, 6) if even else None


EXERCISE = Exercise(
    stars=3,
    judge=Cases(
        cases,
        lambda n, chance: LIMITS[n] * chance.share,
        int | float,
        section="7.2.3",
        right=_right,
        through=anew,
    ).telling(what=what, conditions=CONDITIONS, explain=explain, show=show),
    solution=backoff,
)
