"""scripts/environment.py: what it installs when, without installing anything."""

import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

locks = pytest.mark.skipif(os.name == "nt", reason="Windows has no flock")
SCRIPT = Path(__file__).parent.parent / "scripts" / "environment.py"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, for a course in a folder of its own; ``done`` lists what it would have run."""
    spec = importlib.util.spec_from_file_location("environment", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for folder, content in (("site", "Pyodide"), ("classroom", "proxy")):
        (tmp_path / folder).mkdir()
        for name in ("package.json", "package-lock.json"):
            (tmp_path / folder / name).write_text(content)
    for group in ("learner", "test", "class", "hub", "world", "site", "browser"):
        (tmp_path / "requirements" / f"{group}.txt").write_text(f"pins of {group}")
    (tmp_path / "pyproject.toml").write_text("the course")
    module.ROOT, module.FOLDER = tmp_path, tmp_path / ".venv"
    module.SITE = tmp_path / ".venv-site"
    module.done = []

    def create(folder: Path, with_pip: bool, clear: bool) -> None:
        module.done.append("new")
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir() if clear else ():
            path.unlink()

    def run(command: list[str], cwd: Path) -> SimpleNamespace:
        if "-r" in command:
            module.done.append(Path(command[-1]).stem)
        elif "-e" in command:
            module.done.append("course")
        elif "ci" in command:
            module.done.append((cwd / "package-lock.json").read_text())
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(module.venv, "create", create)
    monkeypatch.setattr(module, "subprocess", SimpleNamespace(run=run))
    return module


def done(environment: ModuleType, *groups: str) -> list[str]:
    """What ``prepare`` did this time."""
    environment.done.clear()
    assert environment.prepare(*groups) == environment.python()
    return environment.done


def test_a_learner_gets_what_a_learner_needs_and_once(environment: ModuleType) -> None:
    assert done(environment) == ["new", "learner", "course"]
    assert done(environment) == []


def test_a_group_is_added_to_what_is_there(environment: ModuleType) -> None:
    done(environment)
    assert done(environment, "class") == ["class"]
    assert done(environment, "test", "class") == ["test", "proxy"]
    assert done(environment) == done(environment, "class") == []


def test_a_group_alone_brings_the_learners_packages_too(
    environment: ModuleType,
) -> None:
    assert done(environment, "class") == ["new", "learner", "course", "class"]


@pytest.mark.parametrize("group", ["hub", "test"])
def test_the_hubs_proxy_comes_from_npm_once_and_anew_when_its_lock_has_changed(
    environment: ModuleType, group: str
) -> None:
    assert done(environment, group) == ["new", "learner", "course", group, "proxy"]
    assert done(environment, group) == []
    (environment.ROOT / "classroom" / "package-lock.json").write_text("newer proxy")
    assert done(environment, group) == ["new", "learner", "course", group, "newer proxy"]


@pytest.mark.parametrize("file", ["requirements/learner.txt", "pyproject.toml", "jupyter/a.json"])
def test_what_has_changed_is_installed_anew(environment: ModuleType, file: str) -> None:
    done(environment, "test")
    (environment.ROOT / file).parent.mkdir(exist_ok=True)
    (environment.ROOT / file).write_text("changed")
    assert done(environment) == ["new", "learner", "course"]
    assert done(environment, "test") == ["test", "proxy"]


def test_the_lock_of_the_hubs_proxy_names_no_host_and_has_hashes() -> None:
    folder = SCRIPT.parent.parent / "classroom"
    text = (folder / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    (name, version), *more = json.loads((folder / "package.json").read_text())[
        "dependencies"
    ].items()
    assert packages[f"node_modules/{name}"]["version"] == version and not more
    assert "://" not in text
    assert all(found["integrity"].startswith("sha512-") for key, found in packages.items() if key)


def done_for_the_site(environment: ModuleType) -> list[str]:
    """What ``prepare_site`` did this time."""
    environment.done.clear()
    assert environment.prepare_site() == environment.python(environment.SITE)
    return environment.done


SITE = ["new", "site", "browser", "Pyodide"]


def test_what_builds_the_site_is_in_a_folder_of_its_own_and_comes_once(
    environment: ModuleType,
) -> None:
    assert done_for_the_site(environment) == SITE
    assert not environment.FOLDER.exists()
    assert done(environment) == ["new", "learner", "course"]
    assert done_for_the_site(environment) == done(environment) == []


@pytest.mark.parametrize("file", ["requirements/site.txt", "requirements/browser.txt"])
def test_all_of_it_is_fetched_anew_when_a_part_has_changed(
    environment: ModuleType, file: str
) -> None:
    done(environment)
    done_for_the_site(environment)
    (environment.ROOT / file).write_text("changed")
    assert done_for_the_site(environment) == SITE
    assert done(environment) == done_for_the_site(environment) == []


def test_so_is_another_pyodide(environment: ModuleType) -> None:
    done_for_the_site(environment)
    (environment.ROOT / "site" / "package-lock.json").write_text("newer Pyodide")
    assert done_for_the_site(environment) == [*SITE[:-1], "newer Pyodide"]


def stop(environment: ModuleType, when: Callable[[list[str]], bool]) -> None:
    """Let the next command that ``when`` picks be interrupted, as by Ctrl-C."""
    whole = environment.subprocess.run

    def run(command: list[str], cwd: Path) -> SimpleNamespace:
        if when(command):
            raise KeyboardInterrupt
        return whole(command, cwd)

    environment.subprocess.run = run


@pytest.mark.parametrize("word", ["-r", "-e", "compileall"])
@pytest.mark.parametrize("groups", [(), ("class",)])
def test_an_interrupted_installation_is_taken_up_again(
    environment: ModuleType, word: str, groups: tuple[str, ...]
) -> None:
    whole = environment.subprocess.run
    stop(environment, lambda command: word in command)
    with pytest.raises(SystemExit, match="Interrupted"):
        environment.prepare(*groups)
    environment.subprocess.run = whole
    # pip may have left half a package, which it would take for a whole one.
    assert done(environment, *groups) == ["new", "learner", "course", *groups]


def test_so_is_an_addition_alone_if_it_was_interrupted(environment: ModuleType) -> None:
    whole = environment.subprocess.run
    # A hub may run from the folder: it is not emptied, and what a hub uses is not touched.
    shared = "shared==1 \\\n    --hash=sha256:a\n"
    own = "own==1 ; python_version > '3' \\\n    --hash=sha256:b\n    --hash=sha256:c\n"
    (environment.ROOT / "requirements" / "learner.txt").write_text(f"# all\n{shared}")
    (environment.ROOT / "requirements" / "class.txt").write_text(f"# all\n{shared}{own}")
    done(environment)
    stop(environment, lambda command: "class" in command[-1])
    with pytest.raises(SystemExit, match="Interrupted"):
        environment.prepare("class")
    environment.subprocess.run, commands = whole, []
    stop(environment, lambda command: bool(commands.append(command)))
    assert done(environment, "class") == ["class"]
    assert "--ignore-installed" in commands[0] and Path(commands[0][-1]).read_text() == own
    assert done(environment, "class") == []


def test_an_unfinished_group_whose_pins_have_changed_begins_anew(environment: ModuleType) -> None:
    done(environment)
    whole = environment.subprocess.run
    stop(environment, lambda command: "-r" in command)
    with pytest.raises(SystemExit, match="Interrupted"):
        environment.prepare("class")
    environment.subprocess.run = whole
    (environment.ROOT / "requirements" / "class.txt").write_text("changed")
    assert done(environment, "class") == ["new", "learner", "course", "class"]


@locks
def test_two_commands_at_once_install_one_after_the_other(environment: ModuleType) -> None:
    whole, installs, waits = environment.subprocess.run, threading.Event(), threading.Event()

    def run(command: list[str], cwd: Path) -> SimpleNamespace:
        installs.set()
        assert waits.wait(30)
        return whole(command, cwd)

    def say(words: str) -> None:
        if words.startswith("Waiting for another command that installs"):
            waits.set()

    environment.subprocess.run, environment.print = run, say
    with ThreadPoolExecutor() as commands:
        first = commands.submit(environment.prepare, "class")
        assert installs.wait(30)
        second = commands.submit(environment.prepare, "class")
        assert first.result() == second.result() == environment.python()
    assert environment.done == ["new", "learner", "course", "class"]


@locks
def test_nothing_empties_the_folder_while_a_program_runs_from_it(environment: ModuleType) -> None:
    done(environment)
    program = (
        f"import os, sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import environment; "
        f"from pathlib import Path; environment.FOLDER = Path({str(environment.FOLDER)!r}); "
        "environment.keep(); os.execv('/bin/sh', ['sh', '-c', 'echo runs; cat'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as hub:
        assert hub.stdin is not None and hub.stdout is not None
        assert hub.stdout.readline() == b"runs\n"
        assert done(environment, "class") == ["class"]  # an addition is no trouble
        (environment.ROOT / "requirements" / "learner.txt").write_text("changed")
        environment.done.clear()
        with pytest.raises(SystemExit, match="Stop JupyterLab, the hub .* first"):
            environment.prepare()
        assert environment.done == []
        hub.stdin.close()
    assert done(environment) == ["new", "learner", "course"]


@pytest.mark.parametrize("word", ["install", "download", "ci"])
def test_so_is_what_builds_the_site(environment: ModuleType, word: str) -> None:
    whole = environment.subprocess.run
    stop(environment, lambda command: word in command)
    with pytest.raises(SystemExit, match="Interrupted"):
        environment.prepare_site()
    environment.subprocess.run = whole
    assert done_for_the_site(environment) == SITE


def test_an_installation_that_fails_says_so_and_is_taken_up_again(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(environment.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
        with pytest.raises(SystemExit, match="The installation failed"):
            environment.prepare()
    assert done(environment) == ["new", "learner", "course"]


def test_an_old_python_is_told_in_one_sentence(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.sys, "version_info", (3, 10, 1))
    with pytest.raises(SystemExit, match="needs Python 3.11 or newer"):
        environment.prepare()
    assert not environment.done


def test_the_script_runs_without_anything_installed() -> None:
    """With an interpreter that sees the standard library only."""
    command = [sys.executable, "-I", "-S", "-c", f"import runpy; runpy.run_path({str(SCRIPT)!r})"]
    assert subprocess.run(command, timeout=60).returncode == 0


def test_the_command_adds_a_group_or_names_them_all() -> None:
    command = [sys.executable, str(SCRIPT), "wrld"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.stderr == "There is no group wrld. The groups are class, hub, test, world.\n"
    assert ended.returncode == 1
