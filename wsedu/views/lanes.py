"""The lanes: the frames of each side in order, and below them the messages that they make.

How to think about it: time runs to the right, and each frame has a column of its own, whichever
side sent it. A message spans the columns from its first fragment to its last, and reaches up to
each of its fragments. A control frame hangs above the row: it may come at any time, and belongs to
no message (5.4).

Selecting a frame opens its bytes below the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..protocol import Binary, Opcode, Text
from ..recording import Dissection, Recording, Side, Unit, dissect
from ..recording.events import SIDES
from ..recording.frame_fields import text_or_hex
from ..recording.grouping import Group, group
from ..words import _, ngettext
from . import frame_colours
from .bytes_and_fields import OpensUnits
from .drawing import WIDTH, Drawing, clean, fit, headed, wrap
from .remarks import draw_remarks, remarks

LEFT = 96  # the x where the columns begin
COLUMNS = 7  # frames side by side; after them the lanes go on below
WIDEST = 150  # pixels of a column
FIRST, LAST = 14, 7  # of more frames these are shown
FRAME, RAISED = 62, 16  # the height of a frame, and how much higher a control frame hangs
CORNER = 9  # pixels that are cut off a control frame's corners
MONO = 7.3  # pixels for a character of a payload
SHORT = 12  # bytes: of a longer payload the length is shown

KINDS = {
    Opcode.CONTINUATION: _("continuation"),
    Opcode.TEXT: _("text"),
    Opcode.BINARY: _("binary"),
    Opcode.CLOSE: _("Close"),
    Opcode.PING: _("Ping"),
    Opcode.PONG: _("Pong"),
}


class Lanes(OpensUnits):
    """The frames of a recording, a lane for each side, and the messages that they make.

    recording: the recording, dissected or not
    """

    def __init__(self, recording: Recording | Dissection) -> None:
        seen = dissect(recording)
        story = self._story = _Story(seen)
        hint = _("Select a frame to open its bytes: click, or Tab, arrow keys, Enter.")
        super().__init__(svg=story.draw(), text=story.describe(), hint=hint if story.frames else "")

    def units(self) -> dict[str, tuple[Unit, ...]]:
        """Every frame."""
        return {"f": self._story.frames}


@dataclass(frozen=True)
class _Band:
    """A row of columns: the numbers of its frames, and how many frames before it are left out."""

    frames: range
    left_out: int


class _Story:
    """The frames and messages of a recording, in words and as a drawing."""

    def __init__(self, seen: Dissection) -> None:
        self.recording = seen.recording
        self.frames = seen.find("frame")
        self.groups = group(self.frames)
        self._group_of = {place: n for n, each in enumerate(self.groups) for place in each.frames}
        self._bands = list(_bands(len(self.frames)))

    # In words.

    def title(self) -> str:
        """How many frames and messages each side sent."""
        if not self.frames:
            return _("No frames were recorded yet")
        client, server = (self._counted(side) for side in SIDES)
        return _("The client: {client}. The server: {server}.").format(client=client, server=server)

    def _counted(self, side: Side) -> str:
        sent = sum(unit.sender == side for unit in self.frames)
        whole = sum(each.ended for each in self.groups if each.sender == side)
        frames = ngettext("{count:,} frame", "{count:,} frames", sent).format(count=sent)
        messages = ngettext("{count:,} whole message", "{count:,} whole messages", whole)
        return f"{frames}, {messages.format(count=whole)}"

    def describe(self) -> str:
        """All of it, a line for each frame and each message."""
        lines = [self.title()]
        for band in self._bands:
            lines += [_left_out(band)] if band.left_out else []
            for place in band.frames:
                unit = self.frames[place]
                lines.append(f"{place + 1:4}  {_side(unit.sender)}  {unit.title}")
                lines += [f"      {sentence}" for sentence in self._more(place)]
        shown = [each for each in self.groups if any(self._within(each, b) for b in self._bands)]
        lines += [f"{_side(each.sender)}  {self._say(each)}" for each in shown]
        return "\n".join([*lines, *remarks(self.recording)])

    def _more(self, place: int) -> list[str]:
        """What must be said of a frame beside its own sentence."""
        unit, said = self.frames[place], ""
        assert unit.layout is not None
        if place in self._group_of:
            found = self.groups[self._group_of[place]]
            number, count = found.frames.index(place) + 1, len(found.frames)
            if not found.ended:
                said = _("It is fragment {number:,} of an unfinished message.")
            elif count > 1:
                said = _("It is fragment {number:,} of {count:,}.")
            said = said.format(number=number, count=count)
        elif not unit.layout.begun.is_control:
            said = _("It belongs to no message.")
        elif any(each.sender == unit.sender and _spans(each, place) for each in self.groups):
            said = _("It comes in the middle of a message.")
        return [*filter(None, [said]), *_broken(unit)]

    def _say(self, found: Group) -> str:
        """A message in words."""
        return f"{self._label(found)} ({_named(found.frames)})"

    def _label(self, found: Group, short: bool = False) -> str:
        """A message in a few words: its kind, its size on the wire, how it begins."""
        first, last = (self.frames[place].layout for place in (found.frames[0], found.frames[-1]))
        assert first is not None and last is not None
        kind = KINDS[Opcode(first.begun.opcode)]
        if not found.ended:
            said = _("unfinished") if short else _("{kind} message, unfinished").format(kind=kind)
            return f"✘ {said}" if self._is_broken(found) else said
        message = self.frames[found.frames[-1]].message
        shown = ""
        if isinstance(message, Text):
            shown = clean(message.text[:60])
        elif isinstance(message, Binary):
            shown = text_or_hex(message.data, 60)
        size = sum(self._size(place) for place in found.frames)
        long = ngettext("{kind} message, {count:,} byte", "{kind} message, {count:,} bytes", size)
        said = kind if short else long.format(kind=kind, count=size)
        return f"{said}: {shown}" if shown else said

    def _is_broken(self, found: Group) -> bool:
        """Whether a message can no longer end, because its side broke a rule."""
        since = self.frames[found.frames[0] :] if not found.ended else ()
        return any(unit.problems for unit in since if unit.sender == found.sender)

    def _size(self, place: int) -> int:
        layout = self.frames[place].layout
        return 0 if layout is None else len(layout.payload)

    # As a drawing.

    def draw(self) -> str:
        """A lane of frames for each side, its messages below, in as many bands as it takes."""
        drawing, y = headed(self.title()), 26.0
        for band in self._bands:
            if band.left_out:
                y += 26
                drawing.text(WIDTH / 2, y, _left_out(band), "soft", "middle")
            y = self._draw_band(drawing, band, y)
        if self.frames:
            y = frame_colours.legend(drawing, ("fin", "opcode", "payload"), LEFT, y + 24)
        for words, places in self._problems().items():
            y += 20
            drawing.text(14, y, fit(f"{_named(places)}: {words}", WIDTH - 28, 6.8), "small bad")
        draw_remarks(drawing, self.recording, y)
        return drawing.svg()

    def _has(self, side: Side, band: _Band) -> bool:
        """Whether a side has anything to show in a band."""
        sent = any(self.frames[place].sender == side for place in band.frames)
        return sent or any(each.sender == side and self._within(each, band) for each in self.groups)

    def _problems(self) -> dict[str, list[int]]:
        """What is wrong with the frames that are shown, and with which of them."""
        found: dict[str, list[int]] = {}
        for place in [place for band in self._bands for place in band.frames]:
            for words in _broken(self.frames[place]):
                found.setdefault(words, []).append(place)
        return found

    def _draw_band(self, drawing: Drawing, band: _Band, y: float) -> float:
        """The lanes of a band, then its frames in their order, then its messages.

        Returns the y where it ends.
        """
        tops: dict[Side, float] = {}
        for side in SIDES:
            if self._has(side, band):
                tops[side] = y + 28 + RAISED
                y = self._draw_lane(drawing, side, tops[side])
        for place in band.frames:
            x = LEFT + (place - band.frames.start) * self._step()
            self._draw_frame(drawing, place, band, x, tops[self.frames[place].sender])
        for number, found in enumerate(self.groups):
            if self._within(found, band):
                self._draw_message(drawing, number, band, tops[found.sender] + FRAME + 10)
        return y

    def _draw_lane(self, drawing: Drawing, side: Side, top: float) -> float:
        """The names of one side's lanes; returns the y where its messages end."""
        names = {"client": _("client's frames"), "server": _("server's frames")}
        for number, line in enumerate(wrap(names[side], LEFT - 20)):
            drawing.text(14, top + 26 + 16 * number, line, "small")
        below = top + FRAME + 10
        drawing.text(14, below + 16, _("messages"), "small")
        drawing.path(f"M{LEFT} {below - 4:g}H{WIDTH - 14}", below, "line")
        return below + 26

    def _draw_message(self, drawing: Drawing, number: int, band: _Band, y: float) -> None:
        """What a band shows of a message: a bar, and a leg under each of its fragments."""
        found, step = self.groups[number], self._step()
        first, *_middle, last = [*self._within(found, band)] * 2
        begins, ends = found.frames[0] == first, found.frames[-1] == last
        left = LEFT + (first - band.frames.start) * step if begins else LEFT - 6
        right = LEFT + (last + 1 - band.frames.start) * step - (8 if ends else 0)
        lights = [f"f{place}" for place in found.frames if self._is_shown(place)]
        style = "word" if found.ended else "value"
        with drawing.item(_piece(number, band), self._say(found), lights):
            for place in found.frames:
                if place in band.frames:
                    x = LEFT + (place - band.frames.start) * step
                    drawing.rect(x + 10, y - 10, step - 28, 14, style)
            drawing.rect(left, y, right - left, 24, style)
            if not (ends and found.ended):  # its end is not here
                line = "fault" if ends else "line"
                drawing.path(f"M{right:g} {y - 2:g}v28", y + 26, line)
            label = self._label(found, short=right - left < 170)
            label = fit(label if begins else f"… {label}", right - left - 10, 6.6)
            looks = "small bad" if self._is_broken(found) else "small"
            drawing.text(left + 6, y + 16, label, looks)

    def _draw_frame(self, drawing: Drawing, place: int, band: _Band, x: float, top: float) -> None:
        unit, width = self.frames[place], self._step() - 8
        assert unit.layout is not None
        header, problems = unit.layout.begun, unit.problems
        y = top - RAISED if header.is_control else top
        words = [
            _("Frame {number}, {side}: {title}.").format(
                number=place + 1, side=_side(unit.sender), title=unit.title
            ),
            unit.sentence,
            *self._more(place),
        ]
        lights = [_piece(self._group_of[place], band)] if place in self._group_of else []
        with drawing.item(f"f{place}", " ".join(words), lights):
            drawing.rect(x, y, width, FRAME, "back" if header.is_control else "paper")
            number, style = f"{place + 1}", "small soft"
            if problems:
                number, style = f"✘ {number}", "small bad"
            drawing.text(x + width / 2, y - 4, number, style, "middle")
            drawing.rect(x + 3, y + 3, 30, 18, frame_colours.LOOKS["fin"].style)
            drawing.text(x + 18, y + 16, f"F {header.fin:d}", "small", "middle")
            drawing.rect(x + 35, y + 3, width - 38, 18, frame_colours.LOOKS["opcode"].style)
            drawing.text(x + 16 + width / 2, y + 16, f"O {header.opcode:#x}", "small", "middle")
            drawing.text(x + width / 2, y + 35, _kind(header.opcode), "small strong", "middle")
            drawing.rect(x + 3, y + 41, width - 6, 18, frame_colours.LOOKS["payload"].style)
            shown = fit(self._payload(place, width - 8), width - 8, MONO)
            drawing.text(x + width / 2, y + 54, shown, "mono small", "middle")
            border = "wrong" if problems else "arrow" if header.is_control else "line"
            corner = CORNER if header.is_control else 0
            drawing.path(_border(x, y, width, FRAME, corner), y + FRAME, border)

    def _payload(self, place: int, room: float) -> str:
        """The payload, or its length if it is not short; of a Close only the code if need be."""
        unit, size = self.frames[place], self._size(place)
        assert unit.layout is not None
        if not size:
            return _("empty")
        if unit.opcode == Opcode.CLOSE:
            said = unit.title.partition(": ")[2]
            return said if fit(said, room, MONO) == said else said.partition(" ")[0]
        if size > SHORT or unit.inflated is not None:
            return ngettext("{count:,} byte", "{count:,} bytes", size).format(count=size)
        return text_or_hex(unit.layout.frame.payload, SHORT)

    def _step(self) -> float:
        """The width of a column."""
        columns = max((len(band.frames) for band in self._bands), default=1)
        return min(WIDEST, (WIDTH - LEFT - 14) / columns)

    def _is_shown(self, place: int) -> bool:
        return any(place in band.frames for band in self._bands)

    def _within(self, found: Group, band: _Band) -> list[int]:
        """The columns of a band that a message spans."""
        return [place for place in band.frames if _spans(found, place)]


def _bands(count: int) -> Iterator[_Band]:
    """The frames in rows of columns: all, or both ends of many."""
    shown = [range(count)] if count <= FIRST + LAST else [range(FIRST), range(count - LAST, count)]
    end = 0
    for part in shown:
        for start in range(part.start, part.stop, COLUMNS):
            yield _Band(range(start, min(start + COLUMNS, part.stop)), start - end)
            end = min(start + COLUMNS, part.stop)


def _piece(number: int, band: _Band) -> str:
    """The name of what a band shows of a message."""
    return f"m{number}-{band.frames.start}"


def _spans(found: Group, place: int) -> bool:
    return found.frames[0] <= place <= found.frames[-1]


def _named(places: Sequence[int]) -> str:
    """The numbers of frames, from 1, as many as fit a line."""
    numbers = ", ".join(str(place + 1) for place in places[:COLUMNS])
    numbers += " …" if len(places) > COLUMNS else ""
    said = ngettext("frame {numbers}", "frames {numbers}", len(places))
    return said.format(numbers=numbers)


def _broken(unit: Unit) -> list[str]:
    return [f"✘ {problem.sentence}" for problem in unit.problems]


def _kind(opcode: int) -> str:
    return KINDS[Opcode(opcode)] if opcode in KINDS else _("reserved")


def _border(x: float, y: float, width: float, height: float, cut: float) -> str:
    """A rectangle whose corners are cut off."""
    return (
        f"M{x + cut:g} {y:g}H{x + width - cut:g}l{cut} {cut}V{y + height - cut:g}l{-cut} {cut}"
        f"H{x + cut:g}l{-cut} {-cut}V{y + cut:g}z"
    )


def _side(side: Side) -> str:
    return _("client") if side == "client" else _("server")


def _left_out(band: _Band) -> str:
    return _("… {count} frames not shown …").format(count=f"{band.left_out:,}")
