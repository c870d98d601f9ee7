"""What every picture does in a page: it follows the keys wherever they go, and the hand alone."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from wsedu.views import Checklist, FrameBuilder, Ladder, Picture

from ..firefox import expect
from .test_accessibility import RECORDING, SEEN
from .test_ladder import RECORDING as LONG

pytestmark = pytest.mark.browser


@pytest.fixture
def page(tab: Page) -> Page:
    tab.set_viewport_size({"width": 640, "height": 500})  # 1280 at 200 %
    return tab


def show(page: Page, picture: Picture, folder: Path) -> Locator:
    picture.save_page(folder / "page.html")
    page.goto(f"file://{folder}/page.html")
    board = page.locator(".wsedu-board").first
    expect(board.locator("[data-item]").first).to_be_attached()
    board.focus()
    return board


def test_keys_scroll_to_an_arrow_that_is_far_away(page: Page, tmp_path: Path) -> None:
    board = show(page, Ladder(LONG), tmp_path)
    page.keyboard.press("End")
    expect(board.locator(".lit")).to_be_in_viewport()
    for _step in range(12):
        page.keyboard.press("ArrowUp")
    expect(board.locator(".lit")).to_be_in_viewport(ratio=0.5)
    head = page.locator(".wsedu-head svg").bounding_box()
    lit = board.locator(".lit rect").bounding_box()
    assert head and lit and lit["y"] >= head["y"] + head["height"], "not under the names"


WIDE: dict[str, Callable[[], Picture]] = {
    "builder": FrameBuilder,
    "checklist": lambda: Checklist(SEEN.request),
    "ladder": lambda: Ladder(RECORDING),
}


@pytest.mark.parametrize("name", WIDE)
def test_keys_reach_both_ends_of_a_picture_wider_than_the_page(
    page: Page, tmp_path: Path, name: str
) -> None:
    page.set_viewport_size({"width": 400, "height": 500})
    board = show(page, WIDE[name](), tmp_path)
    far = "board => board.scrollWidth - board.clientWidth - board.scrollLeft"
    assert board.evaluate(far) > 50
    expect(board).to_have_class(re.compile("wsedu-more-right"))  # it fades out there
    count = board.locator("[data-item]").count()
    page.keyboard.press("End")
    for _press in range(8):
        page.keyboard.press("ArrowRight")
    assert board.evaluate(far) < 2
    expect(board).to_have_class(re.compile("wsedu-more-left"))
    expect(board).not_to_have_class(re.compile("wsedu-more-right"))
    page.keyboard.press("Home")
    for _press in range(8):
        page.keyboard.press("ArrowLeft")
    assert board.evaluate("board => board.scrollLeft") < 2
    # Step by step, too: what is selected is seen from its beginning to its end.
    page.keyboard.press("Home")
    seen = set()
    for _press in range(4 * count):
        seen.add(page.locator(".wsedu-says").first.text_content())
        page.keyboard.press("ArrowRight")
    assert len(seen) >= count - 1
    assert board.evaluate(far) < 2


def test_only_the_hand_lights_up_what_is_under_the_pointer(page: Page, tmp_path: Path) -> None:
    board = show(page, Ladder(RECORDING), tmp_path)
    page.evaluate("document.body.style.padding = '600px 0'")
    page.evaluate("scrollTo(0, 0)")
    # The hand moves where the picture was, so it must have been painted elsewhere.
    painted = "requestAnimationFrame(() => requestAnimationFrame(() => done(true)))"
    page.evaluate(f"() => new Promise((done) => {painted})")
    page.mouse.move(300, 200)
    # Scrolls the picture under the pointer, and waits until the browser has noticed.
    page.evaluate(
        """() => new Promise((done) => {
            const board = document.querySelector(".wsedu-board");
            const shown = () => requestAnimationFrame(done);
            board.addEventListener("pointerover", shown, { once: true });
            scrollTo(0, board.getBoundingClientRect().top - 100);
        })"""
    )
    expect(board.locator(".lit")).to_have_count(0)
    expect(page.locator(".wsedu-says").first).to_be_empty()
    page.mouse.move(301, 200)
    expect(board.locator(".lit")).to_have_count(1)
