"""A picture with controls, which follows the hand.

How to think about it: Python draws the picture once, with empty places in it, the slots. Their
content is computed from the values of the controls, twice: here, by ``slots``, from
``wsedu.protocol``; and in the page, by the ``compute`` of the view's own module, so that
nothing waits for a kernel. A test compares the two computations, slot by slot, on random values.
"""

from typing import Any

import traitlets

from ..words import _
from .drawing import Slots
from .picture import Picture

Control = dict[str, Any]
State = dict[str, Any]
LIMITS = ("min", "max")

# Each kind of control, as ``adjustable.js`` wants it, and its first value.


def slider(name: str, label: str, low: int, high: int, value: int) -> tuple[Control, int]:
    """Whole numbers from ``low`` to ``high``; slots may narrow these limits."""
    return {"name": name, "label": label, "kind": "range", "min": low, "max": high}, value


def tick(name: str, label: str, value: bool = False) -> tuple[Control, bool]:
    """On or off."""
    return {"name": name, "label": label, "kind": "checkbox"}, value


def field(name: str, label: str, limit: int, value: str) -> tuple[Control, str]:
    """A line of text, up to ``limit`` characters."""
    full = _("No more than {limit} characters fit here.").format(limit=limit)
    return {"name": name, "label": label, "kind": "text", "limit": limit, "full": full}, value


def choice(name: str, label: str, options: list[Any], value: object) -> tuple[Control, Any]:
    """One of the options; each is a list of its value and what is shown."""
    return {"name": name, "label": label, "kind": "select", "options": options}, value


class Adjustable(Picture):
    """What all pictures with controls share.

    label:    what the controls are about, for a screen reader
    controls: each with its first value, which becomes part of the state
    state:    the value of each control, by its name; what a slider does not allow becomes the
              nearest value that it allows; and what only clicks in the picture change
    words:    what the page needs to know and to say: sentences, names, tables
    """

    label = traitlets.Unicode().tag(sync=True)
    controls = traitlets.List(traitlets.Dict()).tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        *,
        label: str,
        controls: list[tuple[Control, Any]],
        words: dict[str, Any],
        hint: str,
        **state: Any,
    ) -> None:
        state |= {control["name"]: value for control, value in controls}
        slots = self.slots(state)
        super().__init__(
            label=label,
            controls=[control for control, _value in controls],
            state=state,
            words=words,
            hint=hint,
            svg=self.draw(slots),
            text=slots["said"],
        )

    @traitlets.validate("state")
    def _allowed(self, proposal: dict[str, Any]) -> State:
        """The state as it may be: texts are Unicode, and sliders are inside their limits, which
        may depend on other controls.

        The page does the same: a slider at its end, whose text then gets shorter, comes back.
        """
        state = {
            name: well_formed(value) if isinstance(value, str) else value
            for name, value in proposal["value"].items()
        }
        state = self._inside(state, {})
        return self._inside(state, self.slots(state))

    def _inside(self, state: State, slots: Slots) -> State:
        """The state with every slider inside the limits that ``slots`` or its control names."""
        state = dict(state)
        for control in self.controls:
            if control["kind"] == "range":
                name = control["name"]
                low, high = (int(slots.get(f"{name}.{end}", control[end])) for end in LIMITS)
                state[name] = max(min(state[name], high), low)
        return state

    def slots(self, state: State) -> Slots:
        """The content of each slot; ``said`` is all of it in words.

        ``NAME.min`` and ``NAME.max``, if there are such slots, limit the slider ``NAME`` now.
        """
        raise NotImplementedError

    def draw(self, slots: Slots) -> str:
        """The picture with these slots."""
        raise NotImplementedError

    @traitlets.observe("state")
    def _changed(self, change: dict[str, Any]) -> None:
        # The page has changed its own drawing already: only the words change here.
        self.text = self.slots(change["new"])["said"]

    def forms(self) -> dict[str, str]:
        """The picture as it is now, not as it was when it was made."""
        return super().forms() | {"image/svg+xml": self.draw(self.slots(self.state))}


def well_formed(text: str) -> str:
    """Text with U+FFFD for each half of a surrogate pair, as a browser writes it in UTF-8."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
