"""The three columns of a page's connection."""

from dataclasses import replace

import pytest

from wsedu.live.browser import kept
from wsedu.protocol import Frame, Opcode, build_frame, build_request, build_response, make_key
from wsedu.recording import Event, PageRecording, Recording, dissect
from wsedu.recording.page import ScriptStep
from wsedu.views import BrowserSession
from wsedu.views.browser_session import SHOWN, ToolsRow, tools_rows

NONCE = make_key(b"the sample nonce")
MASK = bytes.fromhex("37fa213d")
AGENT = (("User-Agent", "Mozilla/5.0 Chrome/156.0.0.0"),)


def page(*said: tuple[str, Frame], script: tuple[ScriptStep, ...] = ()) -> PageRecording:
    """A Chromium's connection, an event each millisecond."""
    request = build_request("example.com", "/", NONCE)
    head = replace(request, headers=request.headers + AGENT).to_bytes()
    sent = [("client", head), ("server", build_response(NONCE).to_bytes())]
    for sender, frame in said:
        sent.append((sender, build_frame(frame, MASK if sender == "client" else None)))
    events = [Event(n / 1000, who, "data", data) for n, (who, data) in enumerate(sent)]  # type: ignore[arg-type]
    return PageRecording(tuple(events), script=script)


def lines(view: BrowserSession) -> list[str]:
    """The text without its title and the spaces that align it."""
    return [" ".join(line.split()) for line in view.text.split("\n")[1:]]


TALK = [
    "wire page → server GET /from-your-browser HTTP/1.1",
    "wire server → page HTTP/1.1 101 Switching Protocols",
    'script hears open: readyState 1, protocol ""',
    'script calls send("ready")',
    "wire page → server text: ready",
    "tools ↑ sent: ready",
    'wire server → page ping: "still there?"',
    'wire page → server pong: "still there?"',
    "wire server → page text (goes on): Hel",
    "wire server → page continuation: 6c 6f",
    "tools ↓ received: Hello",
    'script hears message: "Hello"',
    'script calls close(1000, "seen enough")',
    'wire page → server close: 1000 "seen enough"',
    'wire server → page close: 1000 "seen enough"',
]


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_three_columns_are_in_one_order(browser: str) -> None:
    recording = kept("talk", browser)
    wanted = [line for line in TALK if browser == "chromium" or not line.startswith("tools")]
    shown = lines(BrowserSession(recording))
    assert shown[: len(wanted)] == wanted
    assert 'script hears close: code 1000, reason "seen enough", wasClean true' in shown[13:]
    assert shown[-1] == recording.note


def test_only_chromium_has_a_third_column_because_only_that_was_measured() -> None:
    said = "The third column is empty: only Chromium's tools were measured."
    assert said in BrowserSession(kept("talk", "firefox")).text
    assert said not in BrowserSession(kept("talk")).text
    assert tools_rows(dissect(kept("talk", "firefox"))) == []


def test_a_call_that_throws_is_before_the_request_and_a_late_one_after_the_end() -> None:
    shown = lines(BrowserSession(kept("early")))
    assert shown[0].startswith("script says readyState 0")
    assert shown[1] == 'script calls send("too early") throws InvalidStateError'
    assert shown[-3:-1] == ['script calls send("too late")', "script says bufferedAmount 8"]


def test_the_clocks_of_the_page_and_the_tap_may_differ() -> None:
    """A day of difference changes nothing: cause and effect decide."""
    recording = kept("order")
    late = tuple(replace(step, time=step.time + 86400) for step in recording.script)
    moved = replace(recording, script=late)
    assert BrowserSession(moved).text == BrowserSession(recording).text


def test_a_fragment_a_ping_and_a_close_have_no_row_in_the_tools() -> None:
    recording = page(
        ("client", Frame(Opcode.TEXT, b"one", fin=False)),
        ("client", Frame(Opcode.PING, b"?")),
        ("client", Frame(Opcode.CONTINUATION, b" two")),
        ("server", Frame(Opcode.BINARY, b"\x00\xff")),
        ("server", Frame(Opcode.TEXT, b"never ends", fin=False)),
        ("server", Frame(Opcode.CLOSE, b"\x03\xe8")),
    )
    rows = tools_rows(dissect(recording))
    assert rows == [ToolsRow("client", False, "one two"), ToolsRow("server", True, "2")]


def test_a_blob_that_is_sent_is_an_empty_row() -> None:
    script = (
        ScriptStep(0.01, "send", "send(Blob, 3 bytes)"),
        ScriptStep(0.02, "send", "send(Uint8Array, 3 bytes)"),
    )
    frames = [("client", Frame(Opcode.BINARY, b"abc"))] * 2
    rows = tools_rows(dissect(page(*frames, script=script)))
    assert [row.words for row in rows] == ["0", "3"]


def test_what_belongs_together_lights_up_together() -> None:
    svg = BrowserSession(kept("talk")).svg
    # The message: its two frames, and the event.
    assert 'data-item="u6"' in svg and 'data-lights="s2 u5"' in svg.partition('data-item="u6"')[2]
    assert svg.count('data-lights="u5 u6"') == 1


def test_selecting_an_arrow_opens_its_bytes() -> None:
    view = BrowserSession(kept("talk"))
    view.selected = "u3"
    assert "ping" in view.detail
    view.selected = "s0"
    assert view.detail == ""


def test_of_another_recording_the_script_is_unknown() -> None:
    recording = kept("talk")
    bare = Recording(recording.events)
    view = BrowserSession(bare)
    assert "What the script did and heard was not written down." in view.text
    assert "script " not in "\n".join(lines(view)[:-1])
    assert BrowserSession(dissect(bare)).text == view.text


def test_times_are_shown_if_wanted() -> None:
    assert " s  " not in BrowserSession(kept("talk")).text
    assert "0.00 s  page → server" in BrowserSession(kept("talk"), times=True).text


def test_a_broken_frame_has_a_mark() -> None:
    view = BrowserSession(page(("server", Frame(3, b"x"))))
    assert "✘" in view.text and "bad" in view.svg


def test_an_empty_recording_is_a_picture() -> None:
    assert "not written down" in BrowserSession(Recording()).text


def test_a_long_session_is_bounded() -> None:
    script = tuple(ScriptStep(n, "tell", str(n)) for n in range(500))
    frames = [("server", Frame(Opcode.TEXT, b"x"))] * 500
    view = BrowserSession(page(*frames, script=script))
    assert view.text.count("script  says") == SHOWN + 1
    assert f"{500 - SHOWN - 1} steps are not shown" in view.text
    assert "arrows not shown" in view.text and "arrows not shown" in view.svg
    assert len(view.svg) < 200_000


def test_a_message_of_ten_thousand_fragments_links_only_what_is_drawn() -> None:
    goes_on = [("server", Frame(Opcode.CONTINUATION, b"x", fin=False))] * 10_000
    begin = ("server", Frame(Opcode.TEXT, b"x", fin=False))
    seen = page(begin, *goes_on, ("server", Frame(Opcode.CONTINUATION, b"x")))
    assert len(BrowserSession(seen).svg) < 200_000


def test_anything_but_a_recording_is_an_error() -> None:
    with pytest.raises(TypeError, match=r"such as lab\.recording, not bytes"):
        BrowserSession(b"")  # type: ignore[arg-type]
