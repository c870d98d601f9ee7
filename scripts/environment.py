"""Make the course's own environment, once, without touching the system's Python.

Both commands of README.md start here. The environment is the folder ``.venv`` beside this
one. It holds exactly the versions of ``requirements.txt``, each checked against its hash,
and is filled again whenever that file changes. Standard library only: this file runs
before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PINS = ROOT / "requirements.txt"
# Written last, so that an installation that was interrupted is taken up again.
STAMP = FOLDER / "installed-from"


def python() -> Path:
    """The environment's own interpreter."""
    return FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def prepare() -> Path:
    """Bring the environment up to date and return its interpreter.

    Exits with one plain sentence if Python is too old or an installation fails.
    """
    if sys.version_info < (3, 11):
        sys.exit(
            f"The course needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
            "Start the command again with a newer one, for example python3.12."
        )
    wanted = hashlib.sha256(PINS.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    wanted += f" {sys.version_info.major}.{sys.version_info.minor}"
    if STAMP.exists() and STAMP.read_text() == wanted:
        return python()
    print(f"Preparing the course's own environment in {FOLDER} (a few minutes, once) ...")
    venv.create(FOLDER, with_pip=True, clear=FOLDER.exists())
    pip = [str(python()), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    for step in (
        [*pip, "--require-hashes", "-r", str(PINS)],
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
        # Notebooks start many short processes: compiled modules halve their start.
        [str(python()), "-m", "compileall", "-q", "-j", "0", str(FOLDER / "lib")],
    ):
        if subprocess.run(step, cwd=ROOT).returncode and "compileall" not in step:
            sys.exit("The installation failed; the lines above say why. Nothing else was changed.")
    STAMP.write_text(wanted)
    return python()
