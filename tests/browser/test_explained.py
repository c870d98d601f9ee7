"""The page that ``explain --html`` writes: from disk, without a network, in both themes.

In Chromium alone: only Playwright's can be taken off the
network, and told that the system is dark.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from wsedu.__main__ import main
from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Event, Recording

from ..jupyter import ROOT
from ..npm import packages
from ..recording import ANSWER, REQUEST
from .test_accessibility import RECORDING
from .test_stored_pictures import BLACK, WHITE, paper

pytestmark = pytest.mark.browser

KEY = bytes.fromhex("37fa213d")
BAD = Event(0.6, "client", "data", build_frame(Frame(Opcode.TEXT, b"no mask")))
HANDSHAKE = (Event(0, "client", "data", REQUEST), Event(0, "server", "data", ANSWER))
MANY = tuple(
    Event(1, "client", "data", build_frame(Frame(Opcode.TEXT, b"%d" % number), KEY))
    for number in range(300)
)


def write(folder: Path, content: Recording | Path) -> str:
    """The address of the page about a recording, or about a file."""
    if isinstance(content, Recording):
        content.save(folder / "talk.json")
        content = folder / "talk.json"
    assert main(["explain", str(content), "--html", str(folder / "page.html")]) < 2
    return f"file://{folder}/page.html"


class Watched:
    """A page off the network: what it asks for, and what goes wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.wrong: list[Any] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.wrong.append(error))
        page.on("console", lambda message: self.wrong.append(message.text))


@pytest.fixture(scope="module")
def watched(chromium: Browser) -> Iterator[Watched]:
    with chromium.new_context(offline=True) as context:
        yield Watched(context.new_page())


@pytest.fixture(params=["light", "dark"])
def page(watched: Watched, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page off the network, on a system that prefers light, or dark; it asks for no address."""
    page = watched.page
    watched.asked.clear()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme=request.param)
    yield page
    page.evaluate("1")  # what it says comes while Playwright waits for an answer
    assert watched.wrong == [] and len(watched.asked) >= 1
    assert all(address.startswith("file:") for address in watched.asked)


def alive(page: Page) -> None:
    """Wait until the pictures follow the hand."""
    expect(page.locator("[data-picture] .wsedu-hint").last).to_be_attached()
    expect(page.locator("[data-picture] > script")).to_have_count(0)


def test_an_arrow_opens_its_bytes_by_mouse_and_by_keyboard(page: Page, tmp_path: Path) -> None:
    page.goto(write(tmp_path, Recording((*RECORDING.events, BAD))))
    alive(page)
    ladder = page.locator('[data-picture="ladder"]')
    board, detail = ladder.locator(".wsedu-board").first, ladder.locator(".wsedu-board").last
    expect(detail).to_be_hidden()
    board.locator("[data-item=u2]").click()
    expect(detail).to_contain_text("frame from the client: 11 bytes")
    detail.locator("[data-item=f2]").hover()
    expect(ladder.locator(".wsedu-says").last).to_contain_text("masking key: 37 fa 21 3d")
    board.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(detail).to_contain_text("frame from the server: 6 bytes")
    page.keyboard.press("Tab")
    expect(detail).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(ladder.locator(".wsedu-says").last).to_contain_text("first byte")


@pytest.mark.parametrize("which", [0, 1], ids=["diagnosis", "problem"])
def test_what_is_wrong_opens_the_bytes_that_it_is_about(
    page: Page, tmp_path: Path, which: int
) -> None:
    page.goto(write(tmp_path, Recording((*RECORDING.events, BAD))))
    alive(page)
    page.get_by_role("button", name="arrow 5").nth(which).click()
    detail = page.locator('[data-picture="ladder"] .wsedu-board').last
    expect(detail).to_contain_text("A client's frame must be masked")
    expect(detail).to_be_focused()
    expect(detail).to_be_in_viewport()


def test_every_arrow_of_a_long_ladder_opens_its_bytes(page: Page, tmp_path: Path) -> None:
    page.goto(write(tmp_path, Recording((*HANDSHAKE, *MANY))))
    alive(page)
    board = page.locator('[data-picture="ladder"] .wsedu-board').first
    board.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    detail = page.locator('[data-picture="ladder"] .wsedu-board').last
    expect(detail).to_contain_text("payload: 299")
    board.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(detail).to_contain_text("request from the client")


def test_the_checklist_follows_the_hand(page: Page, tmp_path: Path) -> None:
    page.goto(write(tmp_path, RECORDING))
    alive(page)
    request = page.locator('[data-picture="picture"]').first
    request.locator("[data-item=line1] rect").hover()
    expect(request.locator(".lit[data-item^=rule]")).not_to_have_count(0)


@pytest.mark.parametrize("name", ["talk.pcapng", "page.har", "server.txt"])
def test_it_is_as_dark_as_the_system_and_axe_finds_nothing(
    page: Page, tmp_path: Path, name: str, request: pytest.FixtureRequest
) -> None:
    page.goto(write(tmp_path, ROOT / "notebooks/captures" / name))
    alive(page)
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    board = page.locator('[data-picture="ladder"] .wsedu-board').first
    assert paper(board.locator(":scope > svg")) == (BLACK if dark else WHITE)
    board.locator("[data-item=u2]").click()
    detail = page.locator('[data-picture="ladder"] .wsedu-board').nth(1)
    assert paper(detail.locator("svg")) == (BLACK if dark else WHITE)
    for summary in page.locator("summary").all():
        summary.click()
    # The page allows no script but its own: axe comes in by the protocol of the developer tools.
    page.evaluate((packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document)")
    assert len(found["passes"]) > 10, "axe has looked at something"
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"]] == []


@pytest.mark.parametrize("width", [1280, 640, 320])
def test_nothing_is_wider_than_the_page(page: Page, tmp_path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(write(tmp_path, ROOT / "notebooks/captures/talk.pcapng"))
    alive(page)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_its_pictures_and_words_are_there(
    chromium: Browser, tmp_path: Path
) -> None:
    address = write(tmp_path, Recording((*RECORDING.events, BAD)))
    with chromium.new_context(java_script_enabled=False, offline=True) as context:
        page = context.new_page()
        page.goto(address)
        expect(page.locator("[data-picture] > svg")).to_have_count(3)
        expect(page.get_by_text("A client's frame must be masked.").first).to_be_visible()
        page.locator("summary").first.click()
        expect(page.locator("pre").first).to_contain_text("client → server  text: Hello")
