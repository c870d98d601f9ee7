"""Translations fit the English: the same code cells, keys that exist, lists of the same length."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
WORDS = sorted((ROOT / "exercises" / "wsedu_exercises").rglob("??.toml"))
TRANSLATED = [path for path in WORDS if path.stem != "en"]
NOTEBOOKS = [*ROOT.glob("notebooks/??/*.ipynb"), *ROOT.glob("exercises/??/*/*.ipynb")]


def code(notebook: dict[str, Any]) -> dict[str, str]:
    """The code cells, by their ids."""
    return {
        cell["id"]: "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    }


def strays(words: dict[str, Any], english: dict[str, Any], above: str = "") -> Iterator[str]:
    """What a translation has that the English has not: it is never shown, or shown wrongly."""
    for key, value in words.items():
        name = f"{above}{key}"
        if key not in english:
            yield f"{name}: there is no such key in en.toml"
        elif type(value) is not type(english[key]):
            yield f"{name}: it is of another kind in en.toml"
        elif isinstance(value, dict):
            yield from strays(value, english[key], f"{name}.")
        elif isinstance(value, list) and len(value) != len(english[key]):
            yield f"{name}: it has {len(english[key])} items in en.toml"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.stem}")
def test_code_cells_are_those_of_the_english_notebook(path: Path) -> None:
    parts = path.relative_to(ROOT).parts
    english = ROOT / parts[0] / "en" / Path(*parts[2:])
    assert code(json.loads(path.read_text("utf-8"))) == code(json.loads(english.read_text("utf-8")))


def test_keys_of_translations_are_those_of_the_english() -> None:
    found = {}
    for path in TRANSLATED:
        words, english = (
            tomllib.loads(file.read_text(encoding="utf-8"))
            for file in (path, path.with_name("en.toml"))
        )
        found[str(path.relative_to(ROOT))] = list(strays(words, english))
    assert {name: said for name, said in found.items() if said} == {}


def test_what_does_not_fit_is_found() -> None:
    english = {"title": "A", "hints": ["a", "b", "c"], "mistakes": {"one": "You"}}
    assert list(strays({"title": "А", "hints": ["а"] * 3, "mistakes": {}}, english)) == []
    assert list(strays({"titel": "А"}, english)) == ["titel: there is no such key in en.toml"]
    assert list(strays({"hints": ["а"]}, english)) == ["hints: it has 3 items in en.toml"]
    assert list(strays({"title": ["А"]}, english)) == ["title: it is of another kind in en.toml"]
    assert list(strays({"mistakes": {"two": "Вы"}}, english)) == [
        "mistakes.two: there is no such key in en.toml"
    ]
