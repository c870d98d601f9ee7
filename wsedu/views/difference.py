"""The difference: the expected bytes above, yours below, and the first byte that differs."""

from ..protocol import read_layout
from ..recording.frame_fields import fields_of_frame
from ..words import _
from . import frame_colours
from .drawing import WIDTH, Drawing, clean, glyph, wrap
from .frame_colours import LOOKS
from .picture import Picture

CELL, COLUMNS, LEFT = 28, 24, 110
TALL, FRAMED = 34, 48  # pixels of a row, and of one with the letters of its fields
ROWS = 3  # of bytes that are shown, the first difference in the first or second of them


class Difference(Picture):
    """Two byte strings side by side.

    where: what the first differing byte belongs to, in words; if it is a field of the frame that
           was expected, the bytes have the colours and letters of their fields
    """

    def __init__(self, expected: bytes, got: bytes, where: str = "") -> None:
        super().__init__(svg=draw(expected, got, where), text=describe(expected, got, where))


def first_difference(expected: bytes, got: bytes) -> int | None:
    """The offset of the first byte that differs or is missing; None if there is none."""
    if expected == got:
        return None
    pairs = zip(expected, got, strict=False)
    shorter = min(len(expected), len(got))
    return next((i for i, (a, b) in enumerate(pairs) if a != b), shorter)


def describe(expected: bytes, got: bytes, where: str) -> str:
    """The difference in words, with both rows of bytes around it."""
    at = first_difference(expected, got)
    lines = [_sentence(expected, got, where)]
    if at is None:
        return lines[0]
    for start in _starts(at, max(len(expected), len(got))):
        stop = start + COLUMNS
        lines.append(f"  {start:5}  {_('expected')}  {_in_words(expected[start:stop])}")
        lines.append(f"         {_('got')}       {_in_words(got[start:stop])}")
    return "\n".join(lines)


def draw(expected: bytes, got: bytes, where: str) -> str:
    """The difference as a drawing."""
    drawing = Drawing(_sentence(expected, got, where))
    y = 8.0
    for line in wrap(_sentence(expected, got, where), WIDTH - 40, 7.6):
        y += 18
        drawing.text(14, y, line, "strong")
    at = first_difference(expected, got)
    framed = _names_a_field(expected, where)
    tall = FRAMED if framed else TALL
    y += 16
    for start in _starts(at, max(len(expected), len(got))):
        drawing.text(LEFT - 10, y + 14, str(start), "small mono soft", "end")
        for label, data in ((_("expected"), expected), (_("got"), got)):
            y += 20
            row = data[start : start + COLUMNS]
            drawing.text(14, y + 16, label, "small")
            if framed:
                _draw_fields(drawing, data, start, len(row), y)
            else:
                style = "name" if data is expected else "value"
                drawing.rect(LEFT, y, len(row) * CELL, tall, style)
            drawing.row(LEFT, y + tall - 20, CELL, [glyph(byte) for byte in row], "mono")
            drawing.row(LEFT, y + tall - 5, CELL, [f"{byte:02x}" for byte in row], "mono small")
            for i in range(COLUMNS):
                if expected[start + i : start + i + 1] != got[start + i : start + i + 1]:
                    style = "wrong" if start + i == at else "line"
                    drawing.rect(LEFT + i * CELL + 1, y + 1, CELL - 2, tall - 2, style)
            y += tall - 16
        y += 14
    if framed:
        frame_colours.legend(drawing, LOOKS, 14, y + 22)
    return drawing.svg()


def _names_a_field(expected: bytes, where: str) -> bool:
    """Whether ``where`` is the name of a field of the frame that was expected."""
    layout = read_layout(expected) if where else None
    if layout is None:
        return False
    whole = fields_of_frame(layout, expected)
    fields = [field for outer in whole for field in (outer, *outer.parts)]
    # Other bytes can be read as a frame too, but hardly ever as one that ends where they do.
    named = [field for field in fields if field.kind or layout.truncated is None]
    return any(field.name == where for field in named)


def _draw_fields(drawing: Drawing, data: bytes, start: int, count: int, y: float) -> None:
    """Each byte in the colours of its fields, as a receiver of these bytes reads them."""
    layout = read_layout(data)
    if layout is None:
        return
    for i in range(count):
        kinds = frame_colours.kinds_at(layout.begun, start + i)
        x = LEFT + i * CELL
        frame_colours.fill(drawing, kinds, x + 1, y, CELL - 2, FRAMED)
        drawing.text(x + CELL / 2, y + 13, frame_colours.letters(kinds), "small", "middle")


def _sentence(expected: bytes, got: bytes, where: str) -> str:
    at = first_difference(expected, got)
    if at is None:
        return _("The bytes are the same.")
    belongs = f" ({clean(where)})" if where else ""
    if at == len(got):
        return _("Your bytes end at offset {at}{where}; {count} more were expected.").format(
            at=at, where=belongs, count=len(expected) - at
        )
    if at == len(expected):
        return _("Your bytes go on at offset {at}, where the end was expected.").format(at=at)
    bit = 7 - (expected[at] ^ got[at]).bit_length() + 1
    return _(
        "First difference: byte {at}{where}: expected {a}, got {b}. In bits they are {a_bits} and "
        "{b_bits}: the first bit that differs is bit {bit}, counted from 0 at the left."
    ).format(
        at=at,
        where=belongs,
        a=_named(expected[at]),
        b=_named(got[at]),
        a_bits=f"{expected[at]:08b}",
        b_bits=f"{got[at]:08b}",
        bit=bit,
    )


def _named(byte: int) -> str:
    """A byte in hex, and what it is as a character if it is one."""
    char = glyph(byte)
    return f"{byte:02x}" if char == "\N{MIDDLE DOT}" else f"{byte:02x} {char}"


def _starts(at: int | None, length: int) -> range:
    """The offsets of the rows that are shown."""
    begin = max((at or 0) // COLUMNS - 1, 0) * COLUMNS
    return range(begin, min(length, begin + ROWS * COLUMNS), COLUMNS)


def _in_words(data: bytes) -> str:
    return f"{data.hex(' ')}  {''.join(glyph(byte) for byte in data)}"
