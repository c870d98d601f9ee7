"""The page of the exercise page-and-server, from the learner's own server, in both browsers."""

import json
from pathlib import Path

import pytest

from wsedu.live import Lab
from wsedu.protocol import Opcode
from wsedu.recording import Recording, dissect
from wsedu_exercises.browser_as_client.page_and_server.exercise import respond
from wsedu_exercises.browser_as_client.serving import with_page

from .scenes import Page, holds_soon

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_lab_is_left")]

ROOT = Path(__file__).parent.parent.parent
NOTEBOOK = ROOT / "exercises" / "en" / "12_browser_as_client" / "12_exercises.ipynb"


def page_of_the_notebook() -> str:
    """What its cell calls ``page``."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    (source,) = ["".join(c["source"]) for c in cells if c["id"] == "page-and-server-page"]
    names: dict[str, str] = {}
    exec(source, names)
    return names["page"]


def talks(lab: Lab) -> list[Recording]:
    """The connections that ended as WebSockets."""
    return [r for r in lab.recordings if b" 101 " in r.sent_by("server") and r.ended]


def test_own_page_talks_to_own_server(tab: Page) -> None:
    lab = Lab(server=with_page(respond, page_of_the_notebook()))
    tab.goto(lab.url.replace("ws", "http", 1))
    tab.wait_for_function("document.querySelector('ul').textContent.includes('close')")
    heard = tab.evaluate("[...document.querySelectorAll('li')].map(item => item.textContent)")
    assert heard == ["open", "Hello from my page", "close 1000"]
    assert holds_soon(lab, lambda: talks(lab))
    frames = [
        (unit.sender, Opcode(unit.layout.frame.opcode).name, unit.layout.frame.payload)
        for unit in dissect(talks(lab)[0]).units
        if unit.layout
    ]
    assert frames == [
        ("client", "TEXT", b"Hello from my page"),
        ("server", "TEXT", b"Hello from my page"),
        ("client", "CLOSE", b"\x03\xe8done"),
        ("server", "CLOSE", b"\x03\xe8done"),
    ]


def test_another_path_is_not_found(tab: Page) -> None:
    lab = Lab(server=with_page(respond, "<!doctype html><p>here"))
    tab.goto(lab.url.replace("ws", "http", 1))
    assert tab.evaluate("fetch('/favicon.ico').then(got => got.status)") == 404
    assert tab.evaluate("fetch('/', { method: 'POST' }).then(got => got.status)") == 405
    text = "fetch('/?again').then(got => got.text())"
    assert tab.evaluate(text) == "<!doctype html><p>here"
