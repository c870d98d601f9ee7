"""The logs that the exercise which-death shows are those of real connections, also today."""

import pytest

from wsedu_exercises.browser_as_client.which_death.exercise import which_death
from wsedu_exercises.browser_as_client.which_death.log import stored

from ..firefox import Browser, kind
from .deaths import PAGES, WORDS, Page, shape, visit

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_lab_is_left")]


@pytest.mark.parametrize("name", PAGES)
def test_page_leaves_the_log_that_is_stored(browser: Browser, page: Page, name: str) -> None:
    title = {"chromium": "Chromium", "firefox": "Firefox"}[kind(browser)]
    log = visit(page, PAGES[name])
    assert shape(log) == shape(stored()[f"{title}: {name}"])
    words = WORDS[name]
    assert which_death(log) == words[-1 if title == "Firefox" else 0]
