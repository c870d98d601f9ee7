"""A question with options: answered before anything runs, by mouse or by keyboard."""

import traitlets

from .drawing import clean
from .picture import Picture, module


class Question(Picture):
    """One question, one choice.

    question: the sentence; options: the answers to choose from
    chosen:   the index of the option chosen, -1 while there is none
    kept:     what is said once a choice was made
    """

    _esm = module("interactive_svg.js", "question.js")

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)
    kept = traitlets.Unicode().tag(sync=True)

    def __init__(self, question: str, options: list[str], chosen: int, kept: str) -> None:
        question, kept = clean(question), clean(kept)
        options = [clean(option) for option in options]
        letters = "\n".join(f"- ( ) {option}" for option in options)
        super().__init__(
            question=question,
            options=options,
            chosen=chosen,
            kept=kept,
            text=f"{question}\n\n{letters}",
        )

    def forms(self) -> dict[str, str]:
        """The question as a list, which needs no drawing."""
        return {"text/markdown": self.text, "text/plain": self.text}
