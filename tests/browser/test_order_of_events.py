"""What a page hears, in order: the situations of the exercise order-of-events, in both browsers."""

import pytest

from wsedu.live.peer import Peer
from wsedu.protocol import Frame, Opcode, build_frame

from ..course.letters.order_of_events import BROWSERS, CODE, HEARD
from ..firefox import Browser, kind
from .scenes import ends, sends
from .test_clients import HEAD_END, Page, answers, ended, library, says, until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_lab_is_left")]

# A page that says "ready" as soon as it can, closes after a message, and lists what it hears.
LISTEN = """
([url, protocols, closes]) => new Promise(done => {
    const heard = [];
    const socket = new WebSocket(url, protocols);
    for (const name of ["open", "message", "error", "close"])
        socket.addEventListener(name, () => heard.push(name));
    socket.onopen = () => { socket.send("ready"); if (closes === "open") socket.close(); };
    socket.onmessage = () => { if (closes === "message") socket.close(); };
    socket.onclose = () => done(heard.join(" "));
})
"""


async def a_message_then_fin(peer: Peer) -> None:
    await peer.send(Frame(Opcode.TEXT, b"hi"))
    await peer.close()


TEXT = build_frame(Frame(Opcode.TEXT, b"hi"))
MASKED = build_frame(Frame(Opcode.TEXT, b"hi"), b"\x37\xfa\x21\x3d")

SERVERS = {
    "A": library(origins=["http://example.com"]),
    "B": says(CODE),
    "C": ends(a_message_then_fin),
    "D": ends(Peer.abort),
    "F": sends(MASKED),
    "H": answers(HEAD_END, HEAD_END),
    "J": sends(TEXT + b"\xc1\x02hi"),
}
SERVERS |= {"E": SERVERS["D"], "G": SERVERS["F"], "I": SERVERS["H"]}
CLOSES = {"F": "message", "G": "message", "H": "open", "I": "open"}


@pytest.mark.parametrize("letter", HEARD)
def test_page_hears_what_is_recorded(browser: Browser, page: Page, letter: str) -> None:
    lab = SERVERS[letter]()
    protocols = ["chat"] if letter in "HI" else []
    heard = page.evaluate(LISTEN, [lab.url, protocols, CLOSES.get(letter, "")])
    until(lab, ended)
    assert heard == HEARD[letter][["chromium", "firefox"].index(kind(browser))]


def test_each_browser_is_asked_for_where_the_two_differ() -> None:
    differ = {letter for letter, (chromium, firefox) in HEARD.items() if chromium != firefox}
    assert differ == set(BROWSERS)
