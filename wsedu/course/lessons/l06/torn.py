"""06.2: where a reader breaks that takes each chunk for a whole number of frames."""

from __future__ import annotations

import random
from itertools import accumulate

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict


def solution(frames: list[int], chunks: list[int]) -> list[int]:
    """The chunks whose end is not the end of a frame."""
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


def witness(frames: list[int], chunks: list[int]) -> list[int]:
    """The same by ``itertools``."""
    whole = set(accumulate(frames))
    return [number for number, end in enumerate(accumulate(chunks)) if end not in whole]


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """A few cuts by hand, then random ones."""
    cases = [([7], [7]), ([7], [3, 4]), ([7, 2], [9]), ([7, 2], [3, 5, 1]), ([5, 5], [5, 3])]
    cases += [([2, 2, 2], [6]), ([2, 2, 2, 2], [7, 1])]
    for _case in range(how_many(20)):
        frames = [chance.randint(2, 9) for _frame in range(chance.randint(1, 5))]
        left, chunks = sum(frames), []
        while left:
            chunks.append(chance.randint(1, min(left, chance.choice([8, 30]))))
            left -= chunks[-1]
        cases.append((frames, chunks))
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="torn",
        fits=lambda got: isinstance(got, list) and all(type(one) is int for one in got),
        like=_("a list of numbers"),
        passed=_("You see every place where the naive reader breaks."),
        section="5.2",
    )


def _two_at_most(frames: list[int], chunks: list[int]) -> list[int]:
    """Counts down what is missing of a frame, and goes on to one frame more in each chunk."""
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


SLIPS = (
    Slip(
        "never torn",
        lambda frames, chunks: [],
        _("You say that no chunk is torn; but a chunk may end anywhere in a frame."),
    ),
    Slip(
        "sizes are compared",
        lambda frames, chunks: [n for n, size in enumerate(chunks) if size not in frames],
        _("You compare sizes; what counts is the place in the stream where a chunk ends."),
    ),
    Slip(
        "one frame a chunk",
        lambda frames, chunks: [
            n for n, size in enumerate(chunks) if n >= len(frames) or frames[n] != size
        ],
        _("You expect one frame in each chunk; two whole frames in a chunk are no harm here."),
    ),
    Slip(
        "two frames a chunk",
        _two_at_most,
        _("You allow two frames in a chunk; it may hold three, or a hundred."),
    ),
    Slip(
        "the first alone",
        edited(solution, ("torn.append(number)", "return [number]")),
        _("You stop at the first torn chunk; return the numbers of all of them."),
    ),
    Slip(
        "sizes",
        edited(solution, ("torn.append(number)", "torn.append(size)")),
        _("You return the sizes of the torn chunks; return their numbers, counted from 0."),
    ),
    Slip(
        "places",
        edited(solution, ("torn.append(number)", "torn.append(end)")),
        _("You return the places where the torn chunks end; return their numbers, from 0."),
    ),
    Slip(
        "counted from one",
        edited(solution, ("enumerate(chunks)", "enumerate(chunks, 1)")),
        _("Count the chunks from 0."),
    ),
    Slip(
        "the whole ones",
        edited(solution, ("not in ends", "in ends")),
        _("You return the chunks that end with a frame; return the others."),
    ),
)

EXERCISE = Exercise(
    name="06.2",
    title=_("Where does it break?"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "A chunk is torn if its end in the stream is not the end of a frame. On one machine this "
        "hardly ever happens, so the naive reader passes its tests, and breaks in the field."
    ),
    hints=(
        _("At which byte of the stream does each frame end, and at which each chunk?"),
        _("Both are sums: itertools.accumulate gives them, or a variable that grows."),
        _("Collect the ends of the frames in a set, and list the chunks whose end is not in it."),
    ),
    slips=SLIPS,
)
