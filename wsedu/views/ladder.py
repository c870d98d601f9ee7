"""The ladder: two lanes, time downwards, one arrow for everything that was said.

Selecting an arrow opens its bytes below the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._text import _
from ..recording import Dissection, Event, Recording, Unit, dissect
from . import bytes_and_fields
from .drawing import WIDTH, Drawing, clean, fit
from .picture import Picture

CLIENT, SERVER = 150, WIDTH - 90  # the x of the two lanes
PROBLEMS = 3  # of one arrow that the words name; its bytes show more
STEP = 58  # pixels from arrow to arrow
FIRST, LAST = 60, 20  # of a longer recording these arrows are shown, and the switch


class Ladder(Picture):
    """A recording as a sequence of arrows between client and server.

    times: whether to write the seconds beside each arrow; a lesson about time wants them
    """

    def __init__(self, recording: Recording, *, times: bool = False) -> None:
        self._seen = dissect(recording)
        self._units = {f"u{number}": unit for number, unit in enumerate(self._seen.units)}
        super().__init__(
            svg=draw(self._seen, times),
            text=describe(self._seen, times),
            hint=_("Select an arrow to open its bytes: click, or Tab, arrow keys, Enter."),
        )
        self.observe(self._open, "selected")

    def _open(self, change: dict[str, Any]) -> None:
        unit = self._units.get(change["new"])
        self.detail = "" if unit is None else bytes_and_fields.draw(unit)


Step = Unit | Event  # what gets an arrow: a unit, or the end of a side's stream


@dataclass(frozen=True)
class Arrow:
    """A step with the name of its item, its time, and how many before it are not shown."""

    name: str
    time: float
    step: Step
    left_out: int
    switches: bool


def _arrows(seen: Dissection) -> list[Arrow]:
    """Units and TCP endings in the order in which they happened: all, or both ends of many."""
    events = seen.recording.events
    steps: list[tuple[int, str, Step]] = [
        (unit.arrived, f"u{number}", unit) for number, unit in enumerate(seen.units)
    ]
    steps += [(index, "", event) for index, event in enumerate(events) if event.kind != "data"]
    steps.sort(key=lambda step: step[0])  # stable: units keep their order
    switch = None if seen.switch is None else f"u{seen.switch}"
    arrows: list[Arrow] = []
    left_out = 0
    for number, (index, name, step) in enumerate(steps):
        if number < FIRST or number >= len(steps) - LAST or name == switch:
            name = name or f"e{number}"
            arrows.append(Arrow(name, events[index].time, step, left_out, name == switch))
            left_out = 0
        else:
            left_out += 1
    return arrows


def describe(seen: Dissection, times: bool) -> str:
    """The ladder in words, a line for each arrow."""
    lines = [_title(seen)]
    for arrow in _arrows(seen):
        step = arrow.step
        if arrow.left_out:
            lines.append(f"  {_left_out(arrow)}")
        whence = _("client → server") if step.sender == "client" else _("server → client")
        when = f"{arrow.time:6.2f} s  " if times else ""
        if step.kind == "fault":
            lines.append(f"  {when}---- {_label(step)} ----")
            continue
        lines.append(f"  {when}{whence}  {_label(step)}")
        if isinstance(step, Unit):
            lines.append(f"      {step.sentence}")
            lines += [f"      ✘ {problem.sentence}" for problem in step.problems[:PROBLEMS]]
        if arrow.switches:
            lines.append(f"  ~~~~ {_switch()} ~~~~")
    if seen.recording.dropped:
        lines.append(_dropped(seen.recording))
    if seen.recording.note:
        lines.append(clean(seen.recording.note))
    return "\n".join(lines)


def draw(seen: Dissection, times: bool) -> str:
    """The ladder as a drawing."""
    drawing = Drawing(_title(seen))
    drawing.text(CLIENT, 26, _("client"), "strong", "middle")
    drawing.text(SERVER, 26, _("server"), "strong", "middle")
    y = 40.0
    for arrow in _arrows(seen):
        step = arrow.step
        if arrow.left_out:
            drawing.text((CLIENT + SERVER) / 2, y + 18, _left_out(arrow), "soft", "middle")
            y += 30
        if times:
            drawing.text(14, y + 24, f"{arrow.time:.2f} s", "small mono soft")
        words = f"{_label(step)}. {step.sentence}" if isinstance(step, Unit) else _label(step)
        with drawing.item(arrow.name, words):
            drawing.rect(CLIENT + 4, y, SERVER - CLIENT - 8, STEP - 4, "back")
            _draw_arrow(drawing, step, y)
        y += STEP
        if arrow.switches:
            drawing.path(f"M14 {y + 8:g}H{WIDTH - 14}", y + 8, "switch")
            drawing.text((CLIENT + SERVER) / 2, y + 28, _switch(), "accent", "middle")
            y += 40
    for lane in (CLIENT, SERVER):
        drawing.path(f"M{lane} 34V{y:g}", y, "line")
    for note in filter(None, (seen.recording.note, _dropped(seen.recording))):
        y += 20
        drawing.text(14, y, fit(note, WIDTH - 28, 6.2), "small soft")
    return drawing.svg()


def _draw_arrow(drawing: Drawing, step: Step, y: float) -> None:
    start, end = (CLIENT, SERVER) if step.sender == "client" else (SERVER, CLIENT)
    back = 9 if start < end else -9
    middle, width = (CLIENT + SERVER) / 2, SERVER - CLIENT - 30
    line = y + 25
    if step.kind == "fault":
        drawing.path(f"M{CLIENT} {line:g}H{SERVER}", line, "fault")
        drawing.text(middle, line - 7, fit(_label(step), width, 7), "bad", "middle")
        return
    if step.kind == "held":
        end = int(middle) + 5 * back  # it comes to the tap, and no further
        drawing.path(f"M{end - 7} {line - 7:g}l14 14m0 -14l-14 14", line + 7, "wrong")
    problem = isinstance(step, Unit) and bool(step.problems)
    drawing.path(f"M{start} {line:g}H{end - back}", line, "arrow")
    drawing.path(f"M{end} {line:g}l{-back} -5v10z", line + 5, "tip")
    label = fit(("✘ " if problem else "") + _label(step), width, 8.5)
    drawing.text(middle, line - 7, label, "mono bad" if problem else "mono", "middle")
    if isinstance(step, Unit):
        said = step.problems[0].sentence if problem and step.kind == "frame" else step.sentence
        drawing.text(middle, line + 17, fit(said, width, 6.4), "small soft", "middle")


def _title(seen: Dissection) -> str:
    return _("One TCP connection, {count} bytes").format(
        count=sum(len(event.data) for event in seen.recording.events)
    )


def _label(step: Step) -> str:
    if isinstance(step, Unit):
        return step.title
    if step.kind == "fault":
        return clean(step.note)
    if step.kind == "held":
        return _("{count} bytes, held on their way").format(count=len(step.data))
    if step.kind == "lost":
        return _("the connection breaks (TCP RST)")
    return _("no more bytes from this side (TCP FIN)")


def _left_out(arrow: Arrow) -> str:
    return _("… {count} arrows not shown …").format(count=f"{arrow.left_out:,}")


def _switch() -> str:
    return _("the protocol switches: above HTTP, below WebSocket")


def _dropped(recording: Recording) -> str:
    if not recording.dropped:
        return ""
    return _("The recording was full: {count} bytes more are not in it.").format(
        count=recording.dropped
    )
