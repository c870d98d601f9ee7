"""A page's connection in three columns: its script, the wire, and the developer tools.

How to think about it: three observers watch one connection, and none of them sees all of it. The
script hears events, the tap sees bytes, and the developer tools list whole messages. The page and
the tap have clocks of their own; so what must come after what decides first: an event comes after
the frame that it tells of, and a call before the frame that it sends.

What Chromium's developer tools show is a rule that was measured: a row for each data message, and
one for each ``error``; no control frame, no fragment. A Blob that is sent is an empty row.
``tests/browser/test_browser_session.py`` compares it with what Chromium reports. Other browsers
were not measured, and have no such column.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from ..protocol import Opcode, Text
from ..protocol.http import shorten
from ..recording import Dissection, PageRecording, Recording, Side, Unit, dissect
from ..recording.events import SIDES
from ..recording.page import ScriptStep
from ..words import _
from .bytes_and_fields import OpensUnits
from .drawing import WIDTH, Drawing, clean, fit, wrap
from .ladder import FIRST, LAST, Arrow, arrows_of, gap_of, label_of
from .remarks import draw_remarks, remarks

PAGE, SERVER = 330, 640  # the x of the lanes of the wire
SCRIPT_END, TOOLS = 290, 676  # where the left column ends, and the right one begins
STEP, TALL = 30, 44  # pixels of a step of the script, and of an arrow
LINE = 15  # pixels from one line of a step to the next
SHOWN = 60  # steps of a longer script
TITLE = _("One connection of a page: its script, the wire, and the developer tools")


@dataclass(frozen=True)
class ToolsRow:
    """A row of the developer tools.

    sender: whose message it is; None for an error
    binary: whether the message is binary
    words:  its text, or how many bytes it is said to have
    """

    sender: Side | None
    binary: bool
    words: str


@dataclass(frozen=True)
class _Row:
    """One line of the picture: a step of the script or an arrow, and what the tools show."""

    name: str
    step: ScriptStep | Arrow
    tools: ToolsRow | None
    lights: tuple[str, ...]


class BrowserSession(OpensUnits):
    """What a page's script did and heard, beside the wire, beside the developer tools.

    recording: what ``lab.browser`` returned; of any other recording the first column is empty
    times:     whether to write the seconds of the script and of the wire
    """

    def __init__(self, recording: Recording | Dissection, *, times: bool = False) -> None:
        seen = dissect(recording)
        self._seen = seen
        rows = list(_rows(seen))
        super().__init__(
            svg=_draw(seen, rows, times),
            text=_describe(seen, rows, times),
            hint=_(
                "Point at a step to see what belongs together. Select an arrow to open its bytes: "
                "click, or Tab, arrow keys, Enter."
            ),
        )

    def units(self) -> dict[str, tuple[Unit, ...]]:
        """What got an arrow on the wire."""
        return {"u": self._seen.units}


def tools_rows(seen: Dissection) -> list[ToolsRow]:
    """What the developer tools show of this connection, in the order in which it happened."""
    return [row.tools for row in _rows(seen) if row.tools]


def _script(seen: Dissection) -> tuple[ScriptStep, ...]:
    recording = seen.recording
    return recording.script if isinstance(recording, PageRecording) else ()


def _is_chromium(seen: Dissection) -> bool:
    """Whether the client says that it is one."""
    heads = (unit.head for unit in seen.find("request") if unit.head)
    agents = (line.value.text for head in heads for line in head.find("User-Agent"))
    return any("Chrome/" in agent for agent in agents)


def _rows(seen: Dissection) -> Iterator[_Row]:
    """The steps of the script and the arrows of the wire, in one order."""
    arrows, script = arrows_of(seen, FIRST, LAST), _script(seen)
    links, has_tools = _Links(seen, arrows, script), _is_chromium(seen)
    places = links.places()
    for number in range(len(arrows) + 1):
        for at, step in enumerate(script):
            if places[at] == number and (at < SHOWN or at == len(script) - 1):
                error = ToolsRow(None, False, "") if step.name == "error" and has_tools else None
                yield _Row(f"s{at}", step, error, links.partners(f"s{at}"))
        for arrow in arrows[number : number + 1]:
            tools = links.tools.get(arrow.name) if has_tools else None
            yield _Row(arrow.name, arrow, tools, links.partners(arrow.name))


class _Links:
    """What belongs together: names of arrows (``u3``) and of steps of the script (``s2``).

    after, before: for a step of the script, the place of the arrow that it must follow or precede
    tools:         for the last arrow of a message, its row in the developer tools
    """

    def __init__(
        self, seen: Dissection, arrows: list[Arrow], script: tuple[ScriptStep, ...]
    ) -> None:
        self._arrows, self._script = arrows, script
        self._groups: dict[str, set[str]] = defaultdict(set)
        self.after: dict[int, int] = {}
        self.before: dict[int, int] = {}
        self.tools: dict[str, ToolsRow] = {}
        at = {arrow.name: number for number, arrow in enumerate(arrows)}
        steps = defaultdict(list)
        for number, step in enumerate(script):
            if not step.threw:
                steps[step.name].append(number)
        names = {id(unit): f"u{number}" for number, unit in enumerate(seen.units)}
        for side in SIDES:
            events = iter(steps["send" if side == "client" else "message"])
            for frames, last in _messages(seen, side):
                mine = [names[id(unit)] for unit in frames]
                event = next(events, None)
                # A message may have ten thousand fragments: only what is drawn lights up.
                self._join([name for name in mine if name in at], event)
                self.tools[mine[-1]] = _tools_row(last, None if event is None else script[event])
                if event is not None and side == "client":
                    self.before[event] = at.get(mine[0], len(arrows))
                elif event is not None:
                    self.after[event] = at.get(mine[-1], 0) + 1
        if seen.switch is not None:
            self._tie(steps["open"], names[id(seen.units[seen.switch])], at)
        ending = [unit for unit in reversed(seen.units) if unit.opcode == Opcode.CLOSE]
        closes = {unit.sender: names[id(unit)] for unit in ending}
        ends = [arrow.name for arrow in arrows if not isinstance(arrow.step, Unit)]
        if seen.switch is None:
            ends = [names[id(unit)] for unit in seen.find("response")] + ends
        ended = closes.get("server") or next(iter(ends), "")
        self._tie([*steps["error"], *steps["close"]], ended, at)
        if "client" in closes and (said := steps["close()"]):
            place = at.get(closes["client"], len(arrows))
            if place < at.get(closes.get("server", ""), len(arrows)):  # the page closed first
                self.before[said[0]] = place
                self._join([closes["client"]], said[0])

    def _join(self, names: list[str], step: int | None) -> None:
        group = {*names, *([] if step is None else [f"s{step}"])}
        for name in group:
            self._groups[name] |= group

    def _tie(self, steps: list[int], name: str, at: dict[str, int]) -> None:
        """These events come after that arrow."""
        for step in steps if name in at else ():
            self.after[step] = at[name] + 1
            self._join([name], step)

    def partners(self, name: str) -> tuple[str, ...]:
        """The names of what lights up with it."""
        return tuple(sorted(self._groups[name] - {name}))

    def places(self) -> list[int]:
        """For each step of the script, the number of the arrow before which it is shown."""
        steps, last = range(len(self._script)), len(self._arrows)
        low = list(accumulate((self.after.get(n, 0) for n in steps), max))
        high = list(accumulate((self.before.get(n, last) for n in reversed(steps)), min))[::-1]
        times = list(accumulate((arrow.time for arrow in self._arrows), max))
        shift = self._shift(times)
        wanted = (bisect_right(times, step.time + shift) for step in self._script)
        clamped = (max(min(w, h), lo) for w, lo, h in zip(wanted, low, high, strict=True))
        return list(accumulate(clamped, max))

    def _shift(self, times: list[float]) -> float:
        """Seconds from the page's clock to the tap's, as far as cause and effect limit them."""
        least = [times[at - 1] - self._script[n].time for n, at in self.after.items() if at]
        most = [
            times[at] - self._script[n].time for n, at in self.before.items() if at < len(times)
        ]
        if not least:
            return 0.0
        return (max(least) + max(min(most, default=max(least)), max(least))) / 2


def _messages(seen: Dissection, side: Side) -> Iterator[tuple[list[Unit], Unit]]:
    """The frames of each whole message of a side, and the last of them."""
    frames: list[Unit] = []
    for unit in seen.find("frame"):
        if unit.sender == side and unit.layout and not unit.layout.frame.opcode & 0x8:
            frames.append(unit)
            if unit.message:
                yield frames, unit
            if unit.layout.frame.fin:
                frames = []


def _tools_row(unit: Unit, sent: ScriptStep | None) -> ToolsRow:
    """The row of a message, whose last frame this is."""
    message = unit.message
    if isinstance(message, Text):
        return ToolsRow(unit.sender, False, message.text)
    size = 0 if message is None else len(message.data)
    if unit.sender == "client" and sent and sent.words.startswith("send(Blob"):
        size = 0
    return ToolsRow(unit.sender, True, str(size))


# The words.


def _said(step: ScriptStep) -> str:
    words = clean(step.words)
    if step.name == "tell":
        return _("says {what}").format(what=words)
    if step.name in ("send", "close()"):
        return _("calls {what}").format(what=words)
    return _("hears {what}").format(what=words)


def _shown(row: ToolsRow) -> str:
    if row.sender is None:
        return _("error, with the cause")
    what = shorten(row.words)
    if row.binary:
        what = _("binary, {size} bytes").format(size=row.words)
        if row.words == "0":
            what = _("binary, empty")
    said = _("↑ sent: {what}") if row.sender == "client" else _("↓ received: {what}")
    return said.format(what=what)


def _is_frame(row: _Row) -> bool:
    step = row.step
    return isinstance(step, Arrow) and isinstance(step.step, Unit) and step.step.kind == "frame"


def _wire(arrow: Arrow) -> str:
    broken = isinstance(arrow.step, Unit) and arrow.step.problems
    return ("✘ " if broken else "") + label_of(arrow.step)


def _describe(seen: Dissection, rows: list[_Row], times: bool) -> str:
    lines = [TITLE]
    names = {"script": _("script"), "wire": _("wire"), "tools": _("tools")}
    width = max(map(len, names.values())) + 2
    for row in rows:
        step = row.step
        when = f"{step.time:6.2f} s  " if times else ""
        if isinstance(step, Arrow):
            whence = _("page → server") if step.step.sender == "client" else _("server → page")
            if step.left_out:
                lines.append(f"  {gap_of(step)}")
            lines.append(f"  {names['wire']:{width}}{when}{whence}  {_wire(step)}")
        else:
            lines.append(f"  {names['script']:{width}}{when}{_said(step)}")
        if row.tools:
            lines.append(f"  {names['tools']:{width}}{_shown(row.tools)}")
    return "\n".join([*lines, *_notes(seen), *remarks(seen.recording)])


def _notes(seen: Dissection) -> list[str]:
    """Why a column is empty, or does not have all of it."""
    count, notes = len(_script(seen)), []
    if not _is_chromium(seen):
        notes.append(_("The third column is empty: only Chromium's tools were measured."))
    if not count:
        notes.append(_("What the script did and heard was not written down."))
    if count > SHOWN + 1:
        more = _("The script did and heard more: {count} steps are not shown.")
        notes.append(more.format(count=count - SHOWN - 1))
    return notes


# The drawing.


def _draw(seen: Dissection, rows: list[_Row], times: bool) -> str:
    drawing = Drawing(TITLE)
    drawing.text(14, 24, _("the page's script"), "strong")
    drawing.text((PAGE + SERVER) / 2, 24, _("the wire"), "strong", "middle")
    drawing.text(TOOLS, 24, _("developer tools, Messages"), "strong")
    drawing.text(PAGE, 44, _("page"), "small soft", "middle")
    drawing.text(SERVER, 44, _("server"), "small soft", "middle")
    y = top = 54.0
    for row in rows:
        step = row.step
        if isinstance(step, Arrow) and step.left_out:
            drawing.text((PAGE + SERVER) / 2, y + 14, gap_of(step), "small soft", "middle")
            y += 22
        tall = TALL if isinstance(step, Arrow) else STEP + LINE * (len(_lines(step, times)) - 1)
        with drawing.item(row.name, _says(row, _is_chromium(seen)), row.lights):
            drawing.rect(6, y, WIDTH - 12, tall, "back")
            if isinstance(step, Arrow):
                _draw_arrow(drawing, step, y, times)
            else:
                _draw_step(drawing, step, y, times)
            if row.tools:
                drawing.rect(TOOLS - 6, y + tall / 2 - 11, WIDTH - TOOLS - 4, 22, "word")
                words = fit(_shown(row.tools), WIDTH - TOOLS - 16, 7)
                drawing.text(TOOLS, y + tall / 2 + 4, words, "small")
            elif _is_frame(row) and _is_chromium(seen):
                drawing.text(TOOLS, y + tall / 2 + 4, "–", "small soft")
        y += tall
    for lane in (PAGE, SERVER):
        drawing.path(f"M{lane} {top:g}V{y:g}", y, "line")
    for note in _notes(seen):
        y += 20
        drawing.text(14, y, note, "small soft")
    draw_remarks(drawing, seen.recording, y)
    return drawing.svg()


def _says(row: _Row, has_tools: bool) -> str:
    step = row.step
    words = _said(step) if isinstance(step, ScriptStep) else _wire(step)
    if isinstance(step, ScriptStep):
        words = _("The script {what}.").format(what=words)
    elif isinstance(step.step, Unit):
        words = f"{words}. {step.step.sentence}"
    if row.tools:
        return f"{words} {_('Developer tools: {row}.').format(row=_shown(row.tools))}"
    if _is_frame(row) and has_tools:
        return f"{words} {_('The developer tools do not show it.')}"
    return words


def _draw_step(drawing: Drawing, step: ScriptStep, y: float, times: bool) -> None:
    kind = {"tell": "end", "send": "name", "close()": "name"}.get(step.name, "value")
    lines = _lines(step, times)
    drawing.rect(10, y + 3, SCRIPT_END - 10, STEP - 6 + LINE * (len(lines) - 1), kind)
    for number, line in enumerate(lines):
        style = "small bad" if step.threw else "small"
        drawing.text(16, y + STEP / 2 + 4 + LINE * number, line, style)


def _lines(step: ScriptStep, times: bool) -> list[str]:
    """What a step says, on two lines at most."""
    words = f"{step.time:.2f} s {_said(step)}" if times else _said(step)
    first, *rest = wrap(words, SCRIPT_END - 20, 6.5)
    return [first, fit(" ".join(rest), SCRIPT_END - 20, 6.5)] if rest else [first]


def _draw_arrow(drawing: Drawing, arrow: Arrow, y: float, times: bool) -> None:
    step, line, middle = arrow.step, y + 28, (PAGE + SERVER) / 2
    broken = isinstance(step, Unit) and bool(step.problems)
    if isinstance(step, Unit) or step.kind in ("end", "lost"):
        start, end = (PAGE, SERVER) if step.sender == "client" else (SERVER, PAGE)
        drawing.arrow(start, end, line)
    else:
        drawing.path(f"M{PAGE} {line:g}H{SERVER}", line, "fault")
    words = f"{arrow.time:.2f} s {_wire(arrow)}" if times else _wire(arrow)
    style = "mono small bad" if broken else "mono small"
    drawing.text(middle, line - 7, fit(words, SERVER - PAGE - 24, 7.4), style, "middle")
