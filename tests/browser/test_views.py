"""Every picture of the gallery in a real JupyterLab: mouse, keyboard, themes, restart, paper."""

from pathlib import Path

import nbconvert
import playwright.sync_api
import pytest
from playwright.sync_api import Locator

from ..firefox import expect
from ..jupyter import ROOT, Notebook

GALLERY = "notebooks/en/gallery.ipynb"

# Pictures whose parts can be pointed at, and pictures with controls. The others stand still.
ITEMS = ("ladder", "live", "bytes", "bytes-head", "checklist", "length-forms", "lanes", "timeline",
         "trips", "comparison")  # fmt: skip
CONTROLS = ("accept", "builder", "masking", "cutter", "closing")
STILL = ("difference",)
ALL = (*ITEMS, *CONTROLS, *STILL)
SMALL = ("trips", "comparison")
NARROW = ("bytes", "bytes-head", "length-forms", "accept", "builder", "masking")

pytestmark = pytest.mark.browser


def look(notebook: Notebook, name: str) -> Locator:
    """The output of a picture's cell, once its widget is there."""
    output = notebook.output(f"gallery-{name}")
    expect(output.locator(".wsedu-board svg").first).to_be_visible(timeout=60_000)
    return output


def try_items(notebook: Notebook, name: str) -> None:
    """By mouse and by keyboard: point, walk, choose; each time it is said what is there."""
    output = look(notebook, name)
    board, says = output.locator(".wsedu-board").first, output.locator(".wsedu-says").first
    first = board.locator("[data-item]").first
    first.scroll_into_view_if_needed()
    # What is pointed at: the edge of a wide arrow, or of a field, whose bits are in its middle.
    shape = first.locator("rect, path").first
    wide = shape.evaluate("shape => shape.tagName === 'rect'")
    shape.hover(force=True, position={"x": 5, "y": 5} if wide else None)
    expect(first).to_have_class("lit")
    expect(says).to_have_text(first.get_attribute("data-says") or "?")
    board.focus()
    notebook.page.keyboard.press("End")
    last = board.locator("[data-item]").last
    expect(says).to_have_text(last.get_attribute("data-says") or "?")
    notebook.page.keyboard.press("Home")
    notebook.page.keyboard.press("Enter")
    expect(board.locator("[data-item]").first).to_have_class("lit chosen")
    outline = board.evaluate("board => getComputedStyle(board).outlineStyle")
    assert outline != "none", "the focus can be seen"


def try_controls(notebook: Notebook, name: str) -> None:
    """By keyboard: the first control that can be moved changes what is drawn and said."""
    output = look(notebook, name)
    board = output.locator(".wsedu-board").first
    sliders = output.locator('.wsedu-controls input[type="range"]')
    before = board.get_attribute("aria-description")
    if sliders.count():
        sliders.first.focus()
        home = sliders.first.input_value() == sliders.first.get_attribute("max")
        notebook.page.keyboard.press("ArrowLeft" if home else "ArrowRight")
    else:
        output.locator('.wsedu-controls input[type="checkbox"]').first.focus()
        notebook.page.keyboard.press("Space")
    expect(board).not_to_have_attribute("aria-description", before or "?")


@pytest.mark.usefixtures("jupyterlab_is_left")  # windows that were small change its layout
def test_pictures_live_in_both_themes_and_after_a_new_kernel(notebook: Notebook) -> None:
    page = notebook.page
    page.set_viewport_size({"width": 1280, "height": 1000})
    notebook.open(GALLERY)
    notebook.run_all()
    look(notebook, "comparison")  # the last one
    for name in ITEMS:
        try_items(notebook, name)
    # A bit lights up its byte, and says what it is.
    frame = look(notebook, "bytes")
    frame.locator('[data-item="f0p4"] rect').hover()
    expect(frame.locator('[data-item="f0"]')).to_have_class("lit chosen")
    expect(frame.locator(".wsedu-says").first).to_contain_text("opcode: 0x1 text")
    for name in CONTROLS:
        try_controls(notebook, name)
    for name in STILL:
        assert look(notebook, name).locator(".wsedu-board svg text").count() > 4

    papers = {}
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme
        )
        light = str(theme.endswith("Light")).lower()
        page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
        papers[theme] = {
            look(notebook, name)
            .locator(".wsedu-board .paper")
            .first.evaluate("paper => getComputedStyle(paper).fill")
            for name in ALL
        }
        overflow = page.evaluate(
            """() => [...document.querySelectorAll(".wsedu-board > svg")].filter(
                svg => svg.getBoundingClientRect().right > innerWidth).length"""
        )
        assert overflow == 0, "with the file browser open every picture fits"
    page.set_viewport_size({"width": 900, "height": 900})
    for name in NARROW + SMALL:
        board = look(notebook, name).locator(".wsedu-board").first
        hidden = board.evaluate("board => board.scrollWidth - board.clientWidth")
        assert hidden <= 0, f"{name} is whole in a window of 900"
    # At 200 % the page is half as wide: what would get too small to read scrolls instead.
    page.set_viewport_size({"width": 640, "height": 500})
    for name in ALL:
        picture = look(notebook, name).locator(".wsedu-board > svg").first
        least = 308 if name in SMALL else 448 if name in NARROW else 630
        assert picture.evaluate("svg => svg.getBoundingClientRect().width") >= least, name
        assert picture.evaluate(
            "svg => svg.parentElement.scrollWidth > svg.parentElement.clientWidth"
        )
    page.set_viewport_size({"width": 1280, "height": 1000})
    assert papers == {
        "JupyterLab Light": {"rgb(255, 255, 255)"},
        "JupyterLab Dark": {"rgb(22, 25, 29)"},
    }

    page.evaluate(
        """async () => {
            const { sessionContext } = window.lesson;
            await sessionContext.session.kernel.restart();
            await sessionContext.session.kernel.info;
        }"""
    )
    for cell in ("start", "talk", "ladder", "live", "live-grows", "closing"):
        notebook.run(f"gallery-{cell}")
    try_items(notebook, "ladder")
    try_controls(notebook, "closing")
    # The live one has grown since it was drawn.
    expect(look(notebook, "live")).to_contain_text("text: Hello")


def test_pictures_stand_still_on_a_page_without_scripts(
    chromium: playwright.sync_api.Browser, tmp_path: Path
) -> None:
    html, _resources = nbconvert.HTMLExporter().from_filename(str(ROOT / GALLERY))
    page_file = tmp_path / "gallery.html"
    page_file.write_text(html, encoding="utf-8")
    context = chromium.new_context(java_script_enabled=False, offline=True)
    try:
        page = context.new_page()
        page.goto(page_file.as_uri(), wait_until="domcontentloaded")
        for name in ALL:
            cell = page.locator(f'[id="cell-id=gallery-{name}"]')
            picture = cell.locator("svg.wsedu-svg, img[src^='data:image/svg']").first
            expect(picture).to_be_visible()
            box = picture.bounding_box()
            least = 420 if name in SMALL else 500
            assert box is not None and box["width"] > least and box["height"] > 80, name
    finally:
        context.close()
