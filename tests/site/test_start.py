"""Python in the browser starts with compiled modules and without jedi, and nothing is missing."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from .pyodide import PACKAGES, ROOT, in_pyodide

LESSON = ROOT / "notebooks/en/02_the_opening_handshake.ipynb"
KERNEL = ("micropip", "piplite", "pyodide-kernel", "ipykernel", "jedi")
COLOURS = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture(scope="module")
def found(built_site: Path) -> dict[str, Any]:
    """What the first things that a learner does give."""
    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    first = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    found = in_pyodide(built_site, "start_in_pyodide.py", first, (*PACKAGES, *KERNEL))
    return {key: COLOURS.sub("", v) if isinstance(v, str) else v for key, v in found.items()}


def test_the_first_cell_of_a_lesson_runs_and_nothing_is_compiled_for_it(
    found: dict[str, Any],
) -> None:
    assert found["first cell"] is None
    assert found["compiled now"] == []


def test_tab_completes_attributes_and_arguments_without_jedi(found: dict[str, Any]) -> None:
    assert {".talk", ".ask", ".close"} <= {*found["Tab after lab."]}
    assert "date=" in found["Tab after Lab("]


def test_a_question_mark_shows_the_help_and_two_show_the_source(found: dict[str, Any]) -> None:
    assert "Docstring:" in found["Lab?"] and "Source:" not in found["Lab?"]
    assert "class Lab" in found["Lab??"] and "def __init__" in found["Lab??"]


def test_tracebacks_show_the_lines_of_the_learner_and_of_asyncio(found: dict[str, Any]) -> None:
    assert re.search(r"----> 1 Lab\(colour=1\)\n.*TypeError", found["wrong argument"], re.S)
    assert re.search(r"--> \d+\s+raise QueueEmpty", found["error in asyncio"])
