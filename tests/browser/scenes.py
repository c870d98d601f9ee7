"""The scenes that a lesson plays with ``lab.browser``, for a Chromium without a notebook."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from wsedu.live import Lab
from wsedu.live.browser import HERE, PATH
from wsedu.live.peer import Peer
from wsedu.protocol import Frame, Opcode, Response, accept_key, build_frame, read_head
from wsedu.recording import Recording

from ..firefox import Browser

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

# Runs browser.js as a widget, and tells what its list has said when the connection is closed.
PLAY = """
([source, values]) => new Promise(async done => {
    const code = new Blob([source], { type: "text/javascript" });
    const { default: widget } = await import(URL.createObjectURL(code));
    const model = {
        get: name => values[name],
        set: (name, value) => { values[name] = value; },
        save_changes: () => { if (values.script.at(-1).startsWith("close:")) done(values.script); },
    };
    widget.render({ model, el: document.body });
})
"""


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


# For each name: the lab, when the page closes, and with what.
SCENES: dict[str, tuple[Callable[[], Lab], str, list[Any]]] = {
    "handshake": (lambda: Lab(date=CLOCK), "open", [1000, "seen enough"]),
    "accept": (lambda: Lab(server=answers), "open", [1000, "seen enough"]),
    "empty": (lambda: Lab(date=CLOCK), "open", []),
    "masked": (lambda: Lab(raw=masks), "close", []),
    "ping": (lambda: Lab(raw=pings), "message", [1000, "seen enough"]),
    "fragments": (lambda: Lab(raw=takes), "message", [1000, "seen enough"]),
}
SENDS = {"fragments": 2**20}  # how many letters the page sends
# What is kept: which browser played which scene.
KEPT = [*(("chromium", name) for name in SCENES), ("firefox", "fragments")]


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


def play(browser: Browser, address: str, name: str) -> tuple[Recording, list[str]]:
    """One scene, by the very module that a notebook's page runs; and what the script was told."""
    make_lab, until, close_with = SCENES[name]
    source = (HERE / "browser.js").read_text(encoding="utf-8")
    lab = make_lab()
    values = {"script": [], "title": "", "until": until, "close_with": close_with}
    values["send"] = SENDS.get(name, 0)
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        told = page.evaluate(PLAY, [source, values | {"url": lab.url + PATH}])
        assert holds_soon(
            lab,
            lambda: len({e.sender for e in lab.recording.events if e.kind in ("end", "lost")}) == 2,
        ), lab.recording
    recording = lab.recording
    lab.close()
    return recording, told
