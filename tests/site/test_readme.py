"""README's way to the browser edition: both commands, word for word, in a fresh clone."""

import re
import shlex
import shutil
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from ..terminal import ROOT, Terminal, clone, shell

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="no git"
)


def commands() -> list[str]:
    """The lines of code of that section."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"(?ms)^## The browser edition\n(.*?)^## ", text)
    assert found
    return re.findall(r"(?m)^ {4}(\S.*)$", found[1])


def test_the_commands_build_the_site_and_serve_it(built_site: Path, tmp_path: Path) -> None:
    course = clone(tmp_path / "course")
    # The environment is there already: another test is about making one.
    (course / ".venv-site").symlink_to(ROOT / ".venv-site")
    home = shell(tmp_path / "home")
    build, serve = commands()
    terminal = Terminal(build, course, home)
    assert terminal.end(timeout=300) == 0, terminal.text
    assert "The site is in" in terminal.text
    # Port 0 is any free one; without it, it is 8000, as README says.
    terminal = Terminal(f"{serve} 0", course, home)
    try:
        address = terminal.says(r"http://127\.0\.0\.1:\d+/")[0]
        opener = build_opener(ProxyHandler({}))
        for path in ("", "lab/index.html", "static/pyodide/pyodide.asm.wasm"):
            with opener.open(address + path, timeout=60) as response:
                # All of it: the server would complain of a client that leaves before.
                assert response.status == 200 and response.read()
                kind = response.headers["Content-Type"]
        assert kind == "application/wasm"
    finally:
        terminal.ctrl_c()
    assert terminal.text.count("Traceback") == 0


def test_the_section_names_the_address_that_the_server_has_without_another_word() -> None:
    _build, serve = commands()
    words = shlex.split(serve)
    assert words[:3] == ["python3", "-m", "http.server"] and not words[-1].isdigit()
    assert "http://127.0.0.1:8000" in (ROOT / "README.md").read_text(encoding="utf-8")
