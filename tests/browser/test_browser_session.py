"""The picture of a page's connection, compared with what a browser really shows."""

from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import nbformat
import playwright.sync_api
import pytest

from wsedu.live import Lab
from wsedu.live.peer import Peer
from wsedu.recording import dissect
from wsedu.views.browser_session import ToolsRow, tools_rows

from ..firefox import expect
from ..jupyter import ROOT, Jupyter, Notebook
from . import scenes

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_lab_is_left")]


class Tools:
    """The developer tools of a page of Chromium: ``rows`` is what they show."""

    def __init__(self, page: playwright.sync_api.Page) -> None:
        self.page, self.rows = page, list[ToolsRow]()
        tools = page.context.new_cdp_session(page)
        tools.send("Network.enable")
        for name, sender in (("Sent", "client"), ("Received", "server")):
            tools.on(
                f"Network.webSocketFrame{name}", lambda event, who=sender: self._add(who, event)
            )
        tools.on("Network.webSocketFrameError", lambda _event: self._add(None, {}))

    def _add(self, sender: Any, event: dict[str, Any]) -> None:
        frame = event.get("response", {"opcode": 1, "payloadData": ""})
        assert frame["opcode"] in (1, 2), "a control frame is shown after all"
        words, binary = frame["payloadData"], frame["opcode"] == 2
        self.rows.append(ToolsRow(sender, binary, str(len(b64decode(words))) if binary else words))


@pytest.fixture(scope="module")
def tools(chromium: playwright.sync_api.Browser) -> Iterator[Tools]:
    with chromium.new_context() as context:
        yield Tools(context.new_page())


async def breaks_a_rule(peer: Peer) -> None:
    await peer.receive()
    await peer.send(b"\xc1\x00")
    await peer.live()


# What is dropped of "buffered" is not in the recording, nor is the second socket of "backlog". A
# sandboxed frame has tools of its own.
NAMES = [name for name in scenes.SCENES if name not in ("buffered", "backlog", "sandbox")]


@pytest.mark.parametrize("name", [*NAMES, "broken"])
def test_the_third_column_is_what_chromium_reports(
    tools: Tools, origin: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = scenes.Scene(lambda: Lab(raw=breaks_a_rule), script=scenes.READY)
    monkeypatch.setitem(scenes.SCENES, "broken", broken)
    tools.rows.clear()
    recording = scenes.play(tools.page, origin, name)
    tools.page.evaluate("1")  # its events come while Playwright waits for an answer
    earlier = scenes.SCENES[name].known  # that visit has one row
    here, there = tools_rows(dissect(recording)), tools.rows[earlier:]
    # These send several messages at once, and an echo may be quicker than the next one.
    if name in ("compressed", "order"):
        here, there = (sorted(rows, key=lambda row: str(row.sender)) for rows in (here, there))
    assert here == there
    assert tools.rows or name in ("handshake", "accept", "empty", "early")


CODE = """
from wsedu import BrowserSession, Lab
lab = Lab()
script = "socket.onopen = () => socket.send('x'); socket.onmessage = () => socket.close(4000);"
mine = await lab.browser(script=script, protocols=[], patience=20)
print(mine.note, [step.words for step in mine.script])
BrowserSession(mine)
"""


def test_a_script_of_the_cell_runs_in_the_page_and_its_steps_come_back(
    jupyter: Jupyter, notebook: Notebook
) -> None:
    path = "notebooks/en/browser_script.ipynb"
    lesson = nbformat.read(ROOT / "notebooks/en/gallery.ipynb", as_version=4)
    lesson.cells = [nbformat.v4.new_code_cell(CODE, id="visit")]
    nbformat.write(lesson, jupyter.folder / path)
    notebook.open(path)
    notebook.run("visit")
    output = notebook.output("visit")
    expect(output).to_contain_text(
        """['open: readyState 1, protocol ""', 'send("x")', 'message: "x"', 'close(4000)', """
        """'close: code 4000, reason "", wasClean true']"""
    )
    expect(output.locator("ol li")).to_have_count(5)
    expect(output.locator("svg").first).to_be_visible()
