"""Whatever a peer sends and a learner types stays data, in every form of every view."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from wsedu import views
from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Event, PageRecording, Recording, dissect
from wsedu.recording.page import ScriptStep
from wsedu.views.drawing import clean

from . import ANSWER, MASK, REQUEST, nasty_conversation
from . import recording as spoken

HOSTILE = [
    "</script><script>alert(1)</script>",
    "</text></svg><svg onload='x'>",
    "' \" & ]]> <!--",
    "\x1b[31mred\x1b[2J",
    "a\x00b\x07\x08\x7f\x9b",
    "\N{RIGHT-TO-LEFT OVERRIDE}evil\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT MARK}",
    "\N{ZERO WIDTH SPACE}\N{NO-BREAK SPACE}\N{LINE SEPARATOR}\N{BYTE ORDER MARK}",
    "half \ud83d of a pair \udc80",
    "\ufffe\uffff",
    "\nFORGED line\r\nFORGED line",
    "$x$ costs $5",  # a formula, for matplotlib
    "🎉 語 " + "long " * 60,
]


def wire(text: str) -> bytes:
    """As a peer would have to send it."""
    return text.encode("utf-8", "surrogatepass")


def short(text: str) -> str:
    """At most 60 bytes of well-formed UTF-8, which the reason of a Close must be."""
    return wire(text)[:60].decode("utf-8", "ignore")


def closing(text: str) -> Recording:
    """A handshake, a Ping, and a Close whose reason is the text."""
    reason = b"\x03\xe8" + short(text).encode()
    ping = Frame(Opcode.PING, wire(text)[:100])
    said = (
        ("client", REQUEST),
        ("server", ANSWER),
        ("server", build_frame(ping)),
        ("client", build_frame(Frame(Opcode.PONG, ping.payload), MASK)),
        ("server", build_frame(Frame(Opcode.CLOSE, reason))),
        ("client", build_frame(Frame(Opcode.CLOSE, reason), MASK)),
    )
    events = [Event(n / 4, sender, "data", data) for n, (sender, data) in enumerate(said)]  # type: ignore[arg-type]
    events.append(Event(2, "server", "fault", note=text))
    return Recording(tuple(events), note=text)


def visited(text: str) -> PageRecording:
    """What a page may say of its script."""
    names = ("send", "open", "message", "tell", "error", "close")
    return PageRecording.of(closing(text), tuple(ScriptStep(1, name, text) for name in names))


def asking(text: str) -> Recording:
    """The text wherever a client may say who it is, but for the line end of a header."""
    line = wire(text.replace("\n", " ").replace("\r", " "))
    names = (b"Origin", b"Cookie", b"Authorization", b"Sec-WebSocket-Protocol")
    headers = b"".join(name + b": " + line + b"\r\n" for name in names)
    frame = build_frame(Frame(Opcode.TEXT, text.encode("utf-8", "replace")), MASK)
    said = (
        ("client", REQUEST.replace(b"/chat", b"/?" + line.replace(b" ", b"+"))[:-2]),
        ("client", headers + b"\r\n"),
        ("server", ANSWER),
        ("client", frame),
    )
    return spoken(*said)  # type: ignore[arg-type]


def bytes_and_fields(text: str) -> Iterator[views.Picture]:
    for unit in dissect(nasty_conversation(wire(text))).units:
        yield views.BytesAndFields(unit)


def checklists(text: str) -> Iterator[views.Picture]:
    for unit in dissect(nasty_conversation(wire(text))).units:
        if unit.head is not None:
            yield views.Checklist(unit)


def ladders(text: str) -> Iterator[views.Picture]:
    for recording in (closing(text), nasty_conversation(wire(text))):
        ladder = views.Ladder(recording, times=True)
        yield ladder
        for number in range(len(dissect(recording).units)):
            ladder.selected = f"u{number}"
            yield ladder


def lanes(text: str) -> Iterator[views.Picture]:
    for recording in (closing(text), nasty_conversation(wire(text))):
        picture = views.Lanes(recording)
        yield picture
        for number in range(len(dissect(recording).find("frame"))):
            picture.selected = f"f{number}"
            yield picture


def two_hops(text: str) -> Iterator[views.Picture]:
    nasty = nasty_conversation(wire(text))
    for front, back in ((nasty, closing(text)), (closing(text), nasty)):
        picture = views.TwoHops(front, back, times=True)
        yield picture
        for hop in (0, 1):
            picture.selected = f"{hop}-u1"
            yield picture


def builders(text: str) -> Iterator[views.Picture]:
    builder = views.FrameBuilder()
    yield builder
    builder.state = {**builder.state, "payload": text[:200], "key": text[:11]}
    yield builder


def masking(text: str) -> Iterator[views.Picture]:
    yield views.MaskingSteps(text)
    yield views.MaskingSteps("Hello", text)
    steps = views.MaskingSteps()
    steps.state = {**steps.state, "text": text, "key": text}
    yield steps


# Each public view, with the text wherever a string comes from the wire or from a learner.
VIEWS: dict[str, Callable[[str], Iterator[views.Picture] | list[views.Picture]]] = {
    "AcceptSteps": lambda text: [views.AcceptSteps()],  # its key is Base64, or it is refused
    "BrowserSession": lambda text: [views.BrowserSession(visited(text), times=True)],
    "BytesAndFields": bytes_and_fields,
    "Checklist": checklists,
    "ClosingSteps": lambda text: [views.ClosingSteps(closing(text), times=True)],
    "Comparison": lambda text: [views.Comparison({text: (1, 2, 3), f"{text}2": (4, 5, 6)})],
    "DeflateSteps": lambda text: [
        views.DeflateSteps(wire(text)[:40], wire(text)),
        views.DeflateSteps(b"\x00\x0a\x00\xf5\xff" + wire(text)[:10].ljust(10), wire(text)[::-1]),
    ],
    "Difference": lambda text: [
        views.Difference(wire(text), wire(text)[::-1] + b"x", text),
        views.Difference(b"", wire(text), text),
    ],
    "FrameBuilder": builders,
    "FrameChecks": lambda text: [views.FrameChecks(wire(text))],
    "Ladder": ladders,
    "Lanes": lanes,
    "LengthForms": lambda text: [views.LengthForms(dissect(closing(text)).find("frame"))],
    "MaskingSteps": masking,
    "MessagePath": lambda text: [views.MessagePath([(0, text, "b"), (1, "b", text)], [text])],
    "Ordering": lambda text: [views.Ordering(text, [text, "b"], [0, 1], [text, text], text)],
    "Progress": lambda text: [
        views.Progress([(text, (views.Standing(text, text, 1, "open", 0),))])
    ],
    "Question": lambda text: [views.Question(text, [text, text], 0, text)],
    "RoundTrips": lambda text: [views.RoundTrips(closing(text))],
    "Squares": lambda text: [views.Squares([(text, (views.Square(text, "failed", text),))])],
    "StreamCutter": lambda text: [
        views.StreamCutter(build_frame(Frame(1, wire(text)[:50])), "server")
    ],
    "Tanks": lambda text: [views.Tanks({text: {text: 1, f"{text}2": 2**20}})],
    "Timeline": lambda text: [views.Timeline(closing(text), timeout=1)],
    "TwoHops": two_hops,
    "Utf8Steps": lambda text: [
        views.Utf8Steps(wire(text)[:24]),
        views.Utf8Steps(short(text)[:6], wire(text)[:8][::-1]),
    ],
    "WhoSends": lambda text: [
        views.WhoSends({text: nasty_conversation(wire(text)), f"{text}2": asking(text)})
    ],
}


def strings(value: Any) -> Iterator[str]:
    """All texts in a value that goes to the page as JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.items() for text in strings(item))
    elif isinstance(value, list | tuple):
        yield from (text for item in value for text in strings(item))


def test_every_public_view_is_here() -> None:
    public = {
        name
        for name in views.__all__
        if isinstance(view := getattr(views, name), type) and issubclass(view, views.Picture)
    }
    assert public - {"Picture"} == set(VIEWS)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("name", VIEWS)
def test_stays_data_in_every_form(name: str, text: str, tmp_path: Path) -> None:
    for picture in VIEWS[name](text):
        data, _metadata = picture._repr_mimebundle_()
        assert data["text/plain"] == picture.text
        for line in picture.text.split("\n"):
            assert line == clean(line)
            assert not line.startswith("FORGED")
        # What goes to the page: JSON that can be sent, and words that can be seen.
        state = {key: value for key, value in picture.get_state().items() if key[0] != "_"}
        json.dumps(state, ensure_ascii=False).encode()
        typed = state.pop("state", {})
        for said in strings(state):
            assert all(char.isprintable() for char in re.sub(r"\n", "", said)), ascii(said)
        assert all(isinstance(value, str | int | bool) for value in typed.values())
        for svg in filter(None, (picture.svg, picture.detail)):
            tags = {
                element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()
            }
            assert not tags & {"script", "foreignObject", "a", "image", "iframe"}
            for element in ElementTree.fromstring(svg).iter():
                assert not any(key.startswith("on") for key in element.attrib)
        picture.save_page(tmp_path / "page.html")
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        assert page.count("</script") == 1
