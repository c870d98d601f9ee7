"""What a page does as the lab's client, and what its script is told."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from wsedu.live import Lab
from wsedu.live.browser import kept
from wsedu.recording import Recording, dissect

from ..chromium import empty_page
from . import scenes

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with empty_page() as address:
        yield address


@pytest.fixture(autouse=True)
def no_lab_is_left() -> Iterator[None]:
    yield
    if Lab._current is not None:
        Lab._current.close()


def frames(recording: Recording) -> list[tuple[str, str]]:
    """Each side's frames in their order; which side was first at the tap is left to chance."""
    found = [(unit.sender, unit.title) for unit in dissect(recording).find("frame")]
    return sorted(found, key=lambda said: said[0])


@pytest.mark.parametrize("name", scenes.SCENES)
def test_the_kept_recordings_are_still_true(browser: Browser, origin: str, name: str) -> None:
    recording, told = scenes.play(browser, origin, name)
    assert frames(recording) == frames(kept(name))
    assert kept(name).note.endswith(f"script was told: {'; '.join(told)}.")


def test_a_script_may_not_close_with_any_code(
    browser: Browser, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(scenes.SCENES, "1001", (lambda: Lab(), "open", [1001]))
    _recording, told = scenes.play(browser, origin, "1001")
    assert told[1:] == [
        "close() throws InvalidAccessError",
        'close: code 1005, reason "", wasClean true',
    ]


def test_many_messages_are_listed_up_to_a_bound(
    browser: Browser, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def talks(connection: object) -> None:
        for number in range(50):
            await connection.send("x" * 1000 if number else b"\0")  # type: ignore[attr-defined]

    monkeypatch.setitem(scenes.SCENES, "many", (lambda: Lab(talks), "close", []))
    _recording, told = scenes.play(browser, origin, "many")
    assert [words.partition(":")[0] for words in told] == ["open", *["message"] * 20, "close"]
    assert told[1] == "message: binary"
    assert max(map(len, told)) < 220
