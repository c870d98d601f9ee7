"""Make the editions for a teacher out of the lessons: ``.venv/bin/python scripts/editions.py``.

``build/live`` has them with empty code cells, to be filled before the class; only the questions
are still there. ``build/slides`` has them as slides, with their outputs: a heading begins a
slide, and each text under it the next one below. Nothing here is edited by hand.
"""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ("predict(", "revisit(")


def live(notebook: NotebookNode) -> NotebookNode:
    """The lesson with empty code cells, for live coding."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if not cell.source.startswith(QUESTIONS):
                cell.source = ""
    # What the questions need; everything else is typed before the class.
    imports = nbformat.v4.new_code_cell("from wsedu import predict, revisit", id="live-start")
    notebook.cells.insert(1, imports)
    return notebook


def slides(notebook: NotebookNode) -> NotebookNode:
    """The lesson as slides; code stands with the text above it, and waits behind a question."""
    asked = False
    for cell in notebook.cells:
        if cell.cell_type == "code":
            kind = "fragment" if asked else "-"
            asked = asked or cell.source.startswith("predict(")
        else:
            kind = "slide" if cell.source.startswith("#") else "subslide"
            asked = False
        cell.metadata.slideshow = nbformat.from_dict({"slide_type": kind})
    return notebook


def make(folder: Path) -> list[Path]:
    """Write all editions below ``folder``, and return the files."""
    made = []
    for edition in (live, slides):
        for path in sorted((ROOT / "notebooks" / "en").glob("*.ipynb")):
            notebook = edition(nbformat.read(path, as_version=4))
            made.append(folder / edition.__name__ / path.name)
            made[-1].parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, made[-1])
    return made


if __name__ == "__main__":
    for path in make(ROOT / "build"):
        print(path.relative_to(ROOT))
