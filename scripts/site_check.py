"""What must hold for a built site; ``site_build`` asks before it puts a site in place.

How to think about it: a site that works on our machine may still miss a file, or fetch one from
elsewhere, and we notice only when a learner is offline. Each check reads the files as a browser
will get them, and names the culprit.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

LINK = re.compile(r"\]\(([^)\s]+)\)")
# What makes a browser load something, in a page and in a style sheet.
LOADED = re.compile(r"""(?:\bsrc|<link\b[^>]*\bhref|\bimport\()\s*[=(]?\s*["']([^"'#]+)["']""")
IN_STYLES = re.compile(r"""(?:@import\s*|url\(\s*)["']?([^"')\s]+)""")
# The archive of Pyodide, and of the Python in it, holds no licence.
OURS = ("wsedu", "jedi")  # of the second we take only the name
PYODIDE_ASKS_FOR = ("Mozilla Public License Version 2.0", "PYTHON SOFTWARE FOUNDATION LICENSE")
ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//|/", re.I)  # not below the site's own address


def faults(site: Path) -> list[str]:
    """A sentence for each thing that is wrong with a site."""
    checks = (links, loaded_from_elsewhere, configured, wheels, pictures_hidden, notices)
    return [fault for check in checks for fault in check(site)]


def links(site: Path) -> Iterator[str]:
    """Links of lessons and exercises that lead to nothing in the site."""
    files = site / "files"
    for path in sorted(files.rglob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for link in LINK.findall(cell["source"]) if cell["cell_type"] == "markdown" else ():
                name = unquote(link.partition("#")[0])
                if "://" in link or not name:
                    continue
                target = (path.parent / name).resolve()
                if not (target.is_file() and target.is_relative_to(files.resolve())):
                    yield f"{path.relative_to(files)} links to {link}, which is not in the site."


def loaded_from_elsewhere(site: Path) -> Iterator[str]:
    """What a page or a style sheet would load from another address, or from the host's root."""
    for kind, pattern in (("html", LOADED), ("css", IN_STYLES)):
        for path in sorted(site.rglob(f"*.{kind}")):
            for address in pattern.findall(path.read_text("utf-8")):
                if ELSEWHERE.match(address):
                    yield f"{path.relative_to(site)} loads {address}, which is not in the site."


def configured(site: Path) -> Iterator[str]:
    """Settings of the page that name an address outside of the site, or a file that is missing."""
    for path in (site / "index.html", site / "lab" / "index.html"):
        if 'id="jupyter-config-data"' not in path.read_text("utf-8"):
            yield f"{path.relative_to(site)} lacks the settings that JupyterLite looks for in it."

    def addresses(value: object, name: str = "") -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, item in value.items():
                yield from addresses(item, key)
        elif isinstance(value, list):
            for item in value:
                yield from addresses(item, name)
        # appUrl is no address: it is what follows that of the site.
        elif isinstance(value, str) and name.lower().endswith(("url", "urls")) and name != "appUrl":
            yield name, value

    for path in sorted(site.rglob("jupyter-lite.json")):
        for name, address in addresses(json.loads(path.read_text("utf-8"))):
            here = site if address.startswith("./") else path.parent
            if ELSEWHERE.match(address):
                yield f"{path.relative_to(site)}: {name} is {address}, which is not in the site."
            elif Path(address).suffix and not (here / address.partition("?")[0]).exists():
                yield f"{path.relative_to(site)}: {name} is {address}, which is missing."


def wheels(site: Path) -> Iterator[str]:
    """Packages of the lock file whose wheel is missing or another one, or that lack a package."""
    folder = site / "static" / "pyodide"
    packages = json.loads((folder / "pyodide-lock.json").read_text())["packages"]
    for name, package in packages.items():
        path = folder / package["file_name"]
        if not path.is_file():
            yield f"pyodide-lock.json names {package['file_name']}, which is missing."
        elif hashlib.sha256(path.read_bytes()).hexdigest() != package["sha256"]:
            yield f"{path.name} is not the file that pyodide-lock.json describes."
        for other in package["depends"]:
            if other not in packages:
                yield f"{name} needs {other}, which is not in pyodide-lock.json."
    settings = json.loads((site / "jupyter-lite.json").read_text())["jupyter-config-data"]
    kernel = settings["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    for name in kernel["loadPyodideOptions"]["packages"]:
        if name not in packages:
            yield f"The kernel loads {name} at its start, which is not in pyodide-lock.json."


def notices(site: Path) -> Iterator[str]:
    """Packages of others whose licence the site does not name, and texts that it must hold."""
    text = (site / "third-party-notices.txt").read_text("utf-8")
    named = {
        (re.sub(r"[-_.]+", "-", name).lower(), version)
        for name, version in re.findall(r"(?m)^(\S+) (\S+) \(Python\)\nLicence: \S", text)
    }
    lock = site / "static" / "pyodide" / "pyodide-lock.json"
    for name, package in json.loads(lock.read_text())["packages"].items():
        if name not in OURS and (name, package["version"]) not in named:
            yield f"third-party-notices.txt does not name {name} {package['version']}."
    for path in sorted(site.rglob("third-party-licenses.json")):
        for package in json.loads(path.read_text("utf-8"))["packages"]:
            if f"{package['name']} {package['versionInfo']} (JavaScript)\n" not in text:
                yield f"third-party-notices.txt does not name {package['name']} of the page."
    for title in PYODIDE_ASKS_FOR:
        if title not in text:
            yield f"third-party-notices.txt lacks the text of the {title}, for Pyodide."


def pictures_hidden(site: Path) -> Iterator[str]:
    """Notebooks whose stored pictures are not seen before a cell has run."""
    for path in sorted((site / "files").rglob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code" and not cell["metadata"].get("trusted"):
                yield f"{path.name}: the outputs of {cell['id']} are not trusted."
