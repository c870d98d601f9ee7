"""A real JupyterLab, and the two browsers that open it.

A test that asks for ``browser``, or for a fixture made from it, runs in Chromium and in Firefox.
One that asks for ``chromium`` runs there alone, and says why.
"""

from collections.abc import Iterator

import playwright.sync_api
import pytest

from .. import chromium as chromium_program
from .. import firefox as firefox_program
from ..firefox import Browser, Firefox
from ..jupyter import Jupyter, Notebook, started

# Five seconds are the library's own; a busy machine may need more to show what is right.
playwright.sync_api.expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    with started(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


# Only for this package: while Playwright runs, no other test could start an event loop.
@pytest.fixture(scope="package")
def chromium() -> Iterator[playwright.sync_api.Browser]:
    with (
        playwright.sync_api.sync_playwright() as driver,
        chromium_program.launch(driver) as browser,
    ):
        yield browser


@pytest.fixture(scope="package")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox_program.launch(tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The address of an empty page."""
    with chromium_program.empty_page() as address:
        yield address


@pytest.fixture
def page(
    browser: Browser, origin: str
) -> Iterator[playwright.sync_api.Page | firefox_program.Page]:
    """An empty page, in a browser without cookies."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(origin)
        yield page


@pytest.fixture
def notebook(browser: Browser, jupyter: Jupyter) -> Iterator[Notebook]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(30_000)
        lesson = Notebook(page, jupyter)
        yield lesson
        lesson.leave()
