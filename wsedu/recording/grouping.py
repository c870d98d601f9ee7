"""Which frames make which message.

How to think about it: each side sends its messages one after the other. A message takes the data
frames from its first fragment to the frame with FIN; control frames in between belong to no message
(5.4). A frame that its reader refuses ends the reading of that side, so the message that was in
progress stays unfinished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..protocol import Opcode
from .events import SIDES, Side
from .units import Unit

_DATA = (Opcode.CONTINUATION, Opcode.TEXT, Opcode.BINARY)
# Problems of frames that are not read: something before them was the end.
_NOT_READ = {"frame.after-error", "frame.after-close"}


@dataclass(frozen=True)
class Group:
    """The frames of one message.

    sender: the side that sends it
    frames: their places in the sequence of frames that was grouped, from 0, in order
    ended:  whether all of it came: the last one is complete and has FIN
    """

    sender: Side
    frames: tuple[int, ...]
    ended: bool


def group(frames: Sequence[Unit]) -> tuple[Group, ...]:
    """The messages that these frames of both sides make, in the order of their first fragments.

    A frame that cannot follow those before it is in no group (5.4).
    """
    groups = [found for side in SIDES for found in _of(side, frames)]
    return tuple(sorted(groups, key=lambda found: found.frames))


def _of(side: Side, frames: Sequence[Unit]) -> list[Group]:
    groups: list[Group] = []
    begun: list[int] = []
    for place, unit in enumerate(frames):
        layout = unit.layout
        if unit.sender != side or layout is None or layout.begun.opcode not in _DATA:
            continue
        problems = {problem.said.id for problem in unit.problems}
        fits = (layout.begun.opcode == Opcode.CONTINUATION) == bool(begun)
        if problems & _NOT_READ or not fits:
            continue
        begun.append(place)
        if layout.begun.fin and layout.truncated is None and "frame.error" not in problems:
            groups.append(Group(side, tuple(begun), True))
            begun = []
    return [*groups, Group(side, tuple(begun), False)] if begun else groups
