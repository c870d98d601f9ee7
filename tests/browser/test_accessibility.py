"""axe-core looks at every picture, in both themes: nothing serious, nothing critical.

In Chromium alone: what it looks at is the same in every browser.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from wsedu.live.browser import kept
from wsedu.protocol import Frame, Opcode, build_frame, build_request, build_response, make_key
from wsedu.recording import Event, Recording, dissect
from wsedu.views import (
    AcceptSteps,
    BrowserSession,
    BytesAndFields,
    Checklist,
    ClosingSteps,
    Comparison,
    DeflateSteps,
    Difference,
    FrameBuilder,
    FrameChecks,
    Ladder,
    Lanes,
    LengthForms,
    MaskingSteps,
    MessagePath,
    Ordering,
    Picture,
    Progress,
    Question,
    RoundTrips,
    Square,
    Squares,
    Standing,
    StreamCutter,
    Tanks,
    Timeline,
    TwoHops,
    Utf8Steps,
    WhoSends,
)

from ..npm import packages

pytestmark = pytest.mark.browser

NONCE = make_key(b"the sample nonce")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), bytes.fromhex("37fa213d"))
RECORDING = Recording(
    (
        Event(0, "client", "data", build_request("example.com", "/", NONCE).to_bytes()),
        Event(0, "server", "data", build_response(NONCE).to_bytes()),
        Event(0.1, "client", "data", HELLO),
        Event(0.5, "server", "data", build_frame(Frame(Opcode.PING, b"abcd"))),
    )
)
SEEN = dissect(RECORDING)
GOING = Frame(Opcode.CLOSE, (1001).to_bytes(2, "big"))
CLOSING = Recording(
    (
        *RECORDING.events[:2],
        Event(0.6, "server", "data", build_frame(GOING)),
        Event(0.9, "client", "data", build_frame(GOING, b"7key")),
        Event(0.9, "server", "end"),
    )
)
INSIDE = Recording(
    (
        *RECORDING.events[:2],
        Event(0.1, "client", "data", build_frame(Frame(Opcode.TEXT, b"Hel", fin=False), b"7key")),
        Event(0.2, "client", "data", build_frame(Frame(Opcode.TEXT, b"lo"), b"7key")),
        Event(0.3, "server", "data", build_frame(Frame(Opcode.CLOSE, b"\x03\xea"))),
    )
)
SECRET = Recording((Event(0, "client", "data", bytes.fromhex("16030100050100000103")),))
FORMS = dissect(
    Recording(
        (
            *RECORDING.events[:2],
            *(
                Event(1, "client", "data", build_frame(Frame(Opcode.BINARY, bytes(size)), b"7key"))
                for size in (125, 126, 65536)
            ),
            Event(2, "server", "data", build_frame(Frame(Opcode.BINARY, bytes(200)))),
        )
    )
).find("frame")

PICTURES: dict[str, Callable[[], Picture]] = {
    "accept": AcceptSteps,
    "browser": lambda: BrowserSession(kept("early")),
    "builder": FrameBuilder,
    "bytes": lambda: BytesAndFields(SEEN.find("frame")[0]),
    "checklist": lambda: Checklist(SEEN.request),
    "closing": lambda: ClosingSteps(RECORDING),
    "comparison": lambda: Comparison({"polling": (10, 1620, 0.5), "SSE": (1, 165, 0)}),
    "cutter": lambda: StreamCutter(HELLO, "client"),
    "difference": lambda: Difference(b"Hello", b"Hallo"),
    "difference of frames": lambda: Difference(HELLO, HELLO[:1] + b"\x05" + HELLO[2:], "MASK"),
    "frame checks": lambda: FrameChecks(HELLO),
    "ladder": lambda: Ladder(RECORDING),
    "long ladder": lambda: Ladder(Recording(RECORDING.events * 30)),
    "lanes": lambda: Lanes(RECORDING),
    "lanes with a broken rule": lambda: Lanes(INSIDE),
    "lengths": lambda: LengthForms(FORMS),
    "masking": MaskingSteps,
    "message path": lambda: MessagePath([(0, "client", "left"), (0.01, "left", "broker")]),
    "ordering": lambda: Ordering("In which order?", ["b", "a"], [1, 0], ["B!", "A!"], "Right."),
    "progress": lambda: Progress(
        [
            (
                "04 Frame layout",
                (
                    Standing("read-header", "Read a header", 1, "passed", 2),
                    Standing("encode-header", "Write the header", 2, "not yet", 3),
                    Standing("decode-header", "Read the header", 2, "open", 0),
                ),
            )
        ]
    ),
    "question": lambda: Question("Which?", ["this", "that"], -1, "Kept."),
    "round trips": lambda: RoundTrips(RECORDING),
    "squares": lambda: Squares(
        [("UTF-8", (Square("6.1", "passed"), Square("6.2", "failed"), Square("6.3", "open")))]
    ),
    "tanks": lambda: Tanks({"before": {"one": 0, "two": 0}, "after": {"one": 9, "two": 2**20}}),
    "timeline": lambda: Timeline(RECORDING, timeout=0.7),
    "timeline of a closing": lambda: Timeline(CLOSING, close_timeout=0.5),
    "deflate": lambda: DeflateSteps(bytes.fromhex("f200110000"), b"Hello"),
    "two hops": lambda: TwoHops(RECORDING, CLOSING),
    "two hops, one of TLS": lambda: TwoHops(SECRET, RECORDING),
    "utf8": lambda: Utf8Steps("Aя", b"\xe2", b"\x82\xff"),
    "who sends": lambda: WhoSends({name: kept(name) for name in ("hijack", "sandbox")}),
}


# What JupyterLab's dark theme says, as far as a picture listens.
DARK = """
body { background: #111; --jp-content-font-color1: #fff; --jp-content-font-color2: #b3b3b3;
  --jp-border-color1: #616161; --jp-layout-color2: #424242; --jp-brand-color1: #2196f3 }
"""


# Each picture is a section of one page, as in a notebook: looking at 31 pages takes much longer.
PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>pictures</title>
<style>{css}</style><main>{sections}</main></html>"""
SECTION = '<section id="{name}"></section><script type="module">{script}</script>'

# What axe finds in each section: how many rules it has passed, and what is serious or critical.
LOOK = """async () => {
    const { passes, violations } = await axe.run(document.querySelector("main"));
    const within = (rules, name) => rules.flatMap(({ id, impact, nodes }) => nodes
        .filter(({ target }) => document.querySelector(target).closest("section")?.id === name)
        .map(({ html }) => [id, impact, html.slice(0, 120)]));
    return Object.fromEntries([...document.querySelectorAll("section")].map(({ id }) => [id, [
        within(passes, id).length,
        within(violations, id).filter(([, impact]) => ["serious", "critical"].includes(impact)),
    ]]));
}"""

Found = dict[str, tuple[int, list[list[str]]]]


def section(name: str, picture: Picture, folder: Path) -> str:
    """The picture's own page as a part of another one."""
    picture.save_page(folder / "page.html")
    text = (folder / "page.html").read_text(encoding="utf-8")
    script = text.partition('<script type="module">')[2].rpartition("</script>")[0]
    assert script.count('querySelector("main")') == 1
    place = f"getElementById({name!r})"
    return SECTION.format(name=name, script=script.replace('querySelector("main")', place))


@pytest.fixture(scope="module")
def found(chromium_tab: Page, tmp_path_factory: pytest.TempPathFactory) -> list[Found]:
    """What axe finds in light, and in dark."""
    folder = tmp_path_factory.mktemp("pictures")
    pictures = {name: make() for name, make in PICTURES.items()}
    sections = "".join(section(name, picture, folder) for name, picture in pictures.items())
    css = "".join({picture._css: None for picture in pictures.values()})
    page = folder / "pictures.html"
    page.write_text(PAGE.format(css=css, sections=sections), encoding="utf-8")
    chromium_tab.goto(page.as_uri())
    for name in PICTURES:
        chromium_tab.wait_for_selector(f'[id="{name}"].wsedu')
    chromium_tab.add_script_tag(path=packages() / "axe-core" / "axe.min.js")
    light = chromium_tab.evaluate(LOOK)
    chromium_tab.evaluate("document.body.dataset.jpThemeLight = 'false'")
    chromium_tab.add_style_tag(content=DARK)
    return [light, chromium_tab.evaluate(LOOK)]


@pytest.mark.parametrize("name", PICTURES)
def test_axe_finds_nothing_serious_in_light_and_dark(found: list[Found], name: str) -> None:
    for passed, serious in (theme[name] for theme in found):
        assert passed, "axe has looked at something"
        assert serious == []


def test_axe_finds_nothing_serious_in_a_page_of_one_picture(
    chromium_tab: Page, tmp_path: Path
) -> None:
    PICTURES["ladder"]().save_page(tmp_path / "page.html")
    chromium_tab.goto(f"file://{tmp_path}/page.html")
    chromium_tab.wait_for_selector(".wsedu")
    chromium_tab.add_script_tag(path=packages() / "axe-core" / "axe.min.js")
    assert serious(chromium_tab) == []


def serious(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core calls serious or critical in what the page shows now."""
    # A page of its own would need a heading; in a notebook the lesson has them.
    rules = {"page-has-heading-one": {"enabled": False}}
    found = page.evaluate("rules => axe.run(document, { rules })", rules)
    assert found["passes"], "axe has looked at something"
    return [
        (violation["id"], [node["html"][:120] for node in violation["nodes"]])
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
