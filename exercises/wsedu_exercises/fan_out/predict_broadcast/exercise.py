"""Predict when a message arrives, and when the server has done, with a client that is slow."""

from __future__ import annotations

import random
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters


def half(seconds: int) -> float:
    """Half of them, as a whole number if it is one."""
    return seconds // 2 if seconds % 2 == 0 else seconds / 2


def about(
    bob: int = 5,
    cem: int = 3,
    limit: int = 2,
    first: int = 4,
    last: int = 7,
    twice: int = 4,
    late: int = 6,
) -> dict[str, Any]:
    """The exercise with these seconds: ``limit`` < ``cem`` < ``bob``, and ``first`` < ``last``.

    bob, cem:    those of A, B, C, F and G; ``limit`` is the timeout of G
    first, last: Bob and Cem in D
    twice, late: Bob in E, and in H
    """
    both = bob + cem
    wrong: dict[str, Any] = {"slow-client-stops-all": dict.fromkeys("ABCDEFG")}
    wrong |= letters(
        A={"loop-never-reaches-dee": None},
        B={"loop-never-ends": None},
        C={"gather-never-sends": None},
        D={"gather-never-returns": None},
        E={"second-message-never-comes": None},
        F={"broadcast-never-returns": None},
        G={"timeout-ends-the-loop": None},
        H={"change-raises-nothing": None},
    )
    # The same belief about several letters.
    wrong |= {
        "loop-is-at-once": {"A": 0, "B": bob, "G": 0},
        "loop-is-at-once/A-and-B": {"A": 0, "B": bob},
        "gather-is-a-loop": {"C": both, "D": first + last, "E": 2 * twice},
        "gather-is-a-loop/C-and-D": {"C": both, "D": first + last},
        "gather-delivers-together": {"C": bob, "E": 2 * twice},
        "no-client-is-waited-for": dict.fromkeys("ABDEG", 0),
        "no-client-is-waited-for/A-and-B": dict.fromkeys("AB", 0),
        "no-client-is-waited-for/D-and-E": dict.fromkeys("DE", 0),
        "all-take-the-longest": dict.fromkeys("BCF", bob),
        "all-take-the-longest/and-G": dict.fromkeys("BCFG", bob),
        "gather-and-broadcast-wait": dict.fromkeys("CF", bob),
        "each-client-is-slow": dict.fromkeys("AB", 4 * bob),
        "each-client-is-slow/three": dict.fromkeys("AB", 3 * bob),
        "milliseconds": {
            "A": 1000 * bob,
            "B": 1000 * both,
            "D": 1000 * last,
            "E": 1000 * twice,
            "G": 2000 * limit,
            "H": 1000 * late,
        },
    }
    wrong |= letters(
        A={
            "loop-dee-0": 0,
            "loop-dee-1": 1,
            "loop-dee-10": 2 * bob,
            "loop-dee-15": 3 * bob,
            "loop-dee-20": 4 * bob,
        },
        B={
            "loop-ends-with-bob": bob,
            "loop-ends-with-cem": cem,
            "loop-ends-at-once": 0,
            "loop-ends-difference": bob - cem,
            "loop-ends-product": bob * cem,
            "loop-ends-10": 2 * bob,
            "loop-ends-mean": half(both),
            "loop-ends-per-client": 4 * bob,
            "loop-ends-16": 2 * both,
        },
        C={
            "gather-dee-5": bob,
            "gather-dee-8": both,
            "gather-dee-3": cem,
            "gather-dee-2": bob - cem,
            "gather-dee-4": half(both),
            "gather-dee-1": 1,
        },
        D={
            "gather-returns-with-bob": first,
            "gather-returns-sum": first + last,
            "gather-returns-at-once": 0,
            "gather-returns-difference": last - first,
            "gather-returns-mean": half(first + last),
            "gather-returns-product": first * last,
        },
        E={
            "second-at-once": 0,
            "second-after-both": 2 * twice,
            "second-after-2": half(twice),
            "second-after-three": 3 * twice,
            "second-after-16": 4 * twice,
            "second-after-5": bob,
        },
        F={
            "broadcast-waits": bob,
            "broadcast-waits-for-each": 4 * bob,
            "broadcast-waits-for-each/three": 3 * bob,
            "broadcast-1": 1,
            "broadcast-drops": limit,
        },
        G={
            "timeout-once": limit,
            "timeout-cem-in-full": limit + cem,
            "timeout-never": both,
            "timeout-cem-alone": cem,
            "timeout-bob-and-timeout": bob + limit,
            "timeout-at-once": 0,
            "timeout-three": 3 * limit,
            "timeout-added": both + 2 * limit,
            "timeout-added/10": both + limit,
            "timeout-1": 1,
        },
        H={
            "change-raises-at-once": 1,
            "change-raises-0": 0,
            "change-raises-later": late + 1,
            "change-raises-5": bob,
            "change-raises-12": 2 * late,
            "change-raises-2": 2,
        },
    )
    right = (bob, both, 0, last, twice, 0, 2 * limit, late)
    return {
        "solution": dict(zip("ABCDEFGH", right, strict=True)),
        "wrong": wrong,
        "facts": {
            "bob": bob,
            "cem": cem,
            "limit": limit,
            "first": first,
            "last": last,
            "twice": twice,
            "returns": 2 * twice,
            "late": late,
        },
    }


def draw(chance: random.Random) -> dict[str, Any]:
    """Other seconds, of which each client has its own."""
    limit, cem, bob = sorted(chance.sample(range(2, 10), 3))
    first, last = sorted(chance.sample(range(2, 10), 2))
    return about(bob, cem, limit, first, last, chance.randrange(2, 10), chance.randrange(3, 10))


EXERCISE = Exercise(
    stars=1, judge=Letters(section="6.1", fits=int | float | None), **about(), draw=draw
)
