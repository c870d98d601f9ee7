"""What a real Chromium does as a client: the facts that lessons show, through the tap."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websockets
from playwright.sync_api import Browser, Page

from wsedu.live import Lab
from wsedu.live.peer import Peer
from wsedu.protocol import Frame, Opcode, build_response, parse_close, read_head
from wsedu.recording import Recording, dissect

from ..chromium import empty_page

pytestmark = pytest.mark.browser

# Opens a WebSocket, does something with it, and tells what the script was told until the end.
CONNECT = """
([url, act, protocols]) => new Promise(done => {
    const told = [];
    const socket = new WebSocket(url, protocols ?? []);
    const attempt = call => { try { call(); told.push("fine"); } catch (e) { told.push(e.name); } };
    if (act === "send early") attempt(() => socket.send("x"));
    socket.onopen = () => {
        told.push("open");
        const acts = {
            "close": () => socket.close(),
            "close 1000": () => socket.close(1000, "bye"),
            "close 4000": () => socket.close(4000, "app bye"),
            "close 1001": () => { attempt(() => socket.close(1001)); socket.close(); },
            "long reason": () => { attempt(() => socket.close(1000, "x".repeat(124)));
                                   socket.close(); },
            "send early": () => socket.close(),
            "hello": () => socket.send("Hello"),
            "long": () => socket.send("x".repeat(2 ** 20)),
        };
        acts[act]?.();
    };
    socket.onmessage = event => { told.push(event.data); socket.close(); };
    socket.onerror = () => told.push("error");
    socket.onclose = event => {
        if (act === "close") {
            attempt(() => socket.send("late"));
            told.push(socket.bufferedAmount > 0 ? "buffered" : "sent");
        }
        done([...told, event.code, event.reason, event.wasClean]);
    };
})
"""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with empty_page() as address:
        yield address


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(origin)
        yield page


@pytest.fixture(autouse=True)
def no_lab_is_left() -> Iterator[None]:
    yield
    if Lab._current is not None:
        Lab._current.close()


def told(page: Page, url: str, act: str = "", protocols: list[str] | None = None) -> list[Any]:
    return page.evaluate(CONNECT, [url, act, protocols])


def until(lab: Lab, condition: Callable[[Recording], object]) -> None:
    """Wait for it without a loop: Playwright's own is running in this thread."""
    holds = threading.Event()

    def look() -> None:
        if condition(lab.recording):
            holds.set()

    stop = lab.watch(look)
    look()
    assert holds.wait(5), lab.recording
    stop()


def codes(recording: Recording, side: str) -> list[int | None]:
    return [
        parse_close(unit.layout.frame.payload).code
        for unit in dissect(recording).find("frame")
        if unit.sender == side and unit.layout.frame.opcode == Opcode.CLOSE
    ]


def test_a_message_there_and_back(page: Page) -> None:
    lab = Lab()
    assert told(page, lab.url, "hello") == ["open", "Hello", 1005, "", True]
    frames = [u for u in dissect(lab.recording).find("frame") if u.sender == "client"]
    assert all(unit.layout.masked and unit.problems == () for unit in frames)
    head = dissect(lab.recording).request.head
    extensions = head.find("Sec-WebSocket-Extensions")[0].value.text
    assert extensions == "permessage-deflate; client_max_window_bits"
    assert head.find("Origin")[0].value.text == page.url.rstrip("/")


def test_sending_while_connecting_is_an_error(page: Page) -> None:
    assert told(page, Lab().url, "send early")[0] == "InvalidStateError"


def test_close_without_arguments_is_1005_and_late_sends_are_lost_silently(page: Page) -> None:
    lab = Lab()
    assert told(page, lab.url, "close") == ["open", "fine", "buffered", 1005, "", True]
    assert codes(lab.recording, "client") == [None] == codes(lab.recording, "server")


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("close 1000", ["open", 1000, "bye", True]),
        ("close 4000", ["open", 4000, "app bye", True]),
        ("close 1001", ["open", "InvalidAccessError", 1005, "", True]),
        ("long reason", ["open", "SyntaxError", 1005, "", True]),
    ],
)
def test_what_a_script_may_close_with(page: Page, act: str, expected: list[Any]) -> None:
    assert told(page, Lab().url, act) == expected


def test_http_addresses_are_taken_too(page: Page) -> None:
    address = Lab().url.replace("ws://", "http://")
    assert told(page, address, "close 1000") == ["open", 1000, "bye", True]


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000])
def test_a_servers_close_arrives(page: Page, code: int) -> None:
    async def leave(connection: websockets.ServerConnection) -> None:
        await connection.close(code, "bye")

    lab = Lab(leave)
    assert told(page, lab.url) == ["open", code, "bye", True]
    until(lab, lambda recording: codes(recording, "client") == [code])


# Nobody may send 999 (7.4.2): Chromium takes it all the same.
@pytest.mark.parametrize(("body", "code"), [(b"\x03\xe7", 999), (b"", 1005)])
def test_a_close_with_an_odd_body_is_sent_back(page: Page, body: bytes, code: int) -> None:
    sent_back: list[Frame | None] = []

    async def script(peer: Peer) -> None:
        await peer.send(Frame(Opcode.CLOSE, body))
        sent_back.append(await peer.receive())
        await peer.close()

    lab = Lab(raw=script)
    assert told(page, lab.url) == ["open", code, "", True]
    assert sent_back == [Frame(Opcode.CLOSE, body)]


def test_a_long_message_is_sent_in_fragments(page: Page) -> None:
    fragments: list[Frame] = []

    async def script(peer: Peer) -> None:
        while frame := await peer.receive():
            fragments.append(frame)
            if frame.fin:
                await peer.send(Frame(Opcode.CLOSE, b""))
                await peer.live(closes="never")
                await peer.close()
                return

    assert told(page, Lab(raw=script).url, "long")[-2:] == ["", True]
    assert b"".join(frame.payload for frame in fragments) == b"x" * 2**20
    assert [frame.opcode for frame in fragments] == [1] + [0] * (len(fragments) - 1)
    assert [frame.fin for frame in fragments] == [False] * (len(fragments) - 1) + [True]
    assert {len(frame.payload) for frame in fragments[:-1]} == {131_000}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 1002),  # masked
        (b"\xc1\x00", 1002),  # RSV1, which was not negotiated
        (b"\x83\x00", 1002),  # a reserved opcode
        (b"\x09\x00", 1002),  # a fragmented Ping
        (b"\x89\x7e\x00\x7e" + bytes(126), 1002),  # a long Ping
        (b"\x80\x00", 1002),  # a stray continuation
        (b"\x81\x01\xff", 1002),  # not UTF-8: not 1007
        (b"\x81\x7e\x00\x01a", 1002),  # a longer length form than needed
        (b"\x88\x01\x03", 1002),  # half a close code
        (b"\x88\x02\x03\xed", 1002),  # 1005
        (b"\x88\x02\x03\xee", 1002),  # 1006
    ],
    ids=lambda value: value[:8].hex() if isinstance(value, bytes) else str(value),
)
def test_broken_frames_fail_the_connection(page: Page, sent: bytes, code: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.send(sent)
        await peer.live(closes="never")

    lab = Lab(raw=script)
    assert told(page, lab.url)[-3:] == [1006, "", False]
    until(lab, lambda recording: codes(recording, "client") == [code])


def test_pings_are_answered_by_the_browser_itself(page: Page) -> None:
    async def script(peer: Peer) -> None:
        await peer.send(Frame(Opcode.PING, b"still there?"))
        assert await peer.receive() == Frame(Opcode.PONG, b"still there?")
        await peer.send(Frame(Opcode.TEXT, b"yes"))
        await peer.live()

    assert told(page, Lab(raw=script).url) == ["open", "yes", 1005, "", True]


def test_the_developer_tools_show_messages_and_nothing_else(page: Page) -> None:
    """No Ping, no Pong, no Close, no fragment: lesson 01 says so, and it is why there is a tap."""

    async def script(peer: Peer) -> None:
        await peer.send(Frame(Opcode.PING, b"still there?"))
        await peer.receive()
        await peer.send(Frame(Opcode.TEXT, b"Hel", fin=False))
        await peer.send(Frame(Opcode.CONTINUATION, b"lo"))
        await peer.live()

    shown: list[tuple[str, int, str]] = []
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    for kind in ("Sent", "Received"):
        tools.on(
            f"Network.webSocketFrame{kind}",
            lambda event, kind=kind: shown.append(
                (kind, event["response"]["opcode"], event["response"]["payloadData"])
            ),
        )
    closed: list[object] = []
    tools.on("Network.webSocketClosed", lambda event: closed.append(event))
    lab = Lab(raw=script)
    assert told(page, lab.url) == ["open", "Hello", 1005, "", True]
    while not closed:  # its events come while Playwright waits for an answer
        page.evaluate("1")
    assert shown == [("Received", 1, "Hello")]
    until(lab, lambda recording: codes(recording, "client"))
    kinds = [
        (u.sender, Opcode(u.layout.frame.opcode)) for u in dissect(lab.recording).find("frame")
    ]
    assert len(kinds) == 6 and ("client", Opcode.PONG) in kinds


def test_five_deaths_one_code(page: Page) -> None:
    """The script is told the same whatever happened: 1006, no reason, not clean."""
    death = ["error", 1006, "", False]
    lab = Lab(origins=["http://example.com"])
    assert told(page, lab.url) == death  # 403
    assert dissect(lab.recording).status == 403
    assert told(page, Lab().url, protocols=["chat"]) == death  # none of the subprotocols
    url = lab.url
    Lab().close()
    assert told(page, url) == death  # connection refused

    async def end(connection: websockets.ServerConnection) -> None:
        connection.transport.abort()

    lab = Lab(end)
    assert told(page, lab.url)[-3:] == death[-3:]
    until(lab, lambda r: "end" in {e.kind for e in r.events if e.sender == "server"})  # TCP FIN

    async def tear(peer: Peer) -> None:
        await peer.abort()

    lab = Lab(raw=tear)
    assert told(page, lab.url)[-3:] == death[-3:]
    until(lab, lambda r: "lost" in {e.kind for e in r.events if e.sender == "server"})  # TCP RST


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"101 Switching Protocols", b"200 OK"),
        (b"Sec-WebSocket-Accept: ", b"Sec-WebSocket-Accept: x"),
        (b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: chat\r\n\r\n"),
        (b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: x-lunch\r\n\r\n"),
    ],
    ids=["200", "accept", "subprotocol", "extension"],
)
def test_a_wrong_answer_never_opens(page: Page, old: bytes, new: bytes) -> None:
    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = read_head(await reader.readuntil(b"\r\n\r\n"), "request")
        answer = build_response(head.find("Sec-WebSocket-Key")[0].value.text).to_bytes()
        assert old in answer
        writer.write(answer.replace(old, new))
        await reader.read()

    lab = Lab(server=server)
    assert told(page, lab.url) == ["error", 1006, "", False]
    until(lab, lambda r: [e for e in r.events if e.sender == "client" and e.kind != "data"])
    assert not dissect(lab.recording).find("frame")
    assert not [e for e in lab.recording.events if e.kind == "fault"]


LEAVE: dict[str, Callable[[Page], object]] = {
    "the tab is closed": lambda page: page.close(),
    "another page is opened": lambda page: page.goto("about:blank"),
    "the page is loaded again": lambda page: page.reload(),
}


@pytest.mark.parametrize("leave", LEAVE.values(), ids=LEAVE)
def test_who_leaves_the_page_sends_a_close_1001_without_a_reason(
    page: Page, leave: Callable[[Page], object]
) -> None:
    lab = Lab()
    page.evaluate(
        "url => new Promise(done => { window.socket = new WebSocket(url); socket.onopen = done; })"
        ".then(() => null)",
        lab.url,
    )
    assert codes(lab.recording, "client") == []
    leave(page)
    until(lab, lambda recording: codes(recording, "client"))
    (close,) = [
        unit.layout.frame
        for unit in dissect(lab.recording).find("frame")
        if unit.sender == "client" and unit.layout.frame.opcode == Opcode.CLOSE
    ]
    assert close.payload == (1001).to_bytes(2, "big")
