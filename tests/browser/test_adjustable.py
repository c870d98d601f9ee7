"""Pictures with controls: items that act, and limits that depend on other controls."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from wsedu.views import MaskingSteps
from wsedu.views.adjustable import Adjustable, State, choice, field, slider, tick
from wsedu.views.drawing import Drawing, Slots
from wsedu.views.picture import module

from ..firefox import expect

pytestmark = pytest.mark.browser


class Switches(Adjustable):
    """One control of each kind, and one item for each way to act on them."""

    _esm = (
        module("interactive_svg.js", "adjustable.js")
        + """
        export const compute = ({ fin, opcode, size, text }, words) => ({
            flip: String(fin), "flip.says": `FIN is ${fin}`, "bit.says": `opcode ${opcode}`,
            "size.min": "1", "size.max": String(text.length),
            said: `${fin} ${opcode} ${size}`,
        });
        export default { render: adjustable(compute) };
    """
    )

    def __init__(self) -> None:
        super().__init__(
            label="switches",
            controls=[
                tick("fin", "FIN", True),
                choice("opcode", "opcode", [[n, f"{n:#x}"] for n in range(16)], 1),
                field("text", "text", 12, "a text"),
                slider("size", "size", 0, 99, 3),
            ],
            words={},
            hint="",
        )

    def slots(self, state: State) -> Slots:
        fin = str(state["fin"]).lower()
        return {
            "flip": fin,
            "flip.says": f"FIN is {fin}",
            "bit.says": f"opcode {state['opcode']}",
            "size.min": "1",
            "size.max": str(len(state["text"])),
            "said": f"{fin} {state['opcode']} {state['size']}",
        }

    def draw(self, slots: Slots) -> str:
        drawing = Drawing("switches")
        acts = {"flip": "fin", "bit": "opcode^8", "set": "size=5"}
        for number, (name, act) in enumerate(acts.items()):
            with drawing.item(name, slots.get(f"{name}.says", "5"), act=act, says_of=name):
                drawing.rect(20 + 60 * number, 20, 50, 30, "word")
        drawing.slot("flip", 20, 90, slots)
        return drawing.svg()


@pytest.fixture
def page(tab: Page) -> Page:
    return tab


def show(page: Page, picture: Adjustable, folder: Path) -> None:
    picture.save_page(folder / "page.html")
    page.goto(f"file://{folder}/page.html")
    page.wait_for_selector(".wsedu-board svg")


def test_an_item_acts_by_click_and_by_key(page: Page, tmp_path: Path) -> None:
    show(page, Switches(), tmp_path)
    board, says = page.locator(".wsedu-board"), page.locator(".wsedu-says")
    fin, opcode, size = (
        page.get_by_label("FIN"),
        page.get_by_label("opcode"),
        page.get_by_label("size"),
    )
    page.locator('[data-item="flip"]').click()
    expect(fin).not_to_be_checked()
    expect(page.locator('[data-slot="flip"]')).to_have_text("false")
    expect(says).to_have_text("FIN is false")  # what it is now, not what it was
    page.keyboard.press("Enter")
    expect(says).to_have_text("FIN is true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(opcode).to_have_value("9")
    expect(says).to_have_text("opcode 9")
    page.keyboard.press("Space")
    expect(opcode).to_have_value("1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(size).to_have_value("5")
    expect(board).to_have_attribute("aria-description", "true 1 5")
    expect(board).to_be_focused()


def test_a_slider_holds_no_value_outside_of_its_limits(page: Page, tmp_path: Path) -> None:
    show(page, Switches(), tmp_path)
    text, size = page.get_by_label("text"), page.get_by_label("size")
    shown, board = page.locator("output"), page.locator(".wsedu-board")
    size.focus()
    page.keyboard.press("End")
    expect(board).to_have_attribute("aria-description", "true 1 6")
    for written, value in (("ab", "2"), ("", "1"), ("abcdefgh", "1")):
        text.fill(written)
        expect(shown).to_have_text(value)
        expect(size).to_have_value(value)
        expect(board).to_have_attribute("aria-description", f"true 1 {value}")


def test_a_text_that_is_full_says_so(page: Page, tmp_path: Path) -> None:
    show(page, Switches(), tmp_path)
    text, says = page.get_by_label("text"), page.locator(".wsedu-says")
    text.focus()
    page.keyboard.press("End")
    page.keyboard.type(" of te")
    expect(text).to_have_value("a text of te")
    expect(says).to_have_text("No more than 12 characters fit here.")
    page.keyboard.press("Backspace")
    expect(says).to_be_empty()


def test_masking_slider_and_picture_agree_after_the_text_was_shorter(
    page: Page, tmp_path: Path
) -> None:
    show(page, MaskingSteps("twelve bytes"), tmp_path)
    page.locator('[data-control="byte"]').focus()
    page.keyboard.press("End")
    said = page.locator('[data-slot="sentence"]')
    expect(said).to_contain_text("Byte 11 ")
    page.locator('[data-control="text"]').fill("")
    page.locator('[data-control="text"]').fill("twelve bytes")
    byte = page.locator('[data-control="byte"]').input_value()
    expect(page.locator("output")).to_have_text(byte)
    expect(said).to_contain_text(f"Byte {byte} ")
