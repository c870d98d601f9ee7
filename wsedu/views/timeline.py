"""The timeline: Pings and Pongs, Closes and the end of TCP, on an axis of time.

How to think about it: time runs to the right. Each Ping starts a countdown; the Pong with the
same payload stops it (5.5.3). So does a Close: the Close of the other side stops that countdown
(5.5.1). The RFC does not limit a countdown: the caller says which ``timeout`` or
``close_timeout`` the side had.

Times differ a little from run to run. Everything is placed on a grid of a tenth of a second,
so that the same story gives the same picture; the words have hundredths.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol import Opcode
from ..recording import Event, Recording, Unit, dissect
from ..words import _
from .drawing import WIDTH, Drawing
from .picture import Picture

LEFT, RIGHT = 110, WIDTH - 30
AXIS = 78  # the y of the axis
LANE = 46  # pixels for one Ping
GRID = 0.1  # seconds
SHOWN = 12  # Pings; of a longer recording these come first


@dataclass(frozen=True)
class Asked:
    """A Ping: its sender, its time, and when its Pong came, or None."""

    sender: str
    time: float
    answered: float | None


@dataclass(frozen=True)
class Closing:
    """The first Close: its sender, time and title; and when the other side's came, or None."""

    sender: str
    time: float
    what: str
    answered: float | None


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
        story = Story(recording, interval=interval, timeout=timeout, close_timeout=close_timeout)
        super().__init__(
            svg=story.draw(),
            text=story.describe(),
            hint=_("Point at a bar to read what happened."),
        )


class Story:
    """What is drawn: the Pings, other Pongs, and the ending."""

    def __init__(self, recording: Recording, **seconds: float | None) -> None:
        """The seconds are those of ``Timeline``; what is not given is not drawn."""
        self.interval, self.timeout, self.close_timeout = map(
            seconds.get, ("interval", "timeout", "close_timeout")
        )
        self._events = recording.events
        self.asked: list[Asked] = []
        self.others: list[tuple[float, str]] = []
        self.ending: tuple[float, str] | None = None
        frames = [unit for unit in dissect(recording).find("frame") if unit.layout is not None]
        pongs = [unit for unit in frames if _opcode(unit) == Opcode.PONG]
        for unit in frames:
            if _opcode(unit) == Opcode.PING:
                pong = self._answer(unit, pongs)
                if pong is not None:
                    pongs.remove(pong)
                when = None if pong is None else self._time(pong)
                self.asked.append(Asked(unit.sender, self._time(unit), when))
            elif _opcode(unit) == Opcode.CLOSE and self.ending is None:
                self.ending = (self._time(unit), unit.title)
        self.others = [(self._time(unit), unit.sender) for unit in pongs]
        self.end = max([event.time for event in recording.events], default=0.0)
        self.closing: Closing | None = None
        self.tcp: list[tuple[float, str]] = []
        if self.close_timeout is not None:
            self.tcp = [(e.time, _tcp(e)) for e in recording.events if e.kind in ("end", "lost")]
            self.closing = self._close([unit for unit in frames if _opcode(unit) == Opcode.CLOSE])
        if self.closing:
            self.end = max(self.end, self.closing.time + (self.close_timeout or 0.0))

    def _close(self, closes: list[Unit]) -> Closing | None:
        if not closes:
            return None
        first = closes[0]
        other = next((unit for unit in closes if unit.sender != first.sender), None)
        answered = None if other is None else self._time(other)
        return Closing(first.sender, self._time(first), first.title, answered)

    def _answer(self, ping: Unit, pongs: list[Unit]) -> Unit | None:
        assert ping.layout is not None
        for pong in pongs:
            same = (
                pong.layout is not None and pong.layout.frame.payload == ping.layout.frame.payload
            )
            if same and pong.sender != ping.sender and pong.arrived > ping.arrived:
                return pong
        return None

    def _time(self, unit: Unit) -> float:
        return self._events[unit.arrived].time

    def _x(self, time: float) -> float:
        grid = round(time / GRID) * GRID
        return LEFT + (RIGHT - LEFT) * grid / max(round(self.end / GRID) * GRID, GRID)

    def title(self) -> str:
        """What the picture shows, with the interval and the timeouts."""
        title = _("Pings on this connection: {count}").format(count=len(self.asked))
        if self.close_timeout is not None:
            closing = _("close timeout {seconds:g} seconds").format(seconds=self.close_timeout)
            title = f"{title}; {closing}" if self.asked else closing
        if self.interval is not None:
            title += "; " + _("interval {seconds:g} seconds").format(seconds=self.interval)
        if self.timeout is not None:
            title += "; " + _("timeout {seconds:g} seconds").format(seconds=self.timeout)
        return title

    def say(self, ping: Asked) -> str:
        """What happened to a Ping."""
        who = _("the client") if ping.sender == "client" else _("the server")
        if ping.answered is not None:
            return _("{time:.2f} s: {who} pings; the Pong came after {trip:.2f} s").format(
                time=ping.time, who=who, trip=ping.answered - ping.time
            )
        return _("{time:.2f} s: {who} pings; no Pong with its payload came").format(
            time=ping.time, who=who
        )

    def other_words(self) -> list[str]:
        """Pongs that answer nothing, and the ending."""
        words = []
        for time, sender in self.others:
            who = _("the client") if sender == "client" else _("the server")
            said = _("◆ {time:.2f} s: a Pong from {who} that answers no Ping")
            words.append(said.format(time=time, who=who))
        if self.ending is not None and self.closing is None:
            words.append(_("{time:.2f} s: {what}").format(time=self.ending[0], what=self.ending[1]))
        words += [_("{time:.2f} s: {what}").format(time=time, what=what) for time, what in self.tcp]
        return words

    def say_closing(self, closing: Closing) -> str:
        """What happened to the first Close."""
        said = {
            "client": _("{time:.2f} s: the client sends {what}"),
            "server": _("{time:.2f} s: the server sends {what}"),
        }[closing.sender].format(time=closing.time, what=closing.what)
        if closing.answered is None:
            return _("{said}; no Close came from the other side").format(said=said)
        return _("{said}; the other side's Close came after {trip:.2f} s").format(
            said=said, trip=closing.answered - closing.time
        )

    def describe(self) -> str:
        """The timeline in words."""
        closing = [self.say_closing(self.closing)] if self.closing else []
        lines = [self.title(), *map(self.say, self.asked), *closing, *self.other_words()]
        return "\n  ".join(lines)

    def draw(self) -> str:
        """The timeline as a drawing."""
        drawing = Drawing(self.title())
        drawing.text(14, 26, self.title(), "strong")
        drawing.path(f"M{LEFT} {AXIS}H{RIGHT}", AXIS, "arrow")
        seconds = round(self.end / GRID) * GRID
        step = 0.5 if seconds <= 5 else max(1, round(seconds / 10))
        mark = 0.0
        while mark <= seconds + GRID / 2:
            x = self._x(mark)
            drawing.path(f"M{x:g} {AXIS - 4}V{AXIS + 4}", AXIS + 4, "line")
            self._draw_second(drawing, x, f"{mark:g}")
            mark += step
        y = AXIS + 14.0
        for number, ping in enumerate(self.asked[:SHOWN]):
            self._draw_ping(drawing, number, ping, y)
            y += LANE
        if len(self.asked) > SHOWN:
            left_out = _("… {count} more Pings …").format(count=len(self.asked) - SHOWN)
            drawing.text(LEFT, y + 14, left_out, "soft")
            y += 24
        if self.closing is not None:
            self._draw_closing(drawing, self.closing, y)
            y += LANE
        bottom = max(y - LANE + 22, AXIS + 14)  # down to the last bar, not through its words
        for time, _what in self.tcp:
            drawing.path(f"M{self._x(time):g} {AXIS - 22}V{bottom:g}", bottom, "switch")
        if self.tcp:
            x = min(self._x(self.tcp[0][0]), WIDTH - 50)
            drawing.text(x, AXIS - 40, _("TCP ends"), "small accent", "middle")
        if self.ending is not None:
            x = self._x(self.ending[0])
            drawing.path(f"M{x:g} {AXIS - 22}V{bottom:g}", bottom, "fault")
            drawing.text(x, AXIS - 26, _("Close"), "small bad", "middle")
        for time, _sender in self.others[:SHOWN]:  # a Pong that answers nothing: a diamond
            drawing.path(f"M{self._x(time):g} {AXIS - 7}l6 7l-6 7l-6 -7z", AXIS + 7, "wrong")
        for words in self.other_words()[:SHOWN]:
            drawing.text(LEFT, y + 18, words, "small soft")
            y += 18
        return drawing.svg()

    def _draw_second(self, drawing: Drawing, x: float, words: str) -> None:
        """A number on the axis; beside the line of an ending, if one is there."""
        endings = [self._x(time) for time, _what in [*self.tcp, *filter(None, [self.ending])]]
        if any(abs(x - line) < 14 for line in endings):
            left = x > (LEFT + RIGHT) / 2
            drawing.text(
                x - 6 if left else x + 6, AXIS - 12, words, "small soft", "end" if left else "start"
            )
        else:
            drawing.text(x, AXIS - 12, words, "small soft", "middle")

    def _draw_ping(self, drawing: Drawing, number: int, ping: Asked, y: float) -> None:
        start = self._x(ping.time)
        answered = ping.answered is not None
        wait = self.timeout if self.timeout is not None else 0.0
        stop = ping.answered if ping.answered is not None else min(ping.time + wait, self.end)
        with drawing.item(f"p{number}", self.say(ping)):
            who = _("client") if ping.sender == "client" else _("server")
            drawing.text(14, y + 15, _("Ping, {who}").format(who=who), "small")
            drawing.rect(
                start, y + 4, max(self._x(stop) - start, 4), 14, "word" if answered else "value"
            )
            drawing.path(f"M{start:g} {AXIS}V{y + 18:g}", y + 18, "line")
            words = ("✔ " if answered else "✘ ") + self.say(ping)
            drawing.text(LEFT, y + 34, words, "small good" if answered else "small bad")

    def _draw_closing(self, drawing: Drawing, closing: Closing, y: float) -> None:
        start, wait = self._x(closing.time), self.close_timeout or 0.0
        answered = closing.answered is not None
        stop = min(closing.time + wait if closing.answered is None else closing.answered, self.end)
        with drawing.item("close", self.say_closing(closing)):
            who = _("Close, client") if closing.sender == "client" else _("Close, server")
            drawing.text(14, y + 15, who, "small")
            width = max(self._x(stop) - start, 4)
            drawing.rect(start, y + 4, width, 14, "word" if answered else "value")
            whole = self._x(closing.time + wait) - start  # as far as the countdown could run
            drawing.rect(start, y + 4, whole, 14, "line")
            words = ("✔ " if answered else "✘ ") + self.say_closing(closing)
            drawing.text(LEFT, y + 34, words, "small good" if answered else "small bad")


def _tcp(event: Event) -> str:
    if event.kind == "lost":
        return _("the connection is reset (TCP RST)")
    return _("the client ends TCP") if event.sender == "client" else _("the server ends TCP")


def _opcode(unit: Unit) -> int | None:
    return None if unit.layout is None else unit.layout.frame.opcode


def _payload(unit: Unit) -> bytes:
    return b"" if unit.layout is None else unit.layout.frame.payload
