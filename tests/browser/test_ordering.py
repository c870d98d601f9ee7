"""Steps put in order by keyboard alone, in a page without a kernel."""

from pathlib import Path

import pytest

from wsedu.course import quiz

from ..firefox import expect
from .scenes import Page

pytestmark = pytest.mark.browser


def test_steps_are_put_in_order_by_keyboard(tab: Page, tmp_path: Path) -> None:
    picture = quiz("closing-order")
    picture.save_page(tmp_path / "page.html")
    tab.goto(f"file://{tmp_path}/page.html")
    says = tab.locator(".wsedu-says")
    check = tab.locator("fieldset > button")
    check.press("Enter")
    expect(says).to_have_text(f"✘ {picture.says[0]}")
    right = sorted(range(len(picture.steps)), key=lambda number: picture.places[number])
    for place, number in enumerate(right):
        step = picture.steps[number]
        button = tab.locator(f'[aria-label="up: {step}"]')
        steps = tab.locator("li")
        for _press in range(len(right)):
            if steps.nth(place).get_attribute("data-step") == step:
                break
            button.press("Enter")
            expect(button).to_be_focused()
        expect(steps.nth(place)).to_contain_text(step)
    check.press("Space")
    expect(says).to_have_text(f"✔ {picture.done}")
