"""The frame builder computes in the page what Python computes."""

import random

import pytest

from wsedu.views.builder import FrameBuilder

from ..firefox import Browser
from .twins import computed_in_the_page

pytestmark = pytest.mark.browser

PAYLOADS = ["", "Hello", "Привет 👋", "x" * 125, "x" * 126, "<b>&", "\u202e\0", "é" * 100]
KEYS = ["37fa213d", "37 FA 21 3D", "00000000", "", "37fa", "zzzzzzzz"]


def test_page_and_python_agree(browser: Browser) -> None:
    chance = random.Random(52)
    flags = ("fin", "rsv1", "rsv2", "rsv3", "mask")
    states = [
        {
            **{flag: chance.random() < 0.5 for flag in flags},
            "opcode": chance.randrange(16),
            "key": chance.choice([*KEYS, chance.randbytes(4).hex()]),
            "payload": chance.choice(PAYLOADS),
            "form": chance.choice([0, 0, 16, 64]),
            "sender": chance.choice(["client", "server"]),
        }
        for _state in range(800)
    ]
    picture = FrameBuilder()
    for state, slots in zip(states, computed_in_the_page(browser, picture, states), strict=True):
        assert slots == picture.slots(state), state


def test_a_box_that_is_ticked_changes_the_bits_without_a_kernel(browser: Browser, tmp_path) -> None:
    builder = FrameBuilder()
    builder.save_page(tmp_path / "builder.html")
    page = browser.new_page()
    page.goto(f"file://{tmp_path}/builder.html")
    assert page.locator('[data-slot="bit1"]').text_content() == "0"
    page.locator('[data-control="rsv1"]').focus()
    page.keyboard.press("Space")
    assert page.locator('[data-slot="bit1"]').text_content() == "1"
    expected = builder.slots({**builder.state, "rsv1": True})
    assert page.locator('[data-slot="rule0"]').text_content() == expected["rule0"]
    page.close()
