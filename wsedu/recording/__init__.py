"""What was seen on a wire, and what it says.

``Recording`` holds the bytes of one connection, who sent them and when; it never changes.
``dissect`` reads it into units (requests, responses, frames) and their fields, each with the
bytes it was written in. Both are pure: no sockets, no clock, the standard library only.
``Recording.open`` reads files of many kinds: ``opening`` says which. ``diagnose`` says what is the
likeliest cause of trouble in a recording, and ``inside`` what travels inside of its messages.
"""

from .dissect import Dissection, dissect
from .doctor import Diagnosis, diagnose
from .events import Event, Side
from .fields import Field
from .inside import inside
from .opening import Found, find
from .page import PageRecording
from .recording import Recording
from .units import Unit

__all__ = [
    "Diagnosis",
    "Dissection",
    "Event",
    "Field",
    "Found",
    "PageRecording",
    "Recording",
    "Side",
    "Unit",
    "diagnose",
    "dissect",
    "find",
    "inside",
]
