"""What a field of a recording is."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol import Span


@dataclass(frozen=True)
class Field:
    """A piece of a unit that has a name.

    span:    its bytes, as offsets in the stream of its sender
    value:   what they say, safe to print
    meaning: a sentence about it; section: where the rule stands
    parts:   smaller fields inside, in the order of their bytes, or of their bits
    bits:    of a part that is smaller than its byte: its bits, numbered as in the figure of 5.2,
             on from the byte before
    kind:    which field of a frame it is (5.2), for the pictures: fin, rsv, opcode, mask, length,
             extended, key or payload; nothing elsewhere
    """

    name: str
    span: Span
    value: str
    meaning: str = ""
    section: str = ""
    parts: tuple[Field, ...] = ()
    bits: Span | None = None
    kind: str = ""
