"""The mistakes that an exercise knows: plausible wrong answers, and the sentence for each.

How to think about it: a mistake is written as a change of the right solution. ``patch`` notes the
change, and makes the wrong answer when it is first needed. Where no change of the text will do, a
function stands in its place, and for an exercise that is answered by letters the wrong letters.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Args = tuple[Any, ...]


@dataclass(frozen=True)
class Patch:
    """A change of a function's text: pairs of a text in it and what a mistake writes.

    of: the function, if it is not the solution
    """

    edits: tuple[tuple[str, str], ...]
    of: Callable[..., Any] | None = None

    def applied_to(self, solution: Callable[..., Any]) -> Any:
        """The wrong function. Raises ValueError unless each text is in it exactly once."""
        function = self.of or solution
        source = inspect.getsource(function)
        for old, new in self.edits:
            if (count := source.count(old)) != 1:
                raise ValueError(f"{old!r} stands {count} times in {function.__name__}, not once")
            source = source.replace(old, new)
        names = dict(function.__globals__)  # the earlier pieces that it uses
        exec(source, names)
        return names[function.__name__]


def patch(*edits: tuple[str, str] | str, of: Callable[..., Any] | None = None) -> Patch:
    """The solution with pieces of its text replaced: ``patch("< 126", "<= 126")``.

    Several changes are pairs: ``patch(("a", "b"), ("c", "d"))``; they are made in that order.
    """
    pairs = [edits] if all(isinstance(edit, str) for edit in edits) else edits
    for pair in pairs:
        if len(pair) != 2:
            raise ValueError(f"a change is a text and what replaces it, not {pair!r}")
    return Patch(tuple(pairs), of)  # type: ignore[arg-type]


def letters(**wrong: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The wrong letters of each mistake: ``letters(D={"marker-as-length": 126})``."""
    return {
        name: {letter: answer} for letter, names in wrong.items() for name, answer in names.items()
    }


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    name:     short and stable, such as ``"little-endian"``
    sentence: what a good teacher would say
    make:     gives an answer that makes this mistake and no other
    """

    name: str
    sentence: str
    make: Callable[[], Any]

    @functools.cached_property
    def answer(self) -> Any:
        """An answer that makes this mistake, made when it is first asked for."""
        return self.make()


def recognise(
    mistakes: Iterable[tuple[str, Callable[..., Any]]],
    results: Iterable[tuple[Args, Any]],
    right: Callable[[Args, Any], bool],
    what: Callable[[Any], Any] = lambda result: result,
) -> tuple[str | None, Args, Any]:
    """The sentence of the first mistake that the answer makes, and a case that shows it.

    An answer makes a mistake, perhaps among others, if in every case where the wrong function is
    wrong it gives the same as that one. If no mistake fits, there is no sentence. The case is the
    shortest of those in which the answer is wrong; there must be one.

    mistakes: sentences, each with its wrong function
    results:  the cases, each with what the answer gave
    right:    whether a result is right for a case
    what:     the part of a result that is compared, such as its status
    """
    results = list(results)
    for sentence, wrong in mistakes:
        same, shown = [], []
        for args, got in results:
            try:
                said = wrong(*args)
            except Exception:
                continue  # this mistake cannot even handle the case
            if not right(args, said):
                same.append(_equal(what, said, got))
                shown.append((args, got))
        if same and all(same):
            return sentence, *_shortest(shown)
    return None, *_shortest([(args, got) for args, got in results if not right(args, got)])


def _shortest(cases: list[tuple[Args, Any]]) -> tuple[Args, Any]:
    """The case that is read most quickly."""
    return min(cases, key=lambda case: len(repr(case[0])))


def _equal(what: Callable[[Any], Any], said: Any, got: Any) -> bool:
    try:
        return bool(what(said) == what(got))
    except Exception:
        return False  # the answer is of another kind altogether
