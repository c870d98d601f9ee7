"""Run all tests of the course: ``python3 scripts/test.py``.

Anything after the command goes to pytest, for example ``-k handshake``.
"""

import subprocess
import sys

from environment import ROOT, prepare

if __name__ == "__main__":
    sys.exit(
        subprocess.run([str(prepare("test")), "-m", "pytest", *sys.argv[1:]], cwd=ROOT).returncode
    )
