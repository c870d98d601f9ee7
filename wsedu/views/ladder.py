"""The ladder: two lanes, time downwards, one arrow for everything that was sent.

Selecting an arrow opens its bytes below the picture.

How to think about a long one: a notebook cannot store a picture of 10,000 arrows, and a reader
would not look at it, so what is stored shows both ends. The page gets the whole drawing, cut
into a frame and one piece for each arrow, and puts only those arrows in it that can be seen.
"""

from __future__ import annotations

import asyncio
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Protocol

import traitlets

from ..recording import Dissection, Event, Recording, Unit, dissect
from ..words import _, ngettext
from . import bytes_and_fields
from .drawing import WIDTH, Drawing, clean, fit, wrap
from .picture import Picture, module

CLIENT, SERVER = 150, WIDTH - 90  # the x of the two lanes
PROBLEMS = 3  # of one arrow that the words name; its bytes show more
STEP = 58  # pixels from arrow to arrow
FIRST, LAST = 60, 20  # of a longer recording these arrows are stored, and the switch
TICKS = 12  # chunks of one arrow that are drawn and counted out
NOTE = 600  # characters of the recording's note that are drawn; the text has all of it
LARGE = 2**12  # bytes: what is larger is not expected to come in one chunk
PAGE_FIRST, PAGE_LAST = 11_000, 1_000  # and these are sent to the page, some 6 MB


class Watched(Protocol):
    """Something that is being recorded, such as a lab."""

    @property
    def recording(self) -> Recording:
        """What was seen so far."""

    def watch(self, call: Callable[[], object]) -> Callable[[], None]:
        """Call ``call()``, in any thread, when there is more; call what it returns to stop."""


class Ladder(Picture):
    """A recording as a sequence of arrows between client and server.

    recording: the recording; or a lab, whose newest connection is shown and grows as it does,
               as long as the lab is open or until ``close()``. That needs a running loop, which
               every cell has; elsewhere it stands still
    times:     whether to write the seconds beside each arrow; a lesson about time wants them

    The page has, besides what all pictures have, and if there is too much for one picture:

    frame: the drawing of many more arrows, without the arrows
    rows:  each arrow of it, an SVG group
    tops:  for each row, how many pixels below the top of the frame it begins
    """

    _esm = module("interactive_svg.js", "ladder.js")

    frame = traitlets.Unicode().tag(sync=True)
    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    tops = traitlets.List(traitlets.Float()).tag(sync=True)

    _stop: Callable[[], None] | None = None
    _due: asyncio.TimerHandle | None = None
    _rests = 0.0  # until this time of the loop

    def __init__(self, recording: Recording | Watched, *, times: bool = False) -> None:
        self._times = times
        self._source = None if isinstance(recording, Recording) else recording
        super().__init__()
        if isinstance(recording, Recording):
            self._show(recording)
        else:
            # Outside of a cell no loop runs; a lab that is closed has no more news.
            with suppress(RuntimeError):
                self._stop = _watch(recording, self._soon)
            self._show(recording.recording)
        self.observe(self._open, "selected")

    def _show(self, recording: Recording) -> None:
        seen = self._seen = dissect(recording)
        self._units = {f"u{number}": unit for number, unit in enumerate(seen.units)}
        stored = _arrows(seen, FIRST, LAST)
        hint = _("Select an arrow to open its bytes: click, or Tab, arrow keys, Enter.")
        frame, rows, tops = "", list[str](), list[float]()
        if self._source is not None or any(arrow.left_out for arrow in stored):
            arrows = _arrows(seen, PAGE_FIRST, PAGE_LAST)
            frame, rows = _cut(_draw(seen, arrows, self._times))
            tops = _tops(arrows)
            hint = _(
                "{count} arrows: scroll, or Tab, arrow keys, Home and End. "
                "Click or Enter opens the bytes of an arrow."
            ).format(count=f"{len(rows):,}")
            if not rows:
                hint = _("Nothing was sent yet. Everything that is sent will get an arrow here.")
        with self.hold_sync():  # the page gets all of it at once
            self.frame, self.rows, self.tops, self.hint = frame, rows, tops, hint
            self.text = describe(seen, self._times)
            self.svg = _draw(seen, stored, self._times)

    def _soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Draw again; after a rest, if the last time took long, so that cells get their turn."""
        if self._due is None:
            self._due = loop.call_at(max(loop.time(), self._rests), self._grow, loop)

    def _grow(self, loop: asyncio.AbstractEventLoop) -> None:
        assert self._source is not None
        self._due, start = None, loop.time()
        self._show(self._source.recording)
        self._rests = loop.time() + 9 * (loop.time() - start)

    def _open(self, change: dict[str, Any]) -> None:
        unit = self._units.get(change["new"])
        self.detail = "" if unit is None else bytes_and_fields.draw(unit)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The picture as it is now, not as it was when it was drawn last."""
        if self._source is not None:
            self._show(self._source.recording)
        return super()._repr_mimebundle_(**kwargs)

    def close(self) -> None:
        """Take the picture out of the page, and stop following the lab."""
        if self._stop:
            self._stop()
        if self._due:
            self._due.cancel()
        self._stop = self._due = None
        super().close()


def _watch(
    source: Watched, soon: Callable[[asyncio.AbstractEventLoop], None]
) -> Callable[[], None]:
    """Call ``soon`` in this loop, whichever thread the news come from; raises RuntimeError."""
    loop = asyncio.get_running_loop()
    return source.watch(lambda: loop.call_soon_threadsafe(soon, loop))


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


def _arrows(seen: Dissection, first: int, last: int, every_problem: bool = False) -> list[Arrow]:
    """Units and TCP endings in the order in which they happened: all, or both ends of many."""
    events = seen.recording.events
    steps: list[tuple[int, str, Step]] = [
        (unit.arrived, f"u{number}", unit) for number, unit in enumerate(seen.units)
    ]
    breaks = next((event for event in events if event.kind == "lost"), None)
    steps += [  # a connection is reset once, though both sides lose it
        (index, "", event)
        for index, event in enumerate(events)
        if event.kind != "data" and (event.kind != "lost" or event is breaks)
    ]
    steps.sort(key=lambda step: step[0])  # stable: units keep their order
    switch = None if seen.switch is None else f"u{seen.switch}"
    ends = _ends(seen.recording)
    arrows: list[Arrow] = []
    left_out = 0
    for number, (index, name, step) in enumerate(steps):
        broken = every_problem and isinstance(step, Unit) and step.problems
        if number < first or number >= len(steps) - last or name == switch or broken:
            name = name or f"e{number}"
            chunks = _chunks(step, ends) if isinstance(step, Unit) else ()
            arrows.append(Arrow(name, events[index].time, step, left_out, name == switch, chunks))
            left_out = 0
        else:
            left_out += 1
    return arrows


def _ends(recording: Recording) -> dict[str, list[int]]:
    """For each side, where in its stream each of its chunks ends."""
    ends: dict[str, list[int]] = {"client": [], "server": []}
    for event in recording.events:
        if event.kind == "data":
            before = ends[event.sender][-1] if ends[event.sender] else 0
            ends[event.sender].append(before + len(event.data))
    return ends


def _chunks(unit: Unit, ends: dict[str, list[int]]) -> tuple[int, ...]:
    """The sizes of the pieces in which a unit came; nothing if it came at once.

    A large unit comes in many. TCP decides anew each time in how many, so that says nothing.
    """
    start, end = unit.span.start, unit.span.end
    if end - start > LARGE:
        return ()
    inner = ends[unit.sender]
    cuts = [start, *inner[bisect_right(inner, start) : bisect_left(inner, end)], end]
    return tuple(b - a for a, b in pairwise(cuts)) if len(cuts) > 2 else ()


def describe(seen: Dissection, times: bool, every_problem: bool = False) -> str:
    """The ladder in words, a line for each arrow.

    every_problem: whether what breaks a rule is there too if it is in the middle of a long ladder
    """
    lines = [_title(seen)]
    most = None if every_problem else PROBLEMS
    for arrow in _arrows(seen, FIRST, LAST, every_problem):
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
            lines.append(f"      {_sentence(seen, step)}")
            lines += [f"      {arrow.came}"] if arrow.came else []
            lines += [f"      ✘ {problem.sentence}" for problem in step.problems[:most]]
        if arrow.switches:
            lines.append(f"  ~~~~ {_switch()} ~~~~")
    if seen.recording.dropped:
        lines.append(_dropped(seen.recording))
    if seen.recording.note:
        lines.append(clean(seen.recording.note))
    return "\n".join(lines)


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
            drawing.text((CLIENT + SERVER) / 2, y - 12, _left_out(arrow), "soft", "middle")
        if times:
            drawing.text(14, y + 24, f"{arrow.time:.2f} s", "small mono soft")
        words = _label(step)
        if isinstance(step, Unit):
            broken = [f"✘ {problem.sentence}" for problem in step.problems[:PROBLEMS]]
            said = _sentence(seen, step)
            words = " ".join(filter(None, (f"{words}.", said, arrow.came, *broken)))
        with drawing.item(arrow.name, words):
            drawing.rect(CLIENT + 4, y, SERVER - CLIENT - 8, STEP - 4, "back")
            _draw_arrow(drawing, seen, arrow, y)
        y += STEP
        if arrow.switches:
            drawing.path(f"M14 {y + 8:g}H{WIDTH - 14}", y + 8, "switch")
            drawing.text((CLIENT + SERVER) / 2, y + 28, _switch(), "accent", "middle")
            y += 40
    for lane in (CLIENT, SERVER):
        drawing.path(f"M{lane} 34V{y:g}", y, "line")
    notes = filter(None, (seen.recording.note, _dropped(seen.recording)))
    for line in [line for note in notes for line in wrap(note[:NOTE], WIDTH - 28, 6.2)]:
        y += 20
        drawing.text(14, y, line, "small soft")
    return drawing.svg()


def _draw_arrow(drawing: Drawing, seen: Dissection, arrow: Arrow, y: float) -> None:
    step = arrow.step
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
        said = _sentence(seen, step)
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


def _label(step: Step) -> str:
    if isinstance(step, Unit):
        return step.title
    if step.kind == "fault":
        return clean(step.note)
    if step.kind == "held":
        return _("{count} bytes, held on the way").format(count=len(step.data))
    if step.kind == "lost":
        return _("the connection is reset (TCP RST)")
    return _("no more bytes from this side (TCP FIN)")


def _left_out(arrow: Arrow) -> str:
    return _("… {count} arrows not shown …").format(count=f"{arrow.left_out:,}")


def _switch() -> str:
    return _("the protocol switches: HTTP above, WebSocket below")


def _dropped(recording: Recording) -> str:
    if not recording.dropped:
        return ""
    said = ngettext(
        "Not everything was recorded: {count} more byte is not in it.",
        "Not everything was recorded: {count} more bytes are not in it.",
        recording.dropped,
    )
    return said.format(count=recording.dropped)
