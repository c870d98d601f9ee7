"""Who sends what: a row for each client, a column for each place of its request."""

import pytest

from wsedu.live.browser import kept
from wsedu.protocol import Frame, Opcode, build_frame, build_request
from wsedu.recording import Recording
from wsedu.views import WhoSends

from . import ANSWER, HELLO, KEY, MASK, assert_three_forms, items, recording, words

ALL = recording(
    ("client", build_request("a", "/chat?ticket=1", KEY).to_bytes()[:-2]),
    ("client", b"Origin: https://a.example\r\nAuthorization: Basic x\r\nCookie: a=1\r\n"),
    ("client", b"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: b\r\n\r\n"),
    ("server", ANSWER),
    ("client", HELLO),
    ("client", build_frame(Frame(Opcode.TEXT, b"second"), MASK)),
)
NONE = recording(("client", build_request("a", "/", KEY).to_bytes()), ("server", ANSWER))


def test_three_forms() -> None:
    assert_three_forms(WhoSends({"all": ALL, "none": NONE}))


def test_words_name_every_place_of_every_client() -> None:
    assert WhoSends({"all": ALL, "none": NONE}).text.splitlines() == [
        "Who sends what",
        "  all",
        "    A page's script cannot set these: Origin https://a.example; Cookie a=1; "
        "Authorization Basic x",
        "    The script chooses these: the URL's query ticket=1; subprotocols chat, b; "
        "first message Hello",
        "  none",
        "    A page's script cannot set these: Origin –; Cookie –; Authorization –",
        "    The script chooses these: the URL's query –; subprotocols –; first message –",
    ]


def test_a_value_lights_up_with_those_of_other_clients_and_no_empty_place() -> None:
    svg = WhoSends({"all": ALL, "none": NONE, "more": ALL}).svg
    assert items(svg)["r0-cookie"] == "all: Cookie a=1"
    assert items(svg)["r1-cookie"] == "none: Cookie –"
    assert svg.count('data-lights="r0-cookie r2-cookie"') == 2, "an empty place lights up alone"
    assert words(svg).count("–") == 6, "colour alone would say too little"


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_a_browser_tells_port_name_and_sandbox_apart(browser: str) -> None:
    rows = {name: kept(name, browser) for name in ("hijack", "other_name", "sandbox")}
    lines = WhoSends(rows).text.splitlines()[2::3]
    assert [("Cookie *" in line, "Origin null" in line) for line in lines] == [
        (True, False),
        (False, False),
        (False, True),
    ]


def test_a_binary_message_is_shown_in_hex() -> None:
    frame = build_frame(Frame(Opcode.BINARY, b"\x00\xff"), MASK)
    seen = recording(
        ("client", build_request("a", "/", KEY).to_bytes()), ("server", ANSWER), ("client", frame)
    )
    assert WhoSends({"one": seen}).text.endswith("first message 00 ff")


def test_what_it_cannot_show_is_named() -> None:
    with pytest.raises(TypeError, match=r"takes a dict, such as .*, not Recording"):
        WhoSends(ALL)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="shows 1 to 8 clients, not 0"):
        WhoSends({})
    with pytest.raises(ValueError, match="shows 1 to 8 clients, not 9"):
        WhoSends({str(number): NONE for number in range(9)})
    with pytest.raises(ValueError, match="needs a request, not"):
        WhoSends({"bytes": Recording(ALL.events[4:], begins="frames")})
    with pytest.raises(LookupError):
        WhoSends({"nothing": Recording()})
    with pytest.raises(TypeError, match="takes a dict, such as .*, not list"):
        WhoSends([ALL])  # type: ignore[arg-type]
