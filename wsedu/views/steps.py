"""A picture of a story: a slider goes through steps that are all known beforehand.

How to think about it: nothing is computed in the page. Python makes the slots of every step, once,
and the page looks up the step that the slider names. The words tell all steps, wherever the
slider is: a screen reader, and paper, have no slider.
"""

from ..words import _
from .adjustable import Adjustable, State, slider
from .drawing import Slots, clean
from .picture import module


class Steps(Adjustable):
    """What such pictures share; ``draw`` is their own.

    steps: the slots of each step; ``said`` is a step in a line of words
    """

    _esm = module("interactive_svg.js", "adjustable.js", "steps.js")

    def __init__(self, steps: list[Slots], *, label: str, hint: str) -> None:
        # What a peer sent is among the words: nothing in it may move a cursor or turn the writing.
        self._steps = [{name: clean(text) for name, text in slots.items()} for slots in steps]
        super().__init__(
            label=label,
            controls=[slider("step", _("step"), 0, len(steps) - 1, 0)],
            words={"steps": self._steps},
            hint=hint,
        )
        self.text = "\n".join(slots["said"] for slots in self._steps)

    def slots(self, state: State) -> Slots:
        """The picture after the chosen step."""
        return self._steps[state["step"]]

    def _changed(self, change: object) -> None:
        """The words have all steps already."""

    def forms(self) -> dict[str, str]:
        """Paper shows the last step."""
        return super().forms() | {"image/svg+xml": self.draw(self._steps[-1])}
