"""Bytes and fields: every byte of a unit, each field on a line of its own.

How to think about it: each cell is one byte, its character above, its two hex digits below. A
byte whose bits have names opens into them. Beside the bytes are the field's name, its value, what
it means, and the section of the rule. Offsets count from 0 inside the unit; one grey line says
where the unit is in its sender's stream.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import traitlets

from ..protocol import Span
from ..recording import Field, Unit
from ..words import _
from . import frame_colours
from .drawing import NARROW, Drawing, clean, fit, glyph, wrap
from .picture import Picture

CELL = 20  # pixels for one byte
COLUMNS = 16  # bytes in a row
ROW = 38  # pixels
LEFT = 64  # room for an offset of seven digits
RIGHT = LEFT + COLUMNS * CELL + 16
BIT = 36  # pixels for one bit
BITS = LEFT + 2 * CELL  # where the bits of a byte begin
NOTES = NARROW - RIGHT - 12  # the width of the words beside the bytes
ROWS_SHOWN = 4  # of a field that is longer; its last row is always shown
FIELDS_SHOWN = 40  # in the drawing; the text has them all
PROBLEMS_SHOWN = 20  # in the text; the drawing has the first four

KINDS = {
    "request": _("request"),
    "response": _("response"),
    "body": _("body"),
    "frame": _("frame"),
    "bytes": _("bytes"),
}

# The pieces of a line take turns in these colours; the words beside them say which is which.
_SHADES = ("name", "value", "end")
_START_SHADES = ("word", "name", "value", "end")


class BytesAndFields(Picture):
    """The bytes of one unit of a dissected recording, and their fields."""

    def __init__(self, unit: Unit) -> None:
        hint = _("Point at a byte or a field. By keyboard: Tab to the picture, then arrow keys.")
        super().__init__(svg=draw(unit), text=describe(unit), hint=hint)


class OpensUnits(Picture):
    """A picture of many units; the bytes of the one that is selected are open below it."""

    def units(self) -> Mapping[str, Sequence[Unit]]:
        """By how their items' names begin: ``{"u": units}`` if they are called u0, u1 and so on."""
        raise NotImplementedError

    @traitlets.observe("selected")
    def _open(self, change: dict[str, Any]) -> None:
        named = re.fullmatch(r"(.*?)(0|[1-9]\d{0,8})", change["new"])
        units = self.units().get(named[1], ()) if named else ()
        chosen = units[int(named[2]) : int(named[2]) + 1] if named else ()
        self.detail = draw(chosen[0]) if chosen else ""


def describe(unit: Unit) -> str:
    """The unit in words: each field with its offset, bytes, value, meaning and rule."""
    lines = [_heading(unit), unit.sentence, _in_stream(unit)]
    for field in unit.fields:
        lines.append(f"{field.span.start - unit.span.start:5}  {_bytes_of(unit, field.span)}")
        lines.append(f"       {_explain(field)}")
        lines += [f"         {_explain(part)}" for part in field.parts if part.bits]
    lines += [
        _("wrong: {sentence}").format(sentence=problem.sentence)
        for problem in unit.problems[:PROBLEMS_SHOWN]
    ]
    if len(unit.problems) > PROBLEMS_SHOWN:
        left_out = len(unit.problems) - PROBLEMS_SHOWN
        lines.append(_("wrong: {count} more problems").format(count=f"{left_out:,}"))
    return "\n".join(lines)


def draw(unit: Unit) -> str:
    """The unit as a drawing."""
    drawing = Drawing(_heading(unit), NARROW)
    drawing.text(14, 24, _heading(unit), "strong")
    drawing.text(14, 43, _in_stream(unit), "small soft")
    y = 48.0
    for line in wrap(unit.sentence, NARROW - 28, 7.2):
        y += 18
        drawing.text(14, y, line, "soft")
    problems = [f"✘ {problem.sentence}" for problem in unit.problems[:4]]
    for line in [line for said in problems for line in wrap(said, NARROW - 28, 8)]:
        y += 18
        drawing.text(14, y, line, "bad")
    y += 14
    for number, field in enumerate(unit.fields[:FIELDS_SHOWN]):
        y = _draw_field(drawing, unit, field, number, y)
    if len(unit.fields) > FIELDS_SHOWN:
        left_out = len(unit.fields) - FIELDS_SHOWN
        drawing.text(14, y + 16, _("… {count} more fields …").format(count=left_out), "soft")
    return drawing.svg()


def _heading(unit: Unit) -> str:
    titles = {
        "client": _("{kind} from the client: {count} bytes"),
        "server": _("{kind} from the server: {count} bytes"),
    }
    return titles[unit.sender].format(kind=KINDS[unit.kind], count=f"{len(unit.data):,}")


def _in_stream(unit: Unit) -> str:
    """Where the unit lies in all that its sender has sent."""
    words = {
        "client": _("in the client's stream: bytes {first} to {last}"),
        "server": _("in the server's stream: bytes {first} to {last}"),
    }
    where = words[unit.sender].format(first=f"{unit.span.start:,}", last=f"{unit.span.end - 1:,}")
    return f"{where} [{clean(unit.note)}]" if unit.note else where


def _draw_field(drawing: Drawing, unit: Unit, field: Field, number: int, top: float) -> float:
    """One field; returns where the next one begins."""
    rows = _rows(field.span)
    y = top
    with drawing.item(f"f{number}", _say(unit, field)):
        said = f"{field.name}: {field.value}"
        kinds = _kinds(field)
        title = RIGHT + 18 * len(kinds) + (4 if kinds else 0)  # after the letters of its fields
        beside = len(said) * 8 < NOTES - (title - RIGHT)
        notes = wrap(" · ".join(filter(None, [field.meaning, field.section])), NOTES)
        lines = [] if beside else [fit(field.value, NOTES, 7.3)]
        opened = [part for part in field.parts if part.bits]
        tall = ROW + (18 if opened else 0)
        height = max(len(rows) * tall, 20 + 16 * (len(lines) + len(notes))) + 6
        drawing.rect(6, top, NARROW - 12, height - 2, "back")
        frame_colours.badges(drawing, kinds, RIGHT, top + 16)
        drawing.text(title, top + 16, said if beside else field.name, "strong")
        for i, line in enumerate(lines + notes):
            style = "small mono" if i < len(lines) else "small soft"
            drawing.text(RIGHT, top + 33 + 16 * i, line, style)
        for row in rows:
            if row is None:
                left_out = len(field.span) - ROWS_SHOWN * COLUMNS
                drawing.text(
                    LEFT, y + 22, _("… {count} bytes not shown …").format(count=left_out), "soft"
                )
            else:
                offset = str(row.start - unit.span.start)
                drawing.text(LEFT - 8, y + 22, offset, "small mono soft", "end")
                _shade(drawing, field, row, y)
                data = unit.data[row.start - unit.span.start : row.end - unit.span.start]
                drawing.row(LEFT, y + 16, CELL, [glyph(byte) for byte in data], "mono")
                drawing.row(LEFT, y + 31, CELL, [f"{byte:02x}" for byte in data], "mono small")
            y += ROW
    for i, part in enumerate(field.parts):
        with drawing.item(f"f{number}p{i}", f"{field.name}, {_say(unit, part)}", [f"f{number}"]):
            if part.bits:
                _draw_bits(
                    drawing, part, part.bits, unit.data[part.span.start - unit.span.start], top
                )
            else:  # an invisible layer over its bytes makes it an item
                for n, row in enumerate(rows):
                    if row is not None:
                        _cover(drawing, part, row, top + n * ROW, "back")
    return top + height


def _rows(span: Span) -> list[Span | None]:
    """The rows of a field; None stands for what is left out of a long one."""
    rows: list[Span | None] = [
        Span(start, min(start + COLUMNS, span.end))
        for start in range(span.start, min(span.end, span.start + COLUMNS * ROWS_SHOWN), COLUMNS)
    ]
    if len(span) > COLUMNS * ROWS_SHOWN:
        rows[-1] = None
        rows.append(Span(span.end - min(COLUMNS, len(span)), span.end))
    return rows


def _kinds(field: Field) -> tuple[str, ...]:
    """The fields of a frame that it is, or that share its byte."""
    parts = (part.kind for part in field.parts if part.kind)
    return (field.kind,) if field.kind else tuple(dict.fromkeys(parts))


def _shade(drawing: Drawing, field: Field, row: Span, y: float) -> None:
    width, height = len(row) * CELL, ROW - 4
    parts = tuple(part for part in field.parts if part.bits is None)
    kinds = _kinds(field)
    if kinds:
        frame_colours.fill(drawing, kinds, LEFT, y, width, height)
    else:
        drawing.rect(LEFT, y, width, height, "end" if parts else "word")
    shades = _START_SHADES if len(parts) > 3 else _SHADES
    for part, shade in zip(parts, shades, strict=False):
        # Inside a field of a frame, which has its colour, a part has a border.
        _cover(drawing, part, row, y, "line" if kinds else shade)


def _draw_bits(drawing: Drawing, part: Field, bits: Span, byte: int, top: float) -> None:
    """The bits of a byte that belong to one part: number, value, and below them the name."""
    x, width = BITS + bits.start % 8 * BIT, len(bits) * BIT
    numbers = range(bits.start, bits.end)
    drawing.row(x, top + 10, BIT, [str(number) for number in numbers], "small soft")
    drawing.rect(x + 1, top + 14, width - 2, 20, frame_colours.LOOKS[part.kind].style)
    drawing.row(x, top + 29, BIT, [f"{byte:08b}"[number % 8] for number in numbers], "mono")
    # What comes after a colon does not fit under the bits; it is in what the item says.
    value = part.value.partition(":")[0]
    said = part.name if len(bits) == 1 else f"{part.name}: {value}"
    if len(said) * 6.4 > width:  # the colour of the bits says whose value it is
        said = value
    drawing.text(x + width / 2, top + 48, said, "small", "middle")


def _cover(drawing: Drawing, part: Field, row: Span, y: float, style: str) -> None:
    """A rectangle over the bytes of a part that are in a row, if some are."""
    start, end = max(part.span.start, row.start), min(part.span.end, row.end)
    if start < end:
        x = LEFT + (start - row.start) * CELL
        drawing.rect(x, y, (end - start) * CELL, ROW - 4, style)


def _say(unit: Unit, field: Field) -> str:
    first, last = field.span.start - unit.span.start, field.span.end - 1 - unit.span.start
    where = _("byte {first}") if first == last else _("bytes {first} to {last}")
    where = where.format(first=first, last=last)
    return f"{where}: {_explain(field)}  [{_bytes_of(unit, field.span)}]"


def _explain(field: Field) -> str:
    rule = f" ({field.section})" if field.section else ""
    meaning = f" — {field.meaning}" if field.meaning else ""
    return f"{field.name}: {field.value}{meaning}{rule}"


def _bytes_of(unit: Unit, span: Span, limit: int = 64) -> str:
    data = unit.data[span.start - unit.span.start : span.end - unit.span.start]
    if len(data) <= limit:
        return data.hex(" ")
    left_out = _("… {count} bytes not shown …").format(count=len(data) - limit)
    return f"{data[: limit - 8].hex(' ')} {left_out} {data[-8:].hex(' ')}"
