"""Drawing SVG: a few shapes, one stylesheet, and text that is always data.

How to think about it: a drawing is a list of shapes at fixed places. Shapes that belong
together form an item: it has a name, a sentence that says what it is, and the names of the
items that light up with it. The page (``picture.js``) does nothing but light, move, and say.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from math import hypot
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from ..words import _

WIDTH = 900  # units in which a picture is drawn, if it needs no fewer
NARROW = 640  # and if it needs no more: beside the file browser it is whole in a window of 900
SMALL = 440  # and if it has few words: it is whole on a telephone
# Pixels: a notebook beside the file browser, on a screen of 1280 pixels, has 10 more. JupyterLab
# makes a stored picture no narrower than it says itself.
SHOWN = 820
LEAST = 0.7  # of its width: below that its words cannot be read, and a live picture scrolls

# In one line: a stylesheet inside of a picture is text of a notebook.
_CSS = (Path(__file__).parent / "drawing.css").read_text(encoding="utf-8")
STYLE = re.sub(r"(?s)/\*.*?\*/|\n", "", _CSS)

# For a page that is itself as dark as its reader's system wants it.
_DARK = re.findall(r"\{(--paper.*?)\}", STYLE)[1]
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

    def text(
        self,
        x: float,
        y: float,
        text: str,
        style: str = "",
        anchor: str = "start",
        slot: str = "",
    ) -> None:
        """Text with its baseline at ``y``."""
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        changes = f' data-slot="{slot}"' if slot else ""
        shape = f'<text x="{x:g}" y="{y:g}"{where} class="{style}"{changes}>'
        self._add(f"{shape}{escape(clean(text))}</text>", y + 6)

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
        self.text(x, y, slots[name], style, anchor, name)

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

    def arrow(self, start: float, end: float, y: float) -> None:
        """A level arrow of a ladder."""
        back = 9 if start < end else -9
        self.path(f"M{start:g} {y:g}H{end - back:g}", y, "arrow")
        self.path(f"M{end:g} {y:g}l{-back} -5v10z", y + 5, "tip")

    def tip(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """The head of an arrow that comes from ``start`` and points at ``end``."""
        length = hypot(end[0] - start[0], end[1] - start[1])
        along = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        back = end[0] - 8 * along[0], end[1] - 8 * along[1]
        sides = [(back[0] + sign * 4 * along[1], back[1] - sign * 4 * along[0]) for sign in (1, -1)]
        points = "L".join(f"{x:g} {y:g}" for x, y in [end, *sides])
        self.path(f"M{points}Z", end[1], "tip")

    def way(
        self, name: str, corners: Sequence[tuple[float, float]], slots: Slots, style: str = "line"
    ) -> None:
        """An arrow with corners, from state to state of a machine; a slot says if it was taken."""
        line = "M" + "L".join(f"{x:g} {y:g}" for x, y in corners)
        bottom = max(y for _x, y in corners)
        self.path(line, bottom, style)
        with self.kind(name, slots):
            self.path(line, bottom, "arrow")
        self.tip(corners[-2], corners[-1])

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


def headed(title: str, width: int = WIDTH) -> Drawing:
    """A drawing with its title above it."""
    drawing = Drawing(title, width)
    drawing.text(14, 26, title, "strong")
    return drawing


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
    if text.isprintable():  # nearly all of it
        return text
    return "".join(char if char.isprintable() else "\N{MIDDLE DOT}" for char in text)


def refuse_more(count: int, most: int) -> None:
    """Raise ValueError if there are more bytes than a picture has room for."""
    if count > most:
        raise ValueError(
            _("The picture has room for {most} bytes, not for {count}.").format(
                most=most, count=count
            )
        )


def as_bytes(data: Any) -> bytes:
    """What a learner gives to a picture; raises TypeError if it is not bytes."""
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(
            _("The picture takes bytes, not {type}; write b'...' or bytes.fromhex('...').").format(
                type=type(data).__name__
            )
        )
    return bytes(data)


def columns(text: str) -> int:
    """How many characters wide a text is: one of Chinese, Japanese or Korean takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def fit(text: str, width: float, size: float = 7.2) -> str:
    """Text cut to a width in pixels, if each of its ``columns`` takes ``size``."""
    room = int(width / size)
    if columns(text[: room + 1]) <= room:
        return text
    ends = list(accumulate(map(columns, text[:room])))
    return text[: bisect_right(ends, room - 1)] + "…"


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
