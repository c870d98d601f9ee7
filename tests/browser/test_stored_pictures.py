"""Pictures without a kernel: whole, with words, and as light or dark as the page around them.

In Chromium alone: only Playwright's can be told that the system is dark.
"""

import io
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import nbformat
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from wsedu.views import AcceptSteps, BytesAndFields, Checklist, Comparison, Ladder, Picture

from ..jupyter import ROOT, Jupyter, Notebook
from .test_accessibility import RECORDING, SEEN

pytestmark = pytest.mark.browser

PICTURES: dict[str, Picture] = {
    "bytes": BytesAndFields(SEEN.find("frame")[0]),
    "head": BytesAndFields(SEEN.find("response")[0]),
    "ladder": Ladder(RECORDING),
    "checklist": Checklist(SEEN.request),
    "accept": AcceptSteps(),
    "comparison": Comparison({"polling": (10, 1620, 0.5), "SSE <&>": (1, 165, 0)}),
}
WHITE, BLACK = (255, 255, 255), (22, 25, 29)
LESSON = ROOT / "notebooks" / "en" / "04_frame_layout.ipynb"
CONFIG = ROOT / "jupyter" / "etc" / "jupyter"


def write(path: Path) -> None:
    """A notebook as a lesson is stored: each picture with its SVG and its text."""
    notebook = nbformat.read(ROOT / "notebooks/en/gallery.ipynb", as_version=4)
    notebook.cells = []
    for name, picture in PICTURES.items():
        data = {"image/svg+xml": picture.svg, "text/plain": picture.text}
        output = nbformat.v4.new_output("execute_result", data, execution_count=1)
        cell = nbformat.v4.new_code_cell(name, id=name, outputs=[output], execution_count=1)
        notebook.cells.append(cell)
    nbformat.write(notebook, path)


def paper(picture: Locator) -> tuple[int, int, int]:
    """The colour of a picture, near its upper left corner, as it is painted."""
    with Image.open(io.BytesIO(picture.screenshot())) as painted:
        return painted.convert("RGB").getpixel((8, 8))  # type: ignore[return-value]


SYSTEMS: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def page(chromium_tab: Page) -> Iterator[Page]:
    """A tab, on a system that prefers light again after the test."""
    chromium_tab.set_viewport_size({"width": 1280, "height": 900})
    yield chromium_tab
    chromium_tab.emulate_media(color_scheme="light")


@pytest.fixture
def light_jupyterlab_after(chromium_lab: Page) -> Iterator[None]:
    """Other tests share its page."""
    yield
    chromium_lab.emulate_media(color_scheme="light")


@pytest.mark.usefixtures("light_jupyterlab_after")
@pytest.mark.usefixtures("jupyterlab_is_left")  # windows that were small change its layout
@pytest.mark.parametrize("browser", ["chromium"], indirect=True)
def test_before_a_run_they_fit_jupyterlab(notebook: Notebook, jupyter: Jupyter) -> None:
    write(jupyter.folder / "notebooks/en/stored.ipynb")
    page = notebook.page
    notebook.open("notebooks/en/stored.ipynb")
    page.evaluate("for (const cell of window.lesson.content.model.cells) cell.trusted = true")
    for theme, colour in (("Light", WHITE), ("Dark", BLACK), ("Light", WHITE)):
        page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
            f"JupyterLab {theme}",
        )
        page.wait_for_selector(
            f'body[data-jp-theme-light="{str(theme == "Light").lower()}"]', state="attached"
        )
        page.wait_for_selector("#jupyterlab-splash", state="detached")  # it fades out
        for name, picture in PICTURES.items():
            image = notebook.output(name).locator("img")
            expect(image).to_have_js_property("complete", True)
            expect(image).not_to_have_attribute("alt", "")
            assert image.get_attribute("alt") in picture.svg.replace("&lt;", "<"), name
            for system in SYSTEMS:
                page.emulate_media(color_scheme=system)
                assert paper(image) == colour, (theme, system, name)
    for width in (1280, 900, 640):  # the last is 1280 at 200 %
        page.set_viewport_size({"width": width, "height": 900})
        for name in PICTURES:
            image = notebook.output(name).locator("img")
            shown, room, scrolls = image.evaluate(
                """image => [image.getBoundingClientRect().width, image.parentElement.clientWidth,
                    getComputedStyle(image.parentElement).overflowX]"""
            )
            if width == 1280 or (width == 900 and name in ("bytes", "head", "accept")):
                assert shown <= room, (width, name, "it is whole")
            else:
                assert scrolls == "auto", "what cannot be read any smaller, scrolls"


def test_before_a_run_they_fit_any_jupyterlab() -> None:
    """Without our extension JupyterLab shows a picture as wide as it says: 1280 has room."""
    for picture in PICTURES.values():
        width = int(picture.svg.partition('width="')[2].partition('"')[0])
        assert width <= 833


class Images(HTMLParser):
    """The images of a page: what each shows, and what it says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attributes))


@pytest.fixture(scope="module", params=["html", "slides"])
def converted(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder with what nbconvert makes of stored.ipynb and of a lesson, in one run."""
    folder = tmp_path_factory.mktemp("converted")
    write(folder / "stored.ipynb")
    notebooks = [str(folder / "stored.ipynb"), str(LESSON)]
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", request.param, "--output-dir", folder]
        + notebooks,
        env=os.environ | {"JUPYTER_CONFIG_PATH": str(CONFIG)},
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder


def images_of(folder: Path, name: str) -> list[dict[str, str | None]]:
    """Those of the page that was made of this notebook."""
    (page,) = folder.glob(f"{name}.*html")
    return Images(page.read_text(encoding="utf-8")).found


@pytest.mark.parametrize("system", SYSTEMS)
def test_pages_of_nbconvert_are_light_and_say_everything(
    page: Page, converted: Path, system: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=system)
    images = images_of(converted, "stored")
    assert [image["alt"] for image in images] == [picture.text for picture in PICTURES.values()]
    # The pictures alone, on the white of the page; scripts would be loaded from the network.
    page.set_content(
        '<!DOCTYPE html><body style="margin: 0">'
        + "".join(f'<img src="{image["src"]}" style="{image["style"]}">' for image in images)
    )
    for image in page.locator("img").all():
        assert paper(image) == WHITE
    page.set_viewport_size({"width": 400, "height": 900})
    for image in page.locator("img").all():
        assert image.evaluate("image => image.getBoundingClientRect().width") <= 400


def test_a_lesson_converted_says_everything(converted: Path) -> None:
    texts = [
        output.data["text/plain"]
        for cell in nbformat.read(LESSON, as_version=4).cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert texts
    assert [image["alt"] for image in images_of(converted, LESSON.stem)] == texts


def test_the_export_of_jupyterlab_says_everything(jupyter: Jupyter) -> None:
    write(jupyter.folder / "notebooks/en/export.ipynb")
    address = f"{jupyter.url}/nbconvert/html/notebooks/en/export.ipynb?token={jupyter.token}"
    with urllib.request.urlopen(address, timeout=60) as answer:
        images = Images(answer.read().decode()).found
    assert [image["alt"] for image in images] == [picture.text for picture in PICTURES.values()]
