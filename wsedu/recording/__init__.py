"""What was seen on a wire, and what it says.

``Recording`` holds the bytes of one connection, who sent them and when; it never changes.
``dissect`` reads it into units (requests, answers, frames) and their fields, each with the
bytes it was written in. Both are pure: no sockets, no clock, the standard library only.
"""

from .dissect import Dissection, Unit, dissect
from .fields import Field
from .recording import Event, Recording, Side

__all__ = ["Dissection", "Event", "Field", "Recording", "Side", "Unit", "dissect"]
