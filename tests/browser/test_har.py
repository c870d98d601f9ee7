"""HARs that Playwright makes of a real Chromium, opened: the messages are those that it sent."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import playwright.sync_api
import pytest

from wsedu.live import Lab
from wsedu.protocol import Binary, Text
from wsedu.recording import Recording, dissect, find

pytestmark = pytest.mark.browser

TALK = """
([url, messages]) => new Promise(done => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    let told = 0;
    socket.onopen = () => {
        for (const message of messages)
            socket.send(Array.isArray(message) ? new Uint8Array(message) : message);
        if (!messages.length) socket.close();
    };
    socket.onmessage = () => { if (++told === messages.length) socket.close(); };
    socket.onclose = event => done(event.code);
})
"""
MESSAGES: list[Any] = ["Hello", "Привет, \U0001f600", [0, 255, 128], "x" * 70_000]


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab()
    yield lab
    lab.close()


def talk(
    browser: playwright.sync_api.Browser, origin: str, url: str, har: Path, **options: Any
) -> None:
    with browser.new_context(record_har_path=har, **options) as context:
        page = context.new_page()
        page.goto(origin)
        page.evaluate(TALK, [url, MESSAGES])


# Chromium alone: Playwright writes no HAR of the Firefox that is driven here.


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("embed.har", {"record_har_content": "embed"}),
        ("attach.har", {"record_har_content": "attach"}),
        ("packed.zip", {}),
        ("minimal.har", {"record_har_mode": "minimal", "record_har_content": "embed"}),
    ],
)
def test_messages_of_a_har_are_those_that_crossed_the_wire(
    chromium: playwright.sync_api.Browser,
    origin: str,
    lab: Lab,
    tmp_path: Path,
    name: str,
    options: dict[str, Any],
) -> None:
    talk(chromium, origin, lab.url, tmp_path / name, **options)
    opened = Recording.open(tmp_path / name)
    seen = dissect(opened)
    for side in ("client", "server"):  # the server is an echo
        messages = [message for sender, message in seen.messages if sender == side]
        assert messages == [Binary(bytes(m)) if isinstance(m, list) else Text(m) for m in MESSAGES]
    assert seen.status == 101 and seen.request.data.startswith(b"GET / HTTP/1.1\r\n")
    assert all(unit.note == "rebuilt from a HAR" and not unit.problems for unit in seen.units)
    assert "keeps messages and not frames" in opened.note and "Playwright" in opened.note
    times = [event.time for event in opened.events]
    assert times == sorted(times) and 0 <= times[-1] < 60
    assert ("no times" in opened.note) is (name == "minimal.har")


def test_a_har_without_the_file_beside_it_says_which_is_missing(
    chromium: playwright.sync_api.Browser, origin: str, lab: Lab, tmp_path: Path
) -> None:
    talk(chromium, origin, lab.url, tmp_path / "a.har", record_har_content="attach")
    (lines,) = tmp_path.glob("*.jsonl")
    alone = Recording.open(lines)
    assert len(dissect(alone).messages) == 2 * len(MESSAGES) and alone.begins == "frames"
    opened = Recording.open((tmp_path / "a.har").read_bytes())
    assert f'"{lines.name}"' in opened.note and dissect(opened).messages == ()


def test_several_sockets_are_listed_and_a_failed_handshake_is_one(
    chromium: playwright.sync_api.Browser, origin: str, lab: Lab, tmp_path: Path
) -> None:
    with chromium.new_context(record_har_path=tmp_path / "two.har") as context:
        page = context.new_page()
        page.goto(origin)
        page.evaluate(TALK, [lab.url, ["one"]])
        page.evaluate(TALK, [origin.replace("http", "ws") + "nothing", []])
    found = find(tmp_path / "two.har")
    assert [str(each).rpartition(": ")[2] for each in found] == ["2 messages", "0 messages"]
    with pytest.raises(ValueError, match="2 WebSocket connections; choose one"):
        Recording.open(tmp_path / "two.har")
    failed = Recording.open(tmp_path / "two.har", connection=2)
    assert dissect(failed).find("response") == ()
    assert "the handshake failed" in failed.note and "Unexpected response code" in failed.note
    written = json.loads((tmp_path / "two.har").read_text())
    assert {e["response"]["status"] for e in written["log"]["entries"]} >= {101, -1}
