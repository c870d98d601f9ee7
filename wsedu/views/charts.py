"""Charts: numbers that were counted or measured, drawn by matplotlib.

How to think about it: matplotlib draws, and what it has drawn becomes a picture like all others.
Its few colours are names of the course's palette, so that a chart follows the theme too; each
bar and each point has its number written beside it, so that no colour has to be read.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..recording import Recording, dissect
from ..words import _
from .drawing import WIDTH, clean, fit, sheet
from .picture import Picture
from .timeline import GRID, pings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Colours that nothing else uses; in the drawing each becomes a colour of the theme.
ROLES = {"#010203": "var(--ink)", "#010204": "var(--soft)", "#010205": "var(--accent)"}
INK, SOFT, ACCENT = ROLES

LABEL = 220  # pixels for the name of a way
LABELLED = 40  # points that have their number beside them; for more, the axis must be enough

LOOK: Any = {
    "figure.constrained_layout.w_pad": 0.12,  # inches
    "figure.constrained_layout.h_pad": 0.12,
    "svg.fonttype": "none",  # text stays text
    "text.parse_math": False,  # and "$" is a letter
    "svg.hashsalt": "wsedu",  # the same chart has the same names inside, whenever it is drawn
    "font.size": 10.5,
    "axes.titlesize": 10.5,  # a title wider than its bars is not counted in the layout
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.color": SOFT,
    "ytick.labelcolor": INK,
}


class Comparison(Picture):
    """Ways to get news, side by side.

    costs: for each way, how many requests it took, how many bytes, and after how many seconds
           the news arrived
    """

    def __init__(self, costs: Mapping[str, tuple[int, int, float]]) -> None:
        names = [clean(name) for name in costs]
        said = _("{name}: requests {requests:,}, bytes {bytes:,}, arrived after {delay:g} s")
        lines = [
            said.format(name=name, requests=requests, bytes=size, delay=delay)
            for name, (requests, size, delay) in zip(names, costs.values(), strict=True)
        ]
        super().__init__(svg=self._draw(names, list(costs.values())), text="\n".join(lines))

    def _draw(self, names: list[str], costs: list[tuple[int, int, float]]) -> str:
        import matplotlib

        with matplotlib.rc_context(LOOK):
            figure = _figure(0.7 + 0.36 * len(costs))
            columns = figure.subplots(1, 3, sharey=True)
            titles = (_("requests"), _("bytes"), _("seconds until it arrives"))
            for at, (axes, title) in enumerate(zip(columns, titles, strict=True)):
                numbers = [cost[at] for cost in costs]
                bars = axes.barh(range(len(costs)), numbers, color=ACCENT, height=0.6)
                axes.set_yticks(range(len(costs)), [fit(name, LABEL) for name in names])
                axes.bar_label(bars, [f"{number:,}" for number in numbers], padding=4)
                axes.set_title(title, loc="left")
                axes.spines["bottom"].set_visible(False)
                axes.tick_params(bottom=False, labelbottom=False, left=False)
                axes.margins(x=0.15)
                if not any(numbers):  # or matplotlib puts the axis into the middle
                    axes.set_xlim(0, 1)
            columns[0].invert_yaxis()  # the first is on top
            return _svg(figure, _("Requests, bytes and delay of each way"))


class RoundTrips(Picture):
    """How long each Ping of a recording waited for its Pong, as the tap saw it.

    Times differ a little from run to run: the points stand on a grid of a tenth of a second, the
    words have hundredths.
    """

    def __init__(self, recording: Recording) -> None:
        asked, _others = pings(dissect(recording))
        trips = [ping.answered - ping.time for ping in asked if ping.answered is not None]
        said = _("{number}: {trip:.2f} s")
        lines = [said.format(number=number, trip=trip) for number, trip in enumerate(trips, 1)]
        title = _("Seconds from each Ping to its Pong")
        if waits := len(asked) - len(trips):
            title += "; " + _("without a Pong: {count}").format(count=waits)
        super().__init__(svg=self._draw(trips, title), text="\n  ".join([title, *lines]))

    def _draw(self, trips: list[float], title: str) -> str:
        import matplotlib

        numbers = list(range(1, len(trips) + 1))
        seconds = [round(round(trip / GRID) * GRID, 1) for trip in trips]
        with matplotlib.rc_context(LOOK):
            figure = _figure(2.2)
            axes = figure.subplots()
            axes.plot(numbers, seconds, color=SOFT, linewidth=1, zorder=1)
            axes.scatter(numbers, seconds, color=ACCENT, zorder=2, clip_on=False)
            if len(trips) <= LABELLED:
                for number, trip in zip(numbers, seconds, strict=True):
                    axes.annotate(f"{trip:g}", (number, trip), (0, 7), textcoords="offset points")
                axes.set_xticks(numbers)
            axes.set_title(title, loc="left")
            axes.set_xlabel(_("number of the Ping"))
            axes.set_ylim(0, max([*seconds, GRID]) * 1.3)
            return _svg(figure, title)


def _figure(height: float) -> Figure:
    """A figure as wide as all pictures; ``height`` in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH / 96, height), layout="constrained")


def _svg(figure: Figure, title: str) -> str:
    """The figure as a picture of the course: its size, its palette, and no date in it."""
    stream = io.StringIO()
    nothing: dict[str, Any] = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with warnings.catch_warnings():
        # The page draws the letters, with fonts of its own; matplotlib only measures them.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(stream, format="svg", metadata=nothing, transparent=True)
    source = stream.getvalue()
    for colour, role in ROLES.items():
        source = source.replace(colour, role)
    view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', source)
    assert view
    width, height = float(view[1]), float(view[2])
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", source, count=1, flags=re.DOTALL)
    body = body[body.index(">", body.index("<svg")) + 1 :]
    body = re.sub(r'<g id="[^"]*"', "<g", body)  # a page may have several charts
    # Its xlink:href are of a namespace that the sheet does not name.
    body = body.removesuffix("</svg>\n").replace("xlink:href", "href")
    return sheet(title, body, width, height, WIDTH)
