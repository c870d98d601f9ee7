"""The browser client, without a browser: a client of the library stands for the page."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ClassVar

import pytest
import websockets

from wsedu.live import Lab
from wsedu.live.background import LabClosed, Stuck
from wsedu.live.browser import PATH, PATIENCE, STEPS, WITH_PAGE, BrowserClient, kept, patience
from wsedu.live.peer import Peer
from wsedu.protocol import Frame, Opcode
from wsedu.recording import dissect
from wsedu.recording.page import ScriptStep

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_lab_is_left")]

Visit = Callable[[str], Awaitable[None]]


@pytest.fixture
def lab() -> Lab:
    return Lab()


@pytest.fixture
async def page(
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Callable[[Visit], list[BrowserClient]]]:
    """Say what the page does as soon as it shows the widget; what it was shown is returned."""
    visits: list[asyncio.Future[None]] = []

    def does(visit: Visit) -> list[BrowserClient]:
        shown: list[BrowserClient] = []

        def show(client: BrowserClient) -> None:
            shown.append(client)
            visits.append(asyncio.ensure_future(visit(client.url)))

        monkeypatch.setattr("IPython.display.display", show)
        return shown

    yield does
    if Lab._current is not None:
        Lab._current.close()  # that ends what was still open
    await asyncio.gather(*visits, return_exceptions=True)


async def opens_and_stays(url: str) -> None:
    async with websockets.connect(url, proxy=None) as connection:
        await connection.wait_closed()


async def closes(url: str) -> None:
    async with websockets.connect(url, proxy=None, close_timeout=60):
        pass


async def test_without_a_page_the_kept_recording_is_shown(lab: Lab) -> None:
    recording = await lab.browser(patience=0.05)
    assert recording == kept("handshake")
    assert "not yours" in recording.note
    assert dissect(recording).status == 101


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"protocols": 5}, r"protocols must be a list of names, .* not 5"),
        ({"protocols": [5]}, r"protocols must be a list of names, .* not \[5\]"),
        ({"close": 1000}, "close must be a list of what close.. is called with, .* not 1000"),
        ({"close": [b""]}, "close must be"),
        ({"script": None}, "script must be a string of JavaScript, not None"),
        ({"same_host": "localhost"}, "same_host must be True or False, not 'localhost'"),
        ({"sandboxed": 1}, "sandboxed must be True or False, not 1"),
        ({"script": ";", "sandboxed": True}, "a sandboxed frame runs no script"),
        ({"patience": float("nan")}, "patience must be a number of seconds, .* not nan"),
    ],
)
async def test_an_argument_that_is_wrong_is_named(
    lab: Lab, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=sentence):
        await lab.browser(**given)


async def test_a_lab_that_closes_while_a_page_is_awaited_leaves_no_port(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[BrowserClient] = []

    def show(client: BrowserClient) -> None:
        shown.append(client)
        asyncio.get_running_loop().call_soon(lab.close)

    monkeypatch.setattr("IPython.display.display", show)
    with pytest.raises(LabClosed):
        await lab.browser(patience=5)
    with pytest.raises(ConnectionRefusedError):
        await websockets.connect(shown[0].report, proxy=None)


def test_kept_of_an_unknown_browser_names_those_that_are() -> None:
    with pytest.raises(ValueError, match="browser is one of chromium, firefox, not 'safari'"):
        kept("handshake", "safari")


async def test_with_a_page_its_connection_is_shown_and_not_an_earlier_one(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits: list[asyncio.Task[None]] = []

    def show(client: BrowserClient) -> None:
        visits.append(asyncio.create_task(visit(client.url, f"visit {len(visits)}")))

    async def visit(url: str, words: str) -> None:
        async with websockets.connect(url, compression=None) as connection:
            await connection.send(words)
            assert await connection.recv() == words

    monkeypatch.setattr("IPython.display.display", show)
    for number in range(3):
        recording = await lab.browser()
        assert recording.note == ""
        assert f"GET {PATH} ".encode() in recording.sent_by("client")
        assert f"visit {number}".encode() in recording.sent_by("server")  # the echo
    await asyncio.gather(*visits)


KEPT = [("Chromium", n) for n in "handshake accept empty masked ping fragments".split()]


@pytest.mark.parametrize(("browser", "name"), [*KEPT, ("Firefox", "fragments")])
def test_a_kept_recording_holds_no_secret_and_says_what_the_script_was_told(
    browser: str, name: str
) -> None:
    recording = kept(name, browser.lower())
    assert b"Cookie" not in recording.sent_by("client")
    assert {event.sender for event in recording.events if event.kind in ("end", "lost")} == {
        "client",
        "server",
    }
    assert dissect(recording).status == 101
    assert f"not yours: {browser} " in recording.note
    told = [recording.note, *(step.words for step in recording.script)]
    assert any("open: readyState 1" in words for words in told)


async def test_impossible_browsers_are_named(lab: Lab) -> None:
    with pytest.raises(ValueError, match="until is one of open, message, close, not 'later'"):
        await lab.browser(until="later")
    with pytest.raises(ValueError, match="kept is one of .*ping, .*, not 'lunch'"):
        await lab.browser(kept="lunch")


def test_an_option_that_the_client_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="sandboxd"):
        BrowserClient("ws://127.0.0.1:1/", sandboxd=True)  # type: ignore[call-arg]


def test_the_browser_client_has_words_for_readers_without_a_page() -> None:
    data, _metadata = BrowserClient("ws://127.0.0.1:1/")._repr_mimebundle_()
    assert "page opens a WebSocket" in data["text/plain"]


# A page that has connected is heard, whatever becomes of the connection.


async def never_closes(peer: Peer) -> None:
    await peer.send(Frame(Opcode.TEXT, b"Hello"))
    await peer.live(closes="never")


async def only_closes(peer: Peer) -> None:
    await peer.send(Frame(Opcode.CLOSE, b""))
    await peer.live(closes="never", seconds=60)


async def silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def ends(peer: Peer) -> None:
    await peer.close()
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("make_lab", "visit", "missing"),
    [
        # As lesson 05's masked frame in Firefox: nobody has a reason to close.
        (
            lambda: Lab(raw=never_closes),
            opens_and_stays,
            "your browser had not sent Close; the server had not sent Close.",
        ),
        # As a server of 08.6 that never answers Close.
        (
            lambda: Lab(raw=never_closes),
            closes,
            "the server had not sent Close.",
        ),
        (
            lambda: Lab(raw=only_closes),
            closes,
            "your browser had not ended its side of TCP; the server had not ended its side of TCP.",
        ),
        (lambda: Lab(server=silent), closes, "the handshake was not finished."),
    ],
    ids=["both are silent", "the server never answers Close", "TCP stays", "no response"],
)
async def test_a_page_that_has_connected_is_shown_with_what_is_still_open(
    page: Callable[[Visit], list[BrowserClient]],
    capsys: pytest.CaptureFixture[str],
    make_lab: Callable[[], Lab],
    visit: Visit,
    missing: str,
) -> None:
    page(visit)
    lab = make_lab()
    # Long enough for the client to connect on a busy machine; then it waits once more in vain.
    recording = await lab.browser(patience=2)
    assert recording.note == f"This connection of your browser was still open after 2 s: {missing}"
    assert recording.events == lab.recording.events[: len(recording.events)]
    assert f"GET {PATH} ".encode() in recording.sent_by("client")
    assert " ".join(capsys.readouterr().out.split()) == recording.note


async def loops(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    while True:
        pass


async def loops_later(_connection: websockets.ServerConnection) -> None:
    while True:
        pass


@pytest.mark.parametrize("make_lab", [lambda: Lab(server=loops), lambda: Lab(loops_later)])
async def test_a_server_that_loops_is_named_and_no_other_recording_shown(
    page: Callable[[Visit], list[BrowserClient]],
    capsys: pytest.CaptureFixture[str],
    make_lab: Callable[[], Lab],
) -> None:
    page(closes)
    with pytest.raises(Stuck, match="Does it loop without an await"):
        await make_lab().browser(patience=2)
    assert capsys.readouterr().out == ""


async def test_a_page_whose_request_is_held_is_shown(
    lab: Lab, page: Callable[[Visit], list[BrowserClient]]
) -> None:
    await lab.fault(hold=True)
    page(opens_and_stays)
    recording = await lab.browser(patience=2)
    assert recording.note.endswith("was still open after 2 s: the handshake was not finished.")
    assert [event.kind for event in recording.events] == ["held"]
    assert recording.events[0].data.startswith(f"GET {PATH} ".encode())


async def test_what_is_not_live_is_said_below_the_list(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = await lab.browser(patience=0.05, kept="empty")
    printed = capsys.readouterr().out.split()
    assert recording.note.split() == printed[-len(recording.note.split()) :]


def test_a_page_that_ran_the_cell_has_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """JupyterLab names its cell, which a program that runs notebooks does not."""

    class Shell:
        parent_header: ClassVar[dict[str, object]] = {"metadata": {"cellId": "handshake-browser"}}

    assert patience() == PATIENCE
    monkeypatch.setattr("IPython.get_ipython", Shell)
    assert patience() == WITH_PAGE > PATIENCE
    assert patience(came=False) == WITH_PAGE
    Shell.parent_header = {"metadata": {}}
    assert patience() == PATIENCE > patience(came=False)


async def test_a_program_that_runs_a_notebook_waits_long_for_one_page_only(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, page: Callable[[Visit], list[BrowserClient]]
) -> None:
    asked: list[bool] = []

    def patient(came: bool) -> float:
        asked.append(came)
        return 0.05 if len(asked) < 3 else 20

    monkeypatch.setattr(Lab, "_page_came", True)
    monkeypatch.setattr("wsedu.live.browser.patience", patient)
    monkeypatch.setattr("IPython.display.display", lambda client: None)
    await lab.browser()
    await lab.browser()
    page(closes)
    await lab.browser()
    assert asked == [True, False, False] and Lab._page_came


async def test_nothing_is_said_of_a_page_that_is_live(
    lab: Lab, page: Callable[[Visit], list[BrowserClient]], capsys: pytest.CaptureFixture[str]
) -> None:
    page(closes)
    recording = await lab.browser(patience=20)
    assert recording.note == "" == capsys.readouterr().out
    assert dissect(recording).find("frame")


async def test_two_pages_at_once_are_told_apart(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    visits: list[asyncio.Task[None]] = []

    def show(client: BrowserClient) -> None:
        visits.append(asyncio.create_task(visit(client.url, client.until)))

    async def visit(url: str, words: str) -> None:
        if words == "open":  # the first page is the last to connect
            await lab.until(lambda recording: b"message" in recording.sent_by("server"), timeout=60)
        async with websockets.connect(url, proxy=None, compression=None) as connection:
            await connection.send(words)
            assert await connection.recv() == words

    monkeypatch.setattr("IPython.display.display", show)
    first, second = await asyncio.gather(
        lab.browser("open", patience=60), lab.browser("message", patience=60)
    )
    await asyncio.gather(*visits)
    assert first.sent_by("server").split(b"\r\n\r\n")[1].startswith(b"\x81\x04open")
    assert second.sent_by("server").split(b"\r\n\r\n")[1].startswith(b"\x81\x07message")
    assert first.sent_by("client").startswith(f"GET {PATH} ".encode())
    assert second.sent_by("client").startswith(f"GET {PATH}/2 ".encode())
    assert (first.note, second.note) == ("", "")


async def test_page_that_comes_too_late_is_not_taken_for_the_next_one(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls: list[str] = []
    monkeypatch.setattr("IPython.display.display", lambda client: urls.append(client.url))
    assert await lab.browser(patience=0.05) == kept("handshake")
    waiting = asyncio.ensure_future(lab.browser(patience=60))
    while len(urls) < 2:
        await asyncio.sleep(0)
    for url in urls:
        await closes(url)
    recording = await waiting
    path = urls[1].removeprefix(lab.url)
    assert recording.sent_by("client").startswith(f"GET {path} ".encode())
    assert urls[0] != urls[1] and len(lab.recordings) == 2


async def test_another_client_that_comes_later_is_not_taken_for_the_page(
    lab: Lab, page: Callable[[Visit], list[BrowserClient]]
) -> None:
    async def both(url: str) -> None:
        async with websockets.connect(url, proxy=None):
            async with websockets.connect(lab.url, proxy=None) as other:
                await other.send("I am not the page")
                await other.recv()

    page(both)
    recording = await lab.browser(patience=20)
    assert f"GET {PATH} ".encode() in recording.sent_by("client")
    assert recording.note == ""


async def test_a_closed_lab_is_named_in_one_sentence_and_shows_nothing(
    lab: Lab, page: Callable[[Visit], list[BrowserClient]]
) -> None:
    shown = page(closes)
    lab.close()
    with pytest.raises(LabClosed, match="^This lab is closed"):
        await lab.browser()
    assert shown == []


async def test_the_page_brings_the_token_of_a_lab_that_asks_for_one(
    page: Callable[[Visit], list[BrowserClient]],
) -> None:
    page(closes)
    lab = Lab(open_to_the_network="127.0.0.2", token="opensesame")
    recording = await lab.browser(patience=20)
    assert recording.note == "" and dissect(recording).status == 101


# What the page says of its script comes over a WebSocket of its own.


async def reports(client: BrowserClient, *lines: object, visit: bool = True) -> None:
    """A page that says these lines, and connects meanwhile."""
    async with websockets.connect(client.report, proxy=None) as report:
        for line in lines:
            await report.send(line if isinstance(line, str) else json.dumps(line))
        if visit:
            await closes(client.url)


def show_reporting(monkeypatch: pytest.MonkeyPatch, *lines: object) -> list[asyncio.Task[None]]:
    tasks: list[asyncio.Task[None]] = []

    def show(client: BrowserClient) -> None:
        tasks.append(asyncio.create_task(reports(client, *lines)))

    monkeypatch.setattr("IPython.display.display", show)
    return tasks


async def test_the_steps_of_the_script_come_with_the_recording(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = show_reporting(monkeypatch, [0.5, "open", "open!"], [1, "close", "half \ud83d"])
    recording = await lab.browser(patience=20, script="socket.close()", protocols=["chat"])
    await asyncio.gather(*tasks)
    assert recording.script == (
        ScriptStep(0.5, "open", "open!"),
        ScriptStep(1, "close", "half \N{REPLACEMENT CHARACTER}"),
    )
    assert dissect(recording).status == 101


async def test_lines_that_are_not_steps_are_left_out_and_a_flood_is_bounded(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = ["", "{", "7", "[1]", "[null, 1, 2]", '["soon", "open", "x"]', "[" * 5000]
    bad.append(f"[{10**400}, 1, 2]")
    tasks = show_reporting(monkeypatch, *bad, *([1, "tell", "x"] for _step in range(STEPS + 50)))
    recording = await lab.browser(patience=20)
    await asyncio.gather(*tasks)
    assert recording.script == (ScriptStep(1, "tell", "x"),) * STEPS


async def test_only_this_page_knows_where_to_report(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients: list[BrowserClient] = []

    async def stranger(client: BrowserClient) -> None:
        clients.append(client)
        address = client.report.rpartition("/")[0]
        async with websockets.connect(f"{address}/guess", proxy=None) as report:
            with contextlib.suppress(websockets.ConnectionClosed):
                await report.send('[1, "tell", "I am not the page"]')
        await closes(client.url)

    tasks: list[asyncio.Task[None]] = []
    monkeypatch.setattr(
        "IPython.display.display", lambda c: tasks.append(asyncio.create_task(stranger(c)))
    )
    recording = await lab.browser(patience=20)
    await asyncio.gather(*tasks)
    assert recording.script == () and dissect(recording).status == 101
    with pytest.raises(OSError):  # nothing listens there any longer
        await websockets.connect(clients[0].report, proxy=None)


async def test_what_the_cell_asks_for_reaches_the_page(
    lab: Lab, page: Callable[[Visit], list[BrowserClient]]
) -> None:
    shown = page(closes)
    await lab.browser(patience=20, script="tell(1)", protocols=("a", "b"))
    await lab.browser(patience=20)
    await lab.browser(patience=20, protocols="chat")
    await lab.browser(patience=20, same_host=True, sandboxed=True)
    assert [(client.code, client.protocols) for client in shown] == [
        ("tell(1)", ["a", "b"]),
        ("", []),
        ("", ["chat"]),
        ("", []),
    ]
    assert [(client.same_host, client.sandboxed) for client in shown] == [
        *[(False, False)] * 3,
        (True, True),
    ]


async def test_a_script_of_the_cell_has_more_time_to_end(
    lab: Lab, page: Callable[[Visit], list[BrowserClient]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsedu.live.browser.PATIENCE", 2)
    monkeypatch.setattr("wsedu.live.browser.WITH_SCRIPT", 2.5)
    page(opens_and_stays)
    for script, seconds in (("tell(1)", "2.5"), ("", "2")):
        recording = await lab.browser(script=script)
        assert f"was still open after {seconds} s: " in recording.note


async def test_kept_recordings_of_two_browsers_are_named() -> None:
    assert kept("fin", "firefox") != kept("fin")
    with pytest.raises(
        ValueError, match="kept is one of asks_login, backlog, buffered, .*not 'masked'"
    ):
        kept("masked", "firefox")
    with pytest.raises(ValueError, match="not '../chromium'"):
        kept("fin", "../chromium")
