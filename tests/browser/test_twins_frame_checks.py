"""The checks of a frame say in the page what Python says."""

import random

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.views.frame_checks import FrameChecks

from .scenes import Page
from .twins import computed_in_the_page

pytestmark = pytest.mark.browser

KEY = bytes.fromhex("37fa213d")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), KEY)
STARTS = {
    "Hello": HELLO,
    "two bytes": HELLO[:2],
    "top bit": b"\x81\xff\x80" + bytes(7) + KEY,
    "zeros": bytes(14),
    "long": build_frame(Frame(Opcode.BINARY, bytes(1000)), KEY),
}


@pytest.mark.parametrize("name", STARTS)
def test_page_and_python_agree(tab: Page, name: str) -> None:
    chance = random.Random(9)
    picture = FrameChecks(STARTS[name])
    size = picture.state["come"]
    states = [
        {
            "come": chance.randrange(size + 1),
            "flipped": chance.choice([0, 1 << chance.randrange(16), chance.randrange(2**16)]),
        }
        for _state in range(600)
    ]
    for state, slots in zip(states, computed_in_the_page(tab, picture, states), strict=True):
        assert slots == picture.slots(state), state


def test_bytes_come_and_bits_flip_without_a_kernel(tab: Page, tmp_path) -> None:
    checks = FrameChecks(HELLO, come=0)
    checks.save_page(tmp_path / "checks.html")
    tab.goto(f"file://{tmp_path}/checks.html")

    def signs() -> str:
        return "".join(tab.locator(f'[data-slot="sign{n}"]').text_content() for n in range(8))

    tab.locator('[data-control="come"]').focus()
    seen = [signs()]
    for _byte in range(2):
        tab.keyboard.press("ArrowRight")
        seen.append(signs())
    assert seen == ["…" * 8, "✔✔✔" + "…" * 5, "✔" * 8]
    tab.locator('[data-item="bit2"]').click()
    assert signs() == "✘" + "–" * 7
    expected = checks.slots({"come": 2, "flipped": 0x2000})
    assert tab.locator('[data-slot="why"]').text_content() == expected["why"]
    tab.keyboard.press("Enter")  # the bit that is selected, once more
    assert signs() == "✔" * 8
