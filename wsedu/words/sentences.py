"""The sentences for what ``protocol`` and ``recording`` give as ids: see ``wsedu.said``.

How to think about it: ``en.toml`` is one table, from an id to its English sentence, with names in
braces for the arguments. A sentence that depends on a number has two forms there, and the argument
``count`` chooses. ``speak`` looks up the translation each time a sentence is read.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .. import words
from ..said import Said

SENTENCES: dict[str, str | list[str]] = tomllib.loads(
    (Path(__file__).parent / "en.toml").read_text(encoding="utf-8")
)


def speak(said: Said, english: bool = False) -> str:
    """The sentence in the language of the course, or in English whatever that language is."""
    sentence = SENTENCES[said.id]
    args = {
        name: speak(value, english) if isinstance(value, Said) else value
        for name, value in said.args.items()
    }
    if isinstance(sentence, list):
        one, many = sentence
        count: int = said.args["count"]
        if english:
            chosen = one if count == 1 else many
        else:
            chosen = words.ngettext(one, many, count)
    else:
        chosen = sentence if english else words._(sentence)
    return chosen.format(**args)


def extract(
    file: IO[bytes], *_settings: object, **_options: object
) -> Iterator[tuple[int, str, str | tuple[str, ...], list[str]]]:
    """For ``pybabel``, which collects what is to be translated: each sentence, with its id."""
    for id, sentence in tomllib.load(file).items():
        if isinstance(sentence, list):
            yield 1, "ngettext", tuple(sentence), [id]
        else:
            yield 1, "_", sentence, [id]
