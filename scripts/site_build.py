"""Put the browser edition together; ``site.py`` starts this in the environment that it needs.

How to think about it: a site is files, and these come from four places. JupyterLite is the page:
JupyterLab without a server. Pyodide is Python for a browser, and ``site_wheels`` puts the packages
beside it. The lessons and exercises are copies of ours. What is in ``site/pages`` is ours, too.
Nothing depends on the time or on the machine: the same repository gives the same bytes.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import site_check
import site_notices
import site_pages
import site_start
import site_wheels
from environment import ROOT

DATE = "2020-01-01T00:00:00Z"  # of every file, as Jupyter writes it
TITLE = "WebSocket, byte by byte"
SETTINGS = ROOT / "jupyter/share/jupyter/lab/settings/overrides.d/wsedu.json"
LINKED = ("SECURITY.md",)  # pages that lessons link to
CAPTURES = "notebooks/captures"  # which "Your own traffic" opens
TYPES = {".ipynb": "notebook"}
# What the kernel says of itself, word for word: if it were told anything new, the page would take
# each notebook that is only opened for a changed one, and keep a copy of it.
KERNEL = {
    "kernelspec": {"name": "python", "display_name": "Python (Pyodide)", "language": "python"},
    "language_info": {
        "codemirror_mode": {"name": "python", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.8",
    },
}


def build(site: Path) -> None:
    """Write the whole site into a folder, which must not exist."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        wheels = site_wheels.gather(site_wheels.course_wheel(work))
        pages = [wheels[name] for name in ("anywidget", "jupyterlab-widgets", "wsedu")]
        jupyterlite(work / "lite", pages, site)
        site_wheels.install(wheels, site / "static" / "pyodide")
        site_start.hasten(site / "static" / "pyodide")
        notices = site_notices.text(site, wheels)
    (site / "third-party-notices.txt").write_text(notices, "utf-8")
    notebooks(site / "files")
    listings(site / "files", site / "api" / "contents")
    site_pages.finish(site)


# The page.


def jupyterlite(work: Path, extensions: list[Path], site: Path) -> None:
    """Let JupyterLite write the page, with our settings and the extensions in some wheels."""
    work.mkdir()
    build_config = read(ROOT / "site" / "jupyter_lite_config.json")
    build_config["LiteBuildConfig"]["federated_extensions"] = [str(path) for path in extensions]
    write(work / "jupyter_lite_config.json", build_config)
    page = read(ROOT / "site" / "jupyter-lite.json")
    plugins = page["jupyter-config-data"]["litePluginSettings"]
    kernel = plugins["@jupyterlite/pyodide-kernel-extension:kernel"]
    kernel["loadPyodideOptions"] = {"packages": site_wheels.AT_START}
    page["jupyter-config-data"]["contentsAllJsonFile"] = "all.json"
    write(work / "jupyter-lite.json", page)
    # The settings of the edition on your computer, and what only this one sets.
    write(work / "overrides.json", read(SETTINGS) | read(ROOT / "site" / "overrides.json"))
    # It takes its settings from the folder that it runs in, and leaves its notes there.
    site_wheels.run("jupyterlite_core", "build", "--output-dir", str(site), folder=work)
    for path in site.glob("rspack.*"):
        path.unlink()
    lab = site / "lab" / "index.html"
    head = "<title>JupyterLite</title>"
    ours = f'<title>{TITLE}</title>\n    <link rel="icon" href="favicon.ico">'
    text = lab.read_text("utf-8")
    if head not in text:
        sys.exit(f"The page of JupyterLite has another title than {head}.")
    lab.write_text(text.replace(head, ours), "utf-8")


# The lessons and exercises.


def notebooks(folder: Path) -> None:
    """Copy them to a folder, at the same places, so that links between them hold."""
    for path in sources():
        place = folder / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(in_the_browser(read(path)), ensure_ascii=False)
        place.write_text(text, "utf-8")
    for name in LINKED:
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(ROOT / CAPTURES, folder / CAPTURES)


def sources() -> list[Path]:
    """The notebooks of the course."""
    return sorted([*ROOT.glob("notebooks/en/*.ipynb"), *ROOT.glob("exercises/en/*/*.ipynb")])


def in_the_browser(notebook: dict[str, Any]) -> dict[str, Any]:
    """A notebook as a server would hand it to the page; only its kernel has another name.

    A file may hold a text as a list of lines. A server joins these, and JupyterLab needs it: its
    table of contents reads no lists. A server also says which cells it trusts: of the others, a
    stored picture is not shown. JupyterLite takes both from the file.
    """
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["metadata"]["trusted"] = True
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = "".join(output["text"])
            output.get("data", {}).update(
                {
                    kind: "".join(value)
                    for kind, value in output.get("data", {}).items()
                    if isinstance(value, list) and not kind.endswith("json")
                }
            )
    notebook["metadata"] |= KERNEL
    site_pages.mark(notebook)
    return notebook


def listings(files: Path, folder: Path) -> None:
    """Write what a server would say of each folder: the names of what is in it."""
    for path in [files, *sorted(path for path in files.rglob("*") if path.is_dir())]:
        about = model(path, files)
        about["format"], about["content"] = "json", [*contents(path, files)]
        place = folder / path.relative_to(files) / "all.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        write(place, about)


def contents(folder: Path, files: Path) -> Iterator[dict[str, Any]]:
    """What is in a folder of the site's files, folders first."""
    for path in sorted(folder.iterdir(), key=lambda path: (path.is_file(), path.name)):
        yield model(path, files)


def model(path: Path, files: Path) -> dict[str, Any]:
    """A file or folder as Jupyter's servers describe it, without its content."""
    content = path.read_bytes() if path.is_file() else None
    return {
        "name": path.name if path != files else "",
        "path": path.relative_to(files).as_posix().removeprefix("."),
        "type": "directory" if content is None else TYPES.get(path.suffix, "file"),
        "created": DATE,
        "last_modified": DATE,
        "size": None if content is None else len(content),
        "hash": None if content is None else hashlib.sha256(content).hexdigest(),
        "hash_algorithm": None if content is None else "sha256",
        "writable": True,
        "mimetype": None,
        "format": None,
        "content": None,
    }


def read(path: Path) -> dict[str, Any]:
    """The object in a JSON file."""
    return dict(json.loads(path.read_text("utf-8")))


def write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def put_in_place(target: Path) -> None:
    """Build the site in a folder; what is there stays until the new one is right.

    Exits with what is wrong with the new one, if anything is.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # The new one has a folder around it: JupyterLite gives a date to all that is beside its result.
    with tempfile.TemporaryDirectory(prefix="site-", dir=target.parent) as around:
        fresh = Path(around, "site")
        build(fresh)
        if faults := site_check.faults(fresh):
            sys.exit("\n".join(["The site is not right, and was not put in place:", *faults]))
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="site.py", description=__doc__.partition(";")[0])
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "site", metavar="FOLDER")
    target = parser.parse_args().to.resolve()
    put_in_place(target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"The site is in {target}: {size / 1e6:.0f} MB.")
