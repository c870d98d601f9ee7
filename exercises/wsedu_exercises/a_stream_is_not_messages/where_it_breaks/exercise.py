"""Find the chunks that a naive reader cannot read: those that do not end with a frame."""

from __future__ import annotations

import random
from collections.abc import Callable
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
    found += [([2, 2, 2], [6]), ([2, 2, 2, 2], [7, 1]), ([7], []), ([7], [3]), ([7, 2], [7, 2])]
    found += [([2, 7], [7, 2]), ([5, 5], [5, 5]), ([4, 4], [2, 2, 2, 2]), ([3, 3, 3], [3, 6])]
    found += [([3, 3, 3], [4, 2, 3]), ([9, 2], [1] * 11), ([300, 2], [256, 46]), ([6, 3], [3, 6])]
    found += [([7, 2, 7], [7, 1, 1, 7]), ([2, 3, 4], [2, 4, 3]), ([8], [4, 3, 1])]
    found += [([1024, 6], [1024, 6]), ([1030], [1024, 6]), ([2] * 9, [5, 4, 9])]
    for _case in range(how_many(20)):
        frames = [chance.randint(2, 9) for _frame in range(chance.randint(1, 5))]
        left, chunks = sum(frames), []
        while left:
            chunks.append(chance.randint(1, min(left, chance.choice([8, 30]))))
            left -= chunks[-1]
        found.append((frames, chunks))
    return found


CONDITIONS: dict[str, Callable[[list[int], list[int]], bool]] = {
    "one-frame": lambda frames, chunks: len(frames) == 1,
    "one-chunk": lambda frames, chunks: len(chunks) == 1,
    "equal": lambda frames, chunks: frames == chunks,
    "none": lambda frames, chunks: not reference(frames, chunks),
    "some": lambda frames, chunks: bool(reference(frames, chunks)),
    "several": lambda frames, chunks: len(reference(frames, chunks)) > 1,
    "more-chunks": lambda frames, chunks: len(chunks) > len(frames),
    "fewer-chunks": lambda frames, chunks: len(chunks) < len(frames),
    "unfinished": lambda frames, chunks: sum(chunks) < sum(frames),
    "nothing": lambda frames, chunks: not chunks,
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, list[int], section="5.2", conditions=CONDITIONS),
    solution=torn,
)
