"""The frame builder computes in the page what Python computes."""

import random

import pytest

from wsedu.views.builder import FrameBuilder

from .scenes import Page
from .twins import computed_in_the_page

pytestmark = pytest.mark.browser

PAYLOADS = [
    "",
    "Hello",
    "Привет 👋",
    "x" * 125,
    "x" * 126,
    "<b>&",
    "\u202e\0",
    "é" * 100,
    "\0\0\0~",
]
KEYS = ["37fa213d", "37 FA 21 3D", "00000000", "", "37fa", "zzzzzzzz"]


def test_page_and_python_agree(tab: Page) -> None:
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
            "flipped": chance.choice([0, 0, 1 << chance.randrange(7), chance.randrange(128)]),
        }
        for _state in range(1200)
    ]
    picture = FrameBuilder()
    for state, slots in zip(states, computed_in_the_page(tab, picture, states), strict=True):
        assert slots == picture.slots(state), state


def test_a_box_that_is_ticked_changes_the_bits_without_a_kernel(tab: Page, tmp_path) -> None:
    builder = FrameBuilder()
    builder.save_page(tmp_path / "builder.html")
    tab.goto(f"file://{tmp_path}/builder.html")
    assert tab.locator('[data-slot="bit1"]').text_content() == "0"
    tab.locator('[data-control="rsv1"]').focus()
    tab.keyboard.press("Space")
    assert tab.locator('[data-slot="bit1"]').text_content() == "1"
    expected = builder.slots({**builder.state, "rsv1": True})
    assert tab.locator('[data-slot="rule0"]').text_content() == expected["rule0"]


def test_a_bit_is_flipped_by_click_and_by_key(tab: Page, tmp_path) -> None:
    builder = FrameBuilder()
    builder.save_page(tmp_path / "builder.html")
    tab.goto(f"file://{tmp_path}/builder.html")

    def bits() -> str:
        return "".join(tab.locator(f'[data-slot="bit{n}"]').text_content() for n in range(16))

    wanted = list(bits())
    assert "".join(wanted) == "1000000110000101"
    for n in range(16):  # each alone
        tab.locator(f'[data-item="bit{n}"]').click()
        wanted[n] = "10"[int(wanted[n])]
        assert bits() == "".join(wanted)
    assert not tab.locator('[data-control="fin"]').is_checked(), "the controls follow"
    assert tab.locator('[data-control="opcode"]').input_value() == "14"
    tab.locator('[data-control="sender"]').focus()
    tab.keyboard.press("Tab")  # to the picture
    tab.keyboard.press("Home")
    for key in ("Enter", "ArrowRight", "Space", "ArrowRight"):
        tab.keyboard.press(key)
    wanted[0], wanted[1] = "10"[int(wanted[0])], "10"[int(wanted[1])]
    assert bits() == "".join(wanted)
    tab.keyboard.press("Space")
    says = tab.locator(".wsedu-says").last
    assert says.text_content() == "bit 2, RSV2: 0"


def test_a_payload_box_that_is_full_says_its_limit(tab: Page, tmp_path) -> None:
    FrameBuilder().save_page(tmp_path / "builder.html")
    tab.goto(f"file://{tmp_path}/builder.html")
    box, says = tab.locator('[data-control="payload"]'), tab.locator(".wsedu-says").last
    box.fill("x" * 199)
    assert says.text_content() == ""
    box.press("End")
    tab.keyboard.type("yz")
    assert box.input_value() == "x" * 199 + "y"
    assert says.text_content() == "No more than 200 characters fit here."
