"""A compressed message, symbol by symbol: which bits say what, and where a copy comes from.

How to think about it: above is the payload, with the four bytes that the receiver appends. The
bits of each byte are in the order in which they are read, the lowest first, so a symbol is a run of
bits, and may begin in one byte and end in the next. Below are what came before this message (the
context), and the message as far as it has been read. The bytes that a copy takes have a dashed
border.
"""

from bisect import bisect
from itertools import accumulate

from ..protocol.deflate import DYNAMIC, STORED, TAIL, Symbol, read_symbols
from ..words import _
from .drawing import WIDTH, Drawing, Slots, as_bytes, fit, glyph, refuse_more
from .steps import Steps

LONGEST = 40  # bytes of a payload that is drawn
WINDOW = 2**15  # bytes of context into which a copy may reach (RFC 1951 2)
COLUMNS, CELL, LEFT = 12, 72, 14
ROW, BIT = 82, 8.6  # pixels: a row of bytes, and a bit
SHOWN, CHAR = 48, 18  # bytes of the context and of the message that are drawn, and their width

STYLES = {"literal": "word", "copy": "name", "damaged": "value"}


class DeflateSteps(Steps):
    """What a payload with RSV1 consists of (RFC 1951, RFC 7692 7.2).

    payload: of a whole message, ``LONGEST`` bytes at most, without the four bytes that the sender
             took away
    context: what the receiver has inflated before, if it keeps that
    """

    def __init__(self, payload: bytes, context: bytes = b"") -> None:
        payload, self._context = as_bytes(payload), as_bytes(context)[-WINDOW:]
        refuse_more(len(payload), LONGEST)
        self._data = payload + TAIL
        self._bits = "".join(f"{byte:08b}"[::-1] for byte in self._data)
        self._symbols = list(read_symbols(self._data, self._context))
        # Where each symbol's bytes begin in the message; at the end, how long the message is.
        sizes = [len(symbol.data) for symbol in self._symbols]
        self._starts = [0, *accumulate(sizes)]
        self._message = b"".join(symbol.data for symbol in self._symbols)
        super().__init__(
            [self._step(number) for number in range(len(self._symbols) + 1)],
            label=_("How many symbols have been read"),
            hint=_("Move the slider, or click a symbol."),
        )

    # The steps.

    def _step(self, number: int) -> Slots:
        """The slots after this number of symbols."""
        read = self._message[: self._starts[number]]
        if number:
            symbol = self._symbols[number - 1]
            sentence = self._say(symbol)
        else:
            symbol = None
            sentence = _("The receiver has appended {tail}.").format(tail=TAIL.hex(" "))
        message = _("Message: {text}").format(text="".join(map(glyph, read[:SHOWN])))
        more = len(read) > SHOWN
        slots = {
            "sentence": fit(f"{number}  {sentence}", WIDTH - 2 * LEFT, 7.4),
            "said": f"{number}  {sentence} {message}{' …' if more else ''}".rstrip(),
            "more": "…" if more else "",
        }
        for n in range(len(self._symbols)):
            slots[f"at{n}.class"] = "arrow" if n == number - 1 else "gone"
        new = range(self._starts[max(number - 1, 0)], self._starts[number])
        source = self._source(number)
        for at in self._drawn():
            borders = {at in source: "switch", at in new: "arrow"}
            slots[f"b{at}.class"] = borders.get(True, "gone")
            if at >= 0:
                there = at < len(read)
                slots[f"m{at}.class"] = self._origin(at) if there else "gone"
                slots[f"m{at}"] = glyph(read[at]) if there else ""
        return slots

    def _drawn(self) -> range:
        """The bytes that have a cell, counted from where the message begins."""
        return range(-min(len(self._context), SHOWN), min(len(self._message), SHOWN))

    def _origin(self, at: int) -> str:
        """The style of a byte of the message: that of the symbol that it comes from."""
        return STYLES.get(self._symbols[bisect(self._starts, at) - 1].kind, "word")

    def _source(self, number: int) -> range:
        """From where the copy that was read last takes its bytes; 0 is where the message begins."""
        if not number or self._symbols[number - 1].kind != "copy":
            return range(0)
        symbol = self._symbols[number - 1]
        start = self._starts[number - 1] - symbol.distance
        return range(start, start + min(symbol.distance, len(symbol.data)))

    def _say(self, symbol: Symbol) -> str:
        """A symbol in words, with its bits in the order in which they are read."""
        first, last = symbol.bits.start, symbol.bits.end - 1
        bits = self._bits[first : last + 1]
        if len(bits) > 24:
            bits = f"{bits[:10]}…{bits[-10:]}"
        where = _("Bits {first} to {last}, {bits}:").format(first=first, last=last, bits=bits)
        return f"{where} {self._meaning(symbol)}"

    def _meaning(self, symbol: Symbol) -> str:
        data = symbol.data
        text = "".join(map(glyph, data[:SHOWN])) + ("…" if len(data) > SHOWN else "")
        if symbol.kind == "literal":
            return _("the byte {byte}, {text}.").format(byte=data.hex(), text=text)
        if symbol.kind == "copy":
            said = _("go back {distance:,} and copy {count} bytes: {text}.")
            return said.format(distance=symbol.distance, count=len(data), text=text)
        if symbol.kind == "stored":
            if not data:
                return _("the rest of a byte, and how many bytes follow: 0.")
            return _("as it is, {count} bytes: {text}.").format(count=len(data), text=text)
        if symbol.kind == "block":
            kinds = {
                STORED: _("a block begins, not compressed."),
                DYNAMIC: _("a block begins, with codes of its own."),
            }
            return kinds.get(symbol.type, _("a block begins, with the fixed codes."))
        words = {
            "codes": _("the codes of this block."),
            "end": _("the block ends."),
            "damaged": _("✘ a wrong code or length, or a copy from too far back."),
        }
        return words[symbol.kind]

    # The picture.

    def draw(self, slots: Slots) -> str:
        """The bytes with their bits and symbols, and below them the context and the message."""
        drawing = Drawing(_("A compressed message, symbol by symbol"))
        drawing.slot("sentence", LEFT, 28, slots, "strong")
        legend = (
            ("word", _("a byte as it is")),
            ("name", _("a copy of earlier bytes")),
            ("end", _("where blocks begin and end")),
        )
        for n, (style, words) in enumerate(legend):
            drawing.rect(LEFT + 200 * n, 44, 16, 16, style)
            drawing.text(LEFT + 200 * n + 22, 57, words, "small")
        drawing.text(LEFT + 620, 57, _("the lowest bit of each byte is first"), "small soft")
        y = 76.0
        for n, byte in enumerate(self._data):
            x = LEFT + CELL * (n % COLUMNS)
            top = y + ROW * (n // COLUMNS)
            appended = n >= len(self._data) - len(TAIL)
            drawing.text(
                x + 4 * BIT, top + 12, f"{byte:02x}", "mono soft" if appended else "mono", "middle"
            )
        for n, symbol in enumerate(self._symbols):
            self._draw_symbol(drawing, n, symbol, y, slots)
        y += ROW * (1 + (len(self._data) - 1) // COLUMNS)
        if self._context:
            drawing.text(LEFT, y + 12, _("before this message"), "small soft")
            y += 52
        drawing.text(LEFT, y + 12, _("the message"), "small soft")
        for at in self._drawn():
            x = LEFT + CHAR * (at if at >= 0 else at + min(len(self._context), SHOWN))
            top = y + 18 if at >= 0 else y - 34
            if at >= 0:
                drawing.rect(x, top, CHAR - 2, 22, slots[f"m{at}.class"], f"m{at}")
                drawing.slot(f"m{at}", x + CHAR / 2 - 1, top + 16, slots, "mono small", "middle")
            else:
                drawing.rect(x, top, CHAR - 2, 22, "end")
                char = glyph(self._context[at])
                drawing.text(x + CHAR / 2 - 1, top + 16, char, "mono small", "middle")
            drawing.rect(x, top, CHAR - 2, 22, slots[f"b{at}.class"], f"b{at}")
        drawing.slot("more", LEFT + CHAR * SHOWN, y + 34, slots, "soft")
        return drawing.svg()

    def _draw_symbol(
        self, drawing: Drawing, number: int, symbol: Symbol, top: float, slots: Slots
    ) -> None:
        """Its bits, in as many pieces as it has bytes, and a short name below the first."""
        first, end = symbol.bits.start, symbol.bits.end
        style, kind = STYLES.get(symbol.kind, "end"), f"at{number}"
        with drawing.item(f"s{number}", self._say(symbol), act=f"step={number + 1}"):
            for start in [first, *range(first - first % 8 + 8, end, 8)]:
                count = min(end, start - start % 8 + 8) - start
                line, column = divmod(start // 8, COLUMNS)
                x = LEFT + CELL * column + BIT * (start % 8)
                y, width = top + ROW * line + 18, BIT * count
                drawing.rect(x, y, width - 1, 24, style)
                bits = self._bits[start : start + count]
                drawing.row(x, y + 17, BIT, bits, "mono small")
                drawing.rect(x, y, width - 1, 24, slots[f"{kind}.class"], kind)
                if start == first:
                    drawing.text(x, y + 40, self._name(symbol), "small")

    def _name(self, symbol: Symbol) -> str:
        """As few characters as there is room for."""
        if symbol.kind == "literal":
            return glyph(symbol.data[0])
        if symbol.kind == "copy":
            return f"{len(symbol.data)} ← {symbol.distance}"
        return {"block": "[", "end": "]", "damaged": "✘"}.get(symbol.kind, "")
