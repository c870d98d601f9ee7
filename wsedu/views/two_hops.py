"""Two hops: what a client and a proxy said, and beside it what the proxy and the server said.

How to think about it: a proxy ends one TCP connection and begins another, so there are two ladders
with one clock. What the proxy passed on is in one row, and so is what happened at one moment. The
sign in the middle says what the proxy did: passed it on with the same bytes or with other bytes,
sent it itself, or kept it.

Selecting an arrow opens its bytes below the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from ..protocol import Opcode
from ..recording import Dissection, Recording, Unit, dissect
from ..recording.protocols import protocol_of
from ..words import _
from .bytes_and_fields import OpensUnits
from .drawing import WIDTH, Drawing, fit, wrap
from .ladder import Arrow, arrows_of, gap_of, label_of
from .remarks import draw_remarks, remarks

LANES = CLIENT, PROXY, SERVER = 100, 480, WIDTH - 40  # the x of the lanes
TOP, STEP = 44.0, 40  # where the rows begin, and pixels from row to row
FIRST, LAST = 30, 10  # of more arrows on a hop these are shown
MOMENT = 0.25  # seconds: what is closer than that has no order, since it differs from run to run
# Between which two a hop is, and in which direction something went.
WAYS = {
    (0, "client"): _("client → proxy"),
    (0, "server"): _("proxy → client"),
    (0, ""): _("client – proxy"),
    (1, "client"): _("proxy → server"),
    (1, "server"): _("server → proxy"),
    (1, ""): _("proxy – server"),
}
SIGNS = {
    "=": (_("passed on with the same bytes"), "word"),
    "≠": (_("passed on with other bytes"), "value"),
    "+": (_("the proxy sent this itself"), "name"),
    "✘": (_("the proxy did not pass this on"), "end"),
}


class TwoHops(OpensUnits):
    """The two connections that a proxy is the middle of, such as ``proxy.hops``.

    front: what passed between the client and the proxy; if that is TLS, it is one closed box
    back:  what passed between the proxy and the server, with the times of the same clock
    times: whether to write the seconds beside each row
    ends:  whether to draw the ends of both TCP connections as well
    """

    def __init__(
        self, front: Recording, back: Recording, *, times: bool = False, ends: bool = False
    ) -> None:
        seen = [dissect(hop if ends else _without_ends(hop)) for hop in (front, back)]
        story = self._story = _Story(seen[0], seen[1], times)
        hint = _("Select an arrow to open its bytes: click, or Tab, arrow keys, Enter.")
        super().__init__(svg=story.draw(), text=story.describe(), hint=hint if story.rows else "")

    def units(self) -> dict[str, tuple[Unit, ...]]:
        """What got an arrow, on either hop."""
        return {f"{hop}-u": seen.units for hop, seen in enumerate(self._story.seen)}


def _without_ends(hop: Recording) -> Recording:
    if not isinstance(hop, Recording):
        return hop  # dissect says what is wrong with it
    events = tuple(event for event in hop.events if event.kind not in ("end", "lost"))
    return replace(hop, events=events)


@dataclass(frozen=True)
class Row:
    """An arrow of each hop, or of one; ``passed``: whether the second is the first, passed on."""

    front: Arrow | None
    back: Arrow | None
    passed: bool = False

    @property
    def arrows(self) -> list[tuple[int, Arrow]]:
        """Each with the number of its hop; what was passed on follows what it was before."""
        found = [(hop, arrow) for hop, arrow in enumerate((self.front, self.back)) if arrow]
        return found[::-1] if self.passed and found[0][1].step.sender == "server" else found

    def sign(self, hop: int, arrow: Arrow) -> str:
        """What the proxy did; nothing for the end of a connection, which each hop has."""
        if not isinstance(arrow.step, Unit):
            return ""
        if not self.passed:
            return "+" if arrow.step.sender == ("server", "client")[hop] else "✘"
        (_from, before), (_to, after) = self.arrows
        same = isinstance(before.step, Unit) and before.step.data == after.step.data
        return "=" if same else "≠"


def rows_of(front: Sequence[Arrow], back: Sequence[Arrow]) -> Iterator[Row]:
    """The arrows of both hops in rows."""
    same = SequenceMatcher(None, _keys(0, front), _keys(1, back), autojunk=False)
    i = j = 0
    for a, b, size in same.get_matching_blocks():
        yield from _by_time(list(front[i:a]), list(back[j:b]))
        for passed in zip(front[a : a + size], back[b : b + size], strict=True):
            yield Row(*passed, passed=True)
        i, j = a + size, b + size


def _keys(hop: int, arrows: Sequence[Arrow]) -> list[tuple[object, ...]]:
    """For each arrow, what it has in common with the same thing on the other hop.

    The end of TCP has nothing in common. Nor have the first Close of a hop and a reply to one.
    """
    keys: list[tuple[object, ...]] = []
    closing: set[str] = set()
    for arrow in arrows:
        step = arrow.step
        if not isinstance(step, Unit):
            keys.append((hop, arrow.name))
            continue
        title = step.title if step.kind == "frame" else ""
        keys.append((step.sender, step.kind, title, bool(closing - {step.sender})))
        if step.opcode == Opcode.CLOSE:
            closing.add(step.sender)
    return keys


def _by_time(front: list[Arrow], back: list[Arrow]) -> Iterator[Row]:
    """What was not passed on: in one row if it happened at one moment."""
    while front and back:
        later = front[0].time - back[0].time
        yield Row(
            front.pop(0) if later < MOMENT else None, back.pop(0) if later > -MOMENT else None
        )
    for arrow in front:
        yield Row(arrow, None)
    for arrow in back:
        yield Row(None, arrow)


class _Story:
    """Both hops, in words and as a drawing."""

    def __init__(self, front: Dissection, back: Dissection, times: bool) -> None:
        self.seen, self._times = (front, back), times
        self._closed = protocol_of(front.recording.sent_by("client")) == "client-hello"
        shown = [arrows_of(seen, FIRST, LAST) for seen in self.seen]
        self.rows = list(rows_of([] if self._closed else shown[0], shown[1]))

    def _title(self) -> str:
        if not self.seen[0].recording.events:
            return _("Nothing was recorded yet")
        if not self.seen[1].recording.events:
            return _("Client and proxy: one TCP connection, and none to the server")
        return _("Client, proxy and server: two TCP connections")

    def _box(self) -> str:
        return _("TLS records: without the keys, no request and no frame can be read")

    def _sign(self, row: Row, hop: int, arrow: Arrow) -> str:
        """What the proxy did, where both of its sides can be read."""
        return "" if self._closed else row.sign(hop, arrow)

    def _both(self) -> Recording:
        """What must be said of the recordings, once if both say it."""
        hops = [seen.recording for seen in self.seen]
        notes = dict.fromkeys(hop.note for hop in hops if hop.note)
        return Recording(note=" ".join(notes), dropped=sum(hop.dropped for hop in hops))

    def describe(self) -> str:
        """A line for each arrow; what was passed on is below what it was before."""
        lines = [self._title()]
        if self._closed:
            lines.append(f"  {WAYS[0, '']}  {self._box()}")
        for row in self.rows:
            for hop, arrow in row.arrows:
                sign = self._sign(row, hop, arrow)
                lines += [f"  {WAYS[hop, '']}  {gap_of(arrow)}"] if arrow.left_out else []
                when = f"{arrow.time:6.2f} s  " if self._times else ""
                first = row.passed and (hop, arrow) == row.arrows[0]
                said = f"  ({SIGNS[sign][0]})" if sign and not first else ""
                lines.append(
                    f"  {when}{WAYS[hop, arrow.step.sender]}  {label_of(arrow.step)}{said}"
                )
        return "\n".join([*lines, *remarks(self._both())])

    def draw(self) -> str:
        """The same as a drawing."""
        drawing = Drawing(self._title())
        for x, name in zip(LANES, (_("client"), _("proxy"), _("server")), strict=True):
            drawing.text(x, 26, name, "strong", "middle")
        bottom, signs = TOP + STEP * max(len(self.rows), 1), set()
        for x in LANES:
            drawing.path(f"M{x} 34V{bottom:g}", bottom, "line")
        if self._closed:
            self._draw_box(drawing, bottom)
        for number, row in enumerate(self.rows):
            y = TOP + STEP * number
            if self._times:
                drawing.text(14, y + 29, f"{row.arrows[0][1].time:.2f} s", "small mono soft")
            for hop, arrow in row.arrows:
                self._draw_arrow(drawing, row, hop, arrow, y)
            for hop, arrow in row.arrows:  # over both arrows: a line through "=" is another sign
                sign = self._sign(row, hop, arrow)
                if not row.passed or hop == 0:  # one sign for what is one thing
                    _draw_sign(drawing, sign, PROXY + (-1, 1)[hop] * _apart(row), y + 24)
                signs.add(sign)
        for sign, (words, _style) in SIGNS.items():
            if sign in signs:
                bottom += 24
                _draw_sign(drawing, sign, CLIENT + 11, bottom)
                drawing.text(CLIENT + 30, bottom + 5, words, "small")
        draw_remarks(drawing, self._both(), bottom + 6)
        return drawing.svg()

    def _draw_arrow(self, drawing: Drawing, row: Row, hop: int, arrow: Arrow, y: float) -> None:
        step, sign = arrow.step, self._sign(row, hop, arrow)
        left, right = LANES[hop], LANES[hop + 1]
        start, end = (left, right) if step.sender == "client" else (right, left)
        sentence = step.sentence if isinstance(step, Unit) else ""
        says = [f"{WAYS[hop, step.sender]}: {label_of(step)}.", sentence]
        says += [SIGNS[sign][0].capitalize() + "."] if sign else []
        lights = [f"{other}-{each.name}" for other, each in row.arrows if row.passed]
        middle, line = (left + right) / 2, y + 24
        with drawing.item(f"{hop}-{arrow.name}", " ".join(filter(None, says)), lights):
            drawing.rect(left + 14, y, right - left - 28, STEP - 2, "back")
            if arrow.left_out:
                drawing.text(middle, y + 38, gap_of(arrow), "small soft", "middle")
            if step.kind == "fault":
                drawing.path(f"M{left} {line:g}H{right}", line, "fault")
            else:
                if sign and end == PROXY:  # the signs are there
                    end += (-1, 1)[hop] * (10 + _apart(row))
                drawing.arrow(start, end, line)
            label = fit(label_of(step), right - left - 40, 8.5)
            drawing.text(middle, line - 7, label, "mono", "middle")

    def _draw_box(self, drawing: Drawing, bottom: float) -> None:
        with drawing.item("tls", self._box()):
            drawing.rect(CLIENT + 14, TOP, PROXY - CLIENT - 28, bottom - TOP, "end")
            for number, words in enumerate(wrap(self._box(), PROXY - CLIENT - 60, 8)):
                y = (TOP + bottom) / 2 + 18 * number
                drawing.text((CLIENT + PROXY) / 2, y, words, "strong", "middle")


def _apart(row: Row) -> int:
    """How far from the proxy's lane a sign is: two have to stand beside each other."""
    return 0 if row.passed or len(row.arrows) == 1 else 11


def _draw_sign(drawing: Drawing, sign: str, x: float, y: float) -> None:
    if sign:
        drawing.rect(x - 10, y - 10, 20, 20, SIGNS[sign][1])
        drawing.text(x, y + 5, sign, "strong", "middle")
