"""What the tests of pictures share."""

from xml.etree import ElementTree

from wsedu.protocol import Frame, Opcode, build_frame, build_request, build_response
from wsedu.recording import Event, Recording, Side, Unit, dissect
from wsedu.views import Picture

SVG = "{http://www.w3.org/2000/svg}"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
REQUEST = build_request("example.com:8000", "/chat", KEY).to_bytes()
ANSWER = build_response(KEY).to_bytes()
MASK = bytes.fromhex("37fa213d")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), MASK)

# Text that would do harm if it were more than text, as bytes on a wire.
NASTY = [
    b"<script>alert(1)</script>",
    b"</text></g></svg><svg onload='x'>",
    b'" onload="x',
    b"' onload='x",
    b"]]>",
    b"<!--",
    b"<![CDATA[",
    b"&amp;&lt;&#0;",
    b"a\x00b",
    b"\x1b[31mred",
    "\N{RIGHT-TO-LEFT OVERRIDE}evil\N{LEFT-TO-RIGHT MARK}".encode(),
    "\N{ZERO WIDTH SPACE}\N{NO-BREAK SPACE}\N{LINE SEPARATOR}".encode(),
    b"\xed\xa0\x80",  # a lone surrogate, as if it could be written in UTF-8
    b"\xff\xfe\x85\xad",
    b"\xef\xbf\xbe\xef\xbf\xbf",  # U+FFFE and U+FFFF, which XML forbids
]


def recording(*said: tuple[Side, bytes]) -> Recording:
    return Recording(tuple(Event(0.25 * n, side, "data", b) for n, (side, b) in enumerate(said)))


def units(*said: tuple[Side, bytes]) -> tuple[Unit, ...]:
    return dissect(recording(*said)).units


def nasty_conversation(payload: bytes) -> Recording:
    """The payload wherever a peer could put it: target, header, value, reason, body, frames."""
    line = payload.replace(b"\n", b"")
    return recording(
        ("client", b"GET /" + line + b" HTTP/1.1\r\n" + line + b": x\r\nX: " + line + b"\r\n"),
        ("client", b"Host: " + line + b"\r\nUpgrade: " + line + b"\r\n\r\n"),
        ("server", b"HTTP/1.1 200 " + line + b"\r\nContent-Length: %d\r\n\r\n" % len(payload)),
        ("server", payload),
        ("client", REQUEST),
        ("server", ANSWER),
        ("client", build_frame(Frame(Opcode.TEXT, payload), MASK)),
        ("server", build_frame(Frame(Opcode.BINARY, payload))),
        ("server", build_frame(Frame(Opcode.CLOSE, b"\x03\xe8" + payload))),
    )


def read(svg: str) -> ElementTree.Element:
    """The drawing as a tree; what every drawing promises is asserted on the way."""
    tree = ElementTree.fromstring(svg)
    assert tree.tag == f"{SVG}svg"
    assert tree.get("aria-label")
    for element in tree.iter():
        assert element.tag in {SVG + tag for tag in ("svg", "style", "rect", "text", "tspan")} | {
            SVG + tag for tag in ("path", "g")
        }
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)
        texts = [element.text or "", element.tail or "", *element.attrib.values()]
        assert all(text.isprintable() for text in texts)
    # A group without a name is one that the page may hide.
    items = [element for element in tree.iter(f"{SVG}g") if not element.get("data-kind")]
    names = [item.get("data-item", "") for item in items]
    assert all(names) and len(set(names)) == len(names), "each item has a name of its own"
    for item in items:
        assert item.get("data-says")
        lights = (item.get("data-lights") or "").split()
        assert set(lights) <= set(names), "an item lights up with items that exist"
    return tree


def items(svg: str) -> dict[str, str]:
    """What each item says."""
    groups = [group for group in read(svg).iter(f"{SVG}g") if not group.get("data-kind")]
    return {group.get("data-item", ""): group.get("data-says", "") for group in groups}


def words(svg: str) -> str:
    """All that is written in the drawing."""
    tree = read(svg)
    return "\n".join("".join(text.itertext()) for text in tree.iter(f"{SVG}text"))


def assert_three_forms(picture: Picture) -> None:
    data, _metadata = picture._repr_mimebundle_()
    assert data["image/svg+xml"] == picture.svg
    assert data["text/plain"] == picture.text == str(picture)
    view = data["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == picture.model_id
    read(picture.svg)
    assert all(char.isprintable() for char in picture.text.replace("\n", ""))
