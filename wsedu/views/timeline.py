"""The timeline: Pings and Pongs, Closes and the end of TCP, on an axis of time.

How to think about it: time runs to the right. Each Ping starts a countdown; the Pong with the
same payload stops it (5.5.3). So does a Close: the Close of the other side stops that countdown
(5.5.1). The RFC does not limit a countdown: the caller says which ``timeout`` or
``close_timeout`` the side had.

Times differ a little from run to run. Everything is placed on a grid of a tenth of a second,
so that the same story gives the same picture; the words have hundredths.
"""

from dataclasses import dataclass

from ..protocol import Opcode
from ..recording import Dissection, Event, Recording, Side, Unit, dissect
from ..words import _
from .drawing import WIDTH, Drawing, headed
from .picture import Picture

LEFT, RIGHT = 110, WIDTH - 30
AXIS = 78  # the y of the axis
LANE = 46  # pixels for one Ping
GRID = 0.1  # seconds
SHOWN = 12  # Pings; of a longer recording these come first


@dataclass(frozen=True)
class Countdown:
    """A Ping, or the first Close: who sent it, when, and when its answer came, or None.

    close: the title of the Close; empty for a Ping
    """

    sender: Side
    time: float
    answered: float | None
    close: str = ""

    @property
    def sentence(self) -> str:
        """What happened to it."""
        trip = 0.0 if self.answered is None else self.answered - self.time
        if not self.close:
            said = _("{time:.2f} s: {who} pings; no Pong with its payload came")
            if self.answered is not None:
                said = _("{time:.2f} s: {who} pings; the Pong came after {trip:.2f} s")
            return said.format(time=self.time, who=_named(self.sender), trip=trip)
        sent = {
            "client": _("{time:.2f} s: the client sends {what}"),
            "server": _("{time:.2f} s: the server sends {what}"),
        }[self.sender].format(time=self.time, what=self.close)
        said = _("{said}; no Close came from the other side")
        if self.answered is not None:
            said = _("{said}; the other side's Close came after {trip:.2f} s")
        return said.format(said=sent, trip=trip)


class Timeline(Picture):
    """The Pings of one recording, their Pongs, and how it ended.

    timeout: the seconds that the side that pings waits, to draw its countdown
    interval: the seconds between Pings, to be named in the title
    close_timeout: the seconds that the side that closes first waits for the other Close; if given,
        that countdown is drawn, and so is the end of TCP
    """

    def __init__(
        self,
        recording: Recording,
        *,
        interval: float | None = None,
        timeout: float | None = None,
        close_timeout: float | None = None,
    ) -> None:
        self._interval, self._timeout, self._close_timeout = interval, timeout, close_timeout
        seen, events = dissect(recording), recording.events
        self._asked, pongs = pings(seen)
        self._others = [(events[pong.arrived].time, pong.sender) for pong in pongs]
        closes = _frames(seen, Opcode.CLOSE)
        self._ending = (events[closes[0].arrived].time, closes[0].title) if closes else None
        self._end = max([event.time for event in events], default=0.0)
        self._closing: Countdown | None = None
        self._tcp: list[tuple[float, str]] = []
        if close_timeout is not None:
            self._tcp = [(e.time, _tcp(e)) for e in events if e.kind in ("end", "lost")]
            if closes:
                first = closes[0]
                other = next((unit for unit in closes if unit.sender != first.sender), None)
                self._closing = _countdown(seen, first, other, first.title)
                self._end = max(self._end, self._closing.time + close_timeout)
        hint = _("Point at a bar to read what happened.")
        super().__init__(svg=self._draw(), text=self._describe(), hint=hint)

    def _x(self, time: float) -> float:
        grid = round(time / GRID) * GRID
        return LEFT + (RIGHT - LEFT) * grid / max(round(self._end / GRID) * GRID, GRID)

    def _title(self) -> str:
        """What the picture shows, with the interval and the timeouts."""
        title = _("Pings on this connection: {count}").format(count=len(self._asked))
        if self._close_timeout is not None:
            closing = _("close timeout {seconds:g} seconds").format(seconds=self._close_timeout)
            title = f"{title}; {closing}" if self._asked else closing
        if self._interval is not None:
            title += "; " + _("interval {seconds:g} seconds").format(seconds=self._interval)
        if self._timeout is not None:
            title += "; " + _("timeout {seconds:g} seconds").format(seconds=self._timeout)
        return title

    def _other_words(self) -> list[str]:
        """Pongs that answer nothing, and the ending."""
        pong = _("◆ {time:.2f} s: a Pong from {who} that answers no Ping")
        words = [pong.format(time=time, who=_named(sender)) for time, sender in self._others]
        end = _("{time:.2f} s: {what}")
        if self._ending is not None and self._closing is None:
            words.append(end.format(time=self._ending[0], what=self._ending[1]))
        return words + [end.format(time=time, what=what) for time, what in self._tcp]

    def _describe(self) -> str:
        """The timeline in words."""
        countdowns = [*self._asked, *filter(None, [self._closing])]
        said = [countdown.sentence for countdown in countdowns]
        return "\n  ".join([self._title(), *said, *self._other_words()])

    def _draw(self) -> str:
        """The timeline as a drawing."""
        drawing = headed(self._title())
        drawing.path(f"M{LEFT} {AXIS}H{RIGHT}", AXIS, "arrow")
        seconds = round(self._end / GRID) * GRID
        step = 0.5 if seconds <= 5 else max(1, round(seconds / 10))
        mark = 0.0
        while mark <= seconds + GRID / 2:
            x = self._x(mark)
            drawing.path(f"M{x:g} {AXIS - 4}V{AXIS + 4}", AXIS + 4, "line")
            self._draw_second(drawing, x, f"{mark:g}")
            mark += step
        y = AXIS + 14.0
        for number, ping in enumerate(self._asked[:SHOWN]):
            label = _("Ping, client") if ping.sender == "client" else _("Ping, server")
            self._draw_countdown(drawing, f"p{number}", label, ping, self._timeout or 0.0, y)
            y += LANE
        if len(self._asked) > SHOWN:
            left_out = _("… {count} more Pings …").format(count=len(self._asked) - SHOWN)
            drawing.text(LEFT, y + 14, left_out, "soft")
            y += 24
        if self._closing is not None:
            closed_by_client = self._closing.sender == "client"
            label = _("Close, client") if closed_by_client else _("Close, server")
            wait = self._close_timeout or 0.0
            self._draw_countdown(drawing, "close", label, self._closing, wait, y)
            y += LANE
        bottom = max(y - LANE + 22, AXIS + 14)  # down to the last bar, not through its words
        for time, _what in self._tcp:
            drawing.path(f"M{self._x(time):g} {AXIS - 22}V{bottom:g}", bottom, "switch")
        if self._tcp:
            x = min(self._x(self._tcp[0][0]), WIDTH - 50)
            drawing.text(x, AXIS - 40, _("TCP ends"), "small accent", "middle")
        if self._ending is not None:
            x = self._x(self._ending[0])
            drawing.path(f"M{x:g} {AXIS - 22}V{bottom:g}", bottom, "fault")
            drawing.text(x, AXIS - 26, _("Close"), "small bad", "middle")
        for time, _sender in self._others[:SHOWN]:  # a Pong that answers nothing: a diamond
            drawing.path(f"M{self._x(time):g} {AXIS - 7}l6 7l-6 7l-6 -7z", AXIS + 7, "wrong")
        for words in self._other_words()[:SHOWN]:
            drawing.text(LEFT, y + 18, words, "small soft")
            y += 18
        return drawing.svg()

    def _draw_second(self, drawing: Drawing, x: float, words: str) -> None:
        """A number on the axis; beside the line of an ending, if one is there."""
        endings = [self._x(time) for time, _what in [*self._tcp, *filter(None, [self._ending])]]
        if any(abs(x - line) < 14 for line in endings):
            left = x > (LEFT + RIGHT) / 2
            drawing.text(
                x - 6 if left else x + 6, AXIS - 12, words, "small soft", "end" if left else "start"
            )
        else:
            drawing.text(x, AXIS - 12, words, "small soft", "middle")

    def _draw_countdown(
        self, drawing: Drawing, item: str, label: str, countdown: Countdown, wait: float, y: float
    ) -> None:
        """A bar from the start of a countdown to the answer, or to where it ran out."""
        start, answered = self._x(countdown.time), countdown.answered is not None
        stop = countdown.time + wait if countdown.answered is None else countdown.answered
        with drawing.item(item, countdown.sentence):
            drawing.text(14, y + 15, label, "small")
            width = max(self._x(min(stop, self._end)) - start, 4)
            drawing.rect(start, y + 4, width, 14, "word" if answered else "value")
            if countdown.close:  # as far as the countdown could run
                whole = self._x(countdown.time + wait) - start
                drawing.rect(start, y + 4, whole, 14, "line")
            else:
                drawing.path(f"M{start:g} {AXIS}V{y + 18:g}", y + 18, "line")
            words = ("✔ " if answered else "✘ ") + countdown.sentence
            drawing.text(LEFT, y + 34, words, "small good" if answered else "small bad")


def pings(seen: Dissection) -> tuple[list[Countdown], list[Unit]]:
    """Each Ping with its Pong, and the Pongs that answer none."""
    asked, pongs = [], _frames(seen, Opcode.PONG)
    for ping in _frames(seen, Opcode.PING):
        pong = next((pong for pong in pongs if _answers(pong, ping)), None)
        if pong is not None:
            pongs.remove(pong)
        asked.append(_countdown(seen, ping, pong))
    return asked, pongs


def _countdown(seen: Dissection, first: Unit, answer: Unit | None, close: str = "") -> Countdown:
    events = seen.recording.events
    answered = None if answer is None else events[answer.arrived].time
    return Countdown(first.sender, events[first.arrived].time, answered, close)


def _frames(seen: Dissection, opcode: int) -> list[Unit]:
    return [unit for unit in seen.units if unit.opcode == opcode]


def _answers(pong: Unit, ping: Unit) -> bool:
    """Whether a Pong comes after a Ping of the other side and has its payload (5.5.3)."""
    assert pong.layout is not None and ping.layout is not None
    same = pong.layout.frame.payload == ping.layout.frame.payload
    return same and pong.sender != ping.sender and pong.arrived > ping.arrived


def _named(side: Side) -> str:
    return _("the client") if side == "client" else _("the server")


def _tcp(event: Event) -> str:
    if event.kind == "lost":
        return _("the connection is reset (TCP RST)")
    return _("the client ends TCP") if event.sender == "client" else _("the server ends TCP")
