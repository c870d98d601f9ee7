"""Every lesson from top to bottom in a real JupyterLab, and the learner's browser in it is live."""

import json
from pathlib import Path
from typing import Any

import pytest

from ..firefox import Browser, expect, kind
from ..jupyter import ROOT, Jupyter, Notebook

pytestmark = pytest.mark.browser

# Where nobody has a reason to close: Firefox takes a server's masked frame as a message.
STAYS_OPEN = {("firefox", "masking-browser-strict")}

FIRST = ROOT / "notebooks" / "en" / "02_the_opening_handshake.ipynb"
LESSONS = sorted(path for path in (ROOT / "notebooks").glob("*/*.ipynb") if path.stem != "glossary")


# Where the page asks for a subprotocol, and the server knows it.
PROTOCOL = {"extensions-browser": "chat"}

# The cells of lesson 12. Their scripts do more than to hear of open.
SCRIPTS = ("run", "early", "buffered", "binary", "protocol", "fin", "deaths", "beat")
# The cells of lesson 15; two of their servers refuse the page.
VISITS = ("login", "hijack", "null", "foreign", "login-dialog")


def calls_of_the_browser(path: Path) -> list[str]:
    """The ids of the cells that let the page connect."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        cell["id"]
        for cell in cells
        if cell["cell_type"] == "code" and ".browser(" in "".join(cell["source"])
    ]


def run_to_the_end(notebook: Notebook) -> None:
    """Run all cells; none may fail."""
    notebook.run_all()
    cells = "window.lesson.content.model.sharedModel.toJSON().cells"
    errors = f"""{cells}.flatMap(cell => (cell.outputs ?? []).filter(output =>
        output.output_type === "error" || output.name === "stderr"
    ).map(output => [cell.id, output]))"""
    waiting = f"""{cells}.filter(cell =>
        cell.cell_type === "code" && cell.source.length && !cell.execution_count)"""
    # An error stops the run.
    notebook.page.wait_for_function(
        f"() => {waiting}.length === 0 || {errors}.length > 0", timeout=120_000
    )
    assert notebook.page.evaluate(errors) == []


def test_the_lessons_that_show_the_learners_browser_are_known() -> None:
    """The test below looks at these cells; a search that finds none would look at nothing."""
    assert {path.stem[:2]: calls_of_the_browser(path) for path in LESSONS} == {
        "00": [],
        "01": [],
        "02": ["handshake-browser"],
        "03": ["accept-browser"],
        "04": [],
        "05": ["masking-browser", "masking-browser-strict"],
        "06": [],
        "07": ["closing-browser", "closing-browser-empty"],
        "08": ["ping-browser"],
        "09": [],
        "10": ["fragments-browser"],
        "11": [],
        "12": [f"browser-{cell}" for cell in SCRIPTS],
        "13": ["fan-page"],
        "14": [],
        "15": [f"security-{cell}" for cell in VISITS],
        "16": ["extensions-browser"],
        "17": [],
        "ga": [],
        "yo": [],
    }


def check(browser: Browser, notebook: Notebook, path: Path) -> None:
    """Run the lesson, which is open; no output is an error or a kept recording."""
    run_to_the_end(notebook)
    texts = notebook.page.locator(".jp-OutputArea-output").all_text_contents()
    assert texts
    assert [text for text in texts if "Error displaying" in text] == []
    cells = calls_of_the_browser(path)
    for number, cell in enumerate(cells):
        output = notebook.output(cell)
        stays_open = (kind(browser), cell) in STAYS_OPEN
        if not is_live(output, stays_open):
            # The page of a busy machine may have been late; then these cells are run alone.
            for again in cells[: number + 1]:
                notebook.run(again)
            assert is_live(output, stays_open), output.inner_text()
        if path.stem[:2] in ("12", "15"):
            expect(output.locator("ol").last).to_contain_text("close: code")
            continue
        opens = f'open: readyState 1, protocol "{PROTOCOL.get(cell, "")}"'
        expect(output.locator("ol li").first).to_contain_text(opens)


def is_live(output: Any, stays_open: bool) -> bool:
    """Whether the cell has not said that it shows something else, or not the whole of it."""
    text = output.inner_text()
    return "kept recording" not in text and ("was still open" in text) == stays_open


# In one browser each on every change, in the other one with -m long. What a page does in each of
# them is in test_clients.py; the two differ in lesson 05, which therefore runs in Firefox.
# Lesson 02 runs in both, in test_lesson.py.
USUAL = {"03": "firefox", "05": "firefox", "07": "chromium", "08": "chromium"}
USUAL |= {"10": "firefox", "12": "firefox", "13": "chromium", "15": "chromium", "16": "firefox"}


def usually(name: str) -> list[Any]:
    """Both browsers: this one on every change, and the other one with -m long."""
    marks = {one: [] if one == name else [pytest.mark.long] for one in ("chromium", "firefox")}
    return [pytest.param(one, marks=marks[one]) for one in marks]


@pytest.mark.parametrize(
    ("browser", "path"),
    [
        pytest.param(
            name,
            path,
            id=f"{name}-{path.stem}",
            marks=[] if USUAL[path.stem[:2]] == name else [pytest.mark.long],
        )
        for path in LESSONS
        if calls_of_the_browser(path) and path != FIRST
        for name in ("chromium", "firefox")
    ],
    indirect=["browser"],
)
def test_lesson_runs_and_its_browser_is_live(
    browser: Browser, notebook: Notebook, path: Path
) -> None:
    notebook.open(str(path.relative_to(ROOT)))
    check(browser, notebook, path)


# The gallery runs in test_views.py as well, and without a page all of them do on every change.
@pytest.mark.long
@pytest.mark.parametrize(
    "path", [path for path in LESSONS if not calls_of_the_browser(path)], ids=lambda path: path.stem
)
def test_lesson_without_the_learners_browser_runs(
    browser: Browser, notebook: Notebook, path: Path
) -> None:
    notebook.open(str(path.relative_to(ROOT)))
    check(browser, notebook, path)


# Whichever name of this machine the learner's JupyterLab has: 127.0.0.1, and then localhost. What
# a page of either name sends is in test_cross_site.py, in both browsers on every change.


@pytest.mark.parametrize("browser", usually("firefox"), indirect=True)
def test_the_shop_of_lesson_15_takes_its_own_page_for_ann(notebook: Notebook) -> None:
    notebook.page.context.clear_cookies(name="shop")  # of the whole lesson, above
    go_shopping(notebook)


@pytest.mark.parametrize("browser", usually("chromium"), indirect=True)
def test_the_shop_of_lesson_15_takes_a_page_of_localhost_for_ann(
    browser: Browser, jupyter: Jupyter
) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        url = jupyter.url.replace("127.0.0.1", "localhost")
        named = Jupyter(url, jupyter.token, jupyter.folder, jupyter.home)
        notebook = Notebook(context.new_page(), named)
        go_shopping(notebook)
        notebook.leave()


def go_shopping(notebook: Notebook) -> None:
    notebook.open("notebooks/en/15_security.ipynb")
    for cell in ("start", "constants", "shop", "open-shop", "login", "hijack", "null"):
        notebook.run(f"security-{cell}")
    for cell, said in (
        ("login", "Hello, stranger"),
        ("hijack", "Ann has ordered 100 teas"),
        ("null", "Hello, stranger"),
    ):
        expect(notebook.output(f"security-{cell}")).to_contain_text(said)
        expect(notebook.output(f"security-{cell}")).not_to_contain_text("kept recording")
    frames = notebook.page.evaluate("document.querySelectorAll('iframe[sandbox]').length")
    assert frames == 0, "the sandbox is gone with its connection"


EXERCISES = "exercises/en/08_ping_pong_and_timeouts/08_exercises.ipynb"
NEVER_CLOSES = """
async def serve(reader, writer):
    from wsedu.protocol import build_response, read_head
    head = read_head(await reader.readuntil(b"\\r\\n\\r\\n"), "request")
    writer.write(build_response(head.find("Sec-WebSocket-Key")[0].value.text).to_bytes())
    await reader.read()
"""


def test_your_own_server_meets_your_own_browser(notebook: Notebook) -> None:
    notebook.open(EXERCISES)
    notebook.run("exercises-start")
    output = notebook.output("own-server-browser")
    for serve, missing in (
        ("serve = own_server()", None),
        (NEVER_CLOSES, "still open after 3 s: the server had not sent Close."),
    ):
        notebook.write("own-server-answer", serve)
        notebook.run("own-server-answer")
        notebook.run("own-server-browser")
        expect(output.locator("ol li").first).to_contain_text("open: readyState 1")
        expect(output.locator(".wsedu-board").first).to_contain_text("GET /from-your-browser")
        expect(output).not_to_contain_text("kept recording")
        if missing:
            expect(output).to_contain_text(missing)
        else:
            expect(output).not_to_contain_text("still open")
