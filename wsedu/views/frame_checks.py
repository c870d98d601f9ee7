"""A client's frame header in bits, and a light for each check of the server.

How to think about it: a server need not wait for a frame to refuse it. Each check needs a part of
the header, and is made when that has come: three with the first byte, two with the second, and
three when the length is complete. The server stops at the first that fails. Which one that is
depends on one byte at a time, so three tables hold all verdicts. They are made here, by feeding a
``FrameReader``; the page only looks them up.
"""

from typing import Any, NamedTuple

from ..protocol import FrameReader, Opcode, ProtocolError, read_layout
from ..words import _
from . import frame_colours
from .adjustable import Adjustable, State, slider
from .builder import BIT, BITS, CELL, CELLS, LEFT, SHADES, draw_bits
from .drawing import NARROW, Drawing, Slots, as_bytes
from .frame_colours import LOOKS
from .picture import module

ROW = 22  # pixels
LIMIT = 2**20  # bytes of payload: the limit of the lab's servers

# A light: the class of its lamp, and the sign next to it.
LIGHTS = {
    "holds": ("good", "✔"),
    "broken": ("bad", "✘"),
    "waits": ("line", "…"),
    "after": ("end", "–"),
}


class FrameCheck(NamedTuple):
    """One check of a server.

    broken:  the id of what a ``ProtocolError`` says when it fails
    stage:   when it is made: with the first byte (0), with the second (1), or when the length is
             complete (2)
    name:    what must hold
    section: of RFC 6455
    bits:    those of the first two bytes that it looks at
    """

    broken: str
    stage: int
    name: str
    section: str
    bits: tuple[int, ...]


_LENGTH = tuple(range(9, 16))
# In the order in which a server makes them.
CHECKS = (
    FrameCheck("frame.reserved-bit", 0, _("RSV1, RSV2 and RSV3 are 0"), "5.2", (1, 2, 3)),
    FrameCheck("frame.reserved-opcode", 0, _("the opcode is known"), "5.2", (4, 5, 6, 7)),
    FrameCheck("frame.control-fragment", 0, _("a control frame has FIN"), "5.5", (0, 4)),
    FrameCheck("frame.client-unmasked", 1, _("MASK is 1"), "5.1", (8,)),
    FrameCheck(
        "frame.control-too-long",
        1,
        _("a control frame has 125 bytes or less"),
        "5.5",
        (4, *_LENGTH),
    ),
    FrameCheck("frame.length-top-bit", 2, _("the top bit of the length is 0"), "5.2", _LENGTH),
    FrameCheck(
        "frame.length-not-minimal", 2, _("the length has its shortest form"), "5.2", _LENGTH
    ),
    FrameCheck("frame.too-big", 2, _("the length is within the limit"), "10.4", _LENGTH),
)
# The least length that may follow in each form: what is broken with it is broken with any.
LEAST = {126: (126).to_bytes(2, "big"), 127: (2**16).to_bytes(8, "big")}


class FrameChecks(Adjustable):
    """The beginning of a client's frame, checked as its bytes come.

    data:  its bytes, two or more; as many as the picture has room for are drawn
    come:  how many of them have come at first; all, if it is None
    limit: the longest payload that the server takes, in bytes
    """

    _esm = module("interactive_svg.js", "adjustable.js", "frame_checks.js")

    def __init__(self, data: bytes, come: int | None = None, limit: int = LIMIT) -> None:
        if len(as_bytes(data)) < 2:
            raise ValueError(_("A frame has two bytes or more."))
        for name, value in (("come", come), ("limit", limit)):
            if not isinstance(value, int | None):
                raise TypeError(
                    _("{name} is a number of bytes, not {value}.").format(
                        name=name, value=repr(value)[:60]
                    )
                )
        self._data = bytes(data[:CELLS])
        size = len(self._data)
        self._words: dict[str, Any] = {
            "holds": _("holds"),
            "broken": _("broken: {code}"),
            "waits": [
                _("waits for the first byte"),
                _("waits for the second byte"),
                _("waits for the rest of the length"),
            ],
            "after": _("not checked"),
            "bit": _("bit {n}, {field}: {bit}"),
            "unseen": _("bit {n}, {field}: {bit}; it has not come yet"),
            "check": _("{name} ({section}): {found}"),
            "failed": _("The server refuses the frame. Bytes that it needed for that: {need}."),
            "open": _("Bytes that have come: {come}. Nothing is wrong so far."),
            "passed": _("✔ The header breaks no rule: the server reads on."),
            "lights": LIGHTS,
            "names": [check.name for check in CHECKS],
            "sections": [check.section for check in CHECKS],
            "stages": [check.stage for check in CHECKS],
            "bits": [name for name, _kind, _act in BITS],
            "looks": [LOOKS[kind].style for _name, kind, _act in BITS],
            "shades": SHADES,
            "data": list(self._data),
            **_verdicts(self._data, limit),
        }
        super().__init__(
            label=_("The bytes that have come"),
            controls=[slider("come", _("bytes come"), 0, size, size if come is None else come)],
            flipped=0,  # the bits of the first two bytes that were flipped by hand
            words=self._words,
            hint=_(
                "Let the bytes come one by one. Or flip a bit: click it, or Tab to the picture, "
                "arrow keys, Enter. Point at a check to see its bits."
            ),
        )

    def slots(self, state: State) -> Slots:
        """The bits, the bytes after them, a light for each check, and the verdict."""
        words, come = self._words, state["come"]
        header = int.from_bytes(self._data[:2], "big") ^ state["flipped"]
        first, second = header >> 8, header & 255
        slots = {"byte0": f"{first:02x}", "byte1": f"{second:02x}"}
        for n, bit in enumerate(f"{header:016b}"):
            seen = come > n // 8
            slots[f"bit{n}"] = bit
            slots[f"box{n}.class"] = words["looks"][n] if seen else "line"
            said = words["bit" if seen else "unseen"]
            slots[f"bit{n}.says"] = said.format(n=n, field=words["bits"][n], bit=bit)
        for n, letter in enumerate(words["letters"][second][2 : len(self._data)], 2):
            slots[f"letter{n}"] = letter
            slots[f"shade{n}.class"] = SHADES[letter] if n < come else "line"

        needs = [1, 2, words["needs"][second & 127]]
        is_control = first >> 3 & 1
        found = [words["first"][first], words["second"][is_control][second], words["third"][second]]
        stage = next((i for i in range(3) if found[i] >= 0 and come >= needs[i]), None)
        check, code, sentence = (len(CHECKS), 0, "")
        if stage is not None:
            check, code, sentence = words["errors"][found[stage]]
        lines = []
        for n, (_id, at, name, section, _bits) in enumerate(CHECKS):
            light = "broken" if n == check else "after" if n > check else "waits"
            light = "holds" if n < check and come >= needs[at] else light
            words_of = words["waits"][at] if light == "waits" else words[light].format(code=code)
            style, sign = LIGHTS[light]
            slots[f"lamp{n}.class"], slots[f"sign{n}"], slots[f"found{n}"] = style, sign, words_of
            slots[f"check{n}.says"] = words["check"].format(
                name=name, section=section, found=words_of
            )
            lines.append(f"{sign} {slots[f'check{n}.says']}")
        if stage is not None:
            slots["verdict"], slots["why"] = words["failed"].format(need=needs[stage]), sentence
        elif come >= needs[2]:
            slots["verdict"], slots["why"] = words["passed"], ""
        else:
            slots["verdict"], slots["why"] = words["open"].format(come=come), ""
        slots["said"] = "\n".join([*lines, slots["verdict"], slots["why"]]).rstrip()
        return slots

    def draw(self, slots: Slots) -> str:
        """The grid of bits, the bytes that follow, the checks, the verdict."""
        drawing = Drawing(_("The checks of a frame's header, in the order of its bytes"), NARROW)
        draw_bits(drawing, slots, [f"flipped^{0x8000 >> n}" for n in range(16)])
        for n, words in enumerate((_("first byte:"), _("second byte:"))):
            x = LEFT + n * (8 * BIT + 12)
            drawing.text(x, 104, words, "small soft")
            drawing.slot(f"byte{n}", x + 66 + 20 * n, 104, slots, "mono small")
        y = 138.0
        if len(self._data) > 2:
            drawing.text(LEFT, y - 8, _("The bytes that follow:"), "small soft")
        for n in range(2, len(self._data)):
            x, digits = LEFT + (n - 2) * CELL, f"{self._data[n]:02x}"
            drawing.rect(x + 1, y, CELL - 2, 38, slots[f"shade{n}.class"], f"shade{n}")
            drawing.slot(f"letter{n}", x + CELL / 2, y + 14, slots, "small", "middle")
            drawing.text(x + CELL / 2, y + 31, digits, "mono small", "middle")
        y = frame_colours.legend(drawing, LOOKS, LEFT, y + (58 if len(self._data) > 2 else 6)) + 14
        for n, check in enumerate(CHECKS):
            lights = [f"bit{bit}" for bit in check.bits]
            with drawing.item(f"check{n}", slots[f"check{n}.says"], lights, says_of=f"check{n}"):
                drawing.rect(LEFT, y, NARROW - 2 * LEFT, ROW, "back")
                drawing.rect(LEFT + 4, y + 4, 14, 14, slots[f"lamp{n}.class"], f"lamp{n}")
                drawing.slot(f"sign{n}", LEFT + 32, y + 16, slots, anchor="middle")
                drawing.text(LEFT + 48, y + 16, f"{check.name} ({check.section})")
                drawing.slot(f"found{n}", LEFT + 366, y + 16, slots, "small")
            y += ROW
        drawing.slot("verdict", LEFT, y + 22, slots, "strong")
        drawing.slot("why", LEFT, y + 42, slots, "small")
        return drawing.svg()


def _verdicts(data: bytes, limit: int) -> dict[str, Any]:
    """What fails, for each value of the first byte, of the second, and with this extended length.

    ``first``, ``second`` (of a data frame, of a control frame) and ``third`` hold a place in
    ``errors``, or -1: nothing fails. An error is the number of its check, its code, its sentence.
    ``needs`` is how many bytes a header has up to its length, for each value of the seven bits;
    ``letters`` are those of all bytes, for each value of the second byte.
    """
    errors: list[tuple[int, int | None, str]] = []

    def failing(header: bytes, limit: int | None = None) -> int:
        try:
            for _piece in FrameReader("server", max_size=limit).receive(header):
                pass
        except ProtocolError as error:
            check = [check.broken for check in CHECKS].index(error.said.id)
            found = (check, error.close_code, f"{error.close_code}: {error}")
            if found not in errors:
                errors.append(found)
            return errors.index(found)
        return -1

    needs = [2 + len(LEAST.get(seven, b"")) for seven in range(128)]
    ends = [needs[second & 127] for second in range(256)]
    least = [LEAST.get(second & 127, b"") for second in range(256)]
    data_frame, control_frame = 0x80 | Opcode.TEXT, 0x80 | Opcode.PING
    return {
        "first": [failing(bytes([first, 0x80])) for first in range(256)],
        "second": [
            [failing(bytes([first, second]) + least[second]) for second in range(256)]
            for first in (data_frame, control_frame)
        ],
        "third": [
            failing(bytes([data_frame, 0x80 | second]) + data[2 : ends[second]], limit)
            for second in range(256)
        ],
        "errors": errors,
        "needs": needs,
        "letters": [_letters(data, second) for second in range(256)],
    }


def _letters(data: bytes, second: int) -> str:
    """The letter of each byte, if the second byte is this one; "+" is after the frame."""
    layout = read_layout(bytes([data[0], second]) + data[2:])
    assert layout is not None
    return "".join(
        frame_colours.letters(frame_colours.kinds_at(layout.begun, n))[:1]
        if n < layout.span.end
        else "+"
        for n in range(len(data))
    )
