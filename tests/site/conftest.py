"""The site that the tests of this folder look at: built once, served as a public host does it."""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import playwright.sync_api
import pytest

from .. import chromium as chromium_program
from .. import firefox as firefox_program
from ..firefox import Browser, Firefox
from .host import CHROMIUM, Host, serving
from .pages import Context

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
