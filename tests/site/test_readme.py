"""README's way to the browser edition: both commands, word for word, in a copy of the course."""

import shlex
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from ..terminal import Terminal, shell
from .conftest import ROOT, readme_commands


def test_the_commands_build_the_site_and_serve_it(course_elsewhere: Path, tmp_path: Path) -> None:
    _build, serve = readme_commands()
    # Port 0 is any free one; without it, it is 8000, as README says.
    terminal = Terminal(f"{serve} 0", course_elsewhere, shell(tmp_path / "home"))
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
    _build, serve = readme_commands()
    words = shlex.split(serve)
    assert words[:3] == ["python3", "-m", "http.server"] and not words[-1].isdigit()
    assert "http://127.0.0.1:8000" in (ROOT / "README.md").read_text(encoding="utf-8")
