"""What learners and teachers read is plain English: none of the habits below is in it.

Each habit comes from word order or idiom of another language. A translation is left alone.
"""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent

# A pattern, and what to say instead.
HABITS = {
    r"\bwhoever\b|\bnobody\b|\bsomebody\b": "name the actor: you, a client, the server, no task",
    r"(?:^|[.!] )(?-i:Who) [^.?!]*[.!]|^test who\b": "name the subject: the server",
    r"\bone's own\b|\bby your own code\b": "your own; with your own code",
    r"\bfor ever\b": "forever",
    r"\bany more\b(?! \w)": "no longer",
    r"\bbehind\b": "after",
    r"\bso (many|much)\b": "that many, as many as; or the number",
    r"\b(what|it|that|text|which) stands?\b(?! for| in for| still)": "is",
    r"\bit happened:": "What actually happened:",
    r"\b[Rr]un on\b": "carry on",
    r"\b(is|are|was|were) told (so|that|by)\b|\bthat was told\b": "who tells whom; it says",
    r"[«»‹›]": "plain double quotes",
    r"\b(greater|higher) byte first\b": "big-endian, network byte order",
    r"\btorn\b": "unfinished, closed, dropped, or reset (RST)",
    r"(?<!ere )\bis no (?!longer\b|more\b|such\b)": "is not a",
    r"\b(server's answer|answer of the server|HTTP answer)\b": "response",
    r"\bfor want of\b": "because it did not come",
    r"\b(hold|holds|held) [\w ]{0,30}\bagainst\b": "check against, compare with",
    r"\bretell\b": "describe",
    r"\bwrong turnings\b": "wrong turns",
    r"\breckon": "estimate, count",
    r"\bmade no prediction\b": "did not make a prediction",
}
# Three clauses are three sentences. In a docstring they may be a list of values.
CLAUSES = r"[^.?!|\n;]{9,};[^.?!|\n;]{9,};[^.?!|\n;]{9,}[.?!]"

# Where such words are right, and why.
RIGHT = {
    "behind a tap": "in space: the client connects to the tap",
    "behind a NAT": "in space",
    "the server behind it": "in space: of a gateway",
    "leave nothing behind": "the idiom is English",
    "left behind": "the idiom is English",
    "experiment behind it": "the idiom is English",
    "so many clients": "so stands for therefore",
    "torn([": "a function's name, which learners have in their notebooks",
}


def sentences_of(values: Any) -> Iterator[str]:
    """The strings in what a TOML file holds; its keys are names."""
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict | list):
        for value in values.values() if isinstance(values, dict) else values:
            yield from sentences_of(value)


def prose() -> Iterator[tuple[str, str]]:
    """Where a text is, and the text: everything that is read as sentences."""
    for path in [*ROOT.glob("notebooks/en/*.ipynb"), *ROOT.glob("exercises/en/*/*.ipynb")]:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield f"{path.name}, cell {cell['id']}", "".join(cell["source"])
    for path in (ROOT / "exercises" / "wsedu_exercises").rglob("en.toml"):
        for text in sentences_of(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield f"{path.parent.name}/en.toml", text
    words = ROOT / "wsedu" / "words" / "en.toml"
    for text in sentences_of(tomllib.loads(words.read_text(encoding="utf-8"))):
        yield "words/en.toml", text
    for path in (ROOT / "classroom").rglob("*.toml"):
        for text in sentences_of(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield f"{path.parent.name}/{path.name}", text
    for name in ("README.md", "TEACHING.md", "CONTRIBUTING.md"):
        yield name, (ROOT / name).read_text(encoding="utf-8")
    plans = (ROOT / "docs" / "plans.md").read_text(encoding="utf-8")
    yield "docs/plans.md", re.sub(r"`.+?`|\]\(.+?\)", "", plans)  # names of cells are names
    for path in (ROOT / "wsedu").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            # The sentences of the course are arguments of ``_`` and ``ngettext``.
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
                for part in node.args:
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{path.name}, line {node.lineno}", part.value


def names_and_docstrings() -> Iterator[tuple[str, str]]:
    """The docstrings of the package, and what the names of tests say."""
    for path in (ROOT / "wsedu").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.name}, {getattr(node, 'name', '')}", ast.get_docstring(node) or ""
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if node.name.startswith("test_"):
                    yield f"{path.name}, line {node.lineno}", node.name.replace("_", " ")


# Found when the first test asks: to read all that is written takes long.
@cache
def all_prose() -> list[tuple[str, str]]:
    return list(prose())


@cache
def all_texts() -> list[tuple[str, str]]:
    return [*all_prose(), *names_and_docstrings()]


def found(pattern: str, texts: list[tuple[str, str]]) -> Iterator[str]:
    """Where a habit is, with some words around it; without the places where it is right."""
    for place, text in texts:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            around = " ".join(text[max(0, match.start() - 25) : match.end() + 25].split())
            if not any(phrase in around for phrase in RIGHT):
                yield f"{place}: ... {around} ..."


@pytest.mark.parametrize(("habit", "better"), HABITS.items(), ids=HABITS)
def test_a_habit_is_nowhere(habit: str, better: str) -> None:
    places = list(found(habit, all_texts()))
    assert places == [], f"say instead: {better}"


def test_no_sentence_has_three_clauses_with_semicolons() -> None:
    assert list(found(CLAUSES, all_prose())) == []


def test_texts_of_every_kind_are_read() -> None:
    kinds = (".ipynb", "en.toml", "README.md", "TEACHING.md", "CONTRIBUTING.md", "words/en.toml")
    for kind in kinds:
        assert any(kind in place for place, _text in all_prose()), kind
    assert len(all_prose()) > 1500 and len(all_texts()) - len(all_prose()) > 1500
    for phrase in RIGHT:
        assert any(phrase in " ".join(text.split()) for _place, text in all_texts()), phrase


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody has said that all was well.",
        "Who gives up for want of a Pong sends 1011.",
        "It does not say it any more.",
        "Wait for so many seconds as it was told.",
        "Cut behind the empty line.",
        "This is no frame.",
        "The server's answer is late.",
        "Look at what stands there.",
        "It waits for ever.",
    ],
)
def test_a_habit_would_be_seen(sentence: str) -> None:
    assert any(re.search(habit, sentence, re.IGNORECASE) for habit in HABITS)
