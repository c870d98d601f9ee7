"""HARs and a flow file of real programs: what each of them kept is what we read."""

from pathlib import Path

import pytest

from wsedu.protocol import Binary, Text
from wsedu.recording import Recording, dissect, find

EXPORTS = Path(__file__).parent / "exports"
FILES = sorted(path.name for path in EXPORTS.iterdir() if path.suffix != ".md")

# What the page said, and what the client said through mitmproxy; the server is an echo.
PAGE = [Text("Hello"), Binary(b"\x00\xff\x80")]
CLIENT = [
    Text("Hello"),
    Text("привет \N{GRINNING FACE}"),
    Binary(b"\x00\xff\x80"),
    Text(""),
    Text("x" * 300),
    Text("fragmented"),
]
KEPT = {
    "chromium_devtools.har": PAGE,
    "firefox.har": [],
    "mitmproxy.flow": CLIENT,
    "mitmproxy.har": CLIENT,
    "playwright.har": PAGE,
    "playwright.zip": PAGE,
}


def test_every_file_has_its_messages_here() -> None:
    assert list(KEPT) == FILES


@pytest.mark.parametrize("name", FILES)
def test_the_messages_are_those_that_were_sent(name: str) -> None:
    recording = Recording.open(EXPORTS / name, connection=1)
    seen = dissect(recording)
    for side in ("client", "server"):
        assert [message for sender, message in seen.messages if sender == side] == KEPT[name]
    assert seen.status == 101 and seen.request.data.startswith(b"GET /chat HTTP/1.1\r\n")
    assert [problem for unit in seen.units for problem in unit.problems] == []
    assert all(check.passed is not False for unit in seen.units for check in unit.checks)
    times = [event.time for event in recording.events]
    assert times == sorted(times) and times[0] == 0 and times[-1] < 10


@pytest.mark.parametrize("name", FILES)
def test_the_second_socket_is_listed(name: str) -> None:
    found = find(EXPORTS / name)
    assert [str(each).rpartition(": ")[2] for each in found] == [
        f"{2 * len(KEPT[name])} messages",
        "0 messages",
    ]
    seen = dissect(found[1].recording)
    assert seen.messages == ()
    if name.startswith("mitmproxy"):  # it was opened, and closed without a message
        assert seen.status == 101
    elif name == "firefox.har":
        assert seen.status == 403
    else:  # Chromium does not say which response it was, but in a message
        assert seen.status is None
        assert "Unexpected response code: 403" in found[1].recording.note


def test_only_mitmproxys_flow_file_has_the_close_and_each_note_says_what_is_missing() -> None:
    for name in FILES:
        recording = Recording.open(EXPORTS / name, connection=1)
        titles = [unit.title for unit in dissect(recording).units]
        assert ('close: 4001 "done"' in titles) == (name == "mitmproxy.flow")
        assert "keeps messages and not frames" in recording.note
        assert ("Firefox exports no messages" in recording.note) == (name == "firefox.har")
        assert ("Playwright" in recording.note) == name.startswith("playwright")
