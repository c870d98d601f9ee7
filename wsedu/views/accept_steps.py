"""The accept stepper: from Sec-WebSocket-Key to Sec-WebSocket-Accept, a step at a time (4.2.2).

How to think about it: there is one right way, and there are four common mistakes. Each way has the
same six lines. The first line in which a wrong way differs from the right one is marked, and so is
every later line that differs. The page shows the chosen way, as far as the chosen step.
"""

import base64
import hashlib
from dataclasses import dataclass

from ..protocol import GUID, accept_key
from ..words import _
from .adjustable import Adjustable, State, choice, slider
from .drawing import NARROW, Slots, clean, headed
from .picture import module

STEPS = 6
TOP, ROW = 44, 62
ROWS = ("name", "value", "word", "end", "name", "word")  # the style of each step
FIRST, LATER = "wrong", "fault"  # of the first step that is wrong, and of those that follow it


@dataclass(frozen=True)
class Way:
    """One way from the key to a value: what is hashed, and what of the hash is encoded."""

    name: str
    title: str
    hashed: bytes
    in_hex: bool = False
    guid: str = GUID
    sentence: str = ""

    @property
    def digest(self) -> bytes:
        """The 20 bytes of SHA-1."""
        return hashlib.sha1(self.hashed).digest()

    @property
    def encoded(self) -> bytes:
        """What is written in Base64."""
        return self.digest.hex().encode() if self.in_hex else self.digest

    @property
    def value(self) -> str:
        """What would be sent as Sec-WebSocket-Accept."""
        return base64.b64encode(self.encoded).decode()


class AcceptSteps(Adjustable):
    """The way from a key to its Accept, and four wrong ways.

    key: the value of Sec-WebSocket-Key; Base64 of 16 bytes
    """

    _esm = module("interactive_svg.js", "adjustable.js", "accept_steps.js")

    def __init__(self, key: str = "dGhlIHNhbXBsZSBub25jZQ==") -> None:
        try:
            nonce = base64.b64decode(key, validate=True)
        except ValueError:
            nonce = b""
        if len(nonce) != 16:
            raise ValueError(f"a key is Base64 of 16 bytes (RFC 6455 4.1); {key!r} is not")
        self._key = key
        ways = _ways(key, nonce)
        right = self._lines(ways[0])
        self._tables = {way.name: self._marked(way, right) for way in ways}
        super().__init__(
            label=_("The way, and how far to go"),
            controls=[
                choice("way", _("way"), [[way.name, way.title] for way in ways], "right"),
                slider("step", _("step"), 1, STEPS, STEPS),
            ],
            words={"tables": self._tables},
            hint=_("Move the step from left to right; choose a wrong way to see where it leads."),
        )

    def _lines(self, way: Way) -> list[dict[str, str]]:
        """The six lines of a way: what is done, what comes out, and a remark."""
        right = accept_key(self._key)
        tail = way.encoded[len(way.encoded) // 3 * 3 :] or way.encoded[-3:]
        bits = "".join(f"{byte:08b}" for byte in tail)
        groups = " ".join(bits[i : i + 6].ljust(6, "0") for i in range(0, len(bits), 6))
        titles = (
            _("1. The key, as it was sent"),
            _("2. The GUID, always the same"),
            _("3. What is hashed"),
            _("4. SHA-1"),
            _("5. Base64: six bits in a character"),
            _("6. The right value: is it the same?"),
        )
        hashed = clean(way.hashed.decode("latin-1").replace("\n", r"\n"))
        values = (self._key, way.guid, hashed, way.digest.hex(" ", 4), way.value, right)
        notes = (
            _("{count} characters").format(count=len(self._key)),
            _("{count} characters (RFC 6455 1.3)").format(count=len(way.guid)),
            _("{count} bytes").format(count=len(way.hashed)),
            _("{count} bytes, in hexadecimal").format(count=len(way.digest)),
            _("the end: bits {bits} are {last}").format(bits=groups, last=way.value[-4:]),
            _("✔ the same") if way.value == right else _("✘ not the same"),
        )
        rows = zip(titles, values, notes, strict=True)
        return [{"title": title, "value": value, "note": note} for title, value, note in rows]

    def _marked(self, way: Way, right: list[dict[str, str]]) -> list[dict[str, str]]:
        """The lines of a way with their styles; the first wrong line says why it is wrong."""
        lines = self._lines(way)
        wrong = [line["value"] != good["value"] for line, good in zip(lines, right, strict=True)]
        first = wrong.index(True) if True in wrong else STEPS
        for number, line in enumerate(lines):
            line["style"] = ROWS[number] if number < first else FIRST if number == first else LATER
        if first < STEPS:
            said = _("✘ wrong from here: {why}").format(why=way.sentence)
            lines[first]["note"] = f"{said} · {lines[first]['note']}"
        return lines

    def slots(self, state: State) -> Slots:
        """The lines of the chosen way, as far as the chosen step."""
        slots: Slots = {}
        said = []
        for number, line in enumerate(self._tables[state["way"]], 1):
            shown = number <= state["step"]
            slots[f"step{number}.class"] = "" if shown else "gone"
            slots[f"row{number}.class"] = line["style"]
            for name in ("title", "value", "note"):
                slots[f"{name}{number}"] = line[name]
            if shown:
                said.append(f"{line['title']}: {line['value']} ({line['note']})")
        slots["said"] = "\n".join(said)
        return slots

    def draw(self, slots: Slots) -> str:
        """One step under the other."""
        drawing = headed(_("From Sec-WebSocket-Key to Sec-WebSocket-Accept"), NARROW)
        for number in range(1, STEPS + 1):
            y = TOP + ROW * (number - 1)
            with drawing.kind(f"step{number}", slots):
                drawing.slot(f"title{number}", 14, y + 14, slots, "small strong")
                drawing.rect(
                    14, y + 20, NARROW - 28, 34, slots[f"row{number}.class"], f"row{number}"
                )
                drawing.slot(f"value{number}", 22, y + 35, slots, "mono small")
                drawing.slot(f"note{number}", 22, y + 50, slots, "small")
        return drawing.svg()


def _ways(key: str, nonce: bytes) -> tuple[Way, ...]:
    guid = GUID.encode()
    text = key.encode() + guid
    return (
        Way("right", _("the right way"), text),
        Way(
            "decoded",
            _("the key decoded first"),
            nonce + guid,
            sentence=_("The key was decoded; hash it as the string that was sent (4.2.2)."),
        ),
        Way(
            "hex",
            _("the hash in hexadecimal"),
            text,
            in_hex=True,
            sentence=_("Encode the 20 bytes, not the hex digits."),
        ),
        Way(
            "newline",
            _("a line break at the end"),
            text + b"\n",
            sentence=_("A line break was hashed too; echo adds one in a shell."),
        ),
        Way(
            "lower",
            _("the GUID in lower case"),
            key.encode() + guid.lower(),
            guid=GUID.lower(),
            sentence=_("Write capitals: the GUID is hashed as text."),
        ),
    )
