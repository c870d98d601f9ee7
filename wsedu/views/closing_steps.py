"""The closing stepper: two state machines, side by side, driven by a recording (7.1).

How to think about it: each side has a machine of its own, and both are drawn from
``TRANSITIONS``. What was sent moves one of them, what was received the other one. When TCP has
ended, each side records a code: the one that it has received (7.1.5), or the one that means that
none came.

The recording shows what was sent and passed on. That it was read is a conclusion: the tap is
between the two sides, so two Closes that cross are shown one after the other.
"""

from dataclasses import dataclass, field

from ..protocol import (
    TRANSITIONS,
    Close,
    CloseCode,
    Opcode,
    ProtocolError,
    State,
    Step,
    parse_close,
)
from ..recording import Dissection, Event, Recording, Unit, dissect
from ..recording.events import SIDES, Side
from ..recording.frame_fields import text_or_hex
from ..words import _
from .drawing import WIDTH, Drawing, Slots, fit
from .steps import Steps

BOX, TALL = 148, 30
PANEL = {"client": 14, "server": 464}  # where the two drawings begin
NAMES = {"client": _("client"), "server": _("server")}
PLACES = {  # the middle of each state's box
    State.CONNECTING: (180, 104),
    State.OPEN: (160, 174),
    State.CLOSE_SENT: (75, 280),
    State.CLOSE_RECEIVED: (225, 320),
    State.CLOSE_EXCHANGED: (140, 392),
    State.FAILED: (345, 224),
    State.CLOSED: (345, 392),
}
# The end of TCP leads to CLOSED from everywhere: the corners of each way, from box to box.
INTO_CLOSED: dict[State, tuple[tuple[float, float], ...]] = {
    State.CONNECTING: ((254, 104), (427, 104), (427, 392), (419, 392)),
    State.OPEN: ((234, 174), (427, 174), (427, 392), (419, 392)),
    State.CLOSE_SENT: ((5, 295), (5, 424), (345, 424), (345, 407)),
    State.CLOSE_RECEIVED: ((285, 335), (285, 377)),
    State.CLOSE_EXCHANGED: ((214, 392), (271, 392)),
    State.FAILED: ((345, 239), (345, 377)),
}


@dataclass
class _Machine:
    """One side: its name, its state, the ways that it took, what it sent and what it received."""

    name: str
    state: State = State.CONNECTING
    ways: set[tuple[State, Step]] = field(default_factory=set)
    sent: str = ""
    heard: str = ""
    received: Close | None = None

    def take(self, step: Step) -> bool:
        """Take a step if the table has it for this state; returns whether it has."""
        if (self.state, step) not in TRANSITIONS:
            return False
        self.ways.add((self.state, step))
        self.state = TRANSITIONS[self.state, step]
        return True

    @property
    def code(self) -> int | None:
        """What it records once TCP has ended: the code that came, or 1005 or 1006 (7.1.5)."""
        if self.state != State.CLOSED:
            return None
        if self.received is None:
            return CloseCode.ABNORMAL_CLOSURE
        return self.received.code or CloseCode.NO_STATUS_RECEIVED


class ClosingSteps(Steps):
    """How one connection was closed, step by step.

    times: whether to write the seconds of each step; a lesson about time wants them
    """

    def __init__(self, recording: Recording, *, times: bool = False) -> None:
        super().__init__(
            _Story(dissect(recording), times).steps,
            label=_("How far the connection has come"),
            hint=_("Move the slider. A dot marks the state of each side."),
        )

    def draw(self, slots: Slots) -> str:
        """Both machines, and what each side knows."""
        drawing = Drawing(_("Closing: two state machines"))
        drawing.slot("sentence", 14, 28, slots, "strong")
        for side in SIDES:
            left = PANEL[side]
            drawing.text(left, 64, NAMES[side], "strong")
            drawing.path(f"M{left} 72h420", 72, "line")
            for (state, step), then in TRANSITIONS.items():
                _draw_way(drawing, side, state, step, then, slots)
            for state, (x, y) in PLACES.items():
                name = f"{side}-{state.name}"
                box = (left + x - BOX / 2, y - TALL / 2, BOX, TALL)
                drawing.rect(*box, slots[f"{name}.class"], name)
                drawing.slot(f"{name}-name", left + x, y + 4, slots, "small", "middle")
            x, y = PLACES[State.CLOSED]
            drawing.text(left + x, y + 46, _into_closed(), "small soft", "middle")
            for number, line in enumerate(("sent", "received", "code")):
                style = "strong" if line == "code" else ""
                drawing.slot(f"{side}-{line}", left, 466 + 22 * number, slots, style)
        drawing.path("M14 532h40", 532, "fault")
        drawing.text(62, 536, Step.FAIL.value, "small soft")
        return drawing.svg()


def _into_closed() -> str:
    """From where the end of TCP leads into CLOSED."""
    sources = {state for state, step in TRANSITIONS if step == Step.END_OF_TCP}
    if sources == set(State) - {State.CLOSED}:
        return _("TCP ended, in any state")
    names = ", ".join(state.value for state in State if state in sources)
    return _("TCP ended, in {states}").format(states=names)


def _draw_way(
    drawing: Drawing, side: Side, state: State, step: Step, then: State, slots: Slots
) -> None:
    """A line from box to box with the name of the step; a thick one if it was taken."""
    if step == Step.END_OF_TCP:
        corners = [(PANEL[side] + x, y) for x, y in INTO_CLOSED[state]]
    else:
        corners = [_cut(side, state, then), _cut(side, then, state)]
    style = "fault" if step == Step.FAIL else "line"
    drawing.way(f"{side}-{state.name}-{step.name}", corners, slots, style)
    if step not in (Step.FAIL, Step.END_OF_TCP):  # a line of words says what those are
        right = State.CLOSE_RECEIVED in (state, then)
        part = 0.75 if then == State.CLOSE_RECEIVED else 0.5  # clear of a dotted line
        x, y = (a + part * (b - a) for a, b in zip(*corners, strict=True))
        drawing.text(
            x + (10 if right else -10), y + 4, step.value, "small soft", "start" if right else "end"
        )


def _cut(side: Side, state: State, other: State) -> tuple[float, float]:
    """Where the line from the middle of one box to that of another leaves the first."""
    (x, y), (far_x, far_y) = PLACES[state], PLACES[other]
    part = min(
        BOX / 2 / abs(far_x - x) if far_x != x else 1,
        TALL / 2 / abs(far_y - y) if far_y != y else 1,
    )
    return round(PANEL[side] + x + part * (far_x - x), 1), round(y + part * (far_y - y), 1)


class _Story:
    """The steps of a recording, each as the slots of the drawing after it."""

    def __init__(self, seen: Dissection, times: bool) -> None:
        self._times = times
        self._switch = seen.response if seen.status == 101 else None
        self._machines = {side: _Machine(NAMES[side]) for side in SIDES}
        self.steps: list[Slots] = []
        self._note(_("TCP is connected, and nothing was sent yet."), 0)
        arrived: dict[int, list[Unit]] = {}
        for unit in seen.units:
            arrived.setdefault(unit.arrived, []).append(unit)
        for number, event in enumerate(seen.recording.events):
            for unit in arrived.get(number, []):
                self._said(unit, event)
            if event.kind in ("end", "lost"):
                self._ended(event)

    def _said(self, unit: Unit, event: Event) -> None:
        mine, other = self._pair(event.sender)
        broken = [problem.sentence for problem in unit.problems]
        if unit is self._switch and not broken:
            for machine in (mine, other):
                machine.take(Step.HANDSHAKE_DONE)
            self._note(_("The handshake is done: both sides are open."), event.time)
        elif unit.opcode == Opcode.CLOSE:
            self._closes(unit, event, broken)
        elif broken and other.take(Step.FAIL):
            self._note(_breaks(mine, other, broken[0]), event.time)

    def _closes(self, unit: Unit, event: Event, broken: list[str]) -> None:
        mine, other = self._pair(event.sender)
        try:
            close = parse_close(_payload(unit))
            what = _words(close)
        except ProtocolError:
            close, what = Close(), _payload(unit).hex(" ")
        moved = mine.take(Step.SEND_CLOSE)
        mine.sent = mine.sent or what
        said = _("The {who} sends a Close ({what}).").format(who=mine.name, what=what)
        if not broken and other.take(Step.RECEIVE_CLOSE):
            other.received, other.heard = close, what
        elif broken and other.take(Step.FAIL):
            said = _breaks(mine, other, broken[0])
        elif moved:
            said += " " + _("The {whom} ignores it.").format(whom=other.name)
        else:
            return
        self._note(said, event.time)

    def _ended(self, event: Event) -> None:
        mine, other = self._pair(event.sender)
        if event.kind == "lost":
            moved = [mine.take(Step.END_OF_TCP), other.take(Step.END_OF_TCP)]
            words = _("The {who} resets TCP (RST).")
        else:
            moved = [other.take(Step.END_OF_TCP)]
            words = _("The {who} ends TCP, and the {whom} learns of it.")
        if any(moved):
            self._note(words.format(who=mine.name, whom=other.name), event.time)

    def _pair(self, sender: Side) -> tuple[_Machine, _Machine]:
        client, server = self._machines.values()
        return (client, server) if sender == "client" else (server, client)

    def _note(self, sentence: str, time: float) -> None:
        if self._times:
            sentence = f"{time:.2f} s: {sentence}"
        slots: Slots = {"sentence": fit(f"{len(self.steps)}  {sentence}", WIDTH - 28)}
        said = [f"{len(self.steps)}  {sentence}"]
        for side, machine in self._machines.items():
            for state in State:
                here = state == machine.state
                slots[f"{side}-{state.name}.class"] = "value" if here else "end"
                slots[f"{side}-{state.name}-name"] = f"● {state.value}" if here else state.value
            for state, step in TRANSITIONS:
                taken = (state, step) in machine.ways
                slots[f"{side}-{state.name}-{step.name}.class"] = "" if taken else "gone"
            code = machine.code
            lines = {
                "sent": _("Close sent: {what}").format(what=machine.sent or "–"),
                "received": _("Close received: {what}").format(what=machine.heard or "–"),
                "code": _("code recorded: {code}").format(code="–" if code is None else code),
            }
            for name, line in lines.items():
                slots[f"{side}-{name}"] = fit(line, 420, 7.6)
            words = f"{machine.name}: {machine.state.value}"
            said.append(words if code is None else f"{words}, {lines['code']}")
        slots["said"] = f"{said[0]} {'; '.join(said[1:])}"
        self.steps.append(slots)


def _payload(unit: Unit) -> bytes:
    return b"" if unit.layout is None else unit.layout.frame.payload


def _breaks(mine: _Machine, other: _Machine, rule: str) -> str:
    words = _("The {who} breaks a rule, and the {whom} fails the connection: {rule}")
    return words.format(who=mine.name, whom=other.name, rule=rule)


def _words(close: Close) -> str:
    if close.code is None:
        return _("without a code")
    return f"{close.code} {text_or_hex(close.reason.encode(), 123)}".strip()
