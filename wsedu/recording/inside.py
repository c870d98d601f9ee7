"""What travels inside of the messages: another protocol, by its name, and each message readable.

How to think about it: WebSocket carries messages and does not care what they say, so most programs
put a protocol of their own into them. The best evidence is the subprotocol that the server chose.
Some protocols choose none: then a message has to speak for itself, and where that is not sure,
nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from ..protocol import Binary, Text
from ..protocol.http import shorten
from ..said import Said
from . import readable
from .dissect import Dissection
from .events import Side
from .evidence import Evidence, of_payload
from .frames import FrameUnit
from .protocols import protocol_of
from .units import Unit

FIRST = 20  # messages among which the one that tells is looked for

Line = tuple[Side, str]  # who sent it, and what it says


@dataclass(frozen=True)
class Inside:
    """A protocol inside of the messages of a recording.

    name:     "engine-io", "socket-io", "graphql-transport-ws", "graphql-ws", "jupyter", "stomp" or
              "mqtt"
    said:     one sentence: what the messages are, and how that is known
    evidence: the bytes that tell
    """

    name: str
    said: Said
    evidence: Evidence
    _seen: Dissection

    @property
    def sentence(self) -> str:
        """What the messages are, in the language of the course."""
        return str(self.said)

    def lines(self) -> Iterator[Line]:
        """Each message as one readable line; its words are those of the protocol."""
        if self.name == "mqtt":
            yield from readable.mqtt(self._seen.messages)
            return
        read = _READERS[self.name]
        for sender, message in self._seen.messages:
            yield sender, shorten(read(message), readable.SHOWN)


def inside(seen: Dissection) -> Inside | None:
    """The protocol inside of the messages, or None if that is not clear."""
    return _by_subprotocol(seen) or _by_content(seen)


# The subprotocol that the server chose.

SUBPROTOCOLS = {
    "graphql-transport-ws": "graphql-transport-ws",
    "graphql-ws": "graphql-ws",
    "v1.kernel.websocket.jupyter.org": "jupyter",
    "v10.stomp": "stomp",
    "v11.stomp": "stomp",
    "v12.stomp": "stomp",
    "mqtt": "mqtt",
    "mqttv3.1": "mqtt",
}


def _by_subprotocol(seen: Dissection) -> Inside | None:
    head = None if seen.switch is None else seen.units[seen.switch].head
    lines = () if head is None else head.find("Sec-WebSocket-Protocol")
    name = SUBPROTOCOLS.get(lines[0].value.text) if lines else None
    if name is None:
        return None
    said, span = (
        Said("inside.agreed", what=Said(f"inside.of-{name}"), name=lines[0].value.text),
        lines[0].span,
    )
    data = seen.recording.sent_by("server")[span.start : span.end]
    return Inside(name, said, Evidence("server", span, data), seen)


# What a message says.

_ENGINE_OPEN = re.compile(r'0\{"sid":"')
_SOCKET_CONNECT = re.compile(r"40(?:/[^,]*,)?(?:\{.*\})?")


def _by_content(seen: Dissection) -> Inside | None:
    frames = (unit for unit in seen.units if isinstance(unit, FrameUnit) and unit.message)
    units = list(islice(frames, FIRST))
    for unit in units:
        name = _name(unit.message, unit.sender) if unit.message else ""
        if name == "engine-io" and any(_connects(other) for other in units):
            name = "socket-io"
        if name:
            what, side = Said(f"inside.of-{name}"), Said(f"capture.side-{unit.sender}")
            return Inside(name, Said("inside.seen", what=what, side=side), of_payload(unit), seen)
    return None


def _name(message: Text | Binary, sender: Side) -> str:
    """The protocol of a message that tells it, or an empty string."""
    if isinstance(message, Binary):
        return "mqtt" if protocol_of(message.data) == "mqtt" else ""
    if sender == "server" and _ENGINE_OPEN.match(message.text):
        return "engine-io"
    if protocol_of(message.text[:1000].encode()) == "stomp":
        return "stomp"
    content = readable.read_json(message.text)
    header = content.get("header")
    if isinstance(header, dict) and "msg_type" in header and "parent_header" in content:
        return "jupyter"
    return ""


def _connects(unit: Unit) -> bool:
    return isinstance(unit.message, Text) and bool(_SOCKET_CONNECT.fullmatch(unit.message.text))


_READERS: dict[str, Callable[[Text | Binary], str]] = {
    "engine-io": readable.engine_io,
    "socket-io": readable.socket_io,
    "graphql-transport-ws": readable.graphql,
    "graphql-ws": readable.graphql,
    "jupyter": readable.jupyter,
    "stomp": readable.stomp,
}
