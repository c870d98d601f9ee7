"""Tanks: where bytes wait on their way, one tank for each buffer, step by step.

How to think about it: bytes run from left to right, from the program that writes to the program
that reads. If that one does not read, the last tank fills first, then the one before it. All tanks
have one scale, so their levels can be compared. The numbers were counted, none is computed here.
"""

from collections.abc import Mapping

from ..words import _
from .drawing import NARROW, Drawing, Slots, clean, fit, wrap
from .steps import Steps

MOST = 4  # tanks
MOMENTS = 100  # each has its own levels, in each of the steps
LARGEST = 2**63  # bytes
TOP, TALL = 84, 180  # pixels
GAP, EDGE = 40, 34  # between two tanks; before the first and after the last
LEAST = 2  # pixels of a level that is not 0
LETTER = 7.2  # pixels, at most: some are wide


class Tanks(Steps):
    """How many bytes wait in each buffer, at some moments.

    moments: for each moment, in their order, the bytes in each buffer; the first buffer is the
             one that is filled by the program that writes. All moments name the same buffers.
             Raises ValueError for more than ``MOMENTS``
    """

    def __init__(self, moments: Mapping[str, Mapping[str, int]]) -> None:
        if not isinstance(moments, Mapping):
            raise TypeError(f"Tanks takes a dictionary of moments, not {type(moments).__name__}")
        if not moments:
            raise ValueError("Tanks needs at least one moment")
        if len(moments) > MOMENTS:
            raise ValueError(f"Tanks shows at most {MOMENTS} moments, not {len(moments):,}")
        self._names = list(next(iter(moments.values())))
        if not 0 < len(self._names) <= MOST:
            raise ValueError(f"Tanks shows 1 to {MOST} buffers, not {len(self._names)}")
        for title, levels in moments.items():
            if list(levels) != self._names:
                raise ValueError(
                    f"{title!r} must name the buffers of the first moment, in the same order"
                )
            for name, level in levels.items():
                if not isinstance(level, int) or level > LARGEST:
                    raise ValueError(f"{title!r} has no number of bytes for {name!r}")
            if min(levels.values()) < 0:
                raise ValueError(f"{title!r} has fewer than 0 bytes in a buffer")
        self._levels = [list(levels.values()) for levels in moments.values()]
        self._most = max(max(levels) for levels in self._levels)
        super().__init__(
            [self._step(at, title) for at, title in enumerate(moments)],
            label=_("The moment to look at"),
            hint=_("Move the slider from moment to moment, and point at a tank."),
        )

    def _step(self, at: int, title: str) -> Slots:
        """One moment: the words of each tank, and which of its levels is seen."""
        slots = {"title": fit(title, NARROW - 28, 2 * LETTER)}
        pairs = list(zip(self._names, self._levels[at], strict=True))
        for number, (name, level) in enumerate(pairs):
            slots[f"size{number}"] = size(level)
            slots[f"tank{number}.says"] = f"{name}: {size(level)}"
            for other in range(len(self._levels)):
                slots[f"level{number}-{other}.class"] = "" if other == at else "gone"
        slots["said"] = f"{title}: " + ", ".join(f"{name} {size(level)}" for name, level in pairs)
        return slots

    def draw(self, slots: Slots) -> str:
        """The tanks side by side, with the levels of one moment."""
        drawing = Drawing(_("Where bytes wait"), NARROW)
        drawing.slot("title", 14, 26, slots, "strong")
        width = (NARROW - 2 * EDGE - GAP * (len(self._names) - 1)) / len(self._names)
        bottom = TOP + TALL
        for number, name in enumerate(self._names):
            x = EDGE + number * (width + GAP)
            _arrow(drawing, x - EDGE + 6 if number == 0 else x - GAP + 4, x - 4)
            says = slots[f"tank{number}.says"]
            with drawing.item(f"tank{number}", says, says_of=f"tank{number}"):
                first, *more = wrap(clean(name), width, LETTER)
                lines = [first, fit(" ".join(more), width, LETTER)] if more else [first]
                for above, text in enumerate(reversed(lines)):
                    drawing.text(x, TOP - 10 - 16 * above, text, "small")
                drawing.rect(x, TOP, width, TALL, "back")
                for at, levels in enumerate(self._levels):
                    high = self._height(levels[number])
                    if high:
                        with drawing.kind(f"level{number}-{at}", slots):
                            drawing.rect(x, bottom - high, width, high, "name")
                            drawing.path(f"M{x:g} {bottom - high:g}h{width:g}", bottom, "arrow")
                drawing.path(f"M{x:g} {TOP}V{bottom}h{width:g}V{TOP}", bottom, "arrow")
                drawing.slot(
                    f"size{number}", x + width / 2, bottom + 20, slots, "mono small", "middle"
                )
        _arrow(drawing, NARROW - EDGE + 4, NARROW - 6)
        return drawing.svg()

    def _height(self, level: int) -> float:
        return max(round(TALL * level / self._most, 1), LEAST) if level else 0


def _arrow(drawing: Drawing, start: float, end: float) -> None:
    """Where bytes run from one tank into the next, at the bottom."""
    y = TOP + TALL - 10
    drawing.path(f"M{start:g} {y}H{end - 4:g}", y, "arrow")
    drawing.tip((start, y), (end, y))


def size(count: int) -> str:
    """A number of bytes in KiB, rounded."""
    return _("{count:,} KiB").format(count=round(count / 1024))
