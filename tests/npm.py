"""What the tests take from npm, installed once: see tests/page/package.json."""

import subprocess
from pathlib import Path

from . import programs

PAGE = Path(__file__).parent / "page"


def packages() -> Path:
    """The folder of the installed packages; skips without npm, which in CI is a failure."""
    lock, folder = PAGE / "package-lock.json", PAGE / "node_modules"
    # npm writes this file last, so it is as new as the installation.
    stamp = folder / ".package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return folder
    npm = programs.find("npm", purpose="the checks of the page's modules need")
    result = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund"],
        cwd=PAGE,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    stamp.touch()
    return folder
