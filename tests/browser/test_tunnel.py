"""A real Chromium meets the learner's server directly, and through the tunnel: nothing differs."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import playwright.sync_api
import pytest

from wsedu.live import Lab
from wsedu.live.peer import Peer
from wsedu.protocol import Frame, Opcode
from wsedu.recording import PageRecording, dissect

from ..classroom import paths
from ..firefox import expect
from ..jupyter import ROOT, Notebook, started
from . import scenes

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_lab_is_left")]


async def closes(peer: Peer) -> None:
    """A server that closes with a code of its own, and a reason that is not ASCII."""
    await peer.send(Frame(Opcode.CLOSE, (4001).to_bytes(2, "big") + "why é".encode()))
    await peer.live(closes="never")


ENDINGS = {
    "client closes with a code": scenes.Scene(scenes.SCENES["empty"].lab, close=(3456, "mine")),
    "server closes with a code": scenes.Scene(lambda: Lab(raw=closes), "close"),
}
# What else ends a connection, or opens a second socket (backlog).
NAMES = "empty ping talk fin reset forbidden backlog".split()


@pytest.fixture(scope="module")
def page_of_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page that is logged in to a Jupyter server with the tunnel."""
    with paths.jupyter(tmp_path_factory.mktemp("jupyter")) as server:
        yield f"http://127.0.0.1:{server.port}{paths.BASE}login?token={paths.TOKEN}"


def frames(recording: PageRecording) -> list[tuple[str, Frame]]:
    return [(unit.sender, unit.layout.frame) for unit in dissect(recording).units if unit.layout]


def request(recording: PageRecording) -> dict[str, str]:
    """The headers, without those that name the page or are random; in the order of arrival."""
    headers = {line.name.text: line.value.text for line in dissect(recording).request.head.headers}
    return {
        name: "*" if name in ("Host", "Origin", "Sec-WebSocket-Key") else value
        for name, value in headers.items()
        if name != "Cookie"
    }


@pytest.mark.parametrize("name", [*NAMES, *ENDINGS])
def test_a_page_hears_and_sends_the_same_through_the_tunnel(
    chromium_tab: playwright.sync_api.Page,
    page_of_jupyter: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scenes, "SCENES", scenes.SCENES | ENDINGS)
    direct = scenes.play(chromium_tab, page_of_jupyter, name)
    monkeypatch.setenv("WSEDU_TUNNEL", f"{paths.BASE}wsedu-tunnel/")
    through = scenes.play(chromium_tab, page_of_jupyter, name)
    assert scenes.told(through) == scenes.told(direct)
    assert frames(through) == frames(direct)
    assert list(request(through).items()) == list(request(direct).items())
    host = page_of_jupyter.split("/")[2]
    assert f"Host: {host}\r\n".encode() in through.sent_by("client")
    assert b"Cookie" not in through.sent_by("client")


CODE = """
from wsedu import Lab
mine = await Lab().browser(script="socket.onopen = () => socket.close(4000, 'bye')", patience=30)
print([step.words for step in mine.script])
print(mine.sent_by("client").partition(b"HTTP")[0])
print(b"Cookie" in mine.sent_by("client"))
"""


@pytest.mark.slow
def test_a_lesson_on_a_server_with_the_tunnel_is_live_and_says_how_the_page_came(
    chromium: playwright.sync_api.Browser, tmp_path: Path
) -> None:
    extension = "--ServerApp.jpserver_extensions=wsedu_classroom.tunnel=True"
    name = "notebooks/en/through_the_tunnel.ipynb"
    with (
        started(tmp_path, extension) as server,
        chromium.new_context(viewport={"width": 1280, "height": 900}) as context,
    ):
        lesson = nbformat.read(ROOT / "notebooks/en/gallery.ipynb", as_version=4)
        lesson.cells = [nbformat.v4.new_code_cell(CODE, id="visit")]
        nbformat.write(lesson, server.folder / name)
        notebook = Notebook(context.new_page(), server)
        notebook.open(name)
        notebook.run("visit")
        output = notebook.output("visit")
        expect(output).to_contain_text("Your browser came through the tunnel of this Jupyter")
        expect(output).to_contain_text("""'close: code 4000, reason "bye", wasClean true']""")
        expect(output).to_contain_text("b'GET /from-your-browser '\nFalse")
        expect(output.locator("ol li")).to_have_count(3)
        notebook.leave()
