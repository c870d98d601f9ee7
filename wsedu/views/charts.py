"""Charts: numbers that were counted or measured, as bars that can be compared.

How to think about it: a longer bar is more, and each bar has its number in digits, so that no
colour has to be read. All bars of one kind have one scale, which begins at 0. What is very little
beside the most still has a bar; only 0 has none.
"""

from collections.abc import Mapping
from itertools import count
from math import ceil

from ..recording import Recording, dissect
from ..words import _
from .drawing import SMALL, Drawing, clean, columns, fit, headed
from .picture import Picture
from .timeline import GRID, pings

EDGE = 14  # pixels to the left and right of everything
LEAST = 2  # pixels of a bar that is not 0
DIGIT, SMALL_DIGIT = 8.5, 7.3  # pixels

NAME, BAR = 190, 22  # pixels: for the longest name of a way, and from one bar to the next
WAYS = 12  # of more, the first are drawn
LARGEST = 2**53  # a float has no whole numbers between greater ones

LEFT, TOP, TALL = 56, 70, 140  # pixels: where the columns begin, and how high the highest is
WIDEST = 60  # pixels of a column
COLUMNS = 30  # of more Pings, several share a column
MARKS = 4  # on the scale, above 0, at most


class Comparison(Picture):
    """Ways to get news, side by side.

    costs: for each way, how many requests it took, how many bytes, and after how many seconds
           the news arrived. Raises ValueError for what cannot have been counted
    """

    def __init__(self, costs: Mapping[str, tuple[int, int, float]]) -> None:
        said = _("{name}: requests {requests:,}, bytes {bytes:,}, arrived after {delay:g} s")
        self._costs = list(costs.values())
        self._names = [clean(name) for name in costs]
        self._lines: list[str] = []
        for name, (requests, size, delay) in zip(self._names, self._costs, strict=True):
            for number in (requests, size, delay):
                if not 0 <= number <= LARGEST:  # not a number is neither
                    raise ValueError(f"{name!r} has {number!r}, which cannot have been counted")
            line = said.format(name=name, requests=requests, bytes=size, delay=delay)
            self._lines.append(line)
        text = "\n".join(self._lines or [_("There is nothing to show yet.")])
        hint = _("Point at a bar to see all numbers of its way.") if self._lines else ""
        super().__init__(svg=self._draw(), text=text, hint=hint)

    def _draw(self) -> str:
        title = _("Requests, bytes and delay of each way")
        if not self._costs:
            return _nothing(title)
        drawing = Drawing(title, SMALL)
        y = 0.0
        headings = (_("requests"), _("bytes"), _("seconds until it arrives"))
        for at, heading in enumerate(headings):
            drawing.text(EDGE, y + 26, heading, "strong")
            y = self._draw_bars(drawing, at, y + 34)
        if (left_out := len(self._costs) - WAYS) > 0:
            more = _("… {count} more …").format(count=f"{left_out:,}")
            drawing.text(EDGE, y + 20, more, "soft")
        return drawing.svg()

    def _draw_bars(self, drawing: Drawing, at: int, top: float) -> float:
        """One number of each way, a bar under the other; returns the y below the last."""
        numbers = [cost[at] for cost in self._costs[:WAYS]]
        written, most = _aligned(numbers), max(numbers)
        start = EDGE + min(max(map(columns, self._names[:WAYS])) * SMALL_DIGIT + 8, NAME)
        room = SMALL - EDGE - 8 - max(map(len, written)) * DIGIT - start
        for row, number in enumerate(numbers):
            y = top + row * BAR
            same = [f"{other}-{row}" for other in range(3)]
            with drawing.item(f"{at}-{row}", self._lines[row], same):
                drawing.rect(EDGE - 6, y, SMALL - 2 * (EDGE - 6), BAR, "back")
                name = fit(self._names[row], NAME - 8, SMALL_DIGIT)
                drawing.text(EDGE, y + 15, name, "mono small")
                if long := _long(number, most, room):
                    drawing.rect(start, y + 4, long, BAR - 8, "accent")
                drawing.text(SMALL - EDGE, y + 16, written[row], "mono", "end")
        bottom = top + BAR * len(numbers)
        drawing.path(f"M{start:g} {top:g}V{bottom:g}", bottom, "line")
        return bottom


class RoundTrips(Picture):
    """How long each Ping of a recording waited for its Pong, as the tap saw it.

    Times differ a little from run to run: the columns stand on a grid of a tenth of a second, the
    words have hundredths. Many Pings share columns; each column is as high as its longest trip.
    """

    def __init__(self, recording: Recording) -> None:
        asked, _others = pings(dissect(recording))
        answers = [(ping.time, ping.answered) for ping in asked]
        trips = [None if pong is None else pong - ping for ping, pong in answers]
        said, silent = _("{number}: {trip:.2f} s"), _("{number}: no Pong")
        lines = [
            silent.format(number=number) if trip is None else said.format(number=number, trip=trip)
            for number, trip in enumerate(trips, 1)
        ]
        title = _("Seconds from each Ping to its Pong")
        self._waits = _("without a Pong: {count}").format(count=trips.count(None))
        first = f"{title}; {self._waits}" if None in trips else title
        hint = _("Point at a column to read how long it took.") if trips else ""
        self._steps = [None if trip is None else round(trip / GRID) for trip in trips]
        text = "\n  ".join([first, *(lines or [_("There is nothing to show yet.")])])
        super().__init__(svg=self._draw(title), text=text, hint=hint)

    def _draw(self, title: str) -> str:
        if not self._steps:
            return _nothing(title)
        drawing = headed(title, SMALL)
        if None in self._steps:
            drawing.text(EDGE, 44, f"✘ {self._waits}", "small bad")
        share = ceil(len(self._steps) / COLUMNS)
        firsts = range(0, len(self._steps), share)
        width = min((SMALL - EDGE - LEFT) / len(firsts), WIDEST)
        most = max([step for step in self._steps if step is not None], default=0) or 1
        _draw_scale(drawing, most, LEFT + width * len(firsts))
        below = _("number of the Ping")
        if share > 1:
            below = _("number of the first Ping of {count}: the longest is drawn")
        drawing.text(LEFT, TOP + TALL + 36, below.format(count=share), "small soft")
        every = ceil(SMALL_DIGIT * (len(f"{len(self._steps)}") + 1) / width)
        with_numbers = SMALL_DIGIT * (len(_seconds(most)) + 1) <= width
        for at, first in enumerate(firsts):
            shared = self._steps[first : first + share]
            step = max([step for step in shared if step is not None], default=0)
            x = LEFT + width * at
            middle, high = x + width / 2, _long(step, most, TALL)
            y = TOP + TALL - high
            with drawing.item(f"p{at}", _say(first + 1, shared)):
                drawing.rect(x, TOP - 20, width, TALL + 40, "back")
                if high:
                    drawing.rect(x + width / 6, y, width / 1.5, high, "accent")
                if None in shared:
                    drawing.text(middle, y - 6, "✘", "small bad", "middle")
                elif with_numbers:
                    drawing.text(middle, y - 6, _seconds(step), "mono small", "middle")
                if at % every == 0:
                    number = f"{first + 1}"
                    drawing.text(middle, TOP + TALL + 16, number, "mono small", "middle")
        return drawing.svg()


def _draw_scale(drawing: Drawing, most: int, right: float) -> None:
    """Both axes of the columns, with round numbers of seconds up to ``most`` steps of the grid."""
    bottom = TOP + TALL
    drawing.path(f"M{LEFT} {TOP - 10}V{bottom}H{right:g}", bottom, "line")
    sizes = (digit * 10**power for power in count() for digit in (1, 2, 5))
    size = next(size for size in sizes if size * MARKS >= most)
    for mark in range(0, most + 1, size):
        y = bottom - TALL * mark / most
        drawing.path(f"M{LEFT - 4} {y:g}H{LEFT}", y, "line")
        drawing.text(LEFT - 8, y + 4, _seconds(mark), "mono small", "end")


def _say(number: int, shared: list[int | None]) -> str:
    """What a column shows: the Ping of this number, or several from it on."""
    steps = [step for step in shared if step is not None]
    which, took, silent = _("Ping {number}"), _("{seconds} s"), _("no Pong")
    if len(shared) > 1:
        which, took = _("Pings {number} to {last}"), _("at most {seconds} s")
        silent = _("without a Pong: {count}")
    which = which.format(number=number, last=number + len(shared) - 1)
    said = [took.format(seconds=_seconds(max(steps)))] if steps else []
    if None in shared:
        said.append(silent.format(count=shared.count(None)))
    return f"{which}: {'; '.join(said)}"


def _seconds(step: int) -> str:
    """A number of steps of the grid."""
    return f"{step * GRID:g}"


def _nothing(title: str) -> str:
    """The drawing when there are no numbers."""
    drawing = headed(title, SMALL)
    drawing.text(EDGE, 48, _("There is nothing to show yet."), "soft")
    return drawing.svg()


def _long(number: float, most: float, room: float) -> float:
    """How many pixels a bar has, if the longest has ``room``."""
    return max(room * number / most, LEAST) if number else 0


def _aligned(numbers: list[float]) -> list[str]:
    """Numbers as they are written under each other: all with as many decimals as one needs."""
    decimals = [f"{number:.6f}".rstrip("0").partition(".")[2] for number in numbers]
    return [f"{number:,.{max(map(len, decimals))}f}" for number in numbers]
