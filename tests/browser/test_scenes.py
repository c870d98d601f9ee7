"""What a page does as the lab's client, and what its script is told."""

from collections.abc import Iterator

import nbformat
import pytest

from wsedu.live import Lab
from wsedu.live.browser import WITH_PAGE, kept
from wsedu.recording import Recording, dissect

from ..chromium import empty_page
from ..firefox import Browser, expect
from ..jupyter import ROOT, Jupyter, Notebook
from . import scenes

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_lab_is_left")]


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with empty_page() as address:
        yield address


def frames(recording: Recording) -> list[tuple[str, str]]:
    """Each side's frames in their order; which side was first at the tap is left to chance."""
    found = [(unit.sender, unit.title) for unit in dissect(recording).find("frame")]
    return sorted(found, key=lambda said: said[0])


@pytest.mark.parametrize(("which", "name"), scenes.KEPT)
def test_the_kept_recordings_are_still_true(
    request: pytest.FixtureRequest, origin: str, which: str, name: str
) -> None:
    """They are of the browser that they name."""
    browser: Browser = request.getfixturevalue(which)
    recording, told = scenes.play(browser, origin, name)
    old = kept(name, which)
    head = dissect(old).request.head
    assert [line.name.text for line in head.headers] == scenes.HEADERS[which].split()
    assert frames(recording) == frames(old)
    version = browser.version.partition(".")[0]
    assert f" {scenes.NAMES[which]} {version} on Linux" in old.note
    assert old.note.endswith(f"script was told: {'; '.join(told)}.")


# Runs browser.js with timers that this script fires by hand, and tells what was sent, and when.
BY_HAND = """
([source, values]) => new Promise(async done => {
    const code = new Blob([source], { type: "text/javascript" });
    const { default: widget } = await import(URL.createObjectURL(code));
    const really = window.setTimeout.bind(window), timers = new Map(), sent = [];
    window.setTimeout = call => { timers.set(timers.size + 1, call); return timers.size; };
    window.clearTimeout = number => timers.delete(number);
    const model = {
        get: name => values[name],
        set: (name, value) => { values[name] = value; },
        save_changes: () => sent.push(values.script),
    };
    widget.render({ model, el: document.body });
    (function look() {
        if (!values.script.at(-1)?.startsWith("close:")) return really(look, 10);
        const before = sent.length;
        timers.forEach(call => call());
        done([before, sent]);
    })();
})
"""


def test_a_connection_that_soon_closes_reaches_the_kernel_in_one_piece(
    browser: Browser, origin: str
) -> None:
    """The page would keep a second piece until the kernel has handled the first."""
    source = (scenes.HERE / "browser.js").read_text(encoding="utf-8")
    values = {"script": [], "title": "", "until": "open", "close_with": [], "url": Lab().url}
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(origin)
        before, sent = page.evaluate(BY_HAND, [source, values])
    assert before == 0
    assert [[line.partition(":")[0] for line in lines] for lines in sent] == [["open", "close"]]


def test_a_script_may_not_close_with_any_code(
    browser: Browser, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(scenes.SCENES, "1001", (lambda: Lab(), "open", [1001]))
    _recording, told = scenes.play(browser, origin, "1001")
    assert told[1:] == [
        "close() throws InvalidAccessError",
        'close: code 1005, reason "", wasClean true',
    ]


def test_many_messages_are_listed_up_to_a_bound(
    browser: Browser, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def talks(connection: object) -> None:
        for number in range(50):
            await connection.send("x" * 1000 if number else b"\0")  # type: ignore[attr-defined]

    monkeypatch.setitem(scenes.SCENES, "many", (lambda: Lab(talks), "close", []))
    _recording, told = scenes.play(browser, origin, "many")
    assert [words.partition(":")[0] for words in told] == ["open", *["message"] * 20, "close"]
    assert told[1] == "message: binary"
    assert max(map(len, told)) < 220


OVER = "This connection is closed. To open another, run the cell again."
EARLIER = "This list is from an earlier connection. To open another, run the cell again."


def test_a_list_that_is_shown_again_says_so_and_how_to_connect_anew(
    browser: Browser, jupyter: Jupyter, notebook: Notebook
) -> None:
    path = "notebooks/en/browser_yesterday.ipynb"
    code = "from wsedu import Lab\nlab = Lab()\nmine = await lab.browser(patience=20)"
    lesson = nbformat.read(ROOT / "notebooks/en/gallery.ipynb", as_version=4)
    lesson.cells = [
        nbformat.v4.new_code_cell(code, id="visit"),
        nbformat.v4.new_code_cell(
            "from wsedu.live.browser import patience\npatience()", id="patience"
        ),
    ]
    nbformat.write(lesson, jupyter.folder / path)
    notebook.open(path)
    notebook.run("visit")
    output = notebook.output("visit")
    items, sentence = output.locator("ol li"), output.locator("p").last
    expect(items).to_have_count(2)
    expect(sentence).to_have_text(OVER)
    notebook.run("patience")
    expect(notebook.output("patience")).to_contain_text(str(WITH_PAGE))
    with notebook.again_tomorrow(browser) as tomorrow:
        output = tomorrow.output("visit")
        items, sentence = output.locator("ol li"), output.locator("p").last
        expect(sentence).to_have_text(EARLIER)
        expect(items).to_have_count(2)  # it did not connect
        tomorrow.run("visit")  # as it says
        expect(sentence).to_have_text(OVER)
        expect(items).to_have_count(2)
        kernel = "window.lesson.sessionContext.session.kernel"
        tomorrow.page.evaluate(f"{kernel}.restart().then(() => {kernel}.info).then(() => null)")
        expect(sentence).to_have_text(OVER)
        expect(items).to_have_count(2)
