"""The ladder: two lanes, time downwards, one arrow for everything that was sent.

Selecting an arrow opens its bytes below the picture.

How to think about a long one: a notebook cannot store a picture of 10,000 arrows, and a reader
would not look at it, so what is stored shows both ends. The page gets both ends too, at once, cut
into a frame and one piece for each arrow. When they are painted it asks for the whole drawing; of
that it puts only those arrows in the page that can be seen.
"""

from __future__ import annotations

import asyncio
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol

import traitlets

from ..recording import Dissection, Event, Recording, Side, Unit, dissect
from ..recording.events import SIDES
from ..words import _
from .bytes_and_fields import OpensUnits
from .drawing import WIDTH, Drawing, clean, fit
from .picture import module
from .remarks import draw_remarks, remarks

CLIENT, SERVER = 150, WIDTH - 90  # the x of the two lanes
PROBLEMS = 3  # of one arrow that the words name; its bytes show more
STEP = 58  # pixels from arrow to arrow
FIRST, LAST = 60, 20  # of a longer recording these arrows are stored, and the switch
TICKS = 12  # chunks of one arrow that are drawn and counted out
LARGE = 2**12  # bytes: what is larger is not expected to come in one chunk
SWITCH = _("the protocol switches: HTTP above, WebSocket below")
PAGE_FIRST, PAGE_LAST = 11_000, 1_000  # and these are sent to the page, some 6 MB


class Watched(Protocol):
    """Something that is being recorded, such as a lab."""

    @property
    def recording(self) -> Recording:
        """What was seen so far."""

    def watch(self, call: Callable[[], object]) -> Callable[[], None]:
        """Call ``call()``, in any thread, when there is more; call what it returns to stop."""


class Ladder(OpensUnits):
    """A recording as a sequence of arrows between client and server.

    recording: the recording, dissected or not; or a lab, whose newest connection is shown and
               grows as it does, as long as the lab is open or until ``close()``. That needs a
               running loop, which every cell has; elsewhere it stands still
    times:     whether to write the seconds beside each arrow; a lesson about time wants them

    The page has, besides what all pictures have, and if there is too much for one picture:

    frame: the drawing without its arrows
    rows:  each arrow of it, an SVG group
    tops:  for each row, how many pixels below the top of the frame it begins
    whole: whether these are as many arrows as a page may have, or no more than are stored; a page
           sets it. Where no loop runs, no page can ask, and it is set from the beginning
    """

    _esm = module("interactive_svg.js", "ladder.js")

    frame = traitlets.Unicode().tag(sync=True)
    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    tops = traitlets.List(traitlets.Float()).tag(sync=True)
    whole = traitlets.Bool().tag(sync=True)

    _stop: Callable[[], None] | None = None
    _due: asyncio.TimerHandle | None = None
    _rests = 0.0  # until this time of the loop

    def __init__(self, recording: Recording | Dissection | Watched, *, times: bool = False) -> None:
        self._times = times
        self._source = None
        super().__init__()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside of a cell no loop runs
            self.whole, loop = True, None
        if isinstance(recording, Recording | Dissection):
            self._show(recording)
        else:
            self._source = recording
            if loop is not None:
                with suppress(RuntimeError):  # a lab that is closed has no more news
                    news = partial(loop.call_soon_threadsafe, self._soon, loop)
                    self._stop = recording.watch(news)
            self._show(recording.recording)
        self.observe(self._complete, "whole")

    def _show(self, recording: Recording | Dissection) -> None:
        seen = self._seen = dissect(recording)
        stored = arrows_of(seen, FIRST, LAST)
        with self.hold_sync():  # the page gets all of it at once
            self.svg = _draw(seen, stored, self._times)
            self.text = _describe(seen, stored, self._times, PROBLEMS)
            if self._source is None and not any(arrow.left_out for arrow in stored):
                self.hint = _(
                    "Select an arrow to open its bytes: click, or Tab, arrow keys, Enter."
                )
            elif self.whole:
                self._scroll_whole()
            else:
                self._scroll(stored, self.svg)

    def _complete(self, _change: object) -> None:
        """The page has painted both ends, and asks for the rest."""
        if self.frame and len(self.rows) < len(self._seen.units):
            with self.hold_sync():
                self._scroll_whole()

    def _scroll_whole(self) -> None:
        arrows = arrows_of(self._seen, PAGE_FIRST, PAGE_LAST)
        self._scroll(arrows, _draw(self._seen, arrows, self._times))

    def _scroll(self, arrows: list[Arrow], svg: str) -> None:
        """Let the page scroll through these arrows, which are drawn there."""
        self.frame, self.rows = _cut(svg)
        self.tops = _tops(arrows)
        count = min(sum(1 + arrow.left_out for arrow in arrows), PAGE_FIRST + PAGE_LAST)
        self.hint = _(
            "{count} arrows: scroll, or Tab, arrow keys, Home and End. "
            "Click or Enter opens the bytes of an arrow."
        ).format(count=f"{count:,}")
        if not arrows:
            self.hint = _("Nothing was sent yet. Everything that is sent will get an arrow here.")

    def _soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Draw again; after a rest, if the last time took long, so that cells get their turn."""
        if self._due is None:
            self._due = loop.call_at(max(loop.time(), self._rests), self._grow, loop)

    def _grow(self, loop: asyncio.AbstractEventLoop) -> None:
        assert self._source is not None
        self._due, start = None, loop.time()
        self._show(self._source.recording)
        self._rests = loop.time() + 9 * (loop.time() - start)

    def units(self) -> dict[str, tuple[Unit, ...]]:
        """What got an arrow, and no end of a stream."""
        return {"u": self._seen.units}

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The picture as it is now, not as it was when it was drawn last."""
        if self._source is not None:
            self._show(self._source.recording)
        return super()._repr_mimebundle_(**kwargs)

    def save_page(self, path: str | Path) -> None:
        """Write a page that shows the picture without Jupyter, kernel or network: the whole."""
        self.whole = True  # there is no Python behind that page to be asked
        super().save_page(path)

    def close(self) -> None:
        """Take the picture out of the page, and stop following the lab."""
        if self._stop:
            self._stop()
        if self._due:
            self._due.cancel()
        self._stop = self._due = None
        super().close()


Step = Unit | Event  # what gets an arrow: a unit, or the end of a side's stream


@dataclass(frozen=True)
class Arrow:
    """A step with the name of its item, its time, and how many before it are not shown.

    chunks: for what came in several pieces of the stream, their sizes
    """

    name: str
    time: float
    step: Step
    left_out: int
    switches: bool
    chunks: tuple[int, ...] = ()

    @property
    def came(self) -> str:
        """In how many chunks it came, if there were several."""
        if not self.chunks:
            return ""
        sizes = " + ".join(map(str, self.chunks)) if len(self.chunks) <= TICKS else "…"
        return _("It came in {count} TCP chunks ({sizes} bytes).").format(
            count=len(self.chunks), sizes=sizes
        )


def arrows_of(seen: Dissection, first: int, last: int, every_problem: bool = False) -> list[Arrow]:
    """Units and TCP endings in the order in which they happened: all, or both ends of many."""
    events = seen.recording.events
    breaks = next((event for event in events if event.kind == "lost"), None)
    endings = [  # a connection is reset once, though both sides lose it
        (index, event)
        for index, event in enumerate(events)
        if event.kind != "data" and (event.kind != "lost" or event is breaks)
    ]
    steps: list[Step] = []
    start = 0
    for index, event in endings:
        end = bisect_right(seen.units, index, key=attrgetter("arrived"))
        steps += [*seen.units[start:end], event]
        start = end
    steps += seen.units[start:]
    switch = None if seen.switch is None else seen.units[seen.switch]
    ends = {side: _ends(side, seen.recording) for side in SIDES}
    arrows: list[Arrow] = []
    left_out = passed = 0  # arrows since the last one that is shown, and endings
    for number, step in enumerate(steps):
        if isinstance(step, Unit):
            name, index = f"u{number - passed}", step.arrived
            broken = every_problem and bool(step.problems)
        else:
            name, index, broken = f"e{number}", endings[passed][0], False
            passed += 1
        if number < first or number >= len(steps) - last or step is switch or broken:
            chunks = _chunks(step, ends[step.sender]) if isinstance(step, Unit) else ()
            arrows.append(Arrow(name, events[index].time, step, left_out, step is switch, chunks))
            left_out = 0
        else:
            left_out += 1
    return arrows


def _ends(side: Side, recording: Recording) -> array[int]:
    """Where in its stream each chunk of a side ends."""
    mine = (each for each in recording.events if each.kind == "data" and each.sender == side)
    return array("q", accumulate(len(each.data) for each in mine))


def _chunks(unit: Unit, ends: array[int]) -> tuple[int, ...]:
    """The sizes of the pieces in which a unit came; nothing if it came at once.

    A large unit comes in many. TCP decides anew each time in how many, so that says nothing.
    """
    start, end = unit.span.start, unit.span.end
    if end - start > LARGE:
        return ()
    cuts = [start, *ends[bisect_right(ends, start) : bisect_left(ends, end)], end]
    return tuple(b - a for a, b in pairwise(cuts)) if len(cuts) > 2 else ()


def describe(seen: Dissection, times: bool, every_problem: bool = False) -> str:
    """The ladder in words, a line for each arrow.

    every_problem: whether what breaks a rule is there too if it is in the middle of a long ladder
    """
    arrows = arrows_of(seen, FIRST, LAST, every_problem)
    return _describe(seen, arrows, times, None if every_problem else PROBLEMS)


def _describe(seen: Dissection, arrows: list[Arrow], times: bool, most: int | None) -> str:
    """These arrows in words; ``most``: how many problems of one arrow are named."""
    lines = [_title(seen)]
    for arrow in arrows:
        step = arrow.step
        if arrow.left_out:
            lines.append(f"  {gap_of(arrow)}")
        whence = _("client → server") if step.sender == "client" else _("server → client")
        when = f"{arrow.time:6.2f} s  " if times else ""
        if step.kind == "fault":
            lines.append(f"  {when}---- {label_of(step)} ----")
            continue
        lines.append(f"  {when}{whence}  {label_of(step)}")
        if isinstance(step, Unit):
            lines.append(f"      {_sentence(seen, step)}")
            lines += [f"      {arrow.came}"] if arrow.came else []
            lines += [f"      ✘ {problem.sentence}" for problem in step.problems[:most]]
        if arrow.switches:
            lines.append(f"  ~~~~ {SWITCH} ~~~~")
    return "\n".join([*lines, *remarks(seen.recording)])


def _tops(arrows: list[Arrow]) -> list[float]:
    """Where each arrow's place in the drawing begins."""
    tops, y = [], 40.0
    for arrow in arrows:
        y += 30 if arrow.left_out else 0
        tops.append(y)
        y += STEP + (40 if arrow.switches else 0)
    return tops


def _cut(svg: str) -> tuple[str, list[str]]:
    """A ladder's drawing as what stays when its arrows are taken out, and the arrows."""
    # An arrow's time stands before it. No text has a "<" of its own: a drawing escapes them.
    pieces = re.split(r'((?:<text x="14"[^<]*</text>)?<g data-item=.*?</g>)', svg)
    return "".join(pieces[::2]), pieces[1::2]


def _draw(seen: Dissection, arrows: list[Arrow], times: bool) -> str:
    drawing = Drawing(_title(seen))
    drawing.text(CLIENT, 26, _("client"), "strong", "middle")
    drawing.text(SERVER, 26, _("server"), "strong", "middle")
    y = 40.0
    for arrow, y in zip(arrows, _tops(arrows), strict=True):
        step = arrow.step
        if arrow.left_out:
            drawing.text((CLIENT + SERVER) / 2, y - 12, gap_of(arrow), "soft", "middle")
        if times:
            drawing.text(14, y + 24, f"{arrow.time:.2f} s", "small mono soft")
        words = label = label_of(step)
        said = ""
        if isinstance(step, Unit):
            broken = [f"✘ {problem.sentence}" for problem in step.problems[:PROBLEMS]]
            said = _sentence(seen, step)
            words = " ".join(filter(None, (f"{label}.", said, arrow.came, *broken)))
        with drawing.item(arrow.name, words):
            drawing.rect(CLIENT + 4, y, SERVER - CLIENT - 8, STEP - 4, "back")
            _draw_arrow(drawing, arrow, label, said, y)
        y += STEP
        if arrow.switches:
            drawing.path(f"M14 {y + 8:g}H{WIDTH - 14}", y + 8, "switch")
            drawing.text((CLIENT + SERVER) / 2, y + 28, SWITCH, "accent", "middle")
            y += 40
    for lane in (CLIENT, SERVER):
        drawing.path(f"M{lane} 34V{y:g}", y, "line")
    draw_remarks(drawing, seen.recording, y)
    return drawing.svg()


def _draw_arrow(drawing: Drawing, arrow: Arrow, label: str, said: str, y: float) -> None:
    """An arrow with its label above it, and below it what it says."""
    step = arrow.step
    start, end = (CLIENT, SERVER) if step.sender == "client" else (SERVER, CLIENT)
    middle, width = (CLIENT + SERVER) / 2, SERVER - CLIENT - 30
    line = y + 25
    if step.kind == "fault":
        drawing.path(f"M{CLIENT} {line:g}H{SERVER}", line, "fault")
        drawing.text(middle, line - 7, fit(label, width, 7), "bad", "middle")
        return
    if step.kind == "held":
        end = int(middle) + (45 if start < end else -45)  # it comes to the tap, and no further
        drawing.path(f"M{end - 7} {line - 7:g}l14 14m0 -14l-14 14", line + 7, "wrong")
    problem = isinstance(step, Unit) and bool(step.problems)
    drawing.arrow(start, end, line)
    label = fit(("✘ " if problem else "") + label, width, 8.5)
    drawing.text(middle, line - 7, label, "mono bad" if problem else "mono", "middle")
    if isinstance(step, Unit):
        if problem and step.kind in ("frame", "response"):
            said = step.problems[0].sentence
        caption = fit(f"{arrow.came} {said}".lstrip(), width, 6.4)
        drawing.text(middle, line + 17, caption, "small soft", "middle")
        for tick in _ticks(arrow.chunks):  # where one chunk ends and the next begins
            x = start + (end - start) * (0.1 + 0.8 * tick)
            drawing.path(f"M{x:g} {line - 3:g}v10", line + 7, "arrow")


def _sentence(seen: Dissection, unit: Unit) -> str:
    """What a unit is; what the recording had no room for may well have arrived."""
    if seen.recording.dropped and unit.layout is not None and unit.layout.truncated is not None:
        return _("Recorded only up to here: the rest of this frame is not in the recording.")
    return f"[{clean(unit.note)}] {unit.sentence}" if unit.note else unit.sentence


def _ticks(chunks: tuple[int, ...]) -> list[float]:
    """The cuts between chunks, as parts of the whole, or none if there are too many to draw."""
    if len(chunks) > TICKS:
        return []
    return [cut / sum(chunks) for cut in accumulate(chunks[:-1])]


def _title(seen: Dissection) -> str:
    if not seen.recording.events:
        return _("Nothing was recorded yet")
    return _("One TCP connection, {count} bytes").format(
        count=sum(len(event.data) for event in seen.recording.events)
    )


def label_of(step: Step) -> str:
    """A few words for an arrow."""
    if isinstance(step, Unit):
        return step.title
    if step.kind == "fault":
        return clean(step.note)
    if step.kind == "held":
        return _("{count} bytes, held on the way").format(count=len(step.data))
    if step.kind == "lost":
        return _("the connection is reset (TCP RST)")
    return _("no more bytes from this side (TCP FIN)")


def gap_of(arrow: Arrow) -> str:
    """How many arrows before this one are not shown, in words."""
    return _("… {count} arrows not shown …").format(count=f"{arrow.left_out:,}")
