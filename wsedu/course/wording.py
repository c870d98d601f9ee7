"""The words of lessons and exercises: a file for each language, beside the code they belong to.

How to think about it: code is written once, words once a language. ``en.toml`` has all the words
of a folder, ``ru.toml`` those that are translated; where one is missing, the English one is shown.
Words about numbers that an examination may change have a name in braces in the place of each.
"""

from __future__ import annotations

import tomllib
from collections.abc import ItemsView, Mapping
from pathlib import Path
from typing import Any

from ..words import LANGUAGE


class Wording:
    """The words in one folder, in one language."""

    def __init__(
        self, folder: Path, language: str = LANGUAGE, facts: Mapping[str, Any] | None = None
    ) -> None:
        self.folder, self.language = folder, language
        words = _merged(_read(folder, "en"), _read(folder, language))
        self._words = _filled(words, facts) if facts else words

    def about(self, facts: Mapping[str, Any]) -> Wording:
        """The same words about other numbers."""
        return Wording(self.folder, self.language, facts)

    def __getitem__(self, key: str) -> Any:
        if key not in self._words:
            raise KeyError(f"{self.folder / 'en.toml'} has no {key!r}")
        return self._words[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The words under a key, or ``default``."""
        return self._words.get(key, default)

    def items(self) -> ItemsView[str, Any]:
        """All keys with their words."""
        return self._words.items()

    def say(self, name: str, **facts: Any) -> str:
        """A sentence of the table ``says``, with its facts filled in."""
        sentence: str = self["says"][name]
        return sentence.format(**facts)


def _read(folder: Path, language: str) -> dict[str, Any]:
    path = folder / f"{language}.toml"
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: {error}") from None


def _merged(english: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The words of ``other``, and those of ``english`` that it lacks."""
    found = dict(english)
    for key, value in other.items():
        inner = found.get(key)
        found[key] = _merged(inner, value) if isinstance(inner, dict) else value
    return found


def _filled(words: Any, facts: Mapping[str, Any]) -> Any:
    """The words with the facts in their places."""
    if isinstance(words, str):
        return words.format(**facts)
    if isinstance(words, list):
        return [_filled(each, facts) for each in words]
    return {key: _filled(each, facts) for key, each in words.items()}
