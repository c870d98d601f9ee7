"""What the doctor says: causes, each with the bytes that show it.

How to think about it: a cause is a guess, and a guess is worth as much as its evidence. So each
finding names the side, the place in the side's stream and the bytes, and the section of the rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...said import Said
from ..evidence import Evidence


@dataclass(frozen=True)
class Finding:
    """One cause.

    said:     one to three sentences, the cause first
    evidence: the bytes that show it; none if what shows it is that something did not come
    section:  of the rule; of RFC 6455 if no other document is named, and empty if there is none
    """

    said: tuple[Said, ...]
    evidence: tuple[Evidence, ...] = ()
    section: str = ""

    @property
    def cause(self) -> str:
        """A short and stable name, such as ``"client-unmasked"``."""
        return self.said[0].id.removeprefix("doctor.")

    @property
    def sentence(self) -> str:
        """What the sentences say, in the language of the course."""
        sentences = " ".join(map(str, self.said))
        return f"{sentences} ({self.section})" if self.section else sentences

    def __str__(self) -> str:
        """The sentences, and a line for each piece of evidence."""
        return "\n".join([self.sentence, *(f"  {each}" for each in self.evidence)])


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """All causes that fit a recording, the likeliest first; false if there is none."""

    findings: tuple[Finding, ...]

    def __bool__(self) -> bool:
        return bool(self.findings)

    @property
    def causes(self) -> tuple[str, ...]:
        """The short names of the causes."""
        return tuple(finding.cause for finding in self.findings)

    def __str__(self) -> str:
        """The likeliest cause in words, or that there is none."""
        return str(self.findings[0]) if self.findings else str(Said("doctor.nothing"))

    __repr__ = __str__
