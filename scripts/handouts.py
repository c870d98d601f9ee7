"""Write handouts for printing: ``python3 scripts/classroom.py handouts``.

How to think about it: a lesson holds the pictures of its last run, drawn from bytes that crossed a
wire. A handout is one of them with blanks in it, to be filled in by hand, and the picture itself on
the last page. ``handouts.toml`` of ``wsedu_classroom`` says which picture, and which words are left
out. Print the first page for each learner, and keep the last.
"""

import html
import json
import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from running import in_a_sentence
from wsedu_classroom.paper import FOR_TEACHERS, page

from wsedu.course.catalogue import lessons

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("build") / "handouts"
SVG = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", SVG)
# A picture as large as the paper lets it be, in black: its colours differ in the letters, too.
STYLE = """
svg { width: 100% !important; height: auto !important; max-height: 205mm }
svg text { fill: #000 !important }
svg { overflow: visible }
.task { margin: 3mm 0; clear: both }
"""


def plans() -> dict[str, Any]:
    """What ``handouts.toml`` holds, by the slug of the lesson."""
    return tomllib.loads((files("wsedu_classroom") / "handouts.toml").read_text(encoding="utf-8"))


def picture(slug: str, cell: str) -> str:
    """The picture that a cell of a lesson shows, as SVG."""
    path = ROOT / "notebooks" / "en" / f"{slug}.ipynb"
    for each in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if each["id"] == cell:
            for output in each["outputs"]:
                if drawn := output.get("data", {}).get("image/svg+xml"):
                    return "".join(drawn)
    raise LookupError(f"{slug} has no picture in a cell {cell}")


def with_blanks(svg: str, blanks: list[str]) -> str:
    """The picture with a line in place of each of these texts, which must all be in it."""
    tree = ElementTree.fromstring(svg)
    missing = set(blanks)
    for text in tree.iter(f"{{{SVG}}}text"):
        words = "".join(text.itertext())
        if words not in blanks:
            continue
        missing.discard(words)
        if parts := list(text):
            for part in parts:
                part.text = "_" * len(part.text or "")
        else:
            text.text = "_" * max(3, len(words))
    if missing:
        raise LookupError(f"not in the picture: {', '.join(sorted(missing))}")
    for element in tree.iter():  # what a screen reader or a script would say has the answers
        for name in ("aria-label", "data-says"):
            element.attrib.pop(name, None)
    tree.set("aria-label", "a picture with blanks")
    return ElementTree.tostring(tree, encoding="unicode")


def handout(slug: str, title: str, plan: dict[str, Any]) -> str:
    """The page for learners, and on the next sheet the key."""
    svg = picture(slug, plan["cell"])
    name = '<p class="name">Name: ______________________</p>'
    body = (
        f'{name}<p class="task">{html.escape(plan["task"])}</p>{with_blanks(svg, plan["blanks"])}'
        f'<section class="page"><h1>{html.escape(title)}: key</h1>{FOR_TEACHERS}{svg}'
        f"<p>The picture is that of the cell <code>{plan['cell']}</code>.</p></section>"
    )
    return page(title, body, style=STYLE)


def main() -> list[Path]:
    """Write all handouts, and return the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    titles = {lesson.slug: f"{lesson.number} {lesson.title}" for lesson in lessons()}
    made = []
    for slug, plan in plans().items():
        try:
            text = handout(slug, titles[slug], plan)
        except LookupError as error:  # a teacher clears outputs before a class
            sys.exit(f"{error}. Bring back its outputs: git restore notebooks/en/{slug}.ipynb")
        made.append(FOLDER / f"{slug}.html")
        made[-1].write_text(text, encoding="utf-8")
    return made


if __name__ == "__main__":
    with in_a_sentence():
        for path in main():
            print(path)
