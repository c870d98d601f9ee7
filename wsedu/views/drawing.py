"""Drawing SVG: a few shapes, one stylesheet, and text that is always data.

How to think about it: a drawing is a list of shapes at fixed places. Shapes that belong
together form an item: it has a name, a sentence that says what it is, and the names of the
items that light up with it. The page (``picture.js``) does nothing but light, move, and say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from xml.sax.saxutils import escape, quoteattr

WIDTH = 900  # units in which a picture is drawn, if it needs no fewer
NARROW = 640  # and if it needs no more: beside the file browser it is whole in a window of 900
# Pixels: a notebook beside the file browser, on a screen of 1280 pixels, has 10 more. JupyterLab
# makes a stored picture no narrower than it says itself.
SHOWN = 820
LEAST = 0.7  # of its width: below that its words cannot be read, and a live picture scrolls

# Colours with AA contrast to the ink on them, distinct for colour-blind readers. Each theme
# names all of them; a shape only names a role. The roles "f-..." are the fields of a frame:
# ``frame_colours`` says which is which.
_LIGHT = """--paper:#ffffff;--ink:#1f2328;--soft:#57606a;--line:#8c959f;--good:#116329;
--bad:#a40e26;--accent:#0550ae;--t-name:#d3e5fb;--t-value:#fbe3b8;--t-end:#e2e5e9;--t-word:#cdeedd;
--f-fin:#579fd7;--f-rsv:#afafb8;--f-opcode:#fbe67e;--f-mask:#b48396;--f-length:#89a045;
--f-extended:#76dea7;--f-key:#efb25a;--f-payload:#bce1f4"""
_DARK = """--paper:#16191d;--ink:#e6edf3;--soft:#a9b4c0;--line:#6e7985;--good:#5fd57a;
--bad:#ff9a92;--accent:#84c5ff;--t-name:#143a66;--t-value:#5c3d0c;--t-end:#3a4149;--t-word:#14482e;
--f-fin:#584992;--f-rsv:#6a6765;--f-opcode:#4c3d03;--f-mask:#381c39;--f-length:#172f01;
--f-extended:#1e5b43;--f-key:#8f5a15;--f-payload:#153f57"""

_FIELDS = "".join(
    f".wsedu-svg .{role}{{fill:var(--{role})}}" for role in re.findall(r"--(f-\w+)", _LIGHT)
)

# A picture is a light sheet, unless the page says that it is dark, as JupyterLab's does. What the
# reader's system prefers says nothing: most pages stay white. An image learns it from a class.
STYLE = f"""
.wsedu-svg{{{_LIGHT}}}
[data-jp-theme-light="false"] .wsedu-svg,.wsedu-svg.dark{{{_DARK}}}
.wsedu-svg text{{font:14px system-ui,sans-serif;fill:var(--ink)}}
.wsedu-svg .mono{{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}}
.wsedu-svg .small{{font-size:12px}}
.wsedu-svg .strong{{font-weight:600}}
.wsedu-svg .soft{{fill:var(--soft)}}
.wsedu-svg .good{{fill:var(--good);font-weight:600}}
.wsedu-svg .bad{{fill:var(--bad);font-weight:600}}
.wsedu-svg .accent{{fill:var(--accent);font-weight:600}}
.wsedu-svg .paper{{fill:var(--paper);stroke:var(--line)}}
.wsedu-svg .line{{stroke:var(--line);fill:none}}
.wsedu-svg .arrow{{stroke:var(--ink);stroke-width:1.5;fill:none}}
.wsedu-svg .tip{{fill:var(--ink)}}
.wsedu-svg .switch{{stroke:var(--accent);stroke-width:1.5;stroke-dasharray:6 4;fill:none}}
.wsedu-svg .fault{{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:2 4;fill:none}}
.wsedu-svg .wrong{{stroke:var(--bad);stroke-width:2.5;fill:none}}
.wsedu-svg .back{{fill:transparent}}
.wsedu-svg .name{{fill:var(--t-name)}}
.wsedu-svg .value{{fill:var(--t-value)}}
.wsedu-svg .end{{fill:var(--t-end)}}
.wsedu-svg .word{{fill:var(--t-word)}}
.wsedu-svg .gone{{display:none}}
{_FIELDS}""".replace("\n", "")

# For a page that is itself as dark as its reader's system wants it.
DARK_BY_SYSTEM = f"@media (prefers-color-scheme: dark){{:root .wsedu-svg{{{_DARK}}}}}"


# What fills the places of a drawing that can change: texts, and "name.class" for styles.
Slots = dict[str, str]


class Drawing:
    """An SVG picture in the making; ``width`` is fixed, the height grows with what is drawn."""

    def __init__(self, title: str, width: int = WIDTH) -> None:
        self._title = title
        self.width = width
        self._shapes: list[str] = []
        self._height = 0.0

    def _add(self, shape: str, bottom: float) -> None:
        self._shapes.append(shape)
        self._height = max(self._height, bottom)

    def text(self, x: float, y: float, text: str, style: str = "", anchor: str = "start") -> None:
        """Text with its baseline at ``y``."""
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._add(
            f'<text x="{x:g}" y="{y:g}"{where} class="{style}">{escape(clean(text))}</text>', y + 6
        )

    def row(self, x: float, y: float, step: float, texts: Iterable[str], style: str) -> None:
        """Short texts side by side, each centred in a cell ``step`` wide."""
        cells = "".join(
            f'<tspan x="{x + step * (i + 0.5):g}">{escape(clean(text))}</tspan>'
            for i, text in enumerate(texts)
        )
        self._add(f'<text y="{y:g}" text-anchor="middle" class="{style}">{cells}</text>', y + 6)

    def slot(
        self, name: str, x: float, y: float, slots: Slots, style: str = "", anchor: str = "start"
    ) -> None:
        """Text that the page may change (``adjustable.js``): what ``slots`` says under ``name``."""
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._add(
            f'<text x="{x:g}" y="{y:g}"{where} class="{style}" data-slot="{name}">'
            f"{escape(clean(slots[name]))}</text>",
            y + 6,
        )

    def rect(
        self, x: float, y: float, width: float, height: float, style: str, kind: str = ""
    ) -> None:
        """A rectangle with slightly rounded corners.

        kind: the slot that may change its style, if there is one
        """
        changes = f' data-kind="{kind}"' if kind else ""
        self._add(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" '
            f'class="{style}"{changes}/>',
            y + height,
        )

    @contextmanager
    def kind(self, name: str, slots: Slots) -> Iterator[None]:
        """Everything drawn inside has the class that ``slots`` says under ``name.class``.

        The class ``gone`` hides it; its place stays.
        """
        self._shapes.append(f'<g data-kind="{name}" class="{slots[f"{name}.class"]}">')
        yield
        self._shapes.append("</g>")

    def path(self, points: str, bottom: float, style: str) -> None:
        """A line through ``points``, in SVG's own path language."""
        self._add(f'<path d="{points}" class="{style}"/>', bottom)

    @contextmanager
    def item(
        self, name: str, says: str, lights: Iterable[str] = (), *, act: str = "", says_of: str = ""
    ) -> Iterator[None]:
        """Everything drawn inside belongs to item ``name``.

        says:    what a screen reader and the line under the picture say about it
        lights:  other items that light up with it
        act:     what a click, Enter or Space does to a control of the picture: ``fin`` flips it,
                 ``opcode^8`` flips one bit of its number, ``step=3`` sets it
        says_of: the page may change what it says, to the slot ``says_of.says``
        """
        others = "".join(
            f" data-{key}={quoteattr(clean(value))}"
            for key, value in (("lights", " ".join(lights)), ("act", act), ("says-of", says_of))
            if value
        )
        self._shapes.append(
            f"<g data-item={quoteattr(clean(name))} data-says={quoteattr(clean(says))}{others}>"
        )
        yield
        self._shapes.append("</g>")

    def svg(self) -> str:
        """The picture on a sheet of paper, readable in any theme."""
        shapes = "".join(self._shapes)
        return sheet(self._title, shapes, self.width, self._height + 10, self.width)


def sheet(title: str, shapes: str, width: float, height: float, pixels: int) -> str:
    """Shapes on a sheet of paper, whose size is given in the units of the shapes.

    pixels: how wide it was drawn to be
    """
    shown = min(pixels, SHOWN)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wsedu-svg" role="img" '
        f'viewBox="0 0 {width:g} {height:g}" width="{shown}" height="{shown * height / width:.0f}" '
        f'style="max-width:100%;height:auto;--least:{pixels * LEAST:.0f}px" '
        f"aria-label={quoteattr(clean(title))}><style>{STYLE}</style>"
        f'<rect x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}" rx="6" '
        f'class="paper"/>{shapes}</svg>'
    )


def clean(text: str) -> str:
    """Text without anything that is invisible, turns the writing direction, or breaks XML."""
    return "".join(char if char.isprintable() else "\N{MIDDLE DOT}" for char in text)


def fit(text: str, width: float, size: float = 7.2) -> str:
    """Text cut to a width in pixels, if each character takes ``size``."""
    room = int(width / size)
    return text if len(text) <= room else text[: max(room - 1, 0)] + "…"


def wrap(text: str, width: float, size: float = 6.4) -> list[str]:
    """Text in lines of a width in pixels, if each character takes ``size``."""
    lines = [""]
    room = int(width / size)
    pieces = [word[i : i + room] for word in text.split(" ") for i in range(0, len(word), room)]
    for word in pieces:
        if lines[-1] and (len(lines[-1]) + 1 + len(word)) * size > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def glyph(byte: int) -> str:
    """One byte as a character: ASCII as it is, some as Python writes them, others as a dot."""
    symbols = {0x0D: r"\r", 0x0A: r"\n", 0x20: "␣", 0x00: r"\0"}
    return symbols.get(byte) or (chr(byte) if 0x20 < byte < 0x7F else "\N{MIDDLE DOT}")
