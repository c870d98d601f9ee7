"""What ``site_build`` adds to JupyterLite: our pages, the worker, and what they read.

How to think about it: ``mark`` is called for each notebook before JupyterLite copies it, and
``finish`` for the folder that JupyterLite has built. The pages in ``site/pages`` are plain files;
the front page alone is filled in, from the titles of the notebooks and the table of README.md.
"""

import hashlib
import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "site"

# In the page of JupyterLab, before it looks at its settings.
START = re.compile(r"(?=await import\(\s*'\.\./config-utils\.js)")

# What a visit without a network needs. The app's own files are there too as soon as a page has
# used them: most of them belong to parts of JupyterLab that no lesson opens.
AHEAD = ("api/", "extensions/", "files/", "lab/", "static/", "parts/", "build/schemas/all.json")
# What no page asks for, and the worker's code, which the browser itself keeps.
NOT_LISTED = re.compile(r"\.|doc/|[^/]*\.txt$|.*\.map$|(build/)?service-worker\.js$|files\.json$")


def text(source: str | list[str]) -> str:
    """The text of a cell, which a file may hold line by line."""
    return source if isinstance(source, str) else "".join(source)


def hash_of_cells(notebook: dict[str, Any]) -> str:
    """The hash of what the cells say: ``parts/renew.js`` computes it too, of a learner's copy."""
    cells = [[cell["cell_type"], text(cell["source"])] for cell in notebook["cells"]]
    said = [cell for cell in cells if cell[1].strip()]
    data = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(data).hexdigest()


def mark(notebook: dict[str, Any]) -> None:
    """Write into a notebook which version it is, so that a saved copy says where it comes from."""
    notebook["metadata"]["wsedu"] = {"published": hash_of_cells(notebook)}


def finish(built: Path) -> None:
    """Add our pages and the worker to a folder that JupyterLite has built."""
    shutil.copytree(SITE / "pages", built, dirs_exist_ok=True)
    shutil.copy2(SITE / "service-worker.js", built)
    front = built / "index.html"
    front.write_text(
        front.read_text("utf-8").replace("<!-- lessons -->", lessons(notebooks(built)))
    )
    start(built / "lab" / "index.html")
    describe(built)


def describe(built: Path) -> None:
    """Write the two lists: ``course.json`` for our pages, ``files.json`` for the worker."""
    settings = json.loads((built / "jupyter-lite.json").read_text("utf-8"))["jupyter-config-data"]
    about = {
        "app": settings["appVersion"],
        "storage": settings["contentsStorageName"],
        "notebooks": [
            {"path": path, "title": title(path, notebook), "cells": hash_of_cells(notebook)}
            for path, notebook in notebooks(built).items()
        ],
    }
    (built / "course.json").write_text(json.dumps(about, ensure_ascii=False), "utf-8")
    (built / "files.json").write_text(json.dumps(files(built)), "utf-8")


def notebooks(built: Path) -> dict[str, dict[str, Any]]:
    """The notebooks of a site, by their paths there."""
    return {
        path.relative_to(built / "files").as_posix(): json.loads(path.read_text("utf-8"))
        for path in sorted((built / "files").rglob("*.ipynb"))
    }


def start(page: Path) -> None:
    """Let JupyterLab wait for ``app.js``."""
    script, times = START.subn("await import('../app.js'); ", page.read_text("utf-8"))
    if times != 1:
        raise RuntimeError(f"{page}: JupyterLite starts its app in another way now")
    page.write_text(script, "utf-8")


def files(built: Path) -> dict[str, Any]:
    """All files with their hashes, and which of them a visit without a network needs."""
    hashes = {}
    for path in sorted(path for path in built.rglob("*") if path.is_file()):
        name = path.relative_to(built).as_posix()
        if not NOT_LISTED.match(name):
            hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    ahead = [name for name in hashes if name.startswith(AHEAD) or "/" not in name]
    build = hashlib.sha256(json.dumps(hashes).encode()).hexdigest()
    return {"build": build, "ahead": ahead, "files": hashes}


def title(path: str, notebook: dict[str, Any]) -> str:
    """The notebook's own title, after the number of its file."""
    heading = re.match(r"# (.*)", text(notebook["cells"][0]["source"]))
    if heading is None:
        raise RuntimeError(f"{path}: its first cell is not a title")
    number = re.match(r"\d\d(?=_)", Path(path).name)
    return f"{number[0]} {heading[1]}" if number else heading[1]


def minutes(notebook: dict[str, Any]) -> str:
    found = re.search(r"\*\*(\d+ minutes)", text(notebook["cells"][0]["source"]))
    return found[1] if found else ""


def promises() -> dict[str, str]:
    """What README.md says that you will be able to do after each lesson."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return dict(re.findall(r"^\| \[.*?\]\((\S+\.ipynb)\) \| (.*) \|$", readme, re.MULTILINE))


def in_html(words: str) -> str:
    """A line of Markdown, of which README.md uses code alone."""
    return re.sub(r"`(.*?)`", r"<code>\1</code>", html.escape(words))


def link(path: str, words: str, more: str = "") -> str:
    address = f"lab/index.html?path={path}"
    return f'<a href="{address}" data-path="{path}"{more}>{html.escape(words)}</a>'


def lessons(found: dict[str, dict[str, Any]]) -> str:
    """The lessons, each with its exercises, and the other pages of the course, as two lists."""
    said = promises()
    numbered, others = [], []
    for path, notebook in found.items():
        name = title(path, notebook)
        if not path.startswith("notebooks/"):
            continue
        if not name[:2].isdigit():
            others.append(f"<li>{link(path, name)} <small></small></li>")
            continue
        able = f"<p>{in_html(said[path])}</p>" if path in said else ""
        lines = [f"<li>{link(path, name)} <small>{minutes(notebook)}</small>{able}"]
        for folder, exercises in found.items():
            if folder.startswith(f"exercises/{Path(path).parent.name}/{Path(path).stem}/"):
                label = f' aria-label="{html.escape(title(folder, exercises))}"'
                lines.append(f"<p>{link(folder, 'Exercises', label)}")
                lines.append(f"<small>{minutes(exercises)}</small></p>")
        numbered.append("\n".join([*lines, "</li>"]))
    return "\n".join(
        [
            *('<ul class="lessons">', *numbered, "</ul>"),
            *("<h2>To look things up</h2>", "<ul>", *others, "</ul>"),
        ]
    )
