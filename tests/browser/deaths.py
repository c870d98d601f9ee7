"""How connections die: the real ones whose logs the exercise which-death shows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import websockets

from wsedu.live import Lab
from wsedu.live.peer import Peer
from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Recording
from wsedu_exercises.browser_as_client.which_death.log import Log, log_of

from .scenes import Page, ends, holds_soon, sends

# A page that says "ready" as soon as it can, and then does what it is asked for.
VISIT = """
([url, protocols, act]) => new Promise(done => {
    const socket = window.socket = new WebSocket(url, protocols);
    socket.onopen = () => {
        socket.send("ready");
        if (act === "close") socket.close();
        if (act === "close 4000") socket.close(4000, "bye");
        if (act === "stay") done(null);
    };
    socket.onmessage = () => {
        if (act === "close after a message") socket.close();
        if (act === "stay for a message") done(null);
    };
    socket.onclose = () => done(null);
})
"""


@dataclass(frozen=True)
class Death:
    """One situation.

    lab:     makes the server
    act:     what the page does: "close", "close 4000", "close after a message"; "stay", "stay for
             a message", and then it is left
    asks:    the subprotocols that it asks for
    """

    lab: Callable[[], Lab]
    act: str = ""
    asks: tuple[str, ...] = ()


async def leaves(connection: websockets.ServerConnection) -> None:
    """A server that shuts down."""
    await connection.recv()
    await connection.close(1001, "restart")


async def fails(connection: websockets.ServerConnection) -> None:
    """A server whose program raises an error: the library closes with 1011."""
    await connection.recv()
    await connection.close(1011, "internal error")


async def asks(peer: Peer) -> None:
    """A server that pings a living page, and waits."""
    await peer.receive()
    await peer.send(Frame(Opcode.PING, b"1"))
    await peer.receive()
    await peer.send(Frame(Opcode.TEXT, b"alive"))
    await peer.live()


async def echoes(peer: Peer) -> None:
    """A server that sends messages back."""
    while frame := await peer.receive():
        if frame.opcode == Opcode.CLOSE:
            await peer.send(frame)
            await peer.close()
            return
        await peer.send(frame)


PAGES = {
    "the page calls close()": Death(lambda: Lab(raw=echoes), "close"),
    "the page calls close(4000)": Death(lambda: Lab(raw=echoes), "close 4000"),
    "the page is left": Death(lambda: Lab(raw=echoes), "stay"),
    "the page is left after a Ping": Death(lambda: Lab(raw=asks), "stay for a message"),
    "the server leaves": Death(lambda: Lab(leaves)),
    "the server fails": Death(lambda: Lab(fails)),
    "the server ends TCP": Death(ends(Peer.close)),
    "the server resets TCP": Death(ends(Peer.abort)),
    "a masked frame": Death(
        sends(build_frame(Frame(Opcode.TEXT, b"hi"), b"\1\2\3\4")), "close after a message"
    ),
    "a frame with RSV1": Death(sends(b"\xc1\x02hi")),
    "text that is not UTF-8": Death(sends(b"\x81\x01\xff")),
    "403": Death(lambda: Lab(origins=["http://example.com"])),
    "no subprotocol is answered": Death(lambda: Lab(raw=echoes), "close", ("chat",)),
}


# What each of them is; the second word is Firefox's, where it differs.
WORDS = {
    "the page calls close()": ("page closed",),
    "the page calls close(4000)": ("page closed",),
    "the page is left": ("page left",),
    "the page is left after a Ping": ("page left",),
    "the server leaves": ("server closed",),
    "the server fails": ("server closed",),
    "the server ends TCP": ("cut off",),
    "the server resets TCP": ("reset",),
    "a masked frame": ("rule broken", "page closed"),  # Firefox takes it
    "a frame with RSV1": ("rule broken", "cut off"),
    "text that is not UTF-8": ("rule broken", "cut off"),
    "403": ("refused",),
    "no subprotocol is answered": ("cut off", "page closed"),  # Firefox takes that, too
}


def ended(recording: Recording) -> bool:
    """Whether both sides have ended TCP."""
    return len({e.sender for e in recording.events if e.kind in ("end", "lost")}) == 2


def visit(page: Page, death: Death) -> Log:
    """The log of a server that a page has visited; it leaves, if nothing has happened then."""
    lab = death.lab()
    page.evaluate(VISIT, [lab.url, list(death.asks), death.act])
    if death.act.startswith("stay"):
        page.goto("about:blank")
    assert holds_soon(lab, lambda: ended(lab.recording)), lab.recording
    return log_of(lab.recording)


# Raw clients, for what no page can be brought to do.


async def vanishes(lab: Lab) -> None:
    client = await lab.raw()
    await client.send(Frame(Opcode.TEXT, b"ready"))
    await client.receive()
    await client.abort()


async def hangs_up(lab: Lab) -> None:
    client = await lab.raw()
    await client.send(Frame(Opcode.TEXT, b"ready"))
    await client.receive()
    await client.close()


async def silent(lab: Lab) -> None:
    client = await lab.raw()
    await client.live(pings="never", closes="never")
    await client.close()


async def pongs_wrongly(lab: Lab) -> None:
    client = await lab.raw()
    await client.live(pings="wrong", closes="never")
    await client.close()


async def pongs_then_silent(lab: Lab) -> None:
    client = await lab.raw()
    ping = await client.receive()
    assert ping is not None
    await client.send(Frame(Opcode.PONG, ping.payload))
    await client.live(pings="never", closes="never")
    await client.close()


KEEPALIVE = {"ping_interval": 0.1, "ping_timeout": 0.2}

RAW: dict[str, tuple[Callable[[], Lab], Callable[[Lab], Awaitable[None]]]] = {
    "a client resets TCP": (Lab, vanishes),
    "a client ends TCP": (Lab, hangs_up),
    "a client answers no Ping": (lambda: Lab(**KEEPALIVE), silent),  # type: ignore[arg-type]
    "a client answers with another payload": (
        lambda: Lab(**KEEPALIVE),  # type: ignore[arg-type]
        pongs_wrongly,
    ),
    "a client answers one Ping": (
        lambda: Lab(**KEEPALIVE),  # type: ignore[arg-type]
        pongs_then_silent,
    ),
}


async def call(name: str) -> Log:
    """The log of a server that a raw client has called."""
    make, client = RAW[name]
    lab = make()
    await client(lab)
    await lab.until(ended, "the end of TCP")
    return log_of(lab.recording)


def shape(log: Log) -> list[tuple[str, str, bytes]]:
    """What is the same each time: up to the line that decides; what follows is a race.

    Payloads of Pings are drawn anew, reasons are free, and an echo may cross the end of a page.
    """
    pings: dict[bytes, bytes] = {}
    found: list[tuple[str, str, bytes]] = []
    for side, what, data in log:
        if what in ("Ping", "Pong"):
            data = pings.setdefault(data, b"%d" % len(pings))
        if (side, what) != ("server", "text"):
            found.append((side, what, data[:2] if what == "Close" else data))
        if what in ("Close", "FIN", "RST"):
            break
    return found
