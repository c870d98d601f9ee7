"""A verdict: what is said about an answer. One sentence first, then what shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

from ..recording import Recording, Unit
from ..words import _

Outcome = Literal["passed", "not yet", "raised", "not attempted", "not judged"]


@dataclass(frozen=True)
class Verdict:
    """The judgement of one answer.

    outcome:  one of five; "not judged" where what judges is missing, so it counts as no try
    sentence: what a good teacher would say
    section:  where to read on
    expected, got: bytes to lay side by side, if the answer is bytes
    where:    what the first differing byte belongs to
    message:  a request or answer whose checklist shows the point
    recording: a connection whose bytes show the point
    case:     what the answer was called with, what it gave, and what was expected
    mistake:  the name of the known mistake that the sentence is about; empty if it is none
    """

    outcome: Outcome
    sentence: str
    section: str = ""
    expected: bytes | None = None
    got: bytes | None = None
    where: str = ""
    message: Unit | None = None
    case: str = ""
    recording: Recording | None = None
    mistake: str = ""

    @property
    def passed(self) -> bool:
        """Whether the answer is right."""
        return self.outcome == "passed"


# Something is still wrong: called with a sentence, and what else a verdict holds.
not_yet = partial(Verdict, "not yet")


def not_attempted() -> Verdict:
    """The verdict about a starter that is still unchanged."""
    return Verdict("not attempted", _("Not attempted yet: the dots are still there."))


class NotYet(AssertionError):
    """Raised by a check that was not passed, so that a grader sees it; short on purpose.

    outcome: what a grader reads, such as ``"02.1: not yet."``
    then:    what a learner can do now; the verdict has said already what is wrong
    """

    def __init__(self, outcome: str, then: str) -> None:
        super().__init__(f"{outcome} {then}")
        self.then = then

    def _render_traceback_(self) -> list[str]:
        """What Jupyter prints, in red, instead of a traceback."""
        return [self.then]
