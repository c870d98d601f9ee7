"""08.4: how long a client waits before it tries again."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many, recognise
from ...runner import Attempt, shorten
from ...verdict import Verdict, not_yet


def solution(n, chance):
    """A random time up to a limit that doubles, and stops doubling at 60 s."""
    return chance.uniform(0, min(60, 5 * 2**n))


SEEDED = 0.3


class Share(random.Random):
    """Chance that always says the same share between 0 and 1, so that a case can be repeated."""

    def __new__(cls, share: float) -> Share:
        return super().__new__(cls)

    def __init__(self, share: float) -> None:
        super().__init__(0)
        self.share = self._says = share

    def random(self) -> float:
        """The share."""
        return self._says

    def seed(self, *args: object, **options: object) -> None:
        """From now on it says the same to everybody, as a generator does that is seeded."""
        self._says = SEEDED

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Share) and other.share == self.share

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<chance: always {self.share}>"


# The limit of each try, in seconds, counted by hand.
LIMITS = {0: 5, 1: 10, 2: 20, 3: 40, 4: 60, 5: 60, 6: 60, 20: 60, 200: 60}


def _cases(chance: random.Random) -> list[tuple[int, Share]]:
    """Every try with the least, the middle and nearly the most; then at random."""
    cases = [(n, Share(share)) for n in LIMITS for share in (0.5, 0.0, 0.875)]
    for _case in range(how_many(20)):
        cases.append((chance.choice(list(LIMITS)), Share(chance.random())))
    return cases


def _expected(n: int, chance: Share) -> float:
    return LIMITS[n] * chance.share


def _right(args: tuple[Any, ...], got: Any) -> bool:
    if type(got) not in (int, float) or not 0 <= got <= 60:  # no float holds a huge int
        return False
    n, chance = args
    # Counted from either end, it is as random.
    return any(
        math.isclose(got, LIMITS[n] * share, abs_tol=1e-9)
        for share in (chance.share, 1 - chance.share)
    )


def _from_anew(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a chance that nobody has seeded yet."""
    return lambda n, chance: function(n, Share(chance.share))


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Every case against the table of limits."""
    draw = _from_anew(attempt)
    results = [(args, draw(*args)) for args in _cases(chance)]
    if all(_right(args, got) for args, got in results):
        return Verdict(
            "passed", _("Your clients come back at different times, and none too late."), "7.2.3"
        )
    slips = [replace(slip, wrong=_from_anew(slip.wrong)) for slip in SLIPS]
    said, args, got = recognise(slips, results, _right, what=_rounded)
    if type(got) not in (int, float):
        said = _("Return seconds, as a number, not {got}.").format(got=shorten(got))
    elif said is None and (limit := _limit_of(args[0], results)):
        said = _("Before try {n} your limit is {limit} s; it should be {right} s.").format(
            n=args[0], limit=shorten(limit, 20), right=LIMITS[args[0]]
        )
    elif said is None and not 0 <= got <= LIMITS[args[0]]:
        said = _("Before try {n}, wait between 0 and {limit} s.").format(
            n=args[0], limit=LIMITS[args[0]]
        )
    return not_yet(
        said
        or _(
            "Your times do not come evenly from the chance that you were given: take them from "
            "chance.random() or chance.uniform(a, b)."
        ),
        "7.2.3",
        case=_("n={n}, chance says {share}: you returned {got}, expected {right}").format(
            n=args[0], share=args[1].share, got=shorten(got), right=_expected(*args)
        ),
    )


def _limit_of(n: int, results: list[tuple[tuple[int, Share], Any]]) -> float | None:
    """The limit below which an answer draws evenly before try ``n``; None if it does not."""
    drawn = [(args[1].share, got) for args, got in results if args[0] == n]
    if any(type(got) not in (int, float) or abs(got) > 1e300 for _share, got in drawn):
        return None
    share, got = max(drawn)
    limit = got / share
    even = all(math.isclose(got, limit * share, abs_tol=1e-9) for share, got in drawn)
    return round(limit, 6) if even else None


def _rounded(got: Any) -> Any:
    return round(got, 6)


SLIPS = (
    Slip(
        "no chance",
        edited(solution, ("chance.uniform(0, min(60, 5 * 2**n))", "min(60, 5 * 2**n)")),
        _("You use no chance: all clients that lost their connection together come back together."),
    ),
    Slip(
        "chance is seeded",
        edited(solution, ("return ", "chance.seed(n)\n    return ")),
        _("You seed chance, so all clients draw the same time and come back together."),
    ),
    Slip(
        "no limit",
        edited(solution, ("min(60, 5 * 2**n)", "5 * 2**n")),
        _("Your limit doubles forever. In this exercise it stops at 60 s."),
    ),
    Slip(
        "the first try at once",
        edited(solution, ("chance.uniform", "0 if n == 0 else chance.uniform")),
        _(
            "Your first try comes at once. The RFC asks for a random delay before this one too "
            "(7.2.3): all clients lose their connections at the same moment."
        ),
    ),
    Slip(
        "the first delay is fixed",
        edited(solution, ("chance.uniform", "5 if n == 0 else chance.uniform")),
        _("Your first delay is always the same. Choose it at random between 0 and 5 s."),
    ),
    Slip(
        "linear",
        edited(solution, ("5 * 2**n", "5 * (n + 1)")),
        _("Your limit grows by the same amount each time. Double it instead."),
    ),
    Slip(
        "one step ahead",
        edited(solution, ("2**n", "2 ** (n + 1)")),
        _("You double one step too early. For the first try, n is 0 and the limit is 5 s."),
    ),
    Slip(
        "chance at the start only",
        edited(solution, ("chance.uniform", "min(60, 5 * 2**n) if n else chance.uniform")),
        _("Only your first delay is random. With the later ones all clients come back together."),
    ),
    Slip(
        "milliseconds",
        edited(solution, ("chance.uniform", "1000 * chance.uniform")),
        _("You return milliseconds. Return seconds."),
    ),
    Slip(
        "the time is truncated",
        edited(
            solution,
            (
                "chance.uniform(0, min(60, 5 * 2**n))",
                "min(60, chance.uniform(0, 5 * 2**n))",
            ),
        ),
        _("You limit the time instead of its range, so nearly all clients wait 60 s together."),
    ),
)

EXERCISE = Exercise(
    name="08.4",
    title=_("Come back, but not all at once"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "The growing limit spreads the clients over more and more time, and chance spreads them "
        "evenly within it. The 60 s, our own choice, keep a client from being away for hours."
    ),
    hints=(
        _("Write down the limits first: 5, 10, 20, 40, and then always 60."),
        _("min(60, ...) is the limit; chance.uniform(a, b) is a random time between a and b."),
        _("The limit is min(60, 5 * 2**n), and the time is between 0 and it."),
    ),
    slips=SLIPS,
)
