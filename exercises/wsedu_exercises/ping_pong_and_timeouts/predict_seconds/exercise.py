"""Predict when the server gives up."""

from __future__ import annotations

import random
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters


def same(one: float | None, other: float | None) -> bool:
    """Whether two answers differ by a hundredth of a second at most, or are the same otherwise."""
    if one == other or one is None or other is None:
        return one == other
    return max(abs(one), abs(other)) < 1e6 and abs(one - other) < 0.015  # no float is that huge


def seconds(value: float) -> float:
    """Without what the last bits of a float would add, and whole if it is."""
    value = round(value, 4)
    return int(value) if value == int(value) else value


def each(names: str, value: float) -> dict[str, float]:
    """The same seconds for several letters."""
    return dict.fromkeys(names, seconds(value))


B = 20  # both defaults of the library
HALF = 0.5  # seconds after which the client of G answers


def about(i: float = 0.5, t: float = 0.7, late: float = 0.9, i2: int = 2, t2: int = 1) -> Any:
    """The exercise about two intervals, two timeouts, and a Pong that is late.

    ``i`` and ``t`` are those of A, C, D and E; ``i2`` and ``t2`` those of F and G.
    """
    f, g = 3 * i2 + t2, 2 * i2 + HALF + t2
    wrong: dict[str, Any] = {
        "never-gives-up": dict.fromkeys("ABDEFG"),
        "any-pong-or-late": dict.fromkeys("DE"),
        "answered-once-is-enough": dict.fromkeys("FG"),
    }
    wrong |= letters(
        A={"silent-never": None},
        B={"default-never": None},
        D={"any-pong": None},
        E={"late-pong-counts": None},
        F={"answers-stop-never": None},
        G={"late-answers-stop-never": None},
    )

    # The same belief about several letters: what it makes of A, D and E; of B; of F; and of G.
    for name, ade, b, of_f, of_g in (
        ("counts-from-the-last-ping", t, B, t2, t2),
        ("pings-at-once", t, B, 2 * i2 + t2, i2 + HALF + t2),
        ("gives-up-with-its-ping", i, B, 3 * i2, 2 * i2 + HALF),
        ("waits-twice", i + 2 * t, 3 * B, f + t2, g + t2),
        ("pings-once-more", 2 * (i + t), 4 * B, f + i2 + t2, g + i2 + t2),
        ("one-more-interval", 2 * i + t, 3 * B, f + i2, g + i2),
        ("three-rounds", 3 * (i + t), 6 * B, None, None),
        ("milliseconds", 1000 * (i + t), 2000 * B, 1000 * f, 1000 * g),
    ):
        wrong[name] = each("A", ade) | each("B", b) | each("DE", ade)
        if of_f is not None and of_g is not None:
            wrong[name] |= each("F", of_f) | each("G", of_g)
    for name, of_f, of_g in (
        ("adds-rounds-in-full", 3 * (i2 + t2), 2 * (i2 + t2)),
        ("first-ping-decides", i2 + t2, i2 + t2),
        ("one-ping-too-few", 2 * i2 + t2, i2 + t2),
        ("second-of-the-last-ping", 3 * i2, 2 * i2 + HALF),
        ("second-of-the-last-pong", 2 * i2, i2 + HALF),
        ("timeout-after-the-last-pong", 2 * i2 + t2, i2 + HALF + t2),
    ):
        wrong[name] = each("F", of_f) | each("G", of_g)

    single: dict[str, dict[str, float]] = {
        "A": {
            "timeout-only": t,
            "interval-only": i,
            "silent-twice": i + 2 * t,
            "silent-another-interval": 2 * i + t,
            "silent-two-rounds": 2 * (i + t),
            "silent-difference": abs(t - i),
            "silent-product": i * t,
            "silent-timeouts": 2 * t,
            "silent-intervals": 2 * i,
            "silent-at-once": 0,
        },
        "B": {f"{value}-seconds": value for value in (B, 3 * B, 4 * B, B // 2, B * B, 0)},
        "C": {
            "answered-first-timeout": i + t,
            "answered-first-ping": i,
            "answered-timeout-alone": t,
            "answered-second-ping": 2 * i,
            "answered-0": 0,
        },
        "D": {
            "other-bytes-at-once": i,
            "other-bytes-timeout-only": t,
            "other-bytes-twice": i + 2 * t,
            "other-bytes-another-interval": 2 * i + t,
            "other-bytes-two-rounds": 2 * (i + t),
            "other-bytes-0": 0,
        },
        "E": {
            "until-late-pong": i + late,
            "late-pong-interval": i,
            "late-pong-timeout": t,
            "late-pong-delay": late,
            "late-pong-delay-and-timeout": late + t,
            "late-pong-all-added": i + t + late,
            "late-pong-second-round": 2 * i + late,
            "late-pong-two-rounds": 2 * (i + t),
            "late-pong-new-round-after-it": 2 * i + late + t,
            "late-pong-difference": late - t,
        },
        "F": {
            "first-ping-unanswered": i2 + t2,
            "second-ping-sent": 2 * i2,
            "no-last-interval": 2 * i2 + t2,
            "last-ping-sent": 3 * i2,
            "one-interval-too-many": 4 * i2,
            "rounds-in-full": 3 * (i2 + t2),
            "four-pings": f + i2 + t2,
            "timeout-alone": t2,
            "interval-alone": i2,
        },
        "G": {
            "interval-from-ping": 2 * i2 + t2,
            "late-first-ping-unanswered": i2 + t2,
            "late-pong-came": i2 + HALF,
            "timeout-from-pong": i2 + HALF + t2,
            "late-second-ping-sent": 2 * i2 + HALF,
            "interval-from-timeout": 2 * (i2 + t2),
            "late-one-interval-too-many": 3 * i2 + HALF,
            "one-round-too-many": 2 * (i2 + HALF) + i2 + t2,
            "late-three-pings": g + i2,
            "half-second-forgotten": 2 * i2,
        },
    }
    for letter, mistakes in single.items():
        wrong |= {name: each(letter, value) for name, value in mistakes.items()}
        if letter == "C":
            wrong["answered-infinite"] = {"C": float("inf")}
    return {
        "solution": each("A", i + t)
        | each("B", 2 * B)
        | {"C": None}
        | each("DE", i + t)
        | each("F", f)
        | each("G", g),
        "wrong": wrong,
        "facts": {
            "i": i,
            "t": t,
            "late": late,
            "i2": i2,
            "t2": t2,
            "second": f"{2 * i:.1f}",
            "over": seconds(late - t),
            "two": 2 * i2,
            "three": 3 * i2,
            "pong": i2 + HALF,
            "ping": 2 * i2 + HALF,
        },
    }


def draw(chance: random.Random) -> Any:
    """Other intervals and timeouts: tenths of a second, and whole seconds."""
    i, t = chance.sample(range(2, 10), 2)
    late = t + chance.randrange(1, 4)
    i2, t2 = chance.sample(range(1, 7), 2)
    return about(i / 10, t / 10, late / 10, i2, t2)


EXERCISE = Exercise(
    stars=1,
    judge=Letters(
        section="5.5.2; 5.5.3",
        sections={letter: "5.5.3" if letter == "D" else "5.5.2" for letter in "ABCDEFG"},
        fits=int | float | None,
        same=same,
    ),
    **about(),
    draw=draw,
)
