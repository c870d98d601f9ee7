"""What a field of a recording is."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol import Span
from ..said import Said


@dataclass(frozen=True)
class Field:
    """A piece of a unit that has a name.

    named:   its name; a header's comes from the wire, and ``FIN`` has one name in any language
    span:    its bytes, as offsets in the stream of its sender
    shown:   what they say, safe to print
    meant:   a sentence about it; section: the section of the rule
    parts:   smaller fields inside, in the order of their bytes, or of their bits
    bits:    of a part that is smaller than its byte: its bits, numbered as in the figure of 5.2,
             on from the byte before
    kind:    which field of a frame it is (5.2), for the pictures: fin, rsv, opcode, mask, length,
             extended, key or payload; empty elsewhere

    ``name``, ``value`` and ``meaning`` are the words for ``named``, ``shown`` and ``meant``.
    """

    named: Said | str
    span: Span
    shown: Said | str
    meant: Said | None = None
    section: str = ""
    parts: tuple[Field, ...] = ()
    bits: Span | None = None
    kind: str = ""

    @property
    def name(self) -> str:
        """Its name, in the language of the course."""
        return str(self.named)

    @property
    def value(self) -> str:
        """What its bytes say, in the language of the course."""
        return str(self.shown)

    @property
    def meaning(self) -> str:
        """A sentence about it, in the language of the course; may be empty."""
        return "" if self.meant is None else str(self.meant)
