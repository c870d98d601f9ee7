"""The masking stepper: a text, a key, and what XOR makes of them, byte by byte (5.3).

How to think about it: four lanes, one for each byte of the key. The byte with number i of the
payload is in lane i mod 4; it meets that byte of the key, on the way out and on the way back.
"""

import re

from ..protocol import mask
from ..words import _
from . import frame_colours
from .adjustable import Adjustable, State, field, slider, well_formed
from .drawing import NARROW, Drawing, Slots, glyph
from .picture import module

SHOWN = 20  # bytes of the payload
CELL, LEFT, ROW = 25, 135, 44
LANES = "ABCD"
# Each row of bytes, and which field of a frame it is.
ROWS = {"payload": "payload", "key": "key", "masked": "payload", "back": "payload"}


class MaskingSteps(Adjustable):
    """A text under a masking key, forwards and back.

    text: any text; its first ``SHOWN`` bytes of UTF-8 are drawn
    key:  four bytes, in hexadecimal or as bytes
    """

    _esm = module("interactive_svg.js", "adjustable.js", "masking_steps.js")

    def __init__(self, text: str = "Hello", key: str | bytes = "37fa213d") -> None:
        key = key.hex() if isinstance(key, bytes) else key
        self._says = {
            "bad": _("A masking key is 4 bytes: 8 hexadecimal digits, such as 37fa213d."),
            "empty": _("There is no payload, so there is nothing to mask."),
            "byte": _(
                "Byte {i} is in lane {lane}: {payload} XOR {key} is {masked}; "
                "{masked} XOR {key} is {payload} again."
            ),
            "all": _("Masked: {bytes}."),
            "more": _("Bytes not shown: {count}."),
        }
        super().__init__(
            label=_("Text, key, and the byte to look at"),
            controls=[
                field("text", _("text"), 200, text),
                field("key", _("key"), 40, key),
                slider("byte", _("byte"), 0, SHOWN - 1, 0),
            ],
            words={**self._says, "shown": SHOWN, "lanes": list(LANES)},
            hint=_("Type another text or key, and move the slider from byte to byte."),
        )

    def slots(self, state: State) -> Slots:
        """Each byte in four rows, and the bits of one of them."""
        payload = utf8(state["text"])
        key = key_of(state["key"]) or b""
        rows = {"payload": payload, "key": b"", "masked": b"", "back": b""}
        if key:
            rows["key"] = (key * (len(payload) // 4 + 1))[: len(payload)]
            rows["masked"] = mask(payload, key)
            rows["back"] = mask(rows["masked"], key)
        slots = {}
        at = min(state["byte"], len(payload[:SHOWN]) - 1)
        for i in range(SHOWN):
            there = i < len(payload)
            slots[f"cell{i}.class"] = "" if there else "gone"
            slots[f"chosen{i}.class"] = "wrong" if i == at else "gone"
            slots[f"char{i}"] = glyph(payload[i]) if there else ""
            for name, row in rows.items():
                slots[f"{name}{i}"] = f"{row[i]:02x}" if i < len(row) else ""
        for name in ("payload", "key", "masked"):
            slots[f"bits-{name}"] = f"{rows[name][at]:08b}" if 0 <= at < len(rows[name]) else ""
        slots["byte.max"] = str(max(len(payload[:SHOWN]) - 1, 0))
        slots["said"] = self._sentence(rows, key, at)
        left_out = len(payload) - SHOWN
        slots["more"] = self._says["more"].format(count=left_out) if left_out > 0 else ""
        slots["sentence"] = slots["said"]
        if slots["more"]:
            slots["said"] += " " + slots["more"]
        if key and payload:
            masked = rows["masked"][:SHOWN].hex(" ")
            slots["said"] += " " + self._says["all"].format(bytes=masked)
        return slots

    def _sentence(self, rows: dict[str, bytes], key: bytes, at: int) -> str:
        if not key:
            return self._says["bad"]
        if at < 0:
            return self._says["empty"]
        return self._says["byte"].format(
            i=at,
            lane=LANES[at % 4],
            **{name: f"{rows[name][at]:02x}" for name in ("payload", "key", "masked")},
        )

    def draw(self, slots: Slots) -> str:
        """Four rows of bytes, and the bits of the chosen one below."""
        drawing = Drawing(_("Masking, byte by byte"), NARROW)
        titles = (_("payload"), _("key"), _("masked"), _("masked again"))
        for number, (title, kind) in enumerate(zip(titles, ROWS.values(), strict=True)):
            x = frame_colours.badges(drawing, [kind], 8, 70 + ROW * number)
            drawing.text(x + 4, 70 + ROW * number, title, "strong" if number == 2 else "")
        drawing.text(14, 30, _("lane"), "small soft")
        for i in range(SHOWN):
            x = LEFT + i * CELL
            with drawing.kind(f"cell{i}", slots):
                if i and i % len(LANES) == 0:  # the key begins again
                    drawing.path(f"M{x} 20V{40 + ROW * len(ROWS)}", 0, "line")
                drawing.text(x + CELL / 2, 30, LANES[i % 4], "small soft", "middle")
                drawing.slot(f"char{i}", x + CELL / 2, 46, slots, "mono small soft", "middle")
                for number, (name, kind) in enumerate(ROWS.items()):
                    top = 52 + ROW * number
                    frame_colours.fill(drawing, (kind,), x + 1, top, CELL - 2, 28)
                    drawing.slot(f"{name}{i}", x + CELL / 2, top + 19, slots, "mono", "middle")
        for i in range(SHOWN):  # over all cells
            x, kind = LEFT + i * CELL, f"chosen{i}"
            drawing.rect(x, 50, CELL, ROW * len(ROWS) - 12, slots[f"{kind}.class"], kind)
        y = 52.0 + ROW * len(ROWS) + 16
        for name, sign in (("payload", ""), ("key", "XOR"), ("masked", "=")):
            drawing.text(LEFT - 12, y, sign, "small soft", "end")
            drawing.slot(f"bits-{name}", LEFT, y, slots, "mono")
            y += 20
        drawing.slot("sentence", 14, y + 8, slots, "strong")
        drawing.slot("more", 14, y + 28, slots, "small soft")
        return drawing.svg()


def utf8(text: str) -> bytes:
    """UTF-8, as a browser writes it."""
    return well_formed(text).encode()


def key_of(digits: str) -> bytes | None:
    """The masking key that was typed in hexadecimal; None if it is not four bytes."""
    digits = re.sub(r"[ \t]", "", digits).lower()
    return bytes.fromhex(digits) if re.fullmatch("[0-9a-f]{8}", digits) else None
