"""Open the course in JupyterLab at its first lesson: ``python3 scripts/open.py``.

Anything after the command goes to JupyterLab, for example ``--no-browser``.
"""

import os
import subprocess
import sys

from environment import ROOT, prepare

FIRST_LESSON = "notebooks/en/00_start_here.ipynb"

if __name__ == "__main__":
    command = [str(prepare()), "-m", "jupyterlab", FIRST_LESSON, *sys.argv[1:]]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container there is often nobody else
    try:
        sys.exit(subprocess.run(command, cwd=ROOT).returncode)
    except KeyboardInterrupt:
        sys.exit(0)
