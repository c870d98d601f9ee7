"""The path of a message through several programs: a line down for each, an arrow for each hop.

How to think about it: a program passes a message on after it has received it. So each hop belongs
to a step: one more than that of the newest hop that brought the message to its sender. Hops of one
step do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import copysign

from ..words import _
from .drawing import WIDTH, Drawing, clean, fit, headed
from .picture import Picture

TOP, ROW = 84, 36  # the y of the first arrow, and how far apart arrows are
LEFT = 92  # the x where the columns begin
SHOWN = 40  # hops; of more, these are drawn
MOST = 60  # places
LONGEST = 200  # characters of a name in the words

Hop = tuple[float, str, str]  # seconds, sender, receiver


class MessagePath(Picture):
    """The hops of a message, step by step, each with its time.

    hops:   (seconds, sender, receiver) for each, such as ``Wires.path`` returns
    places: the names in the order of the columns; the order of the hops, if it is left out.
            Raises ValueError for more than ``MOST``
    """

    def __init__(self, hops: Iterable[Hop], places: Sequence[str] = ()) -> None:
        path = _Path.of(hops, places)
        hint = _("Point at an arrow or a name to see what belongs together.") if path.hops else ""
        super().__init__(svg=path.draw(), text=path.describe(), hint=hint)


@dataclass(frozen=True)
class _Path:
    """Hops in the order of their steps, and the names of all places."""

    hops: list[tuple[int, Hop]]
    places: list[str]

    @classmethod
    def of(cls, hops: Iterable[Hop], places: Sequence[str]) -> _Path:
        given = sorted((time, _name(sender), _name(receiver)) for time, sender, receiver in hops)
        named = [*map(_name, places), *(name for hop in given for name in hop[1:])]
        names = list(dict.fromkeys(named))
        if len(names) > MOST:
            raise ValueError(f"MessagePath shows at most {MOST} places, not {len(names):,}")
        steps: dict[str, int] = {}  # of the newest hop that arrived there
        found = []
        for time, sender, receiver in given:
            step = steps.get(sender, 0) + 1
            steps[receiver] = max(step, steps.get(receiver, 0))
            found.append((step, (time, sender, receiver)))
        found.sort(key=lambda hop: (hop[0], names.index(hop[1][1]), names.index(hop[1][2])))
        return cls(found, names)

    def title(self) -> str:
        return _("The path of a message: {count} hops").format(count=len(self.hops))

    def describe(self) -> str:
        """A line for each hop."""
        lines = [
            f"{step:3}  {sender} → {receiver}: {_in_words(time)}"
            for step, (time, sender, receiver) in self.hops
        ]
        return "\n".join([self.title(), *lines])

    def draw(self) -> str:
        drawing = headed(self.title())
        shown = self.hops[:SHOWN]
        bottom = TOP + ROW * len(shown) - 10
        width = (WIDTH - LEFT) / max(len(self.places), 1)
        middles = {name: LEFT + width * (n + 0.5) for n, name in enumerate(self.places)}
        for number, (name, x) in enumerate(middles.items()):
            lights = [f"hop{n}" for n, (_step, hop) in enumerate(shown) if name in hop[1:]]
            with drawing.item(f"place{number}", name, lights):
                drawing.rect(x - width / 2 + 4, 40, width - 8, 24, "back")
                drawing.text(x, 57, fit(name, width - 12, 7.3), "mono small", "middle")
                drawing.path(f"M{x:g} 64V{bottom:g}", bottom, "line")
        for number, (step, hop) in enumerate(shown):
            begins = number == 0 or shown[number - 1][0] != step
            self._draw_hop(drawing, number, step if begins else 0, hop, middles)
        if len(self.hops) > SHOWN:
            more = _("… {count} more hops …").format(count=len(self.hops) - SHOWN)
            drawing.text(14, bottom + 20, more, "small soft")
        return drawing.svg()

    def _draw_hop(
        self, drawing: Drawing, number: int, step: int, hop: Hop, middles: dict[str, float]
    ) -> None:
        """An arrow and its time; at the left, if a step begins here, the number of the step."""
        time, sender, receiver = hop
        y = TOP + ROW * number
        if step:
            drawing.text(14, y + 4, _("step {number}").format(number=step), "small soft")
        says = _("{sender} to {receiver}, after {time}").format(
            sender=sender, receiver=receiver, time=_in_words(time)
        )
        places = [f"place{self.places.index(name)}" for name in (sender, receiver)]
        start, end = middles[sender], middles[receiver]
        middle = start + copysign((WIDTH - LEFT) / len(middles) / 2, end - start)
        with drawing.item(f"hop{number}", says, places):
            if start != end:
                drawing.path(f"M{start:g} {y}H{end:g}", y, "arrow")
                drawing.tip((start, y), (end, y))
            # Between the first two columns on its way, where no line runs through it.
            drawing.text(middle, y - 6, _in_words(time), "small", "middle")


def _name(place: str) -> str:
    if not isinstance(place, str):
        raise TypeError(f"the name of a place is text, not {type(place).__name__}")
    return str(clean(place[:LONGEST]))


def _in_words(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"
