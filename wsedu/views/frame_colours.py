"""One colour and one letter for each field of a frame, the same in every picture (5.2).

How to think about it: a picture that shows a frame asks here, and nowhere else, how a field
looks. The colours differ for colour-blind readers too, in both themes; and there is always the
letter, so that no colour carries meaning alone. The first two bytes hold several fields: their
cells are striped, a stripe as wide as its field has bits.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..protocol import FrameHeader
from ..words import _
from .drawing import Drawing


class Look(NamedTuple):
    """How one field looks: its letter, its name, and its class in ``drawing.STYLE``."""

    letter: str
    name: str
    style: str


# In the order of the figure in 5.2; the keys are the kinds of ``recording.Field``.
LOOKS = {
    "fin": Look("F", "FIN", "f-fin"),
    "rsv": Look("R", "RSV1-3", "f-rsv"),
    "opcode": Look("O", "opcode", "f-opcode"),
    "mask": Look("M", "MASK", "f-mask"),
    "length": Look("L", _("payload length"), "f-length"),
    "extended": Look("E", _("extended payload length"), "f-extended"),
    "key": Look("K", _("masking key"), "f-key"),
    "payload": Look("P", _("payload"), "f-payload"),
}

# The first two bytes: each field with the number of its bits.
STRIPES = (
    (("fin", 1), ("rsv", 3), ("opcode", 4)),
    (("mask", 1), ("length", 7)),
)


def kinds_at(header: FrameHeader, offset: int) -> tuple[str, ...]:
    """The fields that the byte at ``offset``, from 0 in its frame, belongs to."""
    if offset < len(STRIPES):
        return tuple(kind for kind, _bits in STRIPES[offset])
    if offset >= header.size:
        return ("payload",)
    return ("key",) if header.masked and offset >= header.size - 4 else ("extended",)


def letters(kinds: Iterable[str]) -> str:
    """The letters of these fields, such as ``FRO``."""
    return "".join(LOOKS[kind].letter for kind in kinds)


def names(kinds: Iterable[str]) -> str:
    """The names of these fields, such as ``MASK, payload length``."""
    return ", ".join(LOOKS[kind].name for kind in kinds)


def fill(
    drawing: Drawing, kinds: tuple[str, ...], x: float, y: float, width: float, height: float
) -> None:
    """The cell of one byte in the colours of its fields, or of many bytes of one field."""
    if len(kinds) == 1:
        drawing.rect(x, y, width, height, LOOKS[kinds[0]].style)
        return
    for kind, bits in next(row for row in STRIPES if row[0][0] == kinds[0]):
        part = width * bits / 8
        drawing.path(f"M{x:g} {y:g}h{part:g}v{height:g}h{-part:g}z", y + height, LOOKS[kind].style)
        x += part


def cell(
    drawing: Drawing, kinds: tuple[str, ...], x: float, y: float, width: float, height: float
) -> None:
    """The cell of one byte, with room below the letters of its fields."""
    fill(drawing, kinds, x + 1, y, width - 2, height)
    drawing.text(x + width / 2, y + 14, letters(kinds), "small", "middle")


def badges(drawing: Drawing, kinds: Iterable[str], x: float, y: float) -> float:
    """The letters of fields in their colours, on a line with its baseline at ``y``.

    Returns the x where they end.
    """
    for kind in kinds:
        drawing.rect(x, y - 12, 16, 16, LOOKS[kind].style)
        drawing.text(x + 8, y, LOOKS[kind].letter, "small", "middle")
        x += 18
    return x


def legend(drawing: Drawing, kinds: Iterable[str], x: float, y: float) -> float:
    """Which letter and colour each field has, on as many lines as the drawing needs.

    y: the baseline of the first line; returns that of the last one.
    """
    left = x
    for kind in kinds:
        width = 22 + 7.2 * len(LOOKS[kind].name) + 12
        if x > left and x + width > drawing.width - 10:
            x, y = left, y + 22
        end = badges(drawing, [kind], x, y)
        drawing.text(end + 3, y, LOOKS[kind].name, "small")
        x += width
    return y
