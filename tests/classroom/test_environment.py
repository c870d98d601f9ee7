"""The environment of a hub stays, although the command that has started the hub is lost."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"
SERVES = "(print('serves', flush=True), input())"  # in the place of JupyterHub's own code
LEARNER = "-m", "wsedu_classroom.learner"
HUB = (
    "-c",
    f"import builtins, runpy; builtins.get_config = lambda: {SERVES}; "
    "runpy.run_module('wsedu_classroom.jupyterhub_config')",
)


@pytest.mark.skipif(sys.platform != "linux", reason="a hub runs on Linux")
@pytest.mark.parametrize("words", [LEARNER, HUB], ids=["learner", "hub"])
def test_a_process_of_a_hub_keeps_the_environment_until_it_ends(
    words: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "venv"
    folder.mkdir()
    for path in Path(sys.prefix).iterdir():
        (folder / path.name).symlink_to(path)
    paths = sys.path
    if words is LEARNER:
        stub = tmp_path / "jupyterhub"
        stub.mkdir()
        (stub / "__init__.py").write_text("")
        (stub / "singleuser.py").write_text(f"def main(): {SERVES}")
        paths = [str(tmp_path), *paths]
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    monkeypatch.delitem(sys.modules, "environment", raising=False)
    is_used = import_module("environment")._is_used
    with subprocess.Popen(
        [str(folder / "bin" / "python"), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "serves\n"
        assert is_used(folder)
        process.kill()
    assert not is_used(folder)
