"""The UTF-8 machine: it takes the bytes of a text one by one, and stops at the first wrong one.

How to think about it: above are the bytes. In each of them the bits at the left are a marker,
which says what kind of byte it is; the others are bits of the code point, and are put side by
side. Below is the machine, drawn from the table ``NEXT``: a box for each state, an arrow for each
range of bytes. A border between two fragments changes nothing: the machine keeps its state.
"""

import unicodedata
from itertools import accumulate

from ..protocol.utf8 import NEXT, Utf8, marker_bits, next_state, why_refused
from ..words import _
from .drawing import WIDTH, Drawing, Slots, as_bytes, fit, refuse_more
from .masking_steps import utf8
from .steps import Steps

LONGEST = 24  # bytes of a text that is drawn
COLUMNS, CELL, LEFT = 12, 72, 14
ROW, BIT = 66, 7.6  # pixels: a row of bytes, and a bit

BOX, TALL, PITCH = 150, 26, 36
RIGHT = 114  # where the tall box of START ends
COLUMN = {3: 245, 2: 455, 1: 665}  # the left of the boxes that expect so many bytes
LINES = {  # the line of each box, from 0
    Utf8.AFTER_F0: 0,
    Utf8.THREE_MORE: 1,
    Utf8.AFTER_F4: 2,
    Utf8.TWO_MORE: 3,
    Utf8.AFTER_E0: 4,
    Utf8.AFTER_ED: 5,
    Utf8.ONE_MORE: 6,
}
NAMES = {
    Utf8.START: _("start"),
    Utf8.ONE_MORE: _("1 more byte"),
    Utf8.TWO_MORE: _("2 more bytes"),
    Utf8.THREE_MORE: _("3 more bytes"),
    Utf8.AFTER_E0: _("2 more, after e0"),
    Utf8.AFTER_ED: _("2 more, after ed"),
    Utf8.AFTER_F0: _("3 more, after f0"),
    Utf8.AFTER_F4: _("3 more, after f4"),
}
Point = tuple[float, float]
Way = tuple[Utf8, Utf8]  # from one state to another


class Utf8Steps(Steps):
    """A text in UTF-8, or what is not, byte by byte.

    fragments: the text as bytes or as a string, in as many parts as it has fragments; together
               they have ``LONGEST`` bytes at most
    """

    def __init__(self, *fragments: bytes | str) -> None:
        parts = [utf8(part) if isinstance(part, str) else as_bytes(part) for part in fragments]
        self._data = b"".join(parts)
        refuse_more(len(self._data), LONGEST)
        self._starts = [0, *accumulate(map(len, parts[:-1]))]  # where each fragment begins
        super().__init__(
            _steps(self._data),
            label=_("How many bytes the machine has taken"),
            hint=_("Move the slider, or click a byte. A dot marks the state."),
        )

    def draw(self, slots: Slots) -> str:
        """The bytes with their bits, what they have given so far, and the machine."""
        drawing = Drawing(_("UTF-8, byte by byte"))
        drawing.slot("sentence", LEFT, 28, slots, "strong")
        drawing.slot("rule", LEFT, 50, slots, "bad")
        drawing.rect(LEFT, 64, 16, 16, "word")
        drawing.text(LEFT + 22, 77, _("marker: the kind of byte"), "small")
        drawing.rect(LEFT + 220, 64, 16, 16, "name")
        drawing.text(LEFT + 242, 77, _("bits of the code point"), "small strong")
        if len(self._starts) > 1:
            drawing.rect(LEFT + 430, 62, 4, 20, "tip")
            drawing.text(LEFT + 442, 77, _("a fragment begins, with its number"), "small")
        y = 94.0
        for row in range(0, len(self._data), COLUMNS):
            for n in range(row, min(row + COLUMNS, len(self._data))):
                self._draw_byte(drawing, n, LEFT + CELL * (n - row), y, slots)
            y += ROW
        for name in ("bits", "text"):
            y += 20
            drawing.slot(name, LEFT, y, slots, "mono")
        _draw_machine(drawing, y + 44, slots)
        return drawing.svg()

    def _draw_byte(self, drawing: Drawing, n: int, x: float, y: float, slots: Slots) -> None:
        byte, marker = self._data[n], marker_bits(self._data[n])
        bits, width = f"{byte:08b}", BIT * marker
        if n in self._starts and len(self._starts) > 1:
            drawing.rect(x - 3, y, 4, ROW - 10, "tip")
            drawing.text(x + 6, y + 10, str(self._starts.index(n) + 1), "small soft")
        words = _("byte {n}, {byte:02x}: marker {marker}, and {bits}")
        if marker == len(bits):
            words = _("byte {n}, {byte:02x}: {marker}, no byte of UTF-8")
        says = words.format(n=n, byte=byte, marker=bits[:marker], bits=bits[marker:])
        with drawing.item(f"b{n}", says, act=f"step={n + 1}"):
            drawing.rect(x + 1, y + 13, CELL - 4, ROW - 25, "back")
            drawing.text(x + CELL / 2, y + 27, f"{byte:02x}", "mono", "middle")
            drawing.rect(x + 4, y + 32, width, 18, "word")
            drawing.text(x + 4 + width / 2, y + 45, bits[:marker], "mono small", "middle")
            if marker < len(bits):
                rest = BIT * (len(bits) - marker)
                drawing.rect(x + 6 + width, y + 32, rest, 18, "name")
                middle = x + 6 + width + rest / 2
                drawing.text(middle, y + 45, bits[marker:], "mono small strong", "middle")
            kind = f"at{n}"
            drawing.rect(x + 1, y + 13, CELL - 4, ROW - 25, slots[f"{kind}.class"], kind)


# The steps.


def _steps(data: bytes) -> list[Slots]:
    """The slots before the first byte, after each byte, and at the end of the message."""
    size, state, bits, text = len(data), Utf8.START, "", ""
    steps = [_step(size, 0, state, _("No byte has come."))]
    for n, byte in enumerate([*data, None], 1):  # None is the end of the message
        if state == Utf8.START:
            bits = ""
        if byte is not None:
            event = _("Byte {n}, {byte:02x}.").format(n=n - 1, byte=byte)
            then = next_state(state, byte)
        else:
            event = _("The message ends.")
            then = state if state == Utf8.START else None
        if then is None:
            sentence, rule = _("✘ This is not UTF-8."), str(why_refused(state, byte))
            steps.append(_step(size, n, None, f"{event} {sentence}", bits, text, rule))
            break
        if byte is None:
            sentence = _("✔ All of it is UTF-8.")
        else:
            bits = f"{bits} {f'{byte:08b}'[marker_bits(byte) :]}".strip()
            sentence = _("Expected: {state}.").format(state=NAMES[then])
            if then == Utf8.START:
                sentence = _("A character is complete.")
                char = chr(int(bits.replace(" ", ""), 2))
                bits += f" = U+{ord(char):04X} {char} {unicodedata.name(char, '')}"
                text += char
        way = None if byte is None else (state, then)
        steps.append(_step(size, n, then, f"{event} {sentence}", bits, text, way=way))
        state = then
    return steps


def _step(
    size: int,
    number: int,
    state: Utf8 | None,
    sentence: str,
    bits: str = "",
    text: str = "",
    rule: str = "",
    way: Way | None = None,
) -> Slots:
    """The slots of one step; without a state, the machine has refused."""
    slots = {"sentence": f"{number}  {sentence}", "rule": rule}
    told = [slots["sentence"], rule]
    for name, what, words in (("bits", bits, _("Code point: ")), ("text", text, _("Text: "))):
        slots[name] = fit(words + what, WIDTH - 2 * LEFT, 8.5)
        told.append(f"{words}{what}." if what else "")
    slots["said"] = " ".join(filter(None, told))
    for n in range(size):
        here = "wrong" if state is None else "arrow"
        slots[f"at{n}.class"] = here if n == number - 1 else "gone"
    for other, name in NAMES.items():
        slots[f"{other.name}.class"] = "value" if other == state else "end"
        slots[f"{other.name}-name"] = f"● {name}" if other == state else name
    slots["refused.class"] = "value" if state is None else "end"
    slots["refused-name"] = _("● not UTF-8") if state is None else _("not UTF-8")
    for source, then in _ways():
        taken = (source, then) == way
        slots[f"{source.name}-{then.name}.class"] = "" if taken else "gone"
    return slots


# The machine.


def _ways() -> dict[Way, str]:
    """Each way of the table, with the bytes that lead along it."""
    ways: dict[Way, list[str]] = {}
    for state, ranges in NEXT.items():
        for low, high, then in ranges:
            written = f"{low:02x}" if low == high else f"{low:02x} – {high:02x}"
            ways.setdefault((state, then), []).append(written)
    return {way: ", ".join(ranges) for way, ranges in ways.items()}


def _expected(state: Utf8) -> int:
    """How many bytes a character still needs in this state."""
    count = 0
    while state != Utf8.START:
        count, state = count + 1, NEXT[state][0][2]
    return count


def _corners(state: Utf8, then: Utf8, top: float) -> list[Point]:
    """The line from box to box; the first line of boxes has its middle at ``top``."""
    bottom = top + 6 * PITCH + TALL / 2
    if state == then:  # from START to START: a loop on top of the tall box
        edge = top - TALL / 2
        return [(44, edge), (44, edge - 20), (84, edge - 20), (84, edge)]
    if then == Utf8.START:
        middle = COLUMN[1] + BOX / 2
        return [(middle, bottom), (middle, bottom + 24), (64, bottom + 24), (64, bottom)]
    y = top + PITCH * LINES[then]
    if state == Utf8.START:
        return [(RIGHT, y), (COLUMN[_expected(then)], y)]
    # Into the top of a box, from three boxes: the highest of them arrives furthest to the right.
    start = top + PITCH * LINES[state]
    x = COLUMN[_expected(then)] + BOX - 15 - 20 * (LINES[state] % 3)
    return [(COLUMN[_expected(state)] + BOX, start), (x, start), (x, y - TALL / 2)]


def _draw_machine(drawing: Drawing, top: float, slots: Slots) -> None:
    """Every state and every way; ``top`` is the middle of the first line of boxes."""
    for (state, then), written in _ways().items():
        corners = _corners(state, then, top)
        drawing.way(f"{state.name}-{then.name}", corners, slots)
        x, y = corners[2] if then == Utf8.START else corners[0]
        if state == then:
            drawing.text(x + 8, y + 12, written, "small")
        else:
            drawing.text((RIGHT if then == Utf8.START else x) + 8, y - 4, written, "small")
    height = 6 * PITCH + TALL
    drawing.rect(LEFT, top - TALL / 2, RIGHT - LEFT, height, slots["START.class"], "START")
    drawing.slot("START-name", (LEFT + RIGHT) / 2, top + 3 * PITCH, slots, "small", "middle")
    for state, line_number in LINES.items():
        _draw_box(drawing, COLUMN[_expected(state)], top + PITCH * line_number, state.name, slots)
    _draw_box(drawing, COLUMN[1], top, "refused", slots)
    for n, words in enumerate((_("any other byte,"), _("or the end of the message"))):
        drawing.text(COLUMN[1], top + 30 + 16 * n, words, "small soft")
    drawing.text(COLUMN[1], top + 62, _("within a character"), "small soft")


def _draw_box(drawing: Drawing, left: float, middle: float, name: str, slots: Slots) -> None:
    drawing.rect(left, middle - TALL / 2, BOX, TALL, slots[f"{name}.class"], name)
    drawing.slot(f"{name}-name", left + BOX / 2, middle + 4, slots, "small", "middle")
