"""How a text is judged that a real program reads, such as a proxy's configuration: by running it.

How to think about it: no text is compared with the right one. The exercise runs the program with
the learner's text, looks at what it does, and gives the first thing that is wrong a name. The words
of the exercise have a sentence for each name. Without the program, nothing is said about the text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

from ..live.programs import find, how_to_get_them
from ..words import _
from .exercise import Exercise
from .runner import Attempt
from .verdict import Verdict, not_attempted, not_yet

DOTS = re.compile(r"^\s*\.\.\.\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a text.

    name: of the mistake, which has a sentence in the exercise's words
    seen: what shows it, such as the program's own words
    """

    name: str
    seen: str = ""


@dataclass(frozen=True)
class Texts:
    """A text that a program reads; the words say what an answer is ``like``.

    begin:   what is in the answer cell: a line of dots is where something is missing
    program: what has to be installed
    run:     runs the program with a text, and returns the first fault; None if it is right
    section: where to read on
    """

    begin: str
    program: str
    run: Callable[[str], Fault | None]
    _: KW_ONLY
    section: str = ""

    def __call__(self, exercise: Exercise, attempt: Attempt, chance: random.Random) -> Verdict:
        """The verdict; "not judged" where the program is missing."""
        text, words = attempt.answer, exercise.words
        if not isinstance(text, str):
            said = _("Answer with {like}, not with {type}.")
            return not_yet(said.format(like=words["like"], type=type(text).__name__), self.section)
        if DOTS.search(text):
            return not_attempted()
        if find(self.program) is None:
            said = _("This answer cannot be judged here, because {program} is missing.")
            said = f"{said.format(program=self.program)} {how_to_get_them()}"
            return Verdict("not judged", said)
        attempt.go_on()
        fault = self.run(str(text))
        if fault is None:
            return Verdict("passed", words["passed"], self.section)
        said = words["mistakes"][fault.name]
        return not_yet(said, self.section, case=fault.seen, mistake=fault.name)
