"""The modules of the page: typed through their comments, and nothing fetched from elsewhere."""

import re
import subprocess
from pathlib import Path

import pytest

from .npm import PAGE, packages

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    path for name in ("wsedu", "jupyter", "classroom") for path in (ROOT / name).rglob("*.js")
)


def test_types_agree() -> None:
    command = ["node", str(packages() / "typescript" / "bin" / "tsc"), "-p", str(PAGE)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_module_is_checked_and_needs_no_network(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("// @ts-check\n")
    assert not re.search(r"@ts-ignore|@ts-nocheck|@ts-expect-error", text)
    # Only files beside it are imported, and nothing is fetched.
    assert all(name.startswith("./") for name in re.findall(r'(?m)^import .*?"(.+?)"', text))
    assert not re.search(r"https?://(?!www\.w3\.org/)|\bfetch\(|await import\(", text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_bytes_never_become_markup(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text)
