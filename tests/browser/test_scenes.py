"""What a page does as the lab's client, and what its script is told."""

import re
from typing import Any

import nbformat
import pytest

from wsedu.live import Lab
from wsedu.live.browser import STEPS, kept, other_browser
from wsedu.recording import Recording, dissect

from ..firefox import Browser, kind
from ..jupyter import ROOT
from . import scenes
from .scenes import Page

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_lab_is_left")]


def frames(recording: Recording) -> list[tuple[str, str]]:
    """Each side's frames in their order; which side was first at the tap is left to chance."""
    found = [(unit.sender, unit.title) for unit in dissect(recording).find("frame")]
    return sorted(found, key=lambda said: said[0])


def names(recording: Recording) -> list[str]:
    return [line.name.text for line in dissect(recording).request.head.headers]


def test_only_the_headers_of_a_page_are_in_a_kept_recording() -> None:
    for name, scene in scenes.SCENES.items():
        asked = ["Sec-WebSocket-Protocol"] if scene.protocols else []
        asked += ["Cookie"] if name in WITH_COOKIE else []
        assert sorted(names(kept(name))) == sorted([*scenes.HEADERS["chromium"].split(), *asked])


@pytest.mark.parametrize("name", [name for name, scene in scenes.SCENES.items() if not scene.both])
def test_the_kept_recordings_are_still_true(chromium_tab: Page, origin: str, name: str) -> None:
    """They are Chromium's, and say so."""
    recording = scenes.play(chromium_tab, origin, name)
    assert names(kept(name)) == scenes.HEADERS["chromium"].split()
    assert frames(recording) == frames(kept(name))
    assert kept(name).note.endswith(f"script was told: {'; '.join(scenes.told(recording))}.")


BOTH = [name for name, scene in scenes.SCENES.items() if scene.both]
WITH_SCRIPTS = (
    "10_fragments_and_messages",
    "12_browser_as_client",
    "13_fan_out",
    "15_security",
    "16_extensions_and_compression",
)
WITH_COOKIE = ("hijack",)
# How much waits depends on the buffers of the machine.
WAITING = re.compile(r"(?<=bufferedAmount )\d{4,}")


@pytest.mark.parametrize("name", BOTH)
def test_what_is_kept_of_both_browsers_is_still_true(
    browser: Browser, tab: Page, origin: str, name: str
) -> None:
    there, here = kept(name, kind(browser)), scenes.play(tab, origin, name)
    assert names(here) == names(there)
    if not there.dropped:
        assert frames(here) == frames(there)
    if there.script:
        said = [[WAITING.sub("many", step.words) for step in one.script] for one in (here, there)]
        assert said[0] == said[1]
    else:
        assert there.note.endswith(f"script was told: {'; '.join(scenes.told(here))}.")
    version = browser.version.partition(".")[0]
    assert f"not yours: {scenes.NAMES[kind(browser)]} {version} on Linux" in there.note


@pytest.mark.parametrize(("agent", "other"), [("chromium", "firefox"), ("firefox", "chromium")])
def test_the_other_browser_is_the_one_that_was_not_there(agent: str, other: str) -> None:
    recording = other_browser(kept("fin", agent), "fin")
    assert recording.script == kept("fin", other).script
    assert recording.note.startswith(f"A kept recording, not yours: {scenes.NAMES[other]}")
    assert "No page" not in recording.note


def test_a_mistake_in_the_script_is_named_and_ends_the_visit(
    tab: Page, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, script in {"SyntaxError": "socket.", "ReferenceError": "sokcet.close()"}.items():
        monkeypatch.setitem(scenes.SCENES, name, scenes.Scene(Lab, script=script))
        words = [step.words for step in scenes.play(tab, origin, name).script]
        assert words[0].startswith(f"a mistake in the script: {name}: ")
        assert words[-1].startswith("close: code 100")


def test_a_mistake_in_a_later_event_is_named_and_ends_the_visit(
    tab: Page, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for script in (
        "socket.onopen = () => sokcet.close();",
        'socket.addEventListener("message", () => sokcet.close());'
        'socket.onopen = () => socket.send("");',
        "socket.onopen = () => setTimeout(() => sokcet.close(), 50);",
    ):
        monkeypatch.setitem(scenes.SCENES, "late", scenes.Scene(Lab, script=script))
        *_before, mistake, close = [s.words for s in scenes.play(tab, origin, "late").script]
        assert mistake.startswith("a mistake in the script: ReferenceError: sokcet ")
        assert close.startswith("close: code 1005")


SHOWN = """
async ([source, values]) => {
    const code = new Blob([source], { type: "text/javascript" });
    const { default: widget } = await import(URL.createObjectURL(code));
    const set = (name, value) => { values[name] = value; };
    widget.render(
        { model: { get: name => values[name], set, save_changes() {} }, el: document.body });
    return values.steps.map(([, , words]) => words);
}
"""


def test_a_page_that_may_not_connect_says_so(page: Page) -> None:
    source = (scenes.HERE / "browser.js").read_text(encoding="utf-8")
    values = {"steps": [], "title": "", "url": Lab().url, "protocols": ["a", "a"], "code": ";"}
    assert page.evaluate(SHOWN, [source, values]) == ["new WebSocket() throws SyntaxError"]


SAYS = "a mistake in the script: "
LATER = {
    "in a handler": ("socket.onmessage = () => { socket.close(); missing(); }", "ReferenceError: "),
    "after an await": (
        "(async () => { await 0; throw new Error('late') })();"
        "socket.onmessage = () => socket.close()",
        "Error: late",
    ),
    "no Error": ("throw null", "null"),
    "no text": ("throw Object.create(null)", "object"),
    "of the page": ("document.querySelector('!!')", "SyntaxError: "),
}


@pytest.mark.parametrize("name", LATER)
def test_whatever_a_script_throws_is_told(
    tab: Page, origin: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    async def talks(connection: Any) -> None:
        await connection.send("x")
        await connection.wait_closed()

    script, said = LATER[name]
    monkeypatch.setitem(scenes.SCENES, name, scenes.Scene(lambda: Lab(talks), script=script))
    words = [step.words for step in scenes.play(tab, origin, name).script]
    assert [line for line in words if line.startswith(SAYS + said)], words


def test_errors_of_the_page_around_a_script_are_not_its_own(
    tab: Page, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = """
socket.onopen = () => {
  dispatchEvent(new ErrorEvent("error", { message: "x is not defined", filename: "lab.js" }));
  socket.close();
};
"""
    monkeypatch.setitem(scenes.SCENES, "other", scenes.Scene(Lab, script=script))
    words = [step.words for step in scenes.play(tab, origin, "other").script]
    assert not [line for line in words if line.startswith(SAYS)]


def test_many_steps_are_listed_up_to_a_bound_and_the_close_event_too(
    tab: Page, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = """
socket.onopen = () => {
  for (let n = 0; n < 1000; n += 1) tell(n);
  socket.close();
};
"""
    monkeypatch.setitem(scenes.SCENES, "tells", scenes.Scene(Lab, script=script))
    steps = scenes.play(tab, origin, "tells").script
    assert len(steps) == STEPS and steps[-1].name == "close"


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
        save_changes: () => sent.push(values.steps.map(([, name]) => name)),
    };
    widget.render({ model, el: document.body });
    (function look() {
        if (values.steps.at(-1)?.[1] !== "close") return really(look, 10);
        const before = sent.length;
        timers.forEach(call => call());
        done([before, sent]);
    })();
})
"""


def test_a_connection_that_soon_closes_reaches_the_kernel_in_one_piece(page: Page) -> None:
    """The page would keep a second piece until the kernel has handled the first."""
    source = (scenes.HERE / "browser.js").read_text(encoding="utf-8")
    values = {"steps": [], "title": "", "until": "open", "close_with": [], "url": Lab().url}
    before, sent = page.evaluate(BY_HAND, [source, values])
    assert before == 0
    assert sent == [["open", "close()", "close"]]


def test_a_script_may_not_close_with_any_code(
    tab: Page, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(scenes.SCENES, "1001", scenes.Scene(Lab, close=(1001,)))
    told = scenes.told(scenes.play(tab, origin, "1001"))
    assert told[1:] == [
        "close(1001) throws InvalidAccessError",
        'close: code 1005, reason "", wasClean true',
    ]


def test_many_messages_are_listed_up_to_a_bound(
    tab: Page, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def talks(connection: object) -> None:
        for number in range(50):
            await connection.send("x" * 1000 if number else b"\0")  # type: ignore[attr-defined]

    monkeypatch.setitem(scenes.SCENES, "many", scenes.Scene(lambda: Lab(talks), "close"))
    told = scenes.told(scenes.play(tab, origin, "many"))
    assert [words.partition(":")[0] for words in told] == ["open", *["message"] * 20, "close"]
    assert told[1] == "message: Blob, 1 bytes"
    assert max(map(len, told)) < 220


def test_lessons_run_the_scripts_that_were_kept() -> None:
    """So that what a reader without a page sees is what the cell does."""
    paths = [ROOT / "notebooks" / "en" / f"{name}.ipynb" for name in WITH_SCRIPTS]
    cells = [cell for path in paths for cell in nbformat.read(path, as_version=4).cells]
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    for name in (name for name in BOTH if scenes.SCENES[name].script):
        assert f'kept="{name}"' in code or f'kept("{name}")' in code or f'"{name}": ' in code, name
        assert scenes.SCENES[name].script in code, name
    assert set(re.findall(r'kept="(\w+)"', code)) <= set(BOTH)
