"""The ladder: two lanes, time downwards, one arrow for everything that was said.

Selecting an arrow opens its bytes below the picture.
"""

from __future__ import annotations

from typing import Any

from .._text import _
from ..recording import Dissection, Event, Recording, Unit, dissect
from . import bytes_and_fields
from .drawing import WIDTH, Drawing, fit
from .picture import Picture

CLIENT, SERVER = 150, WIDTH - 90  # the x of the two lanes
STEP = 58  # pixels from arrow to arrow


class Ladder(Picture):
    """A recording as a sequence of arrows between client and server.

    times: whether to write the seconds beside each arrow; a lesson about time wants them
    """

    def __init__(self, recording: Recording, *, times: bool = False) -> None:
        self._seen = dissect(recording)
        super().__init__(
            svg=draw(self._seen, times),
            text=describe(self._seen, times),
            hint=_("Select an arrow to open its bytes: click, or Tab, arrow keys, Enter."),
        )
        self.observe(self._open, "selected")

    def _open(self, change: dict[str, Any]) -> None:
        number = change["new"].removeprefix("u")
        units = self._seen.units
        known = number.isdecimal() and int(number) < len(units)
        self.detail = bytes_and_fields.draw(units[int(number)]) if known else ""


Step = Unit | Event  # what gets an arrow: a unit, or the end of a side's stream


def _steps(seen: Dissection) -> list[tuple[float, Step]]:
    """Units and TCP endings in the order in which they happened, with their times."""
    events = seen.recording.events
    steps: list[tuple[int, Step]] = [(unit.arrived, unit) for unit in seen.units]
    steps += [(index, event) for index, event in enumerate(events) if event.kind != "data"]
    steps.sort(key=lambda step: step[0])  # stable: units keep their order
    return [(events[index].time, step) for index, step in steps]


def describe(seen: Dissection, times: bool) -> str:
    """The ladder in words, a line for each arrow."""
    lines = [_title(seen)]
    for time, step in _steps(seen):
        arrow = _("client → server") if step.sender == "client" else _("server → client")
        when = f"{time:6.2f} s  " if times else ""
        lines.append(f"  {when}{arrow}  {_label(step)}")
        if isinstance(step, Unit):
            lines.append(f"      {step.sentence}")
            if seen.switch is not None and step is seen.units[seen.switch]:
                lines.append(f"  ~~~~ {_switch()} ~~~~")
    if seen.recording.dropped:
        lines.append(_dropped(seen.recording))
    if seen.recording.note:
        lines.append(seen.recording.note)
    return "\n".join(lines)


def draw(seen: Dissection, times: bool) -> str:
    """The ladder as a drawing."""
    drawing = Drawing(_title(seen))
    drawing.text(CLIENT, 26, _("client"), "strong", "middle")
    drawing.text(SERVER, 26, _("server"), "strong", "middle")
    y = 40.0
    for number, (time, step) in enumerate(_steps(seen)):
        if times:
            drawing.text(14, y + 24, f"{time:.2f} s", "small mono soft")
        if isinstance(step, Unit):
            name = f"u{seen.units.index(step)}"
            words = f"{_label(step)}. {step.sentence}"
        else:
            name, words = f"e{number}", _label(step)
        with drawing.item(name, words):
            drawing.rect(CLIENT + 4, y, SERVER - CLIENT - 8, STEP - 4, "back")
            _arrow(drawing, step, y)
        y += STEP
        if seen.switch is not None and step is seen.units[seen.switch]:
            drawing.path(f"M14 {y + 8:g}H{WIDTH - 14}", y + 8, "switch")
            drawing.text((CLIENT + SERVER) / 2, y + 28, _switch(), "accent", "middle")
            y += 40
    for lane in (CLIENT, SERVER):
        drawing.path(f"M{lane} 34V{y:g}", y, "line")
    for note in filter(None, (seen.recording.note, _dropped(seen.recording))):
        y += 20
        drawing.text(14, y, fit(note, WIDTH - 28, 6.2), "small soft")
    return drawing.svg()


def _arrow(drawing: Drawing, step: Step, y: float) -> None:
    start, end = (CLIENT, SERVER) if step.sender == "client" else (SERVER, CLIENT)
    back = 9 if start < end else -9
    middle, width = (CLIENT + SERVER) / 2, SERVER - CLIENT - 30
    line = y + 25
    problem = isinstance(step, Unit) and bool(step.problems)
    drawing.path(f"M{start} {line:g}H{end - back}", line, "arrow")
    drawing.path(f"M{end} {line:g}l{-back} -5v10z", line + 5, "tip")
    label = fit(("✘ " if problem else "") + _label(step), width, 8.5)
    drawing.text(middle, line - 7, label, "mono bad" if problem else "mono", "middle")
    if isinstance(step, Unit):
        drawing.text(middle, line + 17, fit(step.sentence, width, 6.4), "small soft", "middle")


def _title(seen: Dissection) -> str:
    return _("One TCP connection, {count} bytes").format(
        count=sum(len(event.data) for event in seen.recording.events)
    )


def _label(step: Step) -> str:
    if isinstance(step, Unit):
        return step.title
    if step.kind == "lost":
        return _("the connection breaks (TCP RST)")
    return _("no more bytes from this side (TCP FIN)")


def _switch() -> str:
    return _("the protocol switches: above HTTP, below WebSocket")


def _dropped(recording: Recording) -> str:
    if not recording.dropped:
        return ""
    return _("The recording was full: {count} bytes more are not in it.").format(
        count=recording.dropped
    )
