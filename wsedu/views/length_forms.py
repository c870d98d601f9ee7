"""The three forms of a payload length, in the headers of real frames (5.2).

How to think about it: every header has the same fields in the same order; what changes is how
many bytes the extended length has: none, 2 or 8. Each field has its column, so a gap shows what a
shorter form leaves out.
"""

from collections.abc import Iterable

from ..protocol import FrameHeader
from ..recording import Unit
from ..words import _
from . import frame_colours
from .drawing import NARROW, Drawing, headed
from .frame_colours import LOOKS
from .picture import Picture

LEFT, CELL, TALL = 14, 32, 38  # pixels; a cell is one byte
ROW = 112
EXTENDED, KEY, PAYLOAD = 2, 10, 14  # the columns in which these fields begin
SHOWN = 4  # bytes of the payload
END = PAYLOAD + SHOWN  # the first column that no byte is drawn in
MOST = 8  # frames


class LengthForms(Picture):
    """The headers of some frames, one under the other, each field in its column.

    frames: units of a dissected recording, each a frame whose header is complete
    """

    def __init__(self, frames: Iterable[Unit]) -> None:
        units = list(frames)
        if not 0 < len(units) <= MOST:
            raise ValueError(f"LengthForms shows 1 to {MOST} frames, not {len(units)}")
        headers = [_header(unit) for unit in units]
        text = "\n".join(map(_describe, units, headers))
        hint = _("Point at a field to see the same field of the other frames.")
        super().__init__(svg=_draw(units, headers), text=text, hint=hint)


def _header(unit: Unit) -> FrameHeader:
    header = None if unit.layout is None else unit.layout.header
    if header is None or len(unit.data) < header.size:
        raise ValueError(f"LengthForms needs frames with a whole header, not {unit.title!r}")
    return header


def _describe(unit: Unit, header: FrameHeader) -> str:
    """A frame in words: what it is, its fields, and how its length is written."""
    fields = " | ".join(
        f"{frame_colours.letters(kinds)} {unit.data[start:end].hex(' ')}"
        for kinds, start, end in _fields(header)
        if kinds != ("payload",)
    )
    return "\n  ".join([_title(unit, header), fields, _length(unit, header)])


def _title(unit: Unit, header: FrameHeader) -> str:
    titles = {
        "client": _("from the client: header of {header} bytes, payload of {payload}"),
        "server": _("from the server: header of {header} bytes, payload of {payload}"),
    }
    return titles[unit.sender].format(header=header.size, payload=f"{header.length:,}")


def _length(unit: Unit, header: FrameHeader) -> str:
    """How the length is written, with the numbers of this frame."""
    seven = unit.data[1] & 0b0111_1111
    if header.length_form == 7:
        return _("L is {seven:07b}, which is {seven}: the length itself").format(seven=seven)
    count = header.length_form // 8
    said = _(
        "L is {seven:07b}, which is {seven}: the length is in the next {count} bytes, {written} "
        "= {length:,}"
    )
    written = unit.data[2 : 2 + count].hex(" ")
    return said.format(seven=seven, count=count, written=written, length=header.length)


def _fields(header: FrameHeader) -> list[tuple[tuple[str, ...], int, int]]:
    """The fields of a frame, byte by byte, with where each begins and ends."""
    extended = 2 if header.length_form == 7 else 2 + header.length_form // 8
    pieces = ((0, 1), (1, 2), (2, extended), (extended, header.size))
    found = [(frame_colours.kinds_at(header, a), a, b) for a, b in pieces if a < b]
    end = header.size + min(SHOWN, header.length)
    return [*found, (("payload",), header.size, end)] if header.length else found


def _draw(units: list[Unit], headers: list[FrameHeader]) -> str:
    drawing = headed(_("The forms of a length, in the headers of real frames"), NARROW)
    y = 40.0
    for number, (unit, header) in enumerate(zip(units, headers, strict=True)):
        drawing.text(LEFT, y + 18, _title(unit, header), "strong")
        drawn = _fields(header)
        columns = {"fin": 0, "mask": 1, "extended": EXTENDED, "key": KEY, "payload": PAYLOAD}
        for kinds, start, end in drawn:
            says = f"{frame_colours.names(kinds)}: {unit.data[start:end].hex(' ')}"
            same = [f"r{n}-{kinds[0]}" for n, h in enumerate(headers) if _has(h, kinds)]
            with drawing.item(f"r{number}-{kinds[0]}", says, same):
                for n, byte in enumerate(unit.data[start:end]):
                    x = LEFT + (columns[kinds[0]] + n) * CELL
                    frame_colours.cell(drawing, kinds, x, y + 28, CELL, TALL)
                    drawing.text(x + CELL / 2, y + 59, f"{byte:02x}", "mono small", "middle")
        _draw_gaps(drawing, header, y + 28 + TALL / 2)
        if header.length > SHOWN:
            drawing.text(LEFT + END * CELL + 6, y + 52, "…", "soft")
        drawing.text(LEFT, y + 84, _length(unit, header), "small")
        y += ROW
    frame_colours.legend(drawing, LOOKS, LEFT, y + 10)
    return drawing.svg()


def _has(header: FrameHeader, kinds: tuple[str, ...]) -> bool:
    return any(kinds == found for found, _start, _end in _fields(header))


def _draw_gaps(drawing: Drawing, header: FrameHeader, y: float) -> None:
    """A line where this header has no byte, and another form or sender has some."""
    extended = EXTENDED if header.length_form == 7 else EXTENDED + header.length_form // 8
    for start, end in ((extended, KEY), (KEY, KEY if header.masked else PAYLOAD)):
        if start < end:
            x = LEFT + start * CELL
            drawing.path(f"M{x + 4} {y:g}H{LEFT + end * CELL - 4}", y, "line")
