"""The built site in a browser, below a path, with every other name blocked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from ..chromium import launch
from .host import CHROMIUM, Host, serving
from .pages import open_lesson
from .updates import SECOND

pytestmark = pytest.mark.browser

LESSON = f"lab/index.html?path={SECOND}"
IDLE = "Python (Pyodide) | Idle"  # says the bar at the bottom
READY = 180_000  # ms, on a busy machine, for Python to start in the page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launch(playwright, *CHROMIUM) as browser:
        yield browser


@contextmanager
def visitor(browser: Browser, host: Host) -> Iterator[Page]:
    """A page of a browser that has never been here; at the end it has asked no other host."""
    elsewhere = []

    def look(request: Request) -> None:
        # The page asks its own service worker whether it lives, by a name that the host never sees.
        if not request.url.startswith((host.url, "data:", "blob:")):
            if not request.url.endswith("/api/service-worker-heartbeat"):
                elsewhere.append(request.url)

    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.on("request", look)
        page = context.new_page()
        page.set_default_timeout(READY)
        yield page
    assert elsewhere == []
    assert host.failed() == []


@pytest.fixture
def page(browser: Browser, served_site: Host) -> Iterator[Page]:
    with visitor(browser, served_site) as page:
        yield page


@dataclass
class Lesson:
    """A page with a lesson, for several tests, and its host, which may still hold Python back."""

    page: Page
    host: Host

    def start(self) -> Page:
        """The page, in which Python has started and has nothing to do."""
        self.host.python.set()
        idle(self.page)
        return self.page


@pytest.fixture(scope="module")
def lesson(browser: Browser, built_site: Path) -> Iterator[Lesson]:
    """To start Python takes longer than all that these tests do with it."""
    with serving(built_site, python=False) as host, visitor(browser, host) as page:
        page.goto(host.url + LESSON)
        yield Lesson(page, host)


def idle(page: Page) -> None:
    """Wait until Python has started, and has nothing to do."""
    expect(page.get_by_text(IDLE)).to_be_visible(timeout=READY)


def said(page: Page, code: str) -> str:
    """What the kernel of the notebook in front prints when it runs some code."""
    return str(
        page.evaluate(
            """async (code) => {
                const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
                const future = kernel.requestExecute({ code });
                let printed = "";
                future.onIOPub = ({ content }) => (printed += content.text ?? "");
                await future.done;
                return printed;
            }""",
            code,
        )
    )


def test_a_lesson_shows_its_pictures_before_python_starts_and_is_unchanged_after(
    lesson: Lesson,
) -> None:
    """This is the first of the tests that share the page: before it, Python has not started."""
    page = lesson.page
    expect(page).to_have_title(re.compile("02_the_opening|WebSocket, byte by byte"))
    picture = page.locator(".jp-RenderedSVG > img").first
    picture.wait_for(state="attached")
    picture.scroll_into_view_if_needed()
    assert picture.bounding_box()["height"] > 100
    # The course's own extension has given it a name and lets it be as narrow as the page.
    expect(picture).to_have_attribute("alt", re.compile(r"\w+ \w+"))
    assert not page.get_by_text(IDLE).is_visible()
    lesson.start()
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)


def test_a_capture_reaches_python_byte_for_byte_and_what_python_writes_can_be_downloaded(
    lesson: Lesson,
) -> None:
    page = lesson.start()
    capture = bytes(range(256)) * 5000  # so long that JupyterLab sends it in pieces
    with page.expect_file_chooser() as chooser:
        page.locator(".jp-FileBrowser [title*='Upload']").first.click()
    file = {"name": "talk.pcapng", "mimeType": "application/octet-stream", "buffer": capture}
    chooser.value.set_files([file])  # type: ignore[list-item]
    listed = page.locator("#filebrowser").get_by_text("talk.pcapng")
    expect(listed).to_be_visible(timeout=READY)
    code = "talk = open('talk.pcapng', 'rb').read(); print(talk == bytes(range(256)) * 5000)"
    assert said(page, code) == "True\n"
    said(page, "with open('copy.pcapng', 'wb') as copy: copy.write(talk[:1000])")
    page.locator(".jp-FileBrowser [title*='Refresh']").first.click()
    page.locator("#filebrowser").get_by_text("copy.pcapng").click(button="right")
    with page.expect_download() as download:
        page.locator(".lm-Menu-item", has_text=re.compile("^Download$")).click()
    assert download.value.path().read_bytes() == capture[:1000]


def test_the_page_says_how_to_go_on_after_a_cell_that_does_not_end(lesson: Lesson) -> None:
    """The Stop button cannot work there. After the restart, cells run again."""
    page = lesson.start()
    page.evaluate(
        """() => {
            const { content } = jupyterapp.shell.currentWidget;
            content.activeCellIndex = content.widgets.findIndex(cell => cell.model.type === "code");
            content.activeCell.model.sharedModel.setSource("while True: pass");
            jupyterapp.commands.execute("notebook:run-cell");
        }"""
    )
    notice = page.locator(".Toastify__toast", has_text="A cell is still running")
    expect(page.get_by_text("Python (Pyodide) | Busy")).to_be_visible(timeout=READY)
    page.locator("[data-command='notebook:interrupt-kernel']:visible").first.click()
    expect(notice).to_contain_text("Kernel → Restart Kernel", timeout=READY)
    page.locator(".lm-MenuBar-itemLabel", has_text="Kernel").click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Restart Kernel…$")).click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(notice).to_have_count(0, timeout=READY)
    idle(page)
    assert said(page, "print(1 + 1)") == "2\n"


def test_on_a_phone_a_lesson_has_the_room_and_its_exercises_are_one_click_away(
    page: Page, served_site: Host
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(served_site.url + LESSON)
    files = page.locator("#filebrowser")
    # The first time that Python has started, JupyterLab has done all that it does by itself.
    idle(page)
    expect(files).to_be_hidden()
    shown = page.locator(".jp-Notebook:visible")
    assert shown.bounding_box()["width"] > 300
    # You follow the link to the exercises, and run their first cell.
    shown.locator("a", has_text=re.compile("^exercises$")).first.click()
    cell = shown.locator(".jp-CodeCell").first
    expect(cell).to_contain_text("from wsedu import accept_key", timeout=READY)
    idle(page)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    prompt = cell.locator(".jp-InputArea-prompt")
    expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=READY)
    expect(cell.locator(".jp-OutputArea-output")).to_have_count(0)
    # From the folder that a notebook is in, the course takes the language.
    folder = said(page, "import os; print(os.getcwd())")
    assert folder.endswith("/exercises/en/02_the_opening_handshake\n")
    assert said(page, "import wsedu.words; print(wsedu.words.LANGUAGE)") == "en\n"
    # You open the list yourself, and choose another lesson.
    page.locator(".jp-SideBar [data-id=filebrowser]").click()
    expect(files).to_be_visible()
    files.get_by_text("03_sec_websocket_accept.ipynb").dblclick()
    expect(shown.locator("h1")).to_have_text(re.compile("Accept"))
    expect(files).to_be_hidden()


def test_a_lesson_is_light_or_dark_as_the_system_is_and_one_step_from_the_front_page(
    page: Page, served_site: Host
) -> None:
    served_site.python.clear()
    page.goto(served_site.url)
    lesson = page.locator(".jp-Notebook h1", has_text="The opening handshake")
    for scheme, leave in (
        ("light", lambda: page.go_back()),
        ("dark", lambda: page.locator("#jp-MainLogo a").click()),
    ):
        page.emulate_media(color_scheme=scheme)
        page.locator("a", has_text="02 The opening handshake").click()
        expect(lesson).to_be_visible(timeout=READY)
        light = "true" if scheme == "light" else "false"
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", light, timeout=READY)
        leave()
        expect(page.locator("h1", has_text="WebSocket, byte by byte")).to_be_visible()


def test_what_is_changed_is_saved_when_the_page_is_hidden(page: Page, served_site: Host) -> None:
    served_site.python.clear()
    open_lesson(page, served_site.url, SECOND)
    saved = page.evaluate(
        """async () => {
            const { content, context } = jupyterapp.shell.currentWidget;
            content.model.sharedModel.cells[0].setSource("my words");
            const done = new Promise(go => context.saveState.connect(
                (_context, state) => state === "completed" && go(true)));
            Object.defineProperty(document, "hidden", { value: true });
            document.dispatchEvent(new Event("visibilitychange"));
            return done;
        }"""
    )
    assert saved
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
