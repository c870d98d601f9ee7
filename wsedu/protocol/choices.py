"""Where good implementations differ, and what this one does.

How to think about it: the RFC leaves some things open, and says others so that careful people
read them in two ways. Each such place is one ``Choice`` here: the question, our answer, the
section, and the reason. ``tests/protocol/test_choices.py`` feeds the same bytes to this
endpoint, to ``websockets`` and to ``wsproto`` and explains every difference by one of these
names.
"""

from dataclasses import dataclass

from ..said import Said


@dataclass(frozen=True, repr=False)
class Choice:
    """One open place: ``name`` is stable, the rest is for reading."""

    name: str
    section: str

    @property
    def question(self) -> str:
        """What the RFC leaves open."""
        return str(Said(f"choice.{self.name}.question"))

    @property
    def answer(self) -> str:
        """What this endpoint does."""
        return str(Said(f"choice.{self.name}.answer"))

    @property
    def reason(self) -> str:
        """Why it does that."""
        return str(Said(f"choice.{self.name}.reason"))

    def __repr__(self) -> str:
        """All of it, for a learner who looks at it in a cell."""
        return (
            f"Choice(name={self.name!r}, question={self.question!r}, answer={self.answer!r}, "
            f"section={self.section!r}, reason={self.reason!r})"
        )


CHOICES = (
    Choice("minimal-length", "5.2"),
    Choice("length-top-bit", "5.2"),
    Choice("early-refusal", "5.2, 10.4"),
    Choice("first-broken-rule", "5.2, 5.5.1"),
    Choice("utf8-early", "8.1"),
    Choice("utf8-layer", "8.1"),
    Choice("close-amid-fragments", "5.4, 5.5.1"),
    Choice("close-one-byte", "5.5.1"),
    Choice("close-utf8", "8.1, 7.4.1"),
    Choice("registered-codes", "7.4.2, 11.7"),
    Choice("close-echo", "5.5.1"),
    Choice("close-reason", "7.1.7, 7.1.6"),
    Choice("ping-after-our-close", "5.5.2"),
    Choice("too-many-fragments", "10.4"),
    Choice("server-ends-tcp", "7.1.1, 7.1.7"),
)
