"""The logs of which-death that need no browser.

``tests/browser/test_which_death.py`` has the others.
"""

import asyncio

import pytest

from wsedu_exercises.browser_as_client.which_death.exercise import reference, which_death
from wsedu_exercises.browser_as_client.which_death.log import stored

from ..browser.deaths import RAW, WORDS, call, shape

pytestmark = pytest.mark.usefixtures("no_lab_is_left")

RAW_WORDS = {
    "a client resets TCP": "reset",
    "a client ends TCP": "cut off",
    "a client answers no Ping": "no pong",
    "a client answers with another payload": "no pong",
    "a client answers one Ping": "no pong",
}


@pytest.mark.parametrize("name", RAW)
def test_raw_client_leaves_the_log_that_is_stored(name: str) -> None:
    log = asyncio.run(call(name))
    assert shape(log) == shape(stored()[name])
    assert which_death(log) == reference(log) == RAW_WORDS[name]


def test_every_stored_log_has_its_word() -> None:
    expected = {f"Chromium: {name}": words[0] for name, words in WORDS.items()}
    expected |= {f"Firefox: {name}": words[-1] for name, words in WORDS.items()} | RAW_WORDS
    assert {name: reference(log) for name, log in stored().items()} == expected
