"""A newer version of the built site, as the course's next release would be."""

import hashlib
import json
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "scripts"))
import site_pages  # noqa: E402

SECOND = "notebooks/en/02_the_opening_handshake.ipynb"
FIFTH = "notebooks/en/05_masking.ipynb"
NEWS = "This lesson is newer."


def newer(site: Path, folder: Path) -> Path:
    """A copy of a site in which two lessons and the course's package are newer."""
    shutil.copytree(site, folder)
    for name in (SECOND, FIFTH):
        path = folder / "files" / name
        notebook = read(path)
        notebook["cells"][0]["source"] += f"\n\n{NEWS}"
        site_pages.mark(notebook)
        path.write_text(json.dumps(notebook, ensure_ascii=False), "utf-8")
    wheel = wheel_of(folder)
    with zipfile.ZipFile(wheel, "a") as package:
        package.writestr("wsedu_is_newer.py", "")
    lock = read(wheel.parent / "pyodide-lock.json")
    lock["packages"]["wsedu"]["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (wheel.parent / "pyodide-lock.json").write_text(json.dumps(lock))
    site_pages.describe(folder)
    return folder


def wheel_of(site: Path) -> Path:
    """The course's own package."""
    return next((site / "static" / "pyodide").glob("wsedu-*.whl"))


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8")))
