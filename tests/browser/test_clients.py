"""What Chromium and Firefox do as clients: the facts that lessons show, through the tap.

Where the two differ, a lesson names the browser. What is written here was seen in Chromium 156 and
Firefox 153 ESR.
"""

import asyncio
import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import playwright.sync_api
import pytest
import websockets

from wsedu.live import Lab
from wsedu.live.peer import Peer
from wsedu.protocol import Frame, Opcode, build_frame, build_response, read_head
from wsedu.recording import Recording, dissect

from ..firefox import Browser, kind
from .scenes import HEADERS, Page, ends, holds_soon, sends

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_lab_is_left")]

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
            "close, protocol": () => { told.push(socket.protocol); socket.close(); },
            "close 1000": () => socket.close(1000, "bye"),
            "close 4000": () => socket.close(4000, "app bye"),
            "close 1001": () => { attempt(() => socket.close(1001)); socket.close(); },
            "long reason": () => { attempt(() => socket.close(1000, "x".repeat(124)));
                                   socket.close(); },
            "send early": () => socket.close(),
            "ready": () => socket.send("ready"),
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


def told(page: Page, url: str, act: str = "", protocols: list[str] | None = None) -> list[Any]:
    return page.evaluate(CONNECT, [url, act, protocols])


def until(lab: Lab, condition: Callable[[Recording], object]) -> None:
    assert holds_soon(lab, lambda: condition(lab.recording)), lab.recording


def ended(recording: Recording) -> bool:
    """Whether both sides have ended TCP."""
    return len({e.sender for e in recording.events if e.kind in ("end", "lost")}) == 2


def codes(recording: Recording, side: str) -> list[int | None]:
    return [
        int.from_bytes(unit.layout.frame.payload[:2], "big") or None
        for unit in dissect(recording).find("frame")
        if unit.sender == side and unit.layout.frame.opcode == Opcode.CLOSE
    ]


# What a browser tells the script, and the codes of the Closes that it sends (None: without one).
Seen = tuple[list[Any], list[int | None]]


@dataclass(frozen=True)
class Fact:
    """One situation, and what each browser makes of it.

    lab:       makes the server
    chromium, firefox: what is seen there; firefox is None where it is the same
    act:       what the page's script does, besides closing after a message
    protocols: the subprotocols that it asks for
    """

    lab: Callable[[], Lab]
    chromium: Seen
    firefox: Seen | None = None
    act: str = "ready"
    protocols: tuple[str, ...] = ()


# These servers wait for a message: what comes together with the 101 may keep Firefox from telling
# the script that the connection is open.


def closes(body: bytes) -> Callable[[], Lab]:
    """A server that sends a Close with this body, waits for the answer, and ends TCP."""

    async def script(peer: Peer) -> None:
        await peer.receive()
        await peer.send(Frame(Opcode.CLOSE, body))
        await peer.live(closes="never")

    return lambda: Lab(raw=script)


def answers(old: bytes, new: bytes) -> Callable[[], Lab]:
    """A server whose 101 has one thing changed, and that closes after the first frame."""

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = read_head(await reader.readuntil(b"\r\n\r\n"), "request")
        answer = build_response(head.find("Sec-WebSocket-Key")[0].value.text).to_bytes()
        assert old in answer
        writer.write(answer.replace(old, new))
        if await reader.read(1000):
            writer.write(build_frame(Frame(Opcode.CLOSE, b"")))

    return lambda: Lab(server=server)


def says(code: int) -> Callable[[], Lab]:
    """A server of the library that closes with this code."""

    async def leave(connection: websockets.ServerConnection) -> None:
        await connection.recv()
        await connection.close(code, "bye")

    return lambda: Lab(leave)


def library(**options: Any) -> Callable[[], Lab]:
    return lambda: Lab(**options)


NEVER: Seen = (["error", 1006, "", False], [])  # it did not open
FAILED: Seen = (["open", "error", 1006, "", False], [])
STRICT: Seen = (FAILED[0], [1002])
WITHOUT: Seen = (["open", "", 1005, "", True], [None])  # open, no subprotocol, and a clean end
HEAD_END = b"\r\n\r\n"

FACTS = {
    # 02: the handshake.
    "no subprotocol is answered": Fact(
        answers(HEAD_END, HEAD_END), NEVER, WITHOUT, act="close, protocol", protocols=("chat",)
    ),
    "a subprotocol that was not asked for": Fact(
        answers(HEAD_END, b"\r\nSec-WebSocket-Protocol: chat\r\n\r\n"),
        NEVER,
        WITHOUT,
        act="close, protocol",
    ),
    "another subprotocol than asked for": Fact(
        answers(HEAD_END, b"\r\nSec-WebSocket-Protocol: chat\r\n\r\n"), NEVER, protocols=("x",)
    ),
    "an extension that was not asked for": Fact(
        answers(HEAD_END, b"\r\nSec-WebSocket-Extensions: x-lunch\r\n\r\n"), NEVER
    ),
    # Without a length Firefox would wait for the end of the body, 20 s at most.
    "200 instead of 101": Fact(
        answers(b"101 Switching Protocols", b"200 OK\r\nContent-Length: 0"), NEVER
    ),
    "403": Fact(library(origins=["http://example.com"]), NEVER),
    # 03: the Accept.
    "a wrong Accept": Fact(answers(b"Accept: ", b"Accept: x"), NEVER),
    # 04 and 05: frames that break a rule.
    "a masked frame": Fact(
        sends(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"),
        STRICT,
        (["open", "Hello", 1005, "", True], [None]),
    ),
    "RSV1 that was not negotiated": Fact(sends(b"\xc1\x00"), STRICT, FAILED),
    "a reserved opcode": Fact(sends(b"\x83\x00"), STRICT, FAILED),
    "a fragmented Ping": Fact(sends(b"\x09\x00"), STRICT, FAILED),
    "a long Ping": Fact(sends(b"\x89\x7e\x00\x7e" + bytes(126)), STRICT, FAILED),
    "a stray continuation": Fact(sends(b"\x80\x00"), STRICT, FAILED),
    "text that is not UTF-8": Fact(sends(b"\x81\x01\xff"), STRICT, FAILED),  # not 1007
    "a longer length form": Fact(sends(b"\x81\x7e\x00\x01a"), STRICT, FAILED),
    # 07: Closes, and ends without one.
    "Close 1000": Fact(says(1000), (["open", 1000, "bye", True], [1000])),
    "Close 1001": Fact(says(1001), (["open", 1001, "bye", True], [1001])),
    "Close 1011": Fact(says(1011), (["open", 1011, "bye", True], [1011])),
    "Close 3000": Fact(says(3000), (["open", 3000, "bye", True], [3000])),
    # 7.4.2 forbids 999; both take it.
    "Close 999": Fact(closes(b"\x03\xe7"), (["open", 999, "", True], [999])),
    # 11: a code of the protocol's range that has no meaning yet.
    "Close 2999": Fact(closes(b"\x0b\xb7"), (["open", 2999, "", True], [2999])),
    "Close without a code": Fact(closes(b""), (["open", 1005, "", True], [None])),
    "half a close code": Fact(closes(b"\x03"), STRICT, (["open", 1005, "", True], [None])),
    "Close 1005": Fact(closes(b"\x03\xed"), STRICT, (["open", 1005, "", True], [None])),
    "Close 1006": Fact(closes(b"\x03\xee"), STRICT, (["open", 1006, "", True], [None])),
    "Close 1015": Fact(closes(b"\x03\xf7"), STRICT, (["open", 1015, "", True], [None])),
    "FIN without Close": Fact(ends(Peer.close), (["open", 1006, "", False], [])),
    "RST": Fact(ends(Peer.abort), (["open", 1006, "", False], []), FAILED),
}


@pytest.mark.parametrize("name", FACTS)
def test_what_each_browser_does_and_tells(browser: Browser, page: Page, name: str) -> None:
    fact = FACTS[name]
    lab = fact.lab()
    protocols = list(fact.protocols) or None
    script = told(page, lab.url, fact.act, protocols)
    until(lab, ended)
    expected = fact.chromium if kind(browser) == "chromium" else fact.firefox or fact.chromium
    assert (script, codes(lab.recording, "client")) == expected


def test_text_that_goes_wrong_in_its_first_fragment_fails_at_once_or_at_its_end(
    browser: Browser, page: Page
) -> None:
    async def script(peer: Peer) -> None:
        await peer.receive()
        await peer.send(Frame(Opcode.TEXT, b"\xff", fin=False))
        await peer.send(Frame(Opcode.PING, b"and now?"))
        if await peer.receive() == Frame(Opcode.PONG, b"and now?"):
            await peer.send(Frame(Opcode.CONTINUATION, b"!"))
        await peer.live(closes="never")

    lab = Lab(raw=script)
    assert told(page, lab.url, "ready") == FAILED[0]
    until(lab, ended)  # the page may hear of it before the server does
    frames = [unit.layout.frame for unit in dissect(lab.recording).find("frame")]
    answers = [frame.opcode for frame in frames if frame.opcode >= Opcode.CLOSE]
    expected = {"chromium": [Opcode.PING, Opcode.CLOSE], "firefox": [Opcode.PING, Opcode.PONG]}
    assert answers == expected[kind(browser)]


OFFERS = {
    "chromium": "permessage-deflate; client_max_window_bits",
    "firefox": "permessage-deflate",
}


def test_the_headers_of_a_handshake(browser: Browser, page: Page) -> None:
    lab = Lab()
    assert told(page, lab.url, "hello") == ["open", "Hello", 1005, "", True]
    head = dissect(lab.recording).request.head
    assert [line.name.text for line in head.headers] == HEADERS[kind(browser)].split()
    values = {line.name.text: line.value.text for line in head.headers}
    assert values["Connection"] == "Upgrade"  # an older Firefox sent "keep-alive, Upgrade"
    assert values["Sec-WebSocket-Extensions"] == OFFERS[kind(browser)]
    assert values["Origin"] == page.url.rstrip("/")


def test_every_frame_is_masked_with_another_key(page: Page) -> None:
    lab = Lab()
    told(page, lab.url, "hello")
    until(lab, ended)
    layouts = [u.layout for u in dissect(lab.recording).find("frame") if u.sender == "client"]
    assert len({layout.mask_key for layout in layouts} - {None}) == len(layouts) == 2


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


def test_a_message_of_a_mebibyte_in_nine_frames_or_in_one(browser: Browser, page: Page) -> None:
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
    sizes = [len(frame.payload) for frame in fragments]
    expected = {"chromium": [131_000] * 8 + [576], "firefox": [2**20]}
    assert sizes == expected[kind(browser)]


def test_pings_are_answered_by_the_browser_itself(page: Page) -> None:
    async def script(peer: Peer) -> None:
        await peer.send(Frame(Opcode.PING, b"still there?"))
        assert await peer.receive() == Frame(Opcode.PONG, b"still there?")
        await peer.send(Frame(Opcode.TEXT, b"yes"))
        await peer.live()

    assert told(page, Lab(raw=script).url) == ["open", "yes", 1005, "", True]


def test_nothing_listens_there(page: Page) -> None:
    url = Lab().url
    Lab().close()
    assert told(page, url) == ["error", 1006, "", False]


@contextlib.contextmanager
def untrusted(folder: Path) -> Iterator[str]:
    """The address of a server with a certificate that no browser trusts."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    files = {"-keyout": folder / "key.pem", "-out": folder / "certificate.pem"}
    arguments = [str(part) for pair in files.items() for part in pair]
    subprocess.run([*command, *arguments], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files["-out"], files["-keyout"])

    def serve() -> None:
        # It ends when the listener is shut down; a browser hangs up during the TLS handshake.
        with contextlib.suppress(OSError):
            while True:
                connection, _address = listener.accept()
                with contextlib.suppress(OSError), connection:
                    context.wrap_socket(connection, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"wss://localhost:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_only_firefox_tells_that_it_was_the_certificate(
    browser: Browser, page: Page, tmp_path: Path
) -> None:
    with untrusted(tmp_path) as url:
        code = {"chromium": 1006, "firefox": 1015}[kind(browser)]
        assert told(page, url) == ["error", code, "", False]


def test_the_developer_tools_show_messages_and_nothing_else(
    chromium: playwright.sync_api.Browser, origin: str
) -> None:
    """No Ping, no Pong, no Close, no fragment: lesson 01 says so, and it is why there is a tap."""

    async def script(peer: Peer) -> None:
        await peer.send(Frame(Opcode.PING, b"still there?"))
        await peer.receive()
        await peer.send(Frame(Opcode.TEXT, b"Hel", fin=False))
        await peer.send(Frame(Opcode.CONTINUATION, b"lo"))
        await peer.live()

    shown: list[tuple[str, int, str]] = []
    page = chromium.new_page()  # Firefox's own tools speak no protocol for this
    page.goto(origin)
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    for way in ("Sent", "Received"):
        tools.on(
            f"Network.webSocketFrame{way}",
            lambda event, way=way: shown.append(
                (way, event["response"]["opcode"], event["response"]["payloadData"])
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
    page.close()


def test_the_console_says_what_the_script_does_not_hear(
    chromium: playwright.sync_api.Browser, origin: str
) -> None:
    page = chromium.new_page()  # Firefox's console is not among what tests/firefox.py reads
    page.goto(origin)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    assert told(page, Lab(origins=["http://example.com"]).url) == ["error", 1006, "", False]
    while not said:
        page.evaluate("1")
    assert said[0].endswith("Unexpected response code: 403")
    page.close()


def test_only_chromium_has_a_stream_for_scripts(browser: Browser, page: Page) -> None:
    expected = {"chromium": "function", "firefox": "undefined"}
    assert page.evaluate("typeof WebSocketStream") == expected[kind(browser)]


# Opens connections one after the other until one fails, and tells how many were open.
MOST = """
async url => {
    for (let count = 0; ; count++) {
        const socket = new WebSocket(url);
        const opened = await new Promise(done => {
            socket.onopen = () => done(true);
            socket.onclose = () => done(false);
        });
        if (!opened) return count;
    }
}
"""


@pytest.mark.usefixtures("jupyterlab_is_left")  # Firefox counts those of all its pages
def test_how_many_connections_one_page_may_have_to_one_host(
    browser: Browser, own_page: Page
) -> None:
    lab = Lab()
    assert own_page.evaluate(MOST, lab.url) == {"chromium": 255, "firefox": 200}[kind(browser)]


CLOSED_IN_VAIN = """
url => new Promise(done => {
    const told = [], socket = new WebSocket(url);
    let start;
    socket.onopen = () => { start = performance.now(); socket.close(); };
    socket.onerror = () => told.push("error");
    socket.onclose = event =>
        done([...told, event.code, Math.round((performance.now() - start) / 1000)]);
})
"""


@pytest.mark.long
def test_how_long_a_page_waits_for_a_close_that_never_comes(browser: Browser, page: Page) -> None:
    async def silent(peer: Peer) -> None:
        await peer.live(closes="never", seconds=90)

    expected = {"chromium": [1006, 60], "firefox": ["error", 1006, 20]}
    assert page.evaluate(CLOSED_IN_VAIN, Lab(raw=silent).url) == expected[kind(browser)]


LEAVE: dict[str, Callable[[Page], object]] = {
    "the tab is closed": lambda page: page.close(),
    "another page is opened": lambda page: page.goto("about:blank"),
    "the page is loaded again": lambda page: page.reload(),
}


@pytest.mark.parametrize("leave", LEAVE.values(), ids=LEAVE)
def test_leaving_the_page_sends_a_close_1001_without_a_reason(
    own_page: Page, leave: Callable[[Page], object]
) -> None:
    lab = Lab()
    own_page.evaluate(
        "url => new Promise(done => { window.socket = new WebSocket(url); socket.onopen = done; })"
        ".then(() => null)",
        lab.url,
    )
    assert codes(lab.recording, "client") == []
    leave(own_page)
    until(lab, lambda recording: codes(recording, "client"))
    (close,) = [
        unit.layout.frame
        for unit in dissect(lab.recording).find("frame")
        if unit.sender == "client" and unit.layout.frame.opcode == Opcode.CLOSE
    ]
    assert close.payload == (1001).to_bytes(2, "big")
