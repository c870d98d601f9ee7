"""What README.md promises, with nothing but the commands that it prints: a learner's first hour.

A fresh clone, an empty home, a terminal, a real Chromium. Everything is done as a learner does
it: by looking, pressing, and typing. No setting of ours helps, for that is what is tested.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from .chromium import launch
from .terminal import ROOT, Terminal, clone, listens, readme, shell

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("git") is None or not (ROOT / ".git").exists(), reason="no git"
    ),
]

OPEN = readme("Open the course")
DONE = re.compile(r"\b1 of \d+ exercises")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone, which the first command has never run in."""
    return clone(tmp_path_factory.mktemp("readme") / "course")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser


@contextmanager
def opened(course: Path, home: Path, browser: Browser) -> Iterator[Page]:
    """README's first command, and the page that it prints; both are ended as a learner ends them.

    Ctrl-C must end all of it without a question or a complaint.
    """
    terminal = Terminal(OPEN, course, shell(home))
    try:
        address = terminal.address()
        with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
            page = context.new_page()
            page.set_default_timeout(60_000)
            expect.set_options(60_000)
            page.goto(address)
            yield page
            page.close()
    finally:
        expect.set_options(5_000)
        status = terminal.ctrl_c()
    assert status == 0, terminal.text
    assert "Traceback" not in terminal.text
    assert "Shut down this Jupyter server" not in terminal.text
    assert not listens(int(re.search(r":(\d+)/", address)[1]))
    assert left_behind(home) == []


def cell(page: Page, words: str) -> Locator:
    """The code cell with these words, in the notebook that is in front."""
    cells = page.locator(".jp-Notebook:visible .jp-CodeCell")
    return cells.filter(has=page.locator(".jp-InputArea", has_text=words)).first


def run(page: Page, words: str) -> Locator:
    """Put the cursor into a cell and press Shift + Enter; returns the output.

    The cell's number must change: it has none, or the kernel has counted on.
    """
    found = cell(page, words)
    prompt = found.locator(".jp-InputArea-prompt")
    before = prompt.inner_text()
    found.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(prompt).not_to_have_text(before)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]"))
    return found.locator(".jp-Cell-outputArea")


def write(page: Page, words: str, source: str) -> None:
    """Type something in place of what stands in a cell."""
    cell(page, words).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(source)


def menu(page: Page, name: str, entry: str) -> None:
    page.locator(".lm-MenuBar-item", has_text=re.compile(f"^{name}$")).click()
    page.locator(".lm-Menu-item", has_text=re.compile(f"^{entry}")).first.click()


def left_behind(home: Path) -> list[str]:
    """The processes that were started in this home and still live. Only Linux can say."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"HOME={home}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:  # it has just ended, or is somebody else's
            pass
    return found


def test_the_first_hour(course: Path, browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with opened(course, home, browser) as page:
        # A stored picture is seen before any cell has run, and nothing lies over it.
        picture = cell(page, "Ladder(lab.recording)").locator(".jp-RenderedSVG").locator("img, svg")
        picture.first.scroll_into_view_if_needed()
        expect(picture.first).to_be_in_viewport()
        assert picture.first.bounding_box()["height"] > 100
        expect(page.locator(".Toastify__toast")).to_have_count(0)

        # The lesson runs from top to bottom.
        menu(page, "Run", "Run All Cells")
        expect(page.locator(".jp-Notebook:visible .wsedu-board")).to_have_count(2)
        expect(page.locator(".jp-InputArea-prompt", has_text="*")).to_have_count(0)
        expect(page.locator('.jp-RenderedText[data-mime-type*="error"]')).to_have_count(0)

        # Its link leads to the exercises.
        page.locator(".jp-Notebook:visible a", has_text=re.compile("^exercises$")).last.click()
        run(page, "from wsedu import")
        answer = "raises = dict(A={}, B=False, C=False, D=True, E=False, F=False)"
        write(page, "raises =", answer.format(False))
        run(page, "raises =")
        expect(run(page, 'check("00.1"')).to_contain_text("✘ 00.1")
        write(page, "raises =", answer.format(True))
        run(page, "raises =")
        expect(run(page, 'check("00.1"')).to_contain_text("✔ 00.1")

        # A new kernel knows what was done.
        menu(page, "Kernel", "Restart Kernel and Clear Outputs")
        page.locator(".jp-Dialog button", has_text="Restart").click()
        expect(page.locator(".jp-Dialog")).to_have_count(0)
        page.keyboard.press("Control+s")
        run(page, "from wsedu import")
        expect(run(page, "progress()")).to_contain_text(DONE)

    # So does the next day, in the notebook with the learner's answer.
    with opened(course, home, browser) as page:
        page.locator(".jp-Notebook:visible a", has_text=re.compile("^exercises$")).last.click()
        expect(cell(page, "raises =")).to_contain_text("A=True")
        run(page, "from wsedu import")
        expect(run(page, "progress()")).to_contain_text(DONE)
