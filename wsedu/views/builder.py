"""The frame builder: bits, opcode, length, key and payload by hand (5.2).

How to think about it: the controls say what a frame means and how it is written; the picture
shows its bytes, as they would cross the wire, and every rule that its header breaks. What is
forbidden can be built: that is the point.
"""

from __future__ import annotations

import re

from .._text import _
from ..protocol import Frame, Opcode, broken_rules, build_frame, cut_header, parse_header
from ..protocol.frames import Header, LengthForm, Role
from .adjustable import Adjustable, State
from .drawing import WIDTH, Drawing, Slots
from .masking_steps import utf8
from .picture import module

CELLS, CELL = 30, 29  # bytes drawn: a header of 14 at most, and the payload's first ones
BIT = 44  # pixels
LEFT = 14
RULES = 7  # lines for broken rules; a header cannot break more of them at once
NO_KEY = bytes(4)  # stands in for a key that cannot be read

_SHADES = {"H": "word", "L": "value", "K": "end", "P": "name"}


class FrameBuilder(Adjustable):
    """A frame by hand; ``frame_bytes`` are its bytes, to send them in the next cell."""

    _esm = module("board.js", "adjustable.js", "builder.js")

    def __init__(self) -> None:
        self._says = {
            "none": _("✔ Its header breaks no rule."),
            "bad": _("✘ A masking key is 4 bytes: 8 hexadecimal digits. Zeros are taken instead."),
            "size": _("{count} bytes: {header} of header, {payload} of payload."),
            "more": _("Bytes not shown: {count}."),
        }
        opcodes = [[number, f"{number:#x} {_opcode_name(number)}"] for number in range(16)]
        super().__init__(
            label=_("The parts of the frame"),
            controls=[
                {"name": "fin", "label": "FIN", "kind": "checkbox"},
                {"name": "rsv1", "label": "RSV1", "kind": "checkbox"},
                {"name": "rsv2", "label": "RSV2", "kind": "checkbox"},
                {"name": "rsv3", "label": "RSV3", "kind": "checkbox"},
                {"name": "opcode", "label": "opcode", "kind": "select", "options": opcodes},
                {"name": "mask", "label": "MASK", "kind": "checkbox"},
                {"name": "key", "label": _("key"), "kind": "text", "limit": 11},
                {"name": "payload", "label": _("payload"), "kind": "text", "limit": 200},
                {
                    "name": "form",
                    "label": _("length in"),
                    "kind": "select",
                    "options": [[0, _("as few bits as possible")], [16, "7+16"], [64, "7+64"]],
                },
                {
                    "name": "sender",
                    "label": _("sent by"),
                    "kind": "select",
                    "options": [["client", _("client")], ["server", _("server")]],
                },
            ],
            state={
                "fin": True,
                "rsv1": False,
                "rsv2": False,
                "rsv3": False,
                "opcode": int(Opcode.TEXT),
                "mask": True,
                "key": "37fa213d",
                "payload": "Hello",
                "form": 0,
                "sender": "client",
            },
            words={**self._says, "rules": _rules(), "cells": CELLS, "lines": RULES},
            hint=_("Change any part; the bytes follow. What is forbidden can be built, too."),
        )

    @property
    def frame_bytes(self) -> bytes:
        """The frame as it would cross the wire."""
        return _built(self.state)

    def slots(self, state: State) -> Slots:
        """The bits of the first two bytes, all bytes, and the rules that are broken."""
        data = _built(state)
        header = _header(data)
        slots = {}
        for n, bit in enumerate(f"{data[0]:08b}{data[1]:08b}"):
            slots[f"bit{n}"] = bit
        key_at = header.size - (4 if header.masked else 0)
        for n in range(CELLS):
            letter = "H" if n < 2 else "L" if n < key_at else "K" if n < header.size else "P"
            there = n < len(data)
            slots[f"cell{n}.class"] = "" if there else "gone"
            slots[f"shade{n}.class"] = _SHADES[letter]
            slots[f"letter{n}"] = letter if there else ""
            slots[f"byte{n}"] = f"{data[n]:02x}" if there else ""
        reader: Role = "server" if state["sender"] == "client" else "client"
        rules = [f"✘ {error}" for _field, error in broken_rules(header, reader)]
        if state["mask"] and _key(state) is None:
            rules.insert(0, self._says["bad"])
        rules = rules or [self._says["none"]]
        for n in range(RULES):
            slots[f"rule{n}"] = rules[n] if n < len(rules) else ""
        slots["verdict.class"] = "good" if rules == [self._says["none"]] else "bad"
        slots["size"] = self._says["size"].format(
            count=len(data), header=header.size, payload=header.length
        )
        left_out = len(data) - CELLS
        slots["more"] = self._says["more"].format(count=left_out) if left_out > 0 else ""
        shown = data[:CELLS].hex(" ")
        slots["said"] = "\n".join(filter(None, [shown, slots["size"], slots["more"], *rules]))
        return slots

    def draw(self, slots: Slots) -> str:
        """The grid of bits, the row of bytes, the rules."""
        drawing = Drawing(_("A frame, built by hand"))
        self._draw_bits(drawing, slots)
        y = 132.0
        for n in range(CELLS):
            x = LEFT + n * CELL
            with drawing.kind(f"cell{n}", slots):
                drawing.rect(x + 1, y, CELL - 2, 38, slots[f"shade{n}.class"], f"shade{n}")
                drawing.slot(f"letter{n}", x + CELL / 2, y + 14, slots, "small", "middle")
                drawing.slot(f"byte{n}", x + CELL / 2, y + 31, slots, "mono small", "middle")
        legend = _("H first two bytes, L extended length, K masking key, P payload as it travels")
        drawing.text(LEFT, y + 56, legend, "small soft")
        drawing.slot("size", LEFT, y + 78, slots, "strong")
        drawing.slot("more", WIDTH - LEFT, y + 78, slots, "small soft", "end")
        with drawing.kind("verdict", slots):
            for n in range(RULES):
                drawing.slot(f"rule{n}", LEFT, y + 100 + 18 * n, slots)
        return drawing.svg()

    def _draw_bits(self, drawing: Drawing, slots: Slots) -> None:
        fields = (
            ("FIN", 0, 1, "word"),
            ("RSV1", 1, 1, "end"),
            ("RSV2", 2, 1, "end"),
            ("RSV3", 3, 1, "end"),
            ("opcode", 4, 4, "value"),
            ("MASK", 8, 1, "word"),
            (_("payload length"), 9, 7, "name"),
        )
        for name, start, length, style in fields:
            x = LEFT + start * BIT + (12 if start >= 8 else 0)
            drawing.text(x + length * BIT / 2, 24, name, "small", "middle")
            for n in range(start, start + length):
                at = x + (n - start) * BIT
                with drawing.item(f"bit{n}", _("bit {n}, {field}").format(n=n, field=name)):
                    drawing.rect(at + 1, 32, BIT - 2, 34, style)
                    drawing.slot(f"bit{n}", at + BIT / 2, 55, slots, "mono", "middle")
                drawing.text(at + BIT / 2, 82, str(n), "small soft", "middle")
        drawing.text(LEFT, 112, _("The same in bytes, with what follows:"), "small soft")


def _key(state: State) -> bytes | None:
    digits = re.sub(r"[ \t]", "", state["key"]).lower()
    return bytes.fromhex(digits) if re.fullmatch("[0-9a-f]{8}", digits) else None


def _built(state: State) -> bytes:
    bits = (state["fin"], state["rsv1"], state["rsv2"], state["rsv3"])
    frame = Frame(state["opcode"], utf8(state["payload"]), *bits)
    form: LengthForm | None = state["form"] or None
    return build_frame(frame, (_key(state) or NO_KEY) if state["mask"] else None, form)


def _header(data: bytes) -> Header:
    written = cut_header(data)
    assert written is not None  # a built frame has a whole header
    return parse_header(written)


def _opcode_name(number: int) -> str:
    known = {opcode.value: opcode.name.lower() for opcode in Opcode}
    return known.get(number, _("reserved"))


def _rules() -> dict[str, str]:
    """The sentence of each rule, as ``wsedu.protocol`` says it; {opcode}, {length} to fill in."""
    text = Frame(Opcode.TEXT)
    ping = Frame(Opcode.PING)
    key = NO_KEY
    return {
        "reserved": _broken(build_frame(text._replace(rsv1=True), key), "server"),
        "opcode": _broken(build_frame(text._replace(opcode=0xF), key), "server").replace(
            "0xf", "{opcode}"
        ),
        "fin": _broken(build_frame(ping._replace(fin=False), key), "server"),
        "unmasked": _broken(build_frame(text), "server"),
        "masked": _broken(build_frame(text, key), "client"),
        "long": _broken(build_frame(ping._replace(payload=bytes(126)), key), "server"),
        "form16": _broken(build_frame(text._replace(payload=bytes(99)), key, 16), "server").replace(
            "99", "{length}"
        ),
        "form64": _broken(build_frame(text._replace(payload=bytes(99)), key, 64), "server").replace(
            "99", "{length}"
        ),
    }


def _broken(data: bytes, reader: Role) -> str:
    ((_field, error),) = broken_rules(_header(data), reader)
    return f"✘ {error}"
