"""Every lesson and every notebook of exercises, run by the Python of the browser edition.

What they print and draw is what is stored, but for the differences that ``differences.toml`` lists
with their reasons.
"""

import configparser
import json
import re
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

from .pyodide import HERE, ROOT, in_pyodide

LESSONS = sorted(ROOT.glob("notebooks/en/*.ipynb"))
EXERCISES = sorted(ROOT.glob("exercises/en/*/*.ipynb"))
DIFFERENCES = tomllib.loads((HERE / "differences.toml").read_text(encoding="utf-8"))
KINDS = ("text/plain", "text/markdown", "text/html", "image/svg+xml", "image/png")


def code_cells(path: Path) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def sanitizers() -> list[tuple[re.Pattern[str], str]]:
    """What nbval does not compare either."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "tests" / "nbval_sanitize.cfg", encoding="utf-8")
    return [
        (re.compile(part["regex"]), part["replace"])
        for part in map(parser.__getitem__, parser.sections())
    ]


def stored(cell: dict[str, Any]) -> list[list[str]]:
    """The stored outputs of a cell, in the form that the script gives."""
    found: list[list[str]] = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            text = "".join(output["text"])
            if found and found[-1][0] == "stream":
                found[-1][2] += text
            else:
                found.append(["stream", "", text])
        elif output["output_type"] == "error":
            found.append(["error", "", f"{output['ename']}: {output['evalue']}"])
        else:
            data = output["data"]
            found += [["result", kind, "".join(data[kind])] for kind in KINDS if kind in data]
    return found


def compared(outputs: list[list[str]]) -> list[list[str]]:
    """Outputs without what may differ."""
    kept = []
    for how, kind, text in outputs:
        for pattern, word in sanitizers():
            text = pattern.sub(word, text)
        if kind in ("", "text/plain"):  # where its lines break depends on what is left out
            text = " ".join(text.split())
            for line in DIFFERENCES["line"]:
                text = " ".join(re.sub(line["pattern"], "", text).split())
        if how == "stream" and kept and kept[-1][0] == "stream":
            kept[-1][2] = f"{kept[-1][2]} {text}".strip()
        elif text.strip():
            kept.append([how, kind, text.strip()])
    return kept


@pytest.fixture(scope="module")
def ran(built_site: Path) -> dict[str, list[list[list[str]]]]:
    """What each cell of each notebook showed."""
    sources = {
        path.stem: (
            f"/drive/{path.parent.relative_to(ROOT).as_posix()}",
            ["".join(cell["source"]) for cell in code_cells(path)],
        )
        for path in (*LESSONS, *EXERCISES)
    }
    found: dict[str, list[list[list[str]]]] = in_pyodide(
        built_site, "notebooks_in_pyodide.py", sources
    )
    return found


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_a_notebook_of_exercises_runs_to_its_end(
    path: Path, ran: dict[str, list[list[list[str]]]]
) -> None:
    """Nothing is solved yet: each check says so, and nothing else raises."""
    errors = [
        (cell["id"], text)
        for cell, outputs in zip(code_cells(path), ran[path.stem], strict=True)
        for how, _kind, text in outputs
        if how == "error"
    ]
    assert [name for name, text in errors if "not attempted" not in text] == []
    assert {name for name, _text in errors} <= {
        cell["id"] for cell in code_cells(path) if cell["id"].endswith("-check")
    }
    assert errors


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_shows_what_is_stored(path: Path, ran: dict[str, list[list[list[str]]]]) -> None:
    wrong = {}
    for cell, outputs in zip(code_cells(path), ran[path.stem], strict=True):
        expected, came = compared(stored(cell)), compared(outputs)
        if expected != came and cell["id"] not in DIFFERENCES["cells"]:
            wrong[cell["id"]] = (
                [output for output in expected if output not in came],
                [output for output in came if output not in expected],
            )
    said = [
        f"{name}: stored {textwrap.shorten(str(there), 700)}\n"
        f"  came {textwrap.shorten(str(here), 700)}"
        for name, (there, here) in wrong.items()
    ]
    assert not said, "\n".join(said)


def test_each_difference_is_needed(ran: dict[str, list[list[list[str]]]]) -> None:
    """A difference that is gone is taken off the list."""
    by_id = {
        cell["id"]: (stored(cell), outputs)
        for path in LESSONS
        for cell, outputs in zip(code_cells(path), ran[path.stem], strict=True)
    }
    for name in DIFFERENCES["cells"]:
        expected, came = by_id[name]
        assert compared(expected) != compared(came), f"{name} is equal in both editions"
