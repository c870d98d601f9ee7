"""What README.md promises, with nothing but the commands that it prints: a learner's first hour.

A fresh clone, an empty home, a terminal, a real Chromium. Everything is done as a learner does
it: by looking, pressing, and typing. No setting of ours helps, for that is what is tested.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from .chromium import launch
from .terminal import ROOT, Terminal, clone, readme, shell

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


def status(address: str, path: str) -> int:
    """How the server at an address answers when it is asked for something, with its token."""
    asked = urlsplit(address)._replace(path=path).geturl()
    try:
        with build_opener(ProxyHandler({})).open(asked, timeout=60) as response:
            return response.status
    except HTTPError as error:
        return error.code
    except OSError:  # nothing listens
        return 0


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
            assert status(address, "/api/status") == 200
            yield page
            page.close()
    finally:
        expect.set_options(5_000)
        before = len(terminal.text)
        ended = terminal.ctrl_c()
    assert ended == 0, terminal.text
    assert not re.search("Traceback|Shut down this Jupyter server", terminal.text[before:])
    assert status(address, "/api/status") != 200
    assert left_behind(home) == []


def cell(page: Page, words: str) -> Locator:
    """The code cell with these words, in the notebook that is in front."""
    cells = page.locator(".jp-Notebook:visible .jp-CodeCell")
    return cells.filter(has=page.locator(".jp-InputArea", has_text=words)).first


def ready(page: Page) -> None:
    """Wait until the kernel of the notebook in front says that it is idle."""
    dot = page.locator(".jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator")
    expect(dot).to_have_attribute("data-status", "idle")


def run(page: Page, words: str) -> Locator:
    """Put the cursor into a cell and press Shift + Enter; returns the output.

    The cell's number must change: it has none, or the kernel has counted on. JupyterLab takes
    no key while a kernel is being connected, so you press again.
    """
    found = cell(page, words)
    prompt = found.locator(".jp-InputArea-prompt")
    before = prompt.inner_text()
    for tries_left in reversed(range(12)):
        ready(page)
        found.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        try:
            expect(prompt).not_to_have_text(before, timeout=5_000)
            break
        except AssertionError:
            if not tries_left:
                raise
    expect(prompt).to_have_text(re.compile(r"\[\d+\]"))
    return found.locator(".jp-Cell-outputArea")


def run_all(page: Page) -> None:
    """Choose Run All Cells until a cell runs: the menu, too, does nothing while it connects."""
    runs = page.locator(".jp-Notebook:visible .jp-InputArea-prompt", has_text="*")
    done = page.locator(".jp-Notebook:visible .wsedu-board")
    for tries_left in reversed(range(12)):
        ready(page)
        menu(page, "Run", "Run All Cells")
        try:
            expect(runs.or_(done).first).to_be_attached(timeout=5_000)
            break
        except AssertionError:
            if not tries_left:
                raise


def write(page: Page, words: str, source: str) -> None:
    """Type something in place of what stands in a cell."""
    cell(page, words).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(source)


def open_exercises(page: Page) -> None:
    """Click the lesson's link to them, and wait until they are in front."""
    page.locator(".jp-Notebook:visible a", has_text=re.compile("^exercises$")).last.click()
    expect(cell(page, "raises =")).to_be_visible()


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


def test_the_learners_environment_is_whole_and_runs_the_score(course: Path, tmp_path: Path) -> None:
    terminal = Terminal(f"{OPEN} --version", course, shell(tmp_path / "home"))
    assert terminal.end(timeout=600) == 0, terminal.text
    home = shell(tmp_path / "home") | {"WSEDU_HOME": str(tmp_path / "wsedu")}
    count = "from wsedu import own_server, score; print(score(own_server()))"
    for words in (["-m", "pip", "check"], ["-c", count]):
        done = subprocess.run(
            [course / ".venv/bin/python", *words],
            cwd=tmp_path,
            env=home,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"(\d+) of \1 cases", done.stdout), done.stdout


def markdown(path: Path) -> str:
    cells = json.loads(path.read_text())["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def anchors(path: Path) -> set[str]:
    """What can be linked to in a file: JupyterLab and GitHub name a notebook's headings alike.

    Both take what is seen of a heading (so no backticks) and put a hyphen for each space. In a
    page of GitHub's Markdown it is in lower case, and without punctuation.
    """
    text = markdown(path) if path.suffix == ".ipynb" else path.read_text()
    seen = [re.sub(r"[`*]", "", heading) for heading in re.findall(r"(?m)^#+ (.+?)\s*$", text)]
    if path.suffix == ".ipynb":
        return {heading.replace(" ", "-") for heading in seen}
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in seen}


def test_every_link_leads_somewhere(course: Path, tmp_path: Path) -> None:
    """On GitHub, where it names a file from the notebook's folder, and in JupyterLab."""
    notebooks = [*course.glob("notebooks/*/*.ipynb"), *course.glob("exercises/*/*/*.ipynb")]
    assert len(notebooks) > 15
    asked = {}
    for path in notebooks:
        for link in re.findall(r"\]\(([^)\s]+)\)", markdown(path)):
            if "://" not in link:
                name, _, anchor = link.partition("#")
                target = (path.parent / name).resolve() if name else path
                assert target.is_file() and target.is_relative_to(course), f"{path.name}: {link}"
                assert not anchor or anchor in anchors(target), f"{path.name}: {link}"
                asked[target.relative_to(course).as_posix()] = link
    terminal = Terminal(OPEN, course, shell(tmp_path / "home"))
    try:
        address = terminal.address()
        found = {target: status(address, f"/api/contents/{quote(target)}") for target in asked}
        assert status(address, "/api/contents/nowhere.ipynb") == 404  # the test can see one
    finally:
        ended = terminal.ctrl_c()
    assert ended == 0, terminal.text
    assert {target: answer for target, answer in found.items() if answer != 200} == {}


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
        run_all(page)
        # A cell that raises ends the run before the boards: say what it raised.
        wrong = page.locator('.jp-RenderedText[data-mime-type*="error"]')
        boards = page.locator(".jp-Notebook:visible .wsedu-board")
        expect(boards.nth(1).or_(wrong).first).to_be_attached()
        assert wrong.all_inner_texts() == []
        expect(boards).to_have_count(2)
        expect(page.locator(".jp-InputArea-prompt", has_text="*")).to_have_count(0)
        expect(wrong).to_have_count(0)

        # Its link leads to the exercises.
        open_exercises(page)
        run(page, "from wsedu import")
        answer = "raises = dict(A={}, B=False, C=False, D=True, E=False, F=False)"
        write(page, "raises =", answer.format(False))
        run(page, "raises =")
        expect(run(page, 'check("which-cell-raises"')).to_contain_text("✘ 00.1")
        write(page, "raises =", answer.format(True))
        run(page, "raises =")
        expect(run(page, 'check("which-cell-raises"')).to_contain_text("✔ 00.1")

        # A new kernel knows what was done.
        menu(page, "Kernel", "Restart Kernel and Clear Outputs")
        page.locator(".jp-Dialog button", has_text="Restart").click()
        expect(page.locator(".jp-Dialog")).to_have_count(0)
        page.keyboard.press("Control+s")
        run(page, "from wsedu import")
        expect(run(page, "progress()")).to_contain_text(DONE)

    # So does the next day, in the notebook with the learner's answer.
    with opened(course, home, browser) as page:
        open_exercises(page)
        expect(cell(page, "raises =")).to_contain_text("A=True")
        run(page, "from wsedu import")
        expect(run(page, "progress()")).to_contain_text(DONE)
