"""Count what the lessons are made of: ``.venv/bin/python scripts/lessons.py``.

Words of prose, lines of code, the median length of a code cell, and how many predictions,
live cells and stored pictures there are.
"""

import json
import re
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIVE = re.compile(r"\bawait\b|\bLab\(")


def cells_of(path: Path) -> list[dict]:
    """The cells of a notebook."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source(cell: dict) -> str:
    """A cell's text."""
    return "".join(cell["source"])


def count(path: Path) -> list[str]:
    """One line of the table."""
    prose = " ".join(source(c) for c in cells_of(path) if c["cell_type"] == "markdown")
    code = [c for c in cells_of(path) if c["cell_type"] == "code"]
    lengths = [len(source(c).splitlines()) for c in code] or [0]
    pictures = sum(
        "image/svg+xml" in output.get("data", {}) for c in code for output in c["outputs"]
    )
    return [
        path.stem,
        str(len(prose.split())),
        str(len(code)),
        str(sum(lengths)),
        f"{statistics.median(lengths):g}",
        str(sum("predict(" in source(c) for c in code)),
        str(sum(bool(LIVE.search(source(c))) for c in code)),
        str(pictures),
    ]


if __name__ == "__main__":
    heads = ["lesson", "words", "cells", "lines", "median", "predictions", "live", "pictures"]
    table = [count(path) for path in sorted((ROOT / "notebooks").glob("en/*.ipynb"))]
    for row in [heads, *table]:
        print(f"{row[0]:30}", *(f"{value:>11}" for value in row[1:]))
