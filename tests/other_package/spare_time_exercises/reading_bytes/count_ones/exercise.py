"""Count the ones in a byte."""

from __future__ import annotations

import random

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch


def count_ones(byte: int) -> int:
    """The ones among its eight bits."""
    return f"{byte:08b}".count("1")


def cases(chance: random.Random) -> list[Args]:
    """The borders, then random bytes."""
    return [(0,), (255,), (1,), *((chance.randrange(256),) for _case in range(how_many(10)))]


EXERCISE = Exercise(
    stars=1,
    judge=Cases(cases, int.bit_count, int, section="5.2"),
    solution=count_ones,
    wrong={
        "zeros": patch('"1"', '"0"'),
        "leading-zeros-are-lost": patch(('"1"', '"0"'), (":08b", ":b")),
        "first-bit-only": patch('.count("1")', '[0] == "1"'),
    },
)
