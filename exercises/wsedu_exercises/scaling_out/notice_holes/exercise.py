"""Find the messages that are missing, from the numbers of those that came."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs, disable-error-code=var-annotated

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args


def missing(came):
    """The messages that are missing, as (publisher, start, number)."""
    seen = {}  # (publisher, start) -> its numbers; 0 before them, if all from 1 on should be there
    for publisher, start, number in came:
        if (publisher, start) not in seen:
            again = any(publisher == other for other, _start in seen)
            seen[publisher, start] = [0] if again else []
        seen[publisher, start].append(number)
    return [
        (publisher, start, number)
        for (publisher, start), numbers in seen.items()
        for number in range(numbers[0] + 1, max(numbers))
        if number not in numbers
    ]


Message = tuple[str, int, int]


def noticed(came: list[Message]) -> list[Message]:
    """Each message opens the hole between the largest number and its own, or fills one place."""
    holes: set[Message] = set()
    largest: dict[tuple[str, int], int] = {}
    for publisher, start, number in came:
        key = publisher, start
        if key not in largest:
            largest[key] = 0 if publisher in dict(largest.keys()) else number
        holes.update((*key, between) for between in range(largest[key] + 1, number))
        holes.discard((*key, number))
        largest[key] = max(largest[key], number)
    return sorted(holes)


def _came(*written: str) -> list[Message]:
    """Messages, written as ``"left 10: 1 2 4"``."""
    found = []
    for words in written:
        begins, _, numbers = words.partition(":")
        publisher, start = begins.split()
        found += [(publisher, int(start), int(number)) for number in numbers.split()]
    return found


CASES = [
    _came(),
    # One publisher, and one start.
    _came("left 10: 1"),
    _came("left 10: 1 2 3"),
    _came("left 10: 1 3"),
    _came("left 10: 1 4"),
    _came("left 10: 1 2 5 6 9"),
    _came("left 10: 1 3 5 7"),
    _came("left 10: 1 2 4 5"),
    _came("left 10: 1 5 6 7"),
    # The subscriber was late.
    _came("left 10: 7"),
    _came("left 10: 2 3"),
    _came("left 10: 4 5 8"),
    _came("left 10: 100 103"),
    # Twice.
    _came("left 10: 1 1"),
    _came("left 10: 1 2 2 3"),
    _came("left 10: 1 2 3 1 2"),
    _came("left 10: 1 4 4"),
    _came("left 10: 1 4 1"),
    _came("left 10: 1 4 1 5"),
    _came("left 10: 5 7 5 9"),
    # After later ones.
    _came("left 10: 1 3 2"),
    _came("left 10: 1 2 5 4 3"),
    _came("left 10: 1 5 3"),
    _came("left 10: 1 6 3 8"),
    _came("left 10: 4 7 6 5 8"),
    _came("left 10: 1 3 2 2 5"),
    _came("left 10: 5 3"),
    _came("left 10: 5 4 6"),
    _came("left 10: 7 4 9 5"),
    _came("left 10: 7 9 2"),
    # Two publishers, each with its own numbers.
    _came("left 10: 1", "right 10: 2"),
    _came("left 10: 1 2", "right 10: 1 2"),
    _came("left 10: 1", "right 20: 1", "left 10: 2", "right 20: 2"),
    _came("left 10: 1 3", "right 10: 2 4"),
    _came("left 10: 1", "right 12: 5", "left 10: 4", "right 12: 7"),
    _came("left 10: 3", "right 12: 9", "left 10: 4", "right 12: 10"),
    _came("left 10: 1 2 3", "right 12: 1 3"),
    _came("left 10: 1 3", "right 12: 1 2 3"),
    _came("left 10: 1 4", "right 10: 1 3", "third 10: 1 2 5"),
    _came("right 10: 2 5", "left 10: 1 3"),
    # Started again.
    _came("left 10: 1 2", "left 30: 1 2"),
    _came("left 10: 1 2", "left 30: 2"),
    _came("left 10: 1 2", "left 30: 3 4"),
    _came("left 10: 4 5 6", "left 30: 1 2"),
    _came("left 10: 4 5", "left 30: 2 5"),
    _came("left 10: 4 6", "left 30: 1 2 5"),
    _came("left 10: 1", "left 30: 4"),
    _came("left 10: 1 2", "left 30: 2 1"),
    _came("left 10: 1 2", "left 30: 3 1"),
    _came("left 10: 1 2", "left 30: 1 3 3"),
    _came("left 10: 8 9", "left 30: 3 4", "left 31: 2 3"),
    _came("left 10: 5", "left 30: 1", "left 40: 1 3"),
    _came("left 10: 7", "left 30: 7"),
    _came("left 10: 2 3", "left 11: 4 5"),
    # A late message of the old start.
    _came("left 10: 1 2", "left 30: 1", "left 10: 3"),
    _came("left 10: 1 2", "left 30: 1", "left 10: 4", "left 30: 2"),
    _came("left 10: 5 7", "left 30: 1 2", "left 10: 6", "left 30: 3"),
    _came("left 10: 5 8", "left 30: 2", "left 10: 6", "left 30: 4"),
    # A clock that was set back.
    _came("left 30: 5 6", "left 10: 2"),
    _came("left 30: 5 7", "left 10: 1 3"),
    # All of it.
    _came("left 10: 5", "right 10: 3", "left 30: 2", "right 10: 5", "right 40: 1 3"),
    _came("right 10: 3 4", "left 10: 5 7", "right 30: 2", "left 10: 6 9", "right 30: 1 4 4"),
    _came("left 10: 1 2", "right 30: 5"),
    _came("left 10: 1 2", "right 30: 5 8", "left 30: 3"),
]


def cases(chance: random.Random) -> list[Args]:
    """Each thing that may happen alone, the borders, and subscribers by chance."""
    found = list(CASES)
    for _case in range(how_many(15)):
        came: list[Message] = []
        for publisher in chance.sample(["left", "right", "third"], 2):
            late = chance.randint(0, 5)
            for start in (10, 30)[: chance.randint(1, 2)]:
                numbers = [n + late for n in range(1, 9) if chance.random() < 0.7] or [1 + late]
                if chance.random() < 0.5:
                    place = chance.randrange(len(numbers))
                    numbers.insert(chance.randrange(len(numbers)), numbers[place])
                came += [(publisher, start, number) for number in numbers]
                late = 0
        found.append(came)
    return [(came,) for came in found]


def what(got: Any) -> Any:
    """The result, where the order of a list does not count."""
    return sorted(got) if isinstance(got, list) else got


Holds = Callable[[list[Message]], bool]


def _starts(came: list[Message]) -> list[tuple[str, int]]:
    """Each publisher with each of its starts, in the order in which they came."""
    return list(dict.fromkeys((publisher, start) for publisher, start, _number in came))


def _below_first(came: list[Message]) -> bool:
    """Whether a number comes that is below the first one of its first start."""
    first: dict[str, tuple[int, int]] = {}
    for publisher, start, number in came:
        first.setdefault(publisher, (start, number))
    return any(
        start == first[publisher][0] and number < first[publisher][1]
        for publisher, start, number in came
    )


CONDITIONS: dict[str, Holds] = {
    "none-came": lambda came: not came,
    "none-missing": lambda came: not noticed(came),
    "missing": lambda came: bool(noticed(came)),
    "several-missing": lambda came: len(noticed(came)) > 1,
    "late": lambda came: any(number > 1 for _publisher, _start, number in came[:1]),
    "twice": lambda came: len(came) > len(set(came)),
    "disorder": lambda came: any(
        one[:2] == other[:2] and one[2] > other[2]
        for place, one in enumerate(came)
        for other in came[place:]
    ),
    "below-first": _below_first,
    "publishers": lambda came: len({publisher for publisher, _start, _number in came}) > 1,
    "again": lambda came: (
        max(Counter(name for name, _start in _starts(came)).values(), default=0) > 1
    ),
    "old-start": lambda came: any(
        one != other and one in [message[:2] for message in came[place:]]
        for place, message in enumerate(came)
        for one in _starts(came[:place])
        for other in [message[:2]]
        if one[0] == other[0]
    ),
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str | None:
    """The first difference, if no mistake fits."""
    say, right = exercise.words.say, noticed(*args)
    if wrong := [message for message in got if message in args[0]]:
        return say("came", message=wrong[0])
    if wrong := [message for message in got if message not in right]:
        return say("not-missing", message=wrong[0])
    if wrong := [message for message in right if message not in got]:
        return say("missing", message=wrong[0])
    return say("twice")


EXERCISE = Exercise(
    stars=3,
    judge=Cases(
        cases,
        noticed,
        list[tuple[str, int, int]],
        right=lambda args, got: sorted(got) == noticed(*args),
        section="1.5",
    ).telling(what=what, conditions=CONDITIONS, explain=explain),
    solution=missing,
)
