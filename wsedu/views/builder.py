"""The frame builder: bits, opcode, length, key and payload by hand (5.2).

How to think about it: the controls say what a frame means and how it is written; the picture
shows its bytes, as they would cross the wire, and every rule that its header breaks. You can
build what is forbidden: that is the point. A click flips a bit, a bit of the length too. Then the
length no longer fits what follows, and the picture reads the bytes as a receiver would.
"""

from collections.abc import Iterable
from typing import Any

from ..protocol import (
    Frame,
    FrameHeader,
    FrameLayout,
    Opcode,
    broken_rules,
    build_frame,
    read_layout,
)
from ..protocol.frames import LengthForm, Role
from ..words import _
from . import frame_colours
from .adjustable import Adjustable, State, choice, field, tick
from .drawing import NARROW, Drawing, Slots
from .frame_colours import LOOKS
from .masking_steps import key_of, utf8
from .picture import module

CELLS, CELL = 21, 29  # bytes drawn: a header of 14 at most, and the payload's first ones
BIT = 37  # pixels
LEFT = 14
RULES = 8  # lines for broken rules; a frame cannot break more of them at once
NO_KEY = bytes(4)  # stands in for a key that cannot be read

# The bits of the first two bytes: their names, their fields, and the controls that they flip.
BITS = (
    ("FIN", "fin", "fin"),
    ("RSV1", "rsv", "rsv1"),
    ("RSV2", "rsv", "rsv2"),
    ("RSV3", "rsv", "rsv3"),
    *(("opcode", "opcode", f"opcode^{8 >> n}") for n in range(4)),
    ("MASK", "mask", "mask"),
    *((_("payload length"), "length", f"flipped^{64 >> n}") for n in range(7)),
)
# After the first two bytes: each letter, and how its bytes look. "+" begins another frame.
SHADES = {LOOKS[kind].letter: LOOKS[kind].style for kind in ("extended", "key", "payload")}
SHADES["+"] = "end"


class FrameBuilder(Adjustable):
    """A frame by hand; ``frame_bytes`` are its bytes, to send them in the next cell."""

    _esm = module("interactive_svg.js", "adjustable.js", "builder.js")

    def __init__(self) -> None:
        self._says = {
            "none": _("✔ The header breaks no rule."),
            "bad": _("✘ A masking key is 4 bytes: 8 hexadecimal digits. Zeros are used instead."),
            "half": _("✘ The header is not complete: a receiver waits for the rest."),
            "less": _(
                "✘ The length is greater than what follows: a receiver waits. "
                "Bytes missing: {count}."
            ),
            "rest": _(
                "✘ The length is smaller than what follows. "
                "Bytes (+) that begin the next frame: {count}."
            ),
            "bit": _("bit {n}, {field}: {bit}"),
            "size": _("{count} bytes: {header} of header, {payload} of payload."),
            "more": _("Bytes not shown: {count}."),
        }
        opcodes = [[number, f"{number:#x} {_opcode_name(number)}"] for number in range(16)]
        forms = [[0, _("as few bits as possible")], [16, "7+16"], [64, "7+64"]]
        senders = [["client", _("client")], ["server", _("server")]]
        super().__init__(
            label=_("The parts of the frame"),
            controls=[
                tick("fin", "FIN", True),
                tick("rsv1", "RSV1"),
                tick("rsv2", "RSV2"),
                tick("rsv3", "RSV3"),
                choice("opcode", "opcode", opcodes, int(Opcode.TEXT)),
                tick("mask", "MASK", True),
                field("key", _("key"), 11, "37fa213d"),
                field("payload", _("payload"), 200, "Hello"),
                choice("form", _("length in"), forms, 0),
                choice("sender", _("sent by"), senders, "client"),
            ],
            flipped=0,  # the bits of the length that were flipped by hand
            words={
                **self._says,
                "rules": _rules(),
                "cells": CELLS,
                "lines": RULES,
                "shades": SHADES,
                "bits": [name for name, _kind, _act in BITS],
            },
            hint=_(
                "Flip a bit: click it, or Tab to the picture, arrow keys, Enter. "
                "Or change any part: the bytes follow. You can build what is forbidden, too."
            ),
        )

    @property
    def frame_bytes(self) -> bytes:
        """The frame as it would cross the wire."""
        return _built(self.state)

    def slots(self, state: State) -> Slots:
        """The bits of the first two bytes, all bytes, and the rules that are broken."""
        data = _built(state)
        layout = read_layout(data)
        assert layout is not None
        slots = {}
        for n, bit in enumerate(f"{data[0]:08b}{data[1]:08b}"):
            slots[f"bit{n}"] = bit
            slots[f"bit{n}.says"] = self._says["bit"].format(n=n, field=BITS[n][0], bit=bit)
        for n in range(2, CELLS):
            kinds = frame_colours.kinds_at(layout.begun, n)
            letter = frame_colours.letters(kinds) if n < layout.span.end else "+"
            there = n < len(data)
            slots[f"cell{n}.class"] = "" if there else "gone"
            slots[f"shade{n}.class"] = SHADES[letter] if there else SHADES["P"]
            slots[f"letter{n}"] = letter if there else ""
        for n in range(CELLS):
            slots[f"byte{n}"] = f"{data[n]:02x}" if n < len(data) else ""
        rules = self._broken(state, layout, len(data)) or [self._says["none"]]
        for n in range(RULES):
            slots[f"rule{n}"] = rules[n] if n < len(rules) else ""
        slots["verdict.class"] = "good" if rules == [self._says["none"]] else "bad"
        header = min(layout.begun.size, len(data))
        slots["size"] = self._says["size"].format(
            count=len(data), header=header, payload=layout.span.end - header
        )
        left_out = len(data) - CELLS
        slots["more"] = self._says["more"].format(count=left_out) if left_out > 0 else ""
        shown = data[:CELLS].hex(" ")
        slots["said"] = "\n".join(filter(None, [shown, slots["size"], slots["more"], *rules]))
        return slots

    def _broken(self, state: State, layout: FrameLayout, size: int) -> list[str]:
        """What is wrong with the frame, in the order of its bytes; a receiver knows no more."""
        rules = []
        if state["mask"] and key_of(state["key"]) is None:
            rules.append(self._says["bad"])
        if layout.header is None or size < layout.header.size:
            rules.append(self._says["half"])
        if layout.header is not None:
            reader: Role = "server" if state["sender"] == "client" else "client"
            rules += [f"✘ {error}" for _field, error in broken_rules(layout.header, reader)]
            missing = layout.header.size + layout.header.length - size
            if missing > 0 and size >= layout.header.size:
                rules.append(self._says["less"].format(count=missing))
            elif missing < 0:
                rules.append(self._says["rest"].format(count=-missing))
        return rules

    def draw(self, slots: Slots) -> str:
        """The grid of bits, the row of bytes, the rules."""
        drawing = Drawing(_("A frame, built by hand"), NARROW)
        draw_bits(drawing, slots, [act for _name, _kind, act in BITS])
        drawing.text(LEFT, 112, _("The same in bytes, with what follows:"), "small soft")
        y = 132.0
        for n, kinds in ((n, frame_colours.kinds_at(_FIRST, n)) for n in range(2)):
            x = LEFT + n * CELL
            frame_colours.cell(drawing, kinds, x, y, CELL, 38)
            drawing.slot(f"byte{n}", x + CELL / 2, y + 31, slots, "mono small", "middle")
        for n in range(2, CELLS):
            x = LEFT + n * CELL
            with drawing.kind(f"cell{n}", slots):
                drawing.rect(x + 1, y, CELL - 2, 38, slots[f"shade{n}.class"], f"shade{n}")
                drawing.slot(f"letter{n}", x + CELL / 2, y + 14, slots, "small", "middle")
                drawing.slot(f"byte{n}", x + CELL / 2, y + 31, slots, "mono small", "middle")
        y = frame_colours.legend(drawing, LOOKS, LEFT, y + 58) + 26
        drawing.slot("size", LEFT, y, slots, "strong")
        drawing.slot("more", NARROW - LEFT, y, slots, "small soft", "end")
        with drawing.kind("verdict", slots):
            for n in range(RULES):
                drawing.slot(f"rule{n}", LEFT, y + 22 + 18 * n, slots)
        return drawing.svg()


def draw_bits(drawing: Drawing, slots: Slots, acts: Iterable[str]) -> None:
    """The first two bytes as a row of bits; ``acts`` is what a click on each does.

    A slot such as ``box0.class`` says how the box of a bit looks, where that can change.
    """
    drawn = ""
    for n, ((name, kind, _act), act) in enumerate(zip(BITS, acts, strict=True)):
        x = LEFT + n * BIT + (12 if n >= 8 else 0)
        if name != drawn:
            width = BIT * sum(other == name for other, _kind, _act in BITS)
            drawing.text(x + width / 2, 24, name, "small", "middle")
            drawn = name
        box = f"box{n}"
        style = slots.get(f"{box}.class", "")
        with drawing.item(f"bit{n}", slots[f"bit{n}.says"], act=act, says_of=f"bit{n}"):
            drawing.rect(x + 1, 32, BIT - 2, 34, style or LOOKS[kind].style, box if style else "")
            drawing.slot(f"bit{n}", x + BIT / 2, 55, slots, "mono", "middle")
        drawing.text(x + BIT / 2, 82, str(n), "small soft", "middle")


def _built(state: State) -> bytes:
    bits = (state["fin"], state["rsv1"], state["rsv2"], state["rsv3"])
    frame = Frame(state["opcode"], utf8(state["payload"]), *bits)
    form: LengthForm | None = state["form"] or None
    key = (key_of(state["key"]) or NO_KEY) if state["mask"] else None
    data = bytearray(build_frame(frame, key, form))
    data[1] ^= state["flipped"]
    return bytes(data)


# The first two bytes have the same fields in every frame.
_FIRST = FrameHeader(True, False, False, False, Opcode.TEXT, False, 0, 7)


def _opcode_name(number: int) -> str:
    known = {opcode.value: opcode.name.lower() for opcode in Opcode}
    return known.get(number, _("reserved"))


def _rules() -> dict[str, str]:
    """The sentence of each rule, as ``wsedu.protocol`` says it; {opcode}, {length} to fill in."""
    legal = _FIRST._replace(masked=True)

    def broken(reader: Role = "server", **changes: Any) -> str:
        ((_field, error),) = broken_rules(legal._replace(**changes), reader)
        return f"✘ {error}"

    return {
        "reserved": broken(rsv1=True),
        "opcode": broken(opcode=0xF).replace("0xf", "{opcode}"),
        "fin": broken(opcode=Opcode.PING, fin=False),
        "unmasked": broken(masked=False),
        "masked": broken("client"),
        "long": broken(opcode=Opcode.PING, length=126, length_form=16),
        "top": broken(length=2**63, length_form=64),
        "form16": broken(length=99, length_form=16).replace("99", "{length}"),
        "form64": broken(length=99, length_form=64).replace("99", "{length}"),
    }
