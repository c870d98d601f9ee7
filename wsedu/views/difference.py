"""The difference: what was expected over what came, and the first byte that is not the same."""

from __future__ import annotations

from .._text import _
from .drawing import WIDTH, Drawing, clean, glyph, wrap
from .picture import Picture

CELL, COLUMNS, LEFT = 28, 24, 110
ROWS = 3  # of bytes that are shown, the first difference in the first or second of them


class Difference(Picture):
    """Two byte strings side by side.

    where: what the first differing byte belongs to, in words
    """

    def __init__(self, expected: bytes, got: bytes, where: str = "") -> None:
        super().__init__(
            svg=draw(expected, got, where),
            text=describe(expected, got, where),
            hint="",
        )


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
    y += 16
    for start in _starts(at, max(len(expected), len(got))):
        drawing.text(LEFT - 10, y + 14, str(start), "small mono soft", "end")
        for label, data in ((_("expected"), expected), (_("got"), got)):
            y += 20
            row = data[start : start + COLUMNS]
            drawing.text(14, y + 16, label, "small")
            drawing.rect(LEFT, y, len(row) * CELL, 34, "name" if data is expected else "value")
            drawing.row(LEFT, y + 14, CELL, [glyph(byte) for byte in row], "mono")
            drawing.row(LEFT, y + 29, CELL, [f"{byte:02x}" for byte in row], "mono small")
            for i in range(COLUMNS):
                if expected[start + i : start + i + 1] != got[start + i : start + i + 1]:
                    style = "wrong" if start + i == at else "line"
                    drawing.rect(LEFT + i * CELL + 1, y + 1, CELL - 2, 32, style)
            y += 18
        y += 14
    return drawing.svg()


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
        return _("Your bytes go on behind offset {at}, where the end was expected.").format(at=at)
    bit = 7 - (expected[at] ^ got[at]).bit_length() + 1
    return _(
        "First difference: byte {at}{where}: expected {a:02x} {a_char}, got {b:02x} {b_char}. "
        "In bits {a:08b}, {b:08b}: the first to differ is bit {bit}, from 0 at the left."
    ).format(
        at=at,
        where=belongs,
        a=expected[at],
        b=got[at],
        a_char=glyph(expected[at]),
        b_char=glyph(got[at]),
        bit=bit,
    )


def _starts(at: int | None, length: int) -> range:
    """The offsets of the rows that are shown."""
    begin = max((at or 0) // COLUMNS - 1, 0) * COLUMNS
    return range(begin, min(length, begin + ROWS * COLUMNS), COLUMNS)


def _in_words(data: bytes) -> str:
    return f"{data.hex(' ')}  {''.join(glyph(byte) for byte in data)}"
