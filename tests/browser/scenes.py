"""The scenes that a lesson plays with ``lab.browser``, for a Chromium without a notebook."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import playwright.sync_api
from websockets.asyncio.server import ServerConnection

from wsedu.live import Lab
from wsedu.live.browser import HERE, PATH
from wsedu.live.elsewhere import for_the_page
from wsedu.live.peer import Peer
from wsedu.protocol import Frame, Opcode, Response, accept_key, build_frame, read_head
from wsedu.recording import PageRecording
from wsedu.recording.page import EVENTS, ScriptStep

from .. import firefox

Page = playwright.sync_api.Page | firefox.Page

CLOCK = "Thu, 01 Dec 2011 00:00:00 GMT"

# In the order in which they are sent. Sec-Fetch headers say how a page came to ask.
HEADERS = {
    "chromium": "Host Connection Pragma Cache-Control User-Agent Upgrade Origin "
    "Sec-WebSocket-Version Accept-Encoding Accept-Language Sec-WebSocket-Key "
    "Sec-WebSocket-Extensions",
    "firefox": "Host User-Agent Accept Accept-Language Accept-Encoding Sec-WebSocket-Version "
    "Origin Sec-WebSocket-Extensions Sec-WebSocket-Key Connection Sec-Fetch-Dest Sec-Fetch-Mode "
    "Sec-Fetch-Site Pragma Cache-Control Upgrade",
}

NAMES = {"chromium": "Chromium", "firefox": "Firefox ESR"}

# Runs browser.js as a widget, and returns the steps of its script when the connection is closed.
PLAY = """
([source, values]) => new Promise(async done => {
    const code = new Blob([source], { type: "text/javascript" });
    const { default: widget } = await import(URL.createObjectURL(code));
    const model = {
        get: name => values[name],
        set: (name, value) => { values[name] = value; },
        save_changes: () => {
            if (values.steps.some(([, name]) => name === "close")) done(values.steps);
        },
    };
    widget.render({ model, el: document.body });
})
"""


def sends(data: bytes) -> Callable[[], Lab]:
    """A server that waits for a message, sends these bytes, and then answers as it should."""

    async def script(peer: Peer) -> None:
        await peer.receive()
        await peer.send(data)
        await peer.live()

    return lambda: Lab(raw=script)


def ends(how: Callable[[Peer], Awaitable[None]]) -> Callable[[], Lab]:
    """A server that waits for a message, and ends TCP without a Close."""

    async def script(peer: Peer) -> None:
        await peer.receive()
        await how(peer)

    return lambda: Lab(raw=script)


async def masks(peer: Peer) -> None:
    """A server that masks, which no server may (lesson 05)."""
    await peer.send(build_frame(Frame(Opcode.TEXT, b"Hello"), mask_key=bytes.fromhex("37fa213d")))
    await peer.live(closes="never")


async def pings(peer: Peer) -> None:
    """A server that pings, and says so when the Pong has come (lesson 08)."""
    await peer.send(Frame(Opcode.PING, b"still there?"))
    pong = await peer.receive()
    await peer.send(Frame(Opcode.TEXT, b"your browser said: " + pong.payload))
    await peer.live()


async def takes(peer: Peer) -> None:
    """A server that waits for the last fragment of a message, and says thank you (lesson 10)."""
    while not (await peer.receive()).fin:
        pass
    await peer.send(Frame(Opcode.TEXT, b"thank you"))
    await peer.live()


async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server of a few lines, which knows the formula and says goodbye (lesson 03)."""
    head = read_head(await reader.readuntil(b"\r\n\r\n"), "request")
    value = accept_key(head.find("Sec-WebSocket-Key")[0].value.text)
    headers = (
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", value),
    )
    writer.write(Response(101, "Switching Protocols", headers).to_bytes())
    await reader.read(1000)
    writer.write(build_frame(Frame(Opcode.CLOSE, b"")))


# Those of lesson 12.


async def talks(peer: Peer) -> None:
    """A server that pings, and sends a message in two fragments."""
    await peer.receive()
    await peer.send(Frame(Opcode.PING, b"still there?"))
    await peer.receive()
    await peer.send(Frame(Opcode.TEXT, b"Hel", fin=False))
    await peer.send(Frame(Opcode.CONTINUATION, b"lo"))
    await peer.send(await peer.receive() or b"")


async def reads_late(peer: Peer) -> None:
    """A server that does not read for a while, and then reads all of it."""
    await asyncio.sleep(1.4)
    size = 0
    while size < 2**25 + 2**18:
        size += len((await peer.receive() or Frame(0, b"")).payload)
    await peer.send(Frame(Opcode.TEXT, b"I have read it"))
    await peer.send(await peer.receive() or b"")


async def leaves(peer: Peer) -> None:
    """A server that ends TCP without a Close."""
    await peer.receive()
    await peer.close()


async def resets(peer: Peer) -> None:
    """A server that resets TCP."""
    await peer.receive()
    await peer.abort()


async def says_ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that knows nothing of WebSocket."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


async def beats(peer: Peer) -> None:
    """A server with a heartbeat of its own, in text messages."""
    for _beat in range(2):
        await peer.send(Frame(Opcode.TEXT, b"ping"))
        await peer.receive()
    await peer.send(Frame(Opcode.CLOSE, (1000).to_bytes(2, "big")))
    await peer.receive()


# That of lesson 13.


async def never_reads(connection: ServerConnection) -> None:
    """A server whose program never asks for a message."""
    await connection.wait_closed()


# Those of lesson 15.

COOKIE = "shop=6455c0ffee6455c0"


def shop(**options: Any) -> Lab:
    """A server that knows its customers by their cookie, and takes orders."""

    async def serves(connection: ServerConnection) -> None:
        assert connection.request is not None
        cookies = connection.request.headers.get("Cookie", "").split("; ")
        name = "Ann" if COOKIE in cookies else "stranger"
        await connection.send(f"Hello, {name}")
        async for order in connection:
            await connection.send(f"{name} has ordered {order!s}")

    cookie = f"{COOKIE}; HttpOnly; SameSite=Strict; Max-Age=600"
    return Lab(serves, date=CLOCK, set_cookie=cookie, **options)


async def asks_login(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that wants a name and a password, by HTTP."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 401 Unauthorized\r\n")
    writer.write(b'WWW-Authenticate: Basic realm="shop"\r\nContent-Length: 0\r\n\r\n')


LONG = """
socket.onopen = () => socket.send("x".repeat(2 ** 20));
socket.onmessage = () => socket.close(1000, "seen enough");
"""
READY = 'socket.onopen = () => socket.send("ready");'
TALK = """
socket.onopen = () => socket.send("ready");
socket.onmessage = () => socket.close(1000, "seen enough");
"""
EARLY = """
socket.onopen = () => socket.close();
socket.onclose = () => {
  socket.send("too late");
  tell("bufferedAmount", socket.bufferedAmount);
};
tell("readyState", socket.readyState);
socket.send("too early");
"""
BUFFERED = """
const look = () => tell("bufferedAmount", socket.bufferedAmount);
socket.onopen = () => {
  socket.send(new Uint8Array(2 ** 18));
  setTimeout(() => {
    look();
    socket.send(new Uint8Array(2 ** 25));
    look();
    setTimeout(look, 500);
  }, 400);
};
socket.onmessage = () => {
  look();
  socket.close();
};
"""
ORDER = """
socket.onopen = () => {
  socket.send(new Blob(["first"]));
  socket.send("second");
};
socket.onmessage = ({ data }) => {
  if (data === "second") {
    socket.binaryType = "arraybuffer";
    socket.send(new Blob(["third"]));
  }
  if (data instanceof ArrayBuffer) socket.close();
};
"""
PROTOCOL = "socket.onopen = () => socket.close();"
BACKLOG = """
const noise = crypto.getRandomValues(new Uint8Array(2 ** 16));
const slow = new WebSocket("SERVER");
const more = (counts) => {
  for (let n = 0; n < counts[0]; n += 1) slow.send(noise);
  setTimeout(() => {
    tell("bufferedAmount", slow.bufferedAmount);
    if (counts.length > 1) more(counts.slice(1));
    else socket.close();
  }, 300);
};
slow.onopen = () => more([16, 240, 128, 128]);
"""
HEARTBEAT = """
socket.onmessage = ({ data }) => {
  if (data === "ping") socket.send("pong");
};
"""
# That of lesson 16.
COMPRESSED = """
let count = 0;
socket.onopen = () => {
  for (const text of ["Hello", "Hello", ""]) socket.send(text);
};
socket.onmessage = () => {
  count += 1;
  if (count === 3) socket.close();
};
"""
LOOKS = "socket.onmessage = () => socket.close();"
STEALS = """
socket.onmessage = ({ data }) => {
  if (data.startsWith("Hello")) socket.send("100 teas");
  else socket.close();
};
"""


@dataclass(frozen=True)
class Scene:
    """The lab, when the page closes and with what, or its script; and what it asks for.

    known: whether a page of the lab's own host has been there before, and has a cookie
    host:  of the page; the lab is on 127.0.0.1
    both:  whether a lesson shows what Firefox does as well
    """

    lab: Callable[[], Lab]
    until: str = "open"
    close: tuple[Any, ...] = (1000, "seen enough")
    script: str = ""
    protocols: tuple[str, ...] = ()
    known: bool = False
    host: str = "127.0.0.1"
    sandboxed: bool = False
    both: bool = False


SCENES = {
    "handshake": Scene(lambda: Lab(date=CLOCK)),
    "accept": Scene(lambda: Lab(server=answers)),
    "empty": Scene(lambda: Lab(date=CLOCK), close=()),
    "masked": Scene(lambda: Lab(raw=masks), "close"),
    "ping": Scene(lambda: Lab(raw=pings), "message"),
    "fragments": Scene(lambda: Lab(raw=takes), script=LONG, both=True),
    "talk": Scene(lambda: Lab(raw=talks), script=TALK, both=True),
    "early": Scene(lambda: Lab(date=CLOCK), script=EARLY, both=True),
    "buffered": Scene(lambda: Lab(raw=reads_late), script=BUFFERED, both=True),
    "order": Scene(lambda: Lab(date=CLOCK), script=ORDER, both=True),
    "protocol": Scene(lambda: Lab(date=CLOCK), script=PROTOCOL, protocols=("chat",), both=True),
    "fin": Scene(lambda: Lab(raw=leaves), script=READY, both=True),
    "reset": Scene(lambda: Lab(raw=resets), script=READY, both=True),
    "status": Scene(lambda: Lab(server=says_ok), script=READY, both=True),
    "forbidden": Scene(
        lambda: Lab(date=CLOCK, origins=["https://example.com"]), script=READY, both=True
    ),
    "backlog": Scene(lambda: Lab(never_reads), script=BACKLOG, both=True),
    "heartbeat": Scene(lambda: Lab(raw=beats), script=HEARTBEAT, both=True),
    "compressed": Scene(
        lambda: Lab(date=CLOCK, subprotocols=["chat", "superchat"]),
        script=COMPRESSED,
        protocols=("superchat", "chat"),
        both=True,
    ),
    "login": Scene(shop, script=LOOKS, both=True),
    "hijack": Scene(shop, script=STEALS, known=True, both=True),
    "other_name": Scene(shop, script=LOOKS, known=True, host="localhost", both=True),
    "sandbox": Scene(shop, "message", known=True, sandboxed=True, both=True),
    "foreign": Scene(lambda: shop(origins=["https://shop.example"]), script=LOOKS, both=True),
    "asks_login": Scene(lambda: Lab(server=asks_login), script=LOOKS, both=True),
}


def holds_soon(lab: Lab, condition: Callable[[], object]) -> bool:
    """Wait for it, 20 s at most, without a loop: Playwright's own is running in this thread."""
    holds = threading.Event()

    def look() -> None:
        if condition():
            holds.set()

    stop = lab.watch(look)
    lab._background.call(asyncio.sleep(0))  # now it watches; what came before is seen by a look
    look()
    found = holds.wait(20)
    stop()
    return found


def play(page: Page, address: str, name: str) -> PageRecording:
    """One scene, by the very module that a notebook's page runs.

    page: a tab, which loses its cookies, and at the end the page that it shows
    """
    scene = SCENES[name]
    source = (HERE / "browser.js").read_text(encoding="utf-8")
    lab = scene.lab()
    values = {
        "steps": [],
        "title": "",
        "until": scene.until,
        "close_with": scene.close,
        "code": for_the_page(scene.script.replace("SERVER", lab.direct_url)),
        "protocols": scene.protocols,
        "sandboxed": scene.sandboxed,
    }
    page.context.clear_cookies()
    if scene.known:
        page.goto(address)
        log_in = {"steps": [], "title": "", "code": LOOKS, "url": lab.url + PATH}
        page.evaluate(PLAY, [source, log_in])
    page.goto(address.replace("127.0.0.1", scene.host))
    steps = page.evaluate(PLAY, [source, values | {"url": for_the_page(lab.url + PATH)}])
    assert holds_soon(lab, lambda: lab.recording.ended), lab.recording
    page.goto("about:blank")  # what it still has open ends
    recording = lab.recordings[1 if scene.known else 0]
    lab.close()
    return PageRecording.of(recording, tuple(ScriptStep(*step) for step in steps))


def told(recording: PageRecording) -> list[str]:
    """What the script heard, and which of its calls threw, in words."""
    return [step.words for step in recording.script if step.name in EVENTS or step.threw]
