"""Compute Sec-WebSocket-Accept."""

from __future__ import annotations

import random
from typing import Any

from websockets.utils import accept_key as reference

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args, kind_of
from wsedu.course.reference import random_key

from ...server import accept
from .. import recipes


def cases(chance: random.Random) -> list[Args]:
    """The example of the RFC, some keys, then random ones, against the ``websockets`` library."""
    keys = ["dGhlIHNhbXBsZSBub25jZQ==", "AAAAAAAAAAAAAAAAAAAAAA==", "+/+/+/+/+/+/+/+/+/+/+w=="]
    keys += ["x3JJHMbDL1EzLkh9GBhXDw==", *(random_key(chance) for _case in range(how_many(20)))]
    return [(key,) for key in keys]


def search(exercise: Exercise, results: Results) -> str | None:
    """Which steps are wrong, if there are several."""
    names = recipes.found(results)
    if not names:
        return None
    sentences = " ".join(exercise.words["mistakes"][kind_of(name)] for name in names)
    return exercise.words.say("several", count=len(names), sentences=sentences)


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What to say if no mistake fits."""
    if len(got) != 28:
        return exercise.words.say("length", count=len(got))
    return exercise.words.say("hash")


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, str, section="4.2.2", search=search, explain=explain),
    solution=accept,
    wrong=recipes.mistakes(),
    piece="accept",
)
