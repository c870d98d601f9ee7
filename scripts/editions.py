"""Make the editions for a teacher out of the lessons: ``python3 scripts/classroom.py editions``.

``build/live`` has them with empty code cells, to be filled before the class; only the questions
are still there. ``build/slides`` has them as slides, with their outputs: a heading begins a
slide, and each text under it the next one below. Each is there as a notebook and as a page that
a browser opens without a network. Nothing here is edited by hand.
"""

import functools
import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import nbformat
from jinja2 import DictLoader
from nbconvert import SlidesExporter
from nbformat import NotebookNode

from wsedu.views.pages import describe

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ("predict(", "revisit(")
# For the lesson alone: the class sees no outputs of ours, or must not clear them.
CLEAR = re.compile(r"\s*The outputs that you see now are from our run\. .*?All Cells\*\*\.")


def without_clear(notebook: NotebookNode) -> NotebookNode:
    """The lesson without the words that tell a learner to clear its outputs."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = CLEAR.sub("", cell.source)
    return notebook


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


# nbconvert's own page of slides loads reveal.js, require.js, jQuery and MathJax from the network.
# No lesson needs the last three, and reveal.js is put beside the pages.
PAGE = """
{%- extends 'index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_css -%}
<style>
.reveal .slides section { max-height: 100%; overflow-y: auto; text-align: left }
.reveal h1, .reveal h2, .reveal h3 { text-transform: none }
.reveal .slides > section.stack { overflow: visible }
</style>
{%- endblock -%}
{%- block footer_js -%}
<script src="reveal.js/dist/reveal.js"></script>
<script>
Reveal.initialize({ hash: true, center: false, transition: "none", width: 1280, height: 720 });
</script>
{%- endblock -%}
"""


@functools.cache  # it compiles its templates once, for all pages
def exporter() -> SlidesExporter:
    """What makes a page out of a notebook of slides."""
    return SlidesExporter(
        extra_loaders=[DictLoader({"page.html.j2": PAGE})],
        template_file="page.html.j2",
        reveal_url_prefix="reveal.js",
        reveal_theme="white",
        preprocessors=[describe],
    )


def page(notebook: Path) -> Path:
    """A notebook of slides as a page beside it; ``reveal.js`` must be in the same folder."""
    text, _resources = exporter().from_filename(str(notebook))
    path = notebook.with_suffix(".html")
    path.write_text(text, encoding="utf-8")
    return path


def bring_reveal(folder: Path) -> None:
    """Put what the pages need of reveal.js beside them, as the package pyreveal has it."""
    with as_file(files("pyreveal") / "revealjs") as reveal:
        for name in ("LICENSE", "dist/reveal.js", "dist/reveal.css", "dist/theme/white.css"):
            place = folder / "reveal.js" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(reveal / name, place)


def make(folder: Path) -> list[Path]:
    """Write all editions below ``folder``, and return the files."""
    made = []
    for edition in (live, slides):
        for path in sorted((ROOT / "notebooks" / "en").glob("*.ipynb")):
            notebook = edition(without_clear(nbformat.read(path, as_version=4)))
            made.append(folder / edition.__name__ / path.name)
            made[-1].parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, made[-1])
            if edition is slides:
                made.append(page(made[-1]))
    bring_reveal(folder / "slides")
    return made


if __name__ == "__main__":
    for path in make(ROOT / "build"):
        print(path.relative_to(ROOT))
