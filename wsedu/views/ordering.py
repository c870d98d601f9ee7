"""Something to put in order: by mouse or by keyboard, judged in the page, without a kernel."""

from collections.abc import Sequence

import traitlets

from ..words import _
from .drawing import clean
from .picture import Picture, module


class Ordering(Picture):
    """Steps in a wrong order, each with buttons that move it up and down.

    question: the sentence
    steps:    what each says, in the order in which they are shown first
    places:   for each step its right place, from 0
    says:     for each step what is said when it is the first in a wrong place
    done:     what is said when all are right
    """

    _esm = module("interactive_svg.js", "ordering.js")

    question = traitlets.Unicode().tag(sync=True)
    steps: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    places: traitlets.List[int] = traitlets.List(traitlets.Int()).tag(sync=True)
    says: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    done = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        question: str,
        steps: Sequence[str],
        places: Sequence[int],
        says: Sequence[str],
        done: str,
    ) -> None:
        if sorted(places) != list(range(len(steps))) or len(says) != len(steps):
            raise ValueError("each step needs a place of its own, and something to say")
        question, done = clean(question), clean(done)
        steps, says = [clean(step) for step in steps], [clean(words) for words in says]
        letters = [chr(ord("A") + number) for number in range(len(steps))]
        lines = [f"- {letter}: {step}" for letter, step in zip(letters, steps, strict=True)]
        super().__init__(
            question=question,
            steps=steps,
            places=list(places),
            says=says,
            done=done,
            words={"up": _("up"), "down": _("down"), "check": _("Check the order")},
            text="\n".join([question, "", *lines]),
        )

    def forms(self) -> dict[str, str]:
        """The steps as a list, which needs no drawing."""
        return {"text/markdown": self.text, "text/plain": self.text}
