"""What travels inside of the messages of a recording, if that is another protocol, in words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ..recording import Dissection, inside
from ..words import _

READABLE = 20  # messages that are shown as what they say


def inner_lines(seen: Dissection) -> Iterator[str]:
    """One line that names it, one with the evidence, and one for each of the first messages."""
    other = inside(seen)
    if other is None:
        return
    yield other.sentence
    yield f"  {other.evidence}"
    lines = list(islice(other.lines(), READABLE + 1))
    for sender, said in lines[:READABLE]:
        arrow = {"client": _("client → server"), "server": _("server → client")}[sender]
        yield f"  {arrow}  {said}"
    if len(lines) > READABLE:
        yield "  …"
