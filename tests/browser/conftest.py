"""A real JupyterLab, and a real Chromium that opens it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from ..chromium import launch
from ..jupyter import Jupyter, Notebook, started


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    with started(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


# Only for this package: while Playwright runs, no other test could start an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser


@pytest.fixture
def notebook(browser: Browser, jupyter: Jupyter) -> Iterator[Notebook]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(30_000)
        yield Notebook(page, jupyter)
