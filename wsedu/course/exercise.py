"""What an exercise is: a judge, a solution, and the mistakes that it knows; its words are data."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .mistakes import Code, Mistake, Patch, kind_of
from .runner import SECONDS, Attempt
from .verdict import Verdict
from .wording import Wording


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise:
    """One exercise, as ``exercise.py`` in its folder defines it.

    stars:    1 read and predict, 2 small function, 3 combine, 4 open
    judge:    checks an answer against the rule; gets a source of chance for its cases
    solution: a right answer: a function, a dict from letter to answer, or a text
    wrong:    the mistakes that it recognises: a name -> a patch of the solution, another function,
              or the letters that are wrong; ``en.toml`` has a sentence for each name, and
              ``mistakes.toml`` has all that need no code
    piece:    the name under which an answer that passed is kept, as a piece of the learner's own
              server; empty if it is none
    seconds:  for all the cases of one check together
    facts:    what stands for the names in braces in its words, if its numbers may change
    draw:     other numbers, for an examination: from a source of chance, the ``solution``, the
              ``wrong`` and the ``facts`` that belong to them

    The catalogue adds the rest:

    name:     its id, such as ``"encode-header"``: the name of its folder
    number:   its place, such as ``"04.2"``, for display only
    words:    title, task, hints, reason, and a sentence for each mistake
    """

    stars: int
    judge: Callable[[Exercise, Attempt, random.Random], Verdict]
    solution: Any
    wrong: Mapping[str, Any] = field(default_factory=dict)
    piece: str = ""
    seconds: float = SECONDS
    facts: Mapping[str, Any] = field(default_factory=dict)
    draw: Callable[[random.Random], Mapping[str, Any]] | None = None
    name: str = ""
    number: str = ""
    words: Wording = field(default_factory=lambda: Wording(Path()))

    @property
    def title(self) -> str:
        """A few words."""
        return str(self.words["title"])

    @property
    def reason(self) -> str:
        """Why the solution is right."""
        return str(self.words["reason"])

    @property
    def hints(self) -> tuple[str, ...]:
        """Three, from where to look to nearly there."""
        return tuple(self.words["hints"])

    @functools.cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The mistakes, with their sentences."""
        says = self.words.get("mistakes", {})
        return tuple(
            Mistake(name, says.get(kind_of(name), ""), functools.partial(self._answer, wrong))
            for name, wrong in self.wrong.items()
        )

    def _answer(self, wrong: Any) -> Any:
        if isinstance(wrong, (Patch, Code)):
            return wrong.applied_to(self.solution)
        return wrong if callable(wrong) else self.solution | wrong
