"""scripts/lab.py: which notebooks it trusts, and how it ends."""

import importlib.util
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from wsedu_classroom.trust import as_sent

from .terminal import Terminal, shell

SCRIPTS = Path(__file__).parent.parent / "scripts"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, for a course of three files in a folder of its own."""
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    monkeypatch.delitem(sys.modules, "environment", raising=False)
    spec = importlib.util.spec_from_file_location("lab", SCRIPTS / "lab.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("notebooks/en/lesson.ipynb", "exercises/en/a/a.ipynb", "notebooks/readme.md"):
        path = tmp_path / "course" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"shipped": name}))
    module.ROOT, module.FOLDER = tmp_path / "course", tmp_path
    return module


def commit(lab: ModuleType) -> None:
    for words in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "All"],
    ):
        subprocess.run(["git", *words], cwd=lab.ROOT, check=True, timeout=60)


SHIPPED = {'{"shipped": "notebooks/en/lesson.ipynb"}', '{"shipped": "exercises/en/a/a.ipynb"}'}


def trusted(lab: ModuleType, name: str) -> bool:
    """Whether its server trusts a file of the course as soon as it is opened."""
    return as_sent(lab.ROOT / name, lab.ROOT, "HEAD")


def test_what_was_committed_is_trusted_and_nothing_that_lies_beside_it(lab: ModuleType) -> None:
    commit(lab)
    assert trusted(lab, "notebooks/en/lesson.ipynb") and trusted(lab, "exercises/en/a/a.ipynb")
    (lab.ROOT / "notebooks/en/lesson.ipynb").write_text('{"changed": true}')
    (lab.ROOT / "notebooks/en/other.ipynb").write_text('{"somebody": "else"}')
    assert not trusted(lab, "notebooks/en/lesson.ipynb")
    assert not trusted(lab, "notebooks/en/other.ipynb")
    assert set(lab.shipped_without_git()) == set()


@pytest.mark.parametrize("reason", ["no repository", "no git"])
def test_without_git_it_is_what_was_there_at_the_first_time(
    lab: ModuleType, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if reason == "no git":
        commit(lab)
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert not trusted(lab, "notebooks/en/lesson.ipynb")
    assert set(lab.shipped_without_git()) == SHIPPED
    (lab.ROOT / "notebooks/en/lesson.ipynb").write_text('{"changed": true}')
    assert set(lab.shipped_without_git()) == set()


HANGS = """
import asyncio
from jupyter_server.extension.application import ExtensionApp

class Hangs(ExtensionApp):
    name = "hangs"

    async def stop_extension(self):
        self.log.critical("never stops")
        await asyncio.Future()

def _jupyter_server_extension_points():
    return [{"module": "hangs", "app": Hangs}]
"""


def test_ctrl_c_ends_it_even_if_a_part_of_jupyter_hangs(tmp_path: Path) -> None:
    (tmp_path / "hangs.py").write_text(HANGS)
    paths = os.pathsep.join([str(tmp_path), str(SCRIPTS.parent), str(SCRIPTS.parent / "classroom")])
    options = ["--ServerApp.port=0", "--ServerApp.jpserver_extensions=hangs=True"]
    soon = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); import lab; lab.SECONDS = 1; "
    terminal = Terminal(
        shlex.join([sys.executable, "-c", f"{soon}lab.main({options})"]),
        tmp_path,
        shell(tmp_path / "home") | {"PYTHONPATH": paths},
    )
    terminal.address()
    assert terminal.ctrl_c() == 0
    assert "never stops" in terminal.text
