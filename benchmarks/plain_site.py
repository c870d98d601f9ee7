"""A plain JupyterLite: what the browser edition is compared with.

It is made with the same JupyterLite, the same kernel and the same Pyodide, and nothing in it is
ours: no setting, no package. Like our site it fetches nothing from elsewhere. So the packages that
the kernel asks for at its start lie beside Pyodide, in the versions that Pyodide names; the
kernel's own three are where JupyterLite puts them. The one notebook has ``1+1`` in its first cell,
and a picture in a stored output.
"""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from matplotlib.figure import Figure

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))

import site_build  # noqa: E402
from environment import SITE, prepare_site  # noqa: E402

NOTEBOOK = "plain.ipynb"
PYODIDE = SITE / "node_modules" / "pyodide"
STARTS_WITH = ["micropip", "ipython", "jedi"]
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# Pyodide does not have this one, so that its newest version would come from PyPI.
COMM: dict[str, Any] = {"name": "comm", "version": "0.2.3", "imports": ["comm"], "depends": []}


def build(site: Path) -> None:
    """Write the whole site into a folder."""
    python = str(prepare_site())
    settings = {"pyodideUrl": "./static/pyodide/pyodide.mjs", "disablePyPIFallback": True}
    page: dict[str, Any] = {"contentsAllJsonFile": "all.json", "exposeAppInBrowser": True}
    page["litePluginSettings"] = {KERNEL: settings}
    with tempfile.TemporaryDirectory() as work:
        Path(work, "jupyter-lite.json").write_text(
            json.dumps({"jupyter-lite-schema-version": 0, "jupyter-config-data": page})
        )
        command = [python, "-m", "jupyterlite_core", "build", "--output-dir", str(site)]
        subprocess.run(command, check=True, cwd=work, capture_output=True)
    (site / "files").mkdir()
    nbformat.write(notebook(), site / "files" / NOTEBOOK)
    site_build.listings(site / "files", site / "api" / "contents")
    pyodide(python, site / "static" / "pyodide")


def pyodide(python: str, folder: Path) -> None:
    """Write Pyodide and the packages of the kernel's start, with a lock file of just these."""
    shutil.copytree(PYODIDE, folder)
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text())
    known = lock["packages"]
    wanted, packages = [*STARTS_WITH], {"comm": {**known["micropip"], **COMM}}
    while wanted:
        name = wanted.pop().replace("_", "-")
        packages[name] = known[name]
        wanted += {*known[name]["depends"]} - packages.keys()
    versions = [f"{name}=={package['version']}" for name, package in packages.items()]
    pip = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    version = lock["info"]["python"]  # not that of the Python that runs pip
    subprocess.run([*pip, "--python-version", version, "-d", str(folder), *versions], check=True)
    for name, package in packages.items():
        (wheel,) = folder.glob(f"{name.replace('-', '_')}-{package['version']}-*.whl")
        package["file_name"] = wheel.name
        package["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "pyodide-lock.json").write_text(json.dumps(lock | {"packages": packages}))


def notebook() -> nbformat.NotebookNode:
    """An ordinary notebook."""
    figure, stream = Figure(), io.BytesIO()
    figure.subplots().plot([0, 1, 4, 9])
    figure.savefig(stream, format="png")
    picture = base64.b64encode(stream.getvalue()).decode()
    shown = nbformat.v4.new_output("display_data", {"image/png": picture})
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A plain notebook"),
            nbformat.v4.new_code_cell("1+1"),
            nbformat.v4.new_code_cell("figure", outputs=[shown]),
        ],
        metadata={"kernelspec": {"name": "python", "display_name": "Python (Pyodide)"}},
    )
