"""Run all tests of the course: ``python3 scripts/test.py``.

Anything after the command goes to pytest, for example ``-k handshake``, or ``-n 0`` for one process
alone.
"""

import subprocess
import sys

from environment import ROOT, prepare

# One process for each processor. The tests of a file stay together: the cells of a notebook share
# a kernel. Files keep their order, in which the longest come first.
PARALLEL = ["-n", "logical", "--dist", "loadfile", "--no-loadscope-reorder"]

if __name__ == "__main__":
    command = [str(prepare("test")), "-m", "pytest", *PARALLEL, *sys.argv[1:]]
    sys.exit(subprocess.run(command, cwd=ROOT).returncode)
