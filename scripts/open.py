"""Open the course in JupyterLab at its first lesson: ``python3 scripts/open.py``.

Anything after the command goes to JupyterLab, for example ``--no-browser``.
"""

import os
import subprocess
import sys

from environment import ROOT, keep, prepare

if __name__ == "__main__":
    command = [str(prepare()), str(ROOT / "scripts" / "lab.py"), *sys.argv[1:]]
    os.chdir(ROOT)
    keep()
    if os.name != "nt":
        # The very process that was started becomes JupyterLab: who ends the one ends the other.
        os.execv(command[0], command)
    with subprocess.Popen(command) as lab:
        while True:
            try:
                sys.exit(lab.wait())
            except KeyboardInterrupt:
                pass  # JupyterLab has heard of it too, and ends by itself
