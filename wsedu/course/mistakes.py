"""The mistakes that an exercise knows: plausible wrong answers, and the sentence for each.

How to think about it: a mistake is written as a change of the right solution, and made into a wrong
answer when it is first needed. ``mistakes.toml`` in an exercise's folder has a line for each: its
name, and

* what is in the solution and what the mistake writes there: ``['"big"', '"little"']``, or a
  list of such pairs, made in that order;
* or a whole function, as text: ``"lambda data: None"``; it may call the solution as ``right``;
* or, if the exercise is answered by letters, the letters that are wrong: ``{ D = 126 }``.

What may be wrong in several places has one sentence: that of ``little-endian`` is said for
``"little-endian/short"`` and ``"little-endian/long"``, too.
"""

from __future__ import annotations

import functools
import inspect
import textwrap
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Args = tuple[Any, ...]
Function = Callable[..., Any]


@dataclass(frozen=True)
class Patch:
    """A change of a solution's text: pairs of what is there and what a mistake writes.

    of: the function, if it is not the solution
    """

    edits: tuple[tuple[str, str], ...]
    of: Function | None = None

    def applied_to(self, solution: Any) -> Any:
        """The wrong function or text. Raises ValueError unless each piece is in it exactly once."""
        if isinstance(solution, str):
            return self._changed(solution, "the solution")
        function = self.of or solution
        source = textwrap.dedent(inspect.getsource(function))
        return _made(self._changed(source, function.__name__), function)

    def _changed(self, source: str, name: str) -> str:
        for old, new in self.edits:
            if (count := source.count(old)) != 1:
                raise ValueError(f"{old!r} stands {count} times in {name}, not once")
            source = source.replace(old, new)
        return source


@dataclass(frozen=True)
class Code:
    """The text of a whole wrong function, which uses the names of the solution, and ``right``."""

    text: str

    def applied_to(self, solution: Any) -> Any:
        """The wrong function; or this text itself, if the solution is one."""
        if isinstance(solution, str):
            return self.text
        text = self.text.strip()
        if not text.startswith(("def ", "async def ", "import ", "from ")):
            text = f"{solution.__name__} = {text}"
        return _made(text, solution)


def _made(source: str, solution: Function) -> Any:
    names = solution.__globals__ | {"right": solution}  # and the earlier pieces that it uses
    exec(source, names)
    return names[solution.__name__]


def patch(*edits: tuple[str, str] | str, of: Function | None = None) -> Patch:
    """The solution with pieces of its text replaced: ``patch("< 126", "<= 126")``.

    Several changes are pairs: ``patch(("a", "b"), ("c", "d"))``; they are made in that order.
    """
    pairs = [edits] if all(isinstance(edit, str) for edit in edits) else edits
    for pair in pairs:
        if len(pair) != 2:
            raise ValueError(f"a change is what stands there and what replaces it, not {pair!r}")
    return Patch(tuple(pairs), of)  # type: ignore[arg-type]


def read_mistakes(path: Path) -> dict[str, Any]:
    """What ``mistakes.toml`` holds, by the names of the mistakes; nothing if there is no file.

    Raises ValueError that names the file if a mistake is none of the three.
    """
    if not path.exists():
        return {}
    try:
        return {
            name: _read(value)
            for name, value in tomllib.loads(path.read_text(encoding="utf-8")).items()
        }
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _read(value: Any) -> Any:
    if isinstance(value, str):
        return Code(value)
    if isinstance(value, dict):
        return value
    return patch(*(tuple(edit) if isinstance(edit, list) else edit for edit in value))


def kind_of(name: str) -> str:
    """What a mistake is called where it has its sentence: ``"little-endian"``."""
    return name.partition("/")[0]


def letters(**wrong: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The wrong letters of each mistake: ``letters(D={"unmasked": b"..."})``.

    For answers that TOML has no word for, such as bytes and None.
    """
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
