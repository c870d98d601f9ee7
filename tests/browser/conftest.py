"""A real JupyterLab, and the two browsers that open it.

A test that asks for ``browser``, or for a fixture made from it, runs in Chromium and in Firefox.
One that asks for ``chromium`` runs there alone, and says why.

A new tab takes more of the processor than most tests do, and a page of JupyterLab fifty times as
much. So the tests share a tab of each browser, and a page of JupyterLab.
"""

from collections.abc import Iterator

import playwright.sync_api
import pytest

from .. import chromium as chromium_program
from .. import firefox as firefox_program
from ..firefox import Browser, Firefox, kind
from ..jupyter import Jupyter, Notebook, started

Page = playwright.sync_api.Page | firefox_program.Page
VIEWPORT, LARGE = {"width": 1280, "height": 720}, {"width": 1280, "height": 900}

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


@pytest.fixture(scope="package")
def chromium_tab(chromium: playwright.sync_api.Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        yield context.new_page()


@pytest.fixture(scope="package")
def firefox_tab(firefox: Firefox) -> Iterator[Page]:
    with firefox.new_context() as context:
        yield context.new_page()


@pytest.fixture
def tab(browser: Browser, request: pytest.FixtureRequest) -> Page:
    """The tab that tests share, without cookies; an earlier test may have left a page in it."""
    tab: Page = request.getfixturevalue(f"{kind(browser)}_tab")
    tab.context.clear_cookies()
    tab.set_viewport_size(VIEWPORT)
    tab.bring_to_front()
    return tab


@pytest.fixture
def page(tab: Page, origin: str) -> Page:
    """An empty page, in a browser without cookies."""
    tab.goto(origin)
    return tab


@pytest.fixture
def own_page(browser: Browser, origin: str) -> Iterator[Page]:
    """An empty page in a tab that no other test shares."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(origin)
        yield page


@pytest.fixture(scope="package")
def chromium_lab(chromium: playwright.sync_api.Browser) -> Iterator[Page]:
    with chromium.new_context(viewport=LARGE) as context:
        yield context.new_page()


@pytest.fixture(scope="package")
def firefox_lab(firefox: Firefox) -> Iterator[Page]:
    with firefox.new_context(viewport=LARGE) as context:
        yield context.new_page()


@pytest.fixture
def jupyterlab_is_left(browser: Browser, request: pytest.FixtureRequest) -> None:
    """No page shows it now, so none of its WebSockets is open; the next notebook loads it anew."""
    request.getfixturevalue(f"{kind(browser)}_lab").goto("about:blank")


@pytest.fixture
def notebook(
    browser: Browser, jupyter: Jupyter, request: pytest.FixtureRequest
) -> Iterator[Notebook]:
    """For one notebook in the page of JupyterLab that tests share."""
    page: Page = request.getfixturevalue(f"{kind(browser)}_lab")
    page.set_default_timeout(30_000)
    page.set_viewport_size(LARGE)
    page.bring_to_front()
    lesson = Notebook(page, jupyter)
    yield lesson
    lesson.leave()
    lesson.close()
