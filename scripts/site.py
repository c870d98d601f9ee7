"""Build the edition of the course that needs no installation: ``python3 scripts/site.py``.

The result is the folder ``build/site``: files that any static host serves, under any address.
Python runs in the reader's browser. Anything after the command goes to ``site_build.py``, for
example ``--to FOLDER``.
"""

import subprocess
import sys

from environment import ROOT, prepare_site

if __name__ == "__main__":
    command = [str(prepare_site()), str(ROOT / "scripts" / "site_build.py"), *sys.argv[1:]]
    try:
        sys.exit(subprocess.run(command, cwd=ROOT).returncode)
    except KeyboardInterrupt:
        sys.exit(1)
