"""Words as a browser draws them: none leaves its sheet of paper, and none lies on another.

In Chromium alone: both browsers take the same fonts of the system.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from wsedu.protocol import Close, Frame, Opcode, build_close, build_frame, build_request
from wsedu.recording import Event, PageRecording, Recording, Unit
from wsedu.recording.page import ScriptStep
from wsedu.views import (
    AcceptSteps,
    BrowserSession,
    BytesAndFields,
    Checklist,
    ClosingSteps,
    Comparison,
    DeflateSteps,
    FrameBuilder,
    FrameChecks,
    Lanes,
    LengthForms,
    MaskingSteps,
    MessagePath,
    Picture,
    RoundTrips,
    Tanks,
    Timeline,
    TwoHops,
    Utf8Steps,
    WhoSends,
)
from wsedu.views.adjustable import Adjustable

from ..views import ANSWER, MASK, REQUEST, units

pytestmark = pytest.mark.browser

# Each text that leaves the paper, and each two of one line that touch.
MEASURE = """() => {
  const paper = document.querySelector("svg").getBoundingClientRect();
  const texts = [...document.querySelectorAll("svg text:not(:has(tspan))")]
    .filter(text => text.textContent.trim())
    .map(text => [text.textContent, text.getBoundingClientRect()]);
  const out = texts.filter(([, box]) => box.right > paper.right - 2 || box.left < paper.left + 2);
  const over = texts.flatMap(([one, a], at) => texts.slice(at + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > -2
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6)
    .map(([other]) => `${one} | ${other}`));
  return [...out.map(([text]) => text), ...over];
}"""


HELLO = Frame(Opcode.TEXT, b"Hello")


def frame(data: bytes) -> Unit:
    return units(("client", REQUEST), ("server", ANSWER), ("client", data))[-1]


def crowd(count: int) -> Recording:
    """So many frames of both sides, the widest words among them; two rules are broken."""
    frames = [
        Frame(Opcode.TEXT, b"WWWWWWWWWWWW", fin=False),
        Frame(Opcode.PING, b"mmmmmmmmmmmm"),
        Frame(Opcode.CONTINUATION, bytes(100_000), fin=False),
        Frame(Opcode.CONTINUATION, b"\xff"),
        Frame(Opcode.CLOSE, build_close(Close(1002, "restart" * 9))),
    ]
    said = [("client", build_frame(each, MASK)) for each in frames]
    said += [("server", build_frame(each)) for each in [*frames[::-1], HELLO]]
    said = [("client", REQUEST), ("server", ANSWER), *(said * count)[:count]]
    return Recording(tuple(Event(0, side, "data", data) for side, data in said))  # type: ignore[arg-type]


def ending() -> Recording:
    close = build_frame(Frame(Opcode.CLOSE, build_close(Close(1001, "restart"))))
    return Recording(
        (
            Event(0, "client", "data", REQUEST),
            Event(0, "server", "data", ANSWER),
            Event(0, "server", "data", close),
            Event(0.5, "server", "end"),
        )
    )


def pinged(count: int) -> Recording:
    """So many Pings; the first Pong takes an hour, and each second one does not come."""
    frames = [(0, "client", REQUEST), (0, "server", ANSWER)]
    for number in range(count):
        ping = Frame(Opcode.PING, number.to_bytes(2, "big"))
        frames.append((number, "server", build_frame(ping)))
        if number % 2 == 0:
            pong = build_frame(Frame(Opcode.PONG, ping.payload), MASK)
            frames.append((number + (0.1 if number else 3600.5), "client", pong))
    return Recording(tuple(Event(time, side, "data", data) for time, side, data in frames))  # type: ignore[arg-type]


def moved(picture: Adjustable, **state: object) -> Picture:
    """The picture as it is with its controls in another state."""
    picture.state = picture.state | state
    picture.svg = picture.draw(picture.slots(picture.state))
    return picture


WIDE_STEPS = ("send", 'send("WWWWWWWWWWWWWWWWWWWWWW WWWWWWW")'), ("message", "mWmW " * 30)


def session() -> PageRecording:
    """A page's connection with wide words in each column."""
    steps = tuple(ScriptStep(1, name, words) for name, words in WIDE_STEPS)
    agent = REQUEST.replace(b"\r\n\r\n", b"\r\nUser-Agent: Chrome/156.0.0.0\r\n\r\n")
    events = crowd(12).events
    first = Event(0, "client", "data", agent)
    return PageRecording((first, *events[1:]), script=steps)


def wide_request() -> Recording:
    wide = b"W" * 40
    names = (b"Origin", b"Cookie", b"Authorization", b"Sec-WebSocket-Protocol")
    headers = b"".join(name + b": " + wide + b"\r\n" for name in names)
    head = REQUEST.replace(b"/chat", b"/?" + wide)[:-2] + headers + b"\r\n"
    frame = build_frame(Frame(Opcode.TEXT, wide), MASK)
    said = (("client", head), ("server", ANSWER), ("client", frame))
    return Recording(tuple(Event(0, side, "data", data) for side, data in said))  # type: ignore[arg-type]


WIDE_KEY = "qWMWmWWWWWWWWWWWWWWWWA=="  # 16 bytes, and wider than most
PICTURES: dict[str, Picture] = {
    "three rules broken": BytesAndFields(frame(b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n")),
    "not UTF-8": BytesAndFields(frame(bytes.fromhex("81 85 37 fa 81 83 37 fa 21 3d 58"))),
    "continuation": BytesAndFields(frame(build_frame(Frame(Opcode.CONTINUATION, b"lo"), MASK))),
    "longer form": BytesAndFields(frame(build_frame(HELLO, MASK, length_form=16))),
    "longest form": BytesAndFields(frame(build_frame(HELLO, MASK, length_form=64))),
    "wide key": Checklist(
        units(("client", build_request("example.com:8000", "/", WIDE_KEY).to_bytes()))[0]
    ),
    "an ending": Timeline(ending(), close_timeout=0.5),
    "four tanks": Tanks(
        {"mmWwm " * 20: {"queue of the WWWW mmmmmm library" + c: 2**43 for c in "abcd"}}
    ),
    "wide names and great numbers": Comparison(
        {"W" * 40: (2**53, 2**53, 1e-6), "mW " * 20: (1, 0, 3600.5)}
    ),
    **{f"round trips of {count}": RoundTrips(pinged(count)) for count in (1, 9, 40, 1234)},
    "three forms": LengthForms(
        [frame(build_frame(Frame(Opcode.BINARY, bytes(size)), MASK)) for size in (5, 126, 65536)]
    ),
    "five rules broken": moved(
        FrameBuilder(), rsv1=True, fin=False, opcode=9, mask=False, payload="x" * 130, form=64
    ),
    "the greatest length": moved(FrameBuilder(), flipped=127 ^ 5, key="zz", payload="\x7f" * 3),
    "the greatest length, refused": FrameChecks(b"\x82\xff\x7f" + b"\xff" * 18),
    **{
        f"utf8 {hexed}": moved(Utf8Steps(bytes.fromhex(hexed)), step=99)
        for hexed in ("c080", "e080", "eda080", "f48f8f8f" * 6, "e1", "ff")
    },
    "deflate, the end": moved(DeflateSteps(bytes.fromhex("f200110000"), b"Hello"), step=6),
    "deflate, all copies": moved(DeflateSteps(bytes.fromhex("021300"), b"Hello" * 20), step=2),
    "deflate, full": moved(DeflateSteps(b"\xaa" * 40, b"W" * 60), step=99),
    "utf8, a fragment for each byte": moved(Utf8Steps(*[b"x"] * 24), step=24),
    **{f"lanes of {count} frames": Lanes(crowd(count)) for count in (1, 5, 7, 24, 40)},
    "a session": BrowserSession(session()),
    "a session with times": BrowserSession(session(), times=True),
    "who sends": WhoSends(
        {"a page of another name in Chromium": wide_request(), "a sandboxed frame": wide_request()}
    ),
    "a path with wide names": MessagePath(
        [(9.999, f"{n} WWWWWWWWWWWWWWWW", f"{n + 1} WWWWWWWWWWWWWWWW") for n in range(8)]
    ),
    "no key": moved(MaskingSteps(), text="x" * 20, key="zz"),
    "twenty bytes and more": moved(MaskingSteps(), text="x" * 30, byte=19),
    "two hops": TwoHops(ending(), crowd(12), times=True, ends=True),
    "many rows of two hops": TwoHops(crowd(60), crowd(60)),
    **{
        f"way {way}": moved(AcceptSteps(), way=way)
        for way in ("decoded", "hex", "newline", "lower")
    },
}


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


@pytest.mark.parametrize("name", PICTURES)
def test_words_stay_on_the_paper_and_apart(page: Page, name: str) -> None:
    page.set_content(PICTURES[name].svg)
    assert page.evaluate(MEASURE) == []


@pytest.mark.parametrize("seconds", [0, 0.5])
def test_a_number_of_the_axis_is_beside_the_line_of_an_ending(page: Page, seconds: float) -> None:
    page.set_content(PICTURES["an ending"].svg)
    crossed = page.evaluate(
        """number => {
          const text = [...document.querySelectorAll("svg text")]
            .find(text => text.textContent === number).getBoundingClientRect();
          return [...document.querySelectorAll("svg path.switch, svg path.fault")]
            .map(path => path.getBoundingClientRect())
            .filter(line => line.left > text.left - 1 && line.left < text.right + 1).length;
        }""",
        f"{seconds:g}",
    )
    assert crossed == 0


def test_the_headline_of_a_step_stays_on_the_paper(page: Page, tmp_path: Path) -> None:
    said = (("client", REQUEST), ("server", ANSWER), ("client", build_frame(HELLO)))
    events = tuple(Event(0, side, "data", data) for side, data in said)  # type: ignore[arg-type]
    picture = ClosingSteps(Recording((*events, Event(0, "server", "end"))))
    picture.save_page(tmp_path / "steps.html")
    page.goto(f"file://{tmp_path}/steps.html")
    # Fonts differ from system to system: this one is wide.
    page.add_style_tag(content=".wsedu-svg text { font-family: 'DejaVu Sans' !important }")
    page.locator("[data-control=step]").focus()
    for _step in range(2):
        page.keyboard.press("ArrowRight")
    headline = page.locator("[data-slot=sentence]")
    assert "The client breaks a rule" in headline.inner_html()
    assert page.evaluate(MEASURE) == []
    page.keyboard.press("ArrowRight")
    assert headline.get_attribute("textLength") is None, "a short one is as wide as it is"
