"""The first lesson in a real JupyterLab, in both browsers: what a learner sees and does."""

import json

import pytest

from ..firefox import Browser, expect, kind
from ..jupyter import ROOT, Notebook
from .scenes import HEADERS
from .test_every_lesson import FIRST, check

EXERCISES = "exercises/en/02_the_opening_handshake/02_exercises.ipynb"

pytestmark = pytest.mark.browser


def test_the_lesson_as_a_learner_sees_it(browser: Browser, notebook: Notebook) -> None:
    notebook.open(str(FIRST.relative_to(ROOT)))
    cells = notebook.cells()

    # Before anything runs, the stored pictures are shown.
    picture = notebook.output("handshake-ladder").locator("img, svg").first
    expect(picture).to_be_visible()

    # No cell fails, no widget stays empty, and the handshake is this browser's.
    check(browser, notebook, FIRST)
    for picture_of in ("ladder", "bytes", "checks"):  # a busy page may have been late before
        notebook.run(f"handshake-browser-{picture_of}")
    last = notebook.output("handshake-browser-checks").locator(".wsedu-board").first
    expect(last).to_be_visible(timeout=60_000)

    assert notebook.page.locator(".wsedu-board svg").count() >= 14

    # By mouse: an arrow opens its bytes.
    ladder = notebook.output("handshake-ladder")
    ladder.locator('[data-item="u0"]').click()
    expect(ladder.locator(".wsedu-board").nth(1)).to_contain_text("request from the client")

    # By keyboard: the next arrow, and its bytes; JupyterLab's own keys stay out of it.
    ladder.locator(".wsedu-board").first.focus()
    for key in ("Home", "ArrowDown", "Enter"):
        notebook.page.keyboard.press(key)
    expect(ladder.locator(".wsedu-board").nth(1)).to_contain_text("response from the server")
    expect(ladder.locator(".wsedu-says").first).to_contain_text("101 Switching Protocols")
    for key in ("b", "d", "d", "x"):
        notebook.page.keyboard.press(key)
    assert notebook.cells() == cells

    # Pointing at one thing lights up what belongs to it.
    checklist = notebook.output("handshake-server-checks")
    checklist.locator('[data-item="line2"] rect').hover()
    expect(checklist.locator('[data-item="rule5"]')).to_have_class("lit")
    expect(checklist.locator(".wsedu-says").first).to_have_text("Upgrade: websocket")

    # A prediction, by keyboard, is kept and met again.
    question = notebook.output("handshake-predict-early")
    question.locator("input").first.focus()
    notebook.page.keyboard.press("ArrowDown")
    notebook.page.keyboard.press("ArrowDown")
    expect(question.locator(".wsedu-says")).to_have_text("Saved. Carry on.")
    expect(question.locator("input").nth(2)).to_be_checked()
    # The page tells the kernel the last of several quick choices when it has heard of the one
    # before: a cell that runs at once may still meet that one.
    for _turn in range(20):
        notebook.run("handshake-recall-early")
        if "You predicted it" in notebook.output("handshake-recall-early").inner_text():
            break
    expect(notebook.output("handshake-recall-early")).to_contain_text("You predicted it")
    lines = (notebook.jupyter.home / "journal.jsonl").read_text().split()
    assert any('"handshake-early"' in line for line in lines)

    # This very browser made the handshake that is shown.
    expect(notebook.output("handshake-browser-ladder")).not_to_contain_text("kept recording")
    expect(notebook.output("handshake-browser")).to_contain_text("close: code 1000")
    shown = notebook.output("handshake-browser-bytes")
    expect(shown).to_contain_text("Sec-WebSocket-Extensions")
    names = shown.locator("text.strong").all_text_contents()[2:-1]
    live = [name.partition(":")[0] for name in names]
    assert [name for name in live if name != "Cookie"] == HEADERS[kind(browser)].split()
    # The page is Jupyter's: its cookies come along, and are covered.
    if "Cookie" in live:
        expect(shown).to_contain_text("*****")
    token = notebook.page.context.cookies()
    for cookie in token:
        assert cookie["value"] not in shown.inner_text()


# The pictures of verdicts are those of the tests above and of test_views.py, in both browsers.
@pytest.mark.parametrize(
    "browser", ["chromium", pytest.param("firefox", marks=pytest.mark.long)], indirect=True
)
def test_answers_are_judged_in_the_page(notebook: Notebook) -> None:
    notebook.open(EXERCISES)
    notebook.run("exercises-start")
    notebook.run("build-request-answer")
    notebook.run("build-request-check")
    expect(notebook.output("build-request-check")).to_contain_text("Not attempted yet")

    wrong = 'def build_request(host, target, key):\n    return f"GET {target} HTTP/1.1".encode()'
    notebook.write("build-request-answer", wrong)
    notebook.run("build-request-answer")
    notebook.run("build-request-check")
    verdict = notebook.output("build-request-check")
    expect(verdict).to_contain_text("Your bytes end at")
    expect(verdict.locator(".wsedu-board svg").first).to_be_visible()
    expect(verdict).not_to_contain_text("Traceback")

    right = (
        "def build_request(host, target, key):\n"
        '    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", "Upgrade: websocket",\n'
        '             "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",\n'
        '             "Sec-WebSocket-Version: 13", "", ""]\n'
        '    return "\\r\\n".join(lines).encode()'
    )
    notebook.write("build-request-answer", right)
    notebook.run("build-request-answer")
    notebook.run("build-request-check")
    expect(verdict).to_contain_text("A real server said 101")

    # What was done is there for the next kernel too.
    journal = (notebook.jupyter.home / "journal.jsonl").read_text().splitlines()
    tried = [
        json.loads(line) for line in journal if '"tried"' in line and '"build-request"' in line
    ]
    assert [entry["outcome"] for entry in tried] == ["not yet", "passed"]
