"""Execute lessons and keep their outputs: ``.venv/bin/python scripts/execute.py [FILE ...]``.

Without arguments all lessons. What is kept is what a reader without a kernel sees and what
nbval compares: the text and the SVG of each picture. Widget state is left out, because a saved
widget shows an error instead of its picture. Exercises stay unexecuted.
"""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
# The picture of README.md is the stored output of a cell: file, notebook, cell.
README_PICTURE = ("docs/the-101-byte-by-byte.svg", "02_the_opening_handshake", "response-bytes")
# What converters need (a script is called .py); without a version, so that it stays the same.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
WIDGET = "application/vnd.jupyter.widget-view+json"


def execute(path: Path) -> None:
    """Run the notebook in a fresh kernel and write it back; an error stops here."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as home:
        # A learner who has answered nothing yet.
        os.environ["WSEDU_HOME"] = home
        NotebookClient(
            notebook, timeout=60, resources={"metadata": {"path": path.parent}}
        ).execute()
    clean(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    keep_readme_picture(notebook, path)


def keep_readme_picture(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write the picture of README.md anew if it comes from this notebook."""
    file, name, cell_id = README_PICTURE
    if path.stem == name:
        cell = next(cell for cell in notebook.cells if cell.id.endswith(cell_id))
        (ROOT / file).parent.mkdir(exist_ok=True)
        (ROOT / file).write_text(cell.outputs[0].data["image/svg+xml"])


def clean(notebook: nbformat.NotebookNode) -> None:
    """Leave only what the course is made of."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if "data" in output:
                output.data.pop(WIDGET, None)
        # A widget that has nothing to show without a page leaves an empty output behind.
        cell.outputs = [o for o in cell.outputs if "data" not in o or o.data]


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted((ROOT / "notebooks").glob("*/*.ipynb")):
        print(name)
        execute(Path(name))
