"""The site that the tests of this folder look at: built once, served as a public host does it."""

import fcntl
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import playwright.sync_api
import pytest

from .. import chromium as chromium_program
from .. import firefox as firefox_program
from ..firefox import Browser, Firefox
from ..terminal import Terminal, shell
from .host import CHROMIUM, Host, serving
from .pages import Context
from .updates import newer

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the built site. Several processes of the tests share one; do not change it."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":  # with others: their folders are beside this one
        folder = folder.parent
    site = folder / "site"
    with (folder / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not site.exists():
            build(site)
    return site


def build(site: Path) -> None:
    """README's command, into another folder."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "site.py"), "--to", str(site)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def newer_site(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the course's next release."""
    return newer(built_site, tmp_path_factory.mktemp("newer") / "site")


@pytest.fixture(scope="session")
def course_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course in which README's command has built the site.

    It has done so as on another machine: with another clock, another order of names, another
    folder for files, and the settings of a new user's shell.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    copy_course(folder / "course")
    (folder / "files").mkdir()
    machine = {"TMPDIR": str(folder / "files"), "TZ": "Pacific/Apia", "LC_ALL": "C"}
    environment = shell(folder / "home") | machine | {"PYTHONHASHSEED": "7"}
    terminal = Terminal(readme_commands()[0], folder / "course", environment)
    assert terminal.end(timeout=300) == 0, terminal.text
    assert "The site is in" in terminal.text
    return folder / "course"


def copy_course(target: Path) -> None:
    """The files of the course as they are now, without those that git does not keep."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        for name in filter(lambda name: (ROOT / name).is_file(), done.stdout.split("\0")):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    else:
        ignored = shutil.ignore_patterns(".*", "build", "node_modules")
        shutil.copytree(ROOT, target, ignore=ignored)
    # The environment is there already: another test is about making one.
    (target / ".venv-site").symlink_to(ROOT / ".venv-site")


def readme_commands() -> list[str]:
    """What README says to type for the browser edition: to build it, and to serve it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"(?ms)^## The browser edition\n(.*?)^## ", text)
    assert found
    return re.findall(r"(?m)^ {4}(\S.*)$", found[1])


@pytest.fixture
def served_site(built_site: Path) -> Iterator[Host]:
    """The site on a plain static host, under ``/course/``."""
    with serving(built_site) as host:
        yield host


# For one module: the next may start a browser of its own, and Playwright does not run twice.
@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.sync_api.Browser]:
    with (
        playwright.sync_api.sync_playwright() as driver,
        chromium_program.launch(driver, *CHROMIUM) as browser,
    ):
        yield browser


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox_program.launch(tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[Context]:
    """Tabs of a browser that has never been here."""
    with browser.new_context() as context:
        yield context
