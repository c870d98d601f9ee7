"""Find the chunks that a naive reader cannot read: those that do not end with a frame."""

from __future__ import annotations

import random
from itertools import accumulate

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args


def torn(frames: list[int], chunks: list[int]) -> list[int]:
    """The numbers of the chunks that do not end where a frame ends."""
    ends = set()
    end = 0
    for size in frames:
        end += size
        ends.add(end)
    torn = []
    end = 0
    for number, size in enumerate(chunks):
        end += size
        if end not in ends:
            torn.append(number)
    return torn


def reference(frames: list[int], chunks: list[int]) -> list[int]:
    """The same by ``itertools``."""
    whole = set(accumulate(frames))
    return [number for number, end in enumerate(accumulate(chunks)) if end not in whole]


def cases(chance: random.Random) -> list[Args]:
    """A few cuts by hand, then random ones."""
    found = [([7], [7]), ([7], [3, 4]), ([7, 2], [9]), ([7, 2], [3, 5, 1]), ([5, 5], [5, 3])]
    found += [([2, 2, 2], [6]), ([2, 2, 2, 2], [7, 1])]
    for _case in range(how_many(20)):
        frames = [chance.randint(2, 9) for _frame in range(chance.randint(1, 5))]
        left, chunks = sum(frames), []
        while left:
            chunks.append(chance.randint(1, min(left, chance.choice([8, 30]))))
            left -= chunks[-1]
        found.append((frames, chunks))
    return found


def _two_at_most(frames: list[int], chunks: list[int]) -> list[int]:
    """Counts down the bytes that a frame lacks, and allows one more frame in each chunk."""
    left, found = list(frames), list[int]()
    missing = left.pop(0)
    for number, size in enumerate(chunks):
        missing -= size
        if missing < 0:
            missing += left.pop(0) if left else -missing
        if missing != 0:
            found.append(number)
        elif left:
            missing = left.pop(0)
    return found


EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases,
        reference,
        lambda got: isinstance(got, list) and all(type(one) is int for one in got),
        section="5.2",
    ),
    solution=torn,
    wrong={
        "never-torn": lambda frames, chunks: [],
        "compares-sizes": lambda frames, chunks: [
            n for n, size in enumerate(chunks) if size not in frames
        ],
        "one-frame-per-chunk": lambda frames, chunks: [
            n for n, size in enumerate(chunks) if n >= len(frames) or frames[n] != size
        ],
        "two-frames-per-chunk": _two_at_most,
    },
)
