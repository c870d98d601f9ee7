"""The stream cutter computes in the page what Python computes: compared cut by cut."""

from itertools import product

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.views.cutter import StreamCutter

from .scenes import Page
from .twins import computed_in_the_page

pytestmark = pytest.mark.browser

KEY = bytes.fromhex("37fa213d")
FRAMES = [
    Frame(Opcode.TEXT, b"Hel", fin=False),
    Frame(Opcode.PING),
    Frame(Opcode.CONTINUATION, b"lo"),
]


def test_page_and_python_agree_on_every_pair_of_cuts(tab: Page) -> None:
    cutter = StreamCutter(b"".join(build_frame(frame, KEY) for frame in FRAMES), "client")
    size = cutter.words["size"]
    states = [{"first": a, "second": b} for a, b in product(range(size + 1), repeat=2)]
    assert len(states) >= 500
    computed = computed_in_the_page(tab, cutter, states)
    assert computed == [cutter.slots(state) for state in states]


def test_moving_a_cut_changes_the_picture_without_a_kernel(tab: Page, tmp_path) -> None:
    cutter = StreamCutter(build_frame(Frame(Opcode.TEXT, b"Hello"), KEY), "client")
    cutter.save_page(tmp_path / "cutter.html")
    tab.goto(f"file://{tmp_path}/cutter.html")
    tab.locator('[data-control="second"]').focus()
    tab.keyboard.press("Home")  # by keyboard, as by hand
    assert (
        tab.locator('[data-slot="title2"]').text_content()
        == cutter.slots({"first": cutter.state["first"], "second": 0})["title2"]
    )
