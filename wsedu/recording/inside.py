"""What travels inside of the messages: another protocol, by its name, and each message readable.

How to think about it: WebSocket carries messages and does not care what they say, so most programs
put a protocol of their own into them. The best evidence is the subprotocol that the server chose.
Some protocols choose none: then a message has to speak for itself, and where that is not sure,
nothing is said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..protocol import Binary, Span, Text
from ..protocol.http import shorten
from ..said import Said
from .dissect import Dissection
from .events import Side
from .evidence import Evidence
from .protocols import protocol_of
from .units import Unit

FIRST = 20  # messages among which the one that tells is looked for
SHOWN = 200  # characters of a message that are shown

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
            yield from _mqtt(self._seen)
            return
        read = _READERS[self.name]
        for sender, message in self._seen.messages:
            yield sender, shorten(read(message), SHOWN)


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
    if name is None or seen.switch is None:
        return None
    said = Said("inside.agreed", what=Said(f"inside.of-{name}"), name=lines[0].value.text)
    return Inside(name, said, _evidence(seen.units[seen.switch], lines[0].span), seen)


# What a message says.

_ENGINE_OPEN = re.compile(r'0\{"sid":"')
_SOCKET_CONNECT = re.compile(r"40(?:/[^,]*,)?(?:\{.*\})?")


def _by_content(seen: Dissection) -> Inside | None:
    units = [unit for unit in seen.units if unit.message is not None][:FIRST]
    for unit in units:
        name = _name(unit.message, unit.sender) if unit.message else ""
        if name == "engine-io" and any(_connects(other) for other in units):
            name = "socket-io"
        if name and unit.layout is not None:
            what, side = Said(f"inside.of-{name}"), Said(f"capture.side-{unit.sender}")
            said, place = Said("inside.seen", what=what, side=side), unit.layout.payload
            return Inside(name, said, _evidence(unit, place), seen)
    return None


def _name(message: Text | Binary, sender: Side) -> str:
    """The protocol of a message that tells it, or an empty string."""
    if isinstance(message, Binary):
        return "mqtt" if protocol_of(message.data) == "mqtt" else ""
    if sender == "server" and _ENGINE_OPEN.match(message.text):
        return "engine-io"
    if protocol_of(message.text[:1000].encode()) == "stomp":
        return "stomp"
    content = _json(message.text)
    header = content.get("header")
    if isinstance(header, dict) and "msg_type" in header and "parent_header" in content:
        return "jupyter"
    return ""


def _connects(unit: Unit) -> bool:
    return isinstance(unit.message, Text) and bool(_SOCKET_CONNECT.fullmatch(unit.message.text))


def _evidence(unit: Unit, place: Span) -> Evidence:
    span = Span(place.start, min(place.end, place.start + 60))
    meant = None
    if unit.layout is not None and unit.layout.mask_key is not None:
        meant = unit.layout.frame.payload[:60]
    return Evidence(unit.sender, span, unit.stream[span.start : span.end], meant)


# Messages as readable lines.

_ENGINE = ("open", "close", "ping", "pong", "message", "upgrade", "noop")
_SOCKET = "CONNECT DISCONNECT EVENT ACK CONNECT_ERROR BINARY_EVENT BINARY_ACK".split()
# The type, how many binary messages follow, the namespace, a number for the answer, JSON.
_PACKET = re.compile(r"([0-6])(?:(\d+)-)?(?:(/[^,]*),?)?(\d+)?(.*)", re.DOTALL)


def _engine_io(message: Text | Binary) -> str:
    if isinstance(message, Binary):
        return f"binary: {message.data[:40].hex(' ')}"
    kind, rest = message.text[:1], message.text[1:]
    return f"{_ENGINE[int(kind)]} {rest}".rstrip() if kind in set("0123456") else message.text


def _socket_io(message: Text | Binary) -> str:
    packet = _PACKET.fullmatch(message.text[1:]) if isinstance(message, Text) else None
    if packet is None or not isinstance(message, Text) or message.text[0] != "4":
        return _engine_io(message)
    kind, attached, namespace, number, content = packet.groups("")
    parts = [_SOCKET[int(kind)], namespace, number and f"#{number}", content]
    parts += [f"({attached} binary)"] if attached else []
    return " ".join(filter(None, parts))


def _graphql(message: Text | Binary) -> str:
    content = _json(message.text) if isinstance(message, Text) else {}
    if "type" not in content:
        return _plain(message)
    payload = content.get("payload")
    parts = [content["type"], content.get("id"), None if payload is None else _compact(payload)]
    return " ".join(str(part) for part in parts if part is not None)


def _jupyter(message: Text | Binary) -> str:
    if isinstance(message, Text):
        content = _json(message.text)
        channel, header, inner = content.get("channel"), content.get("header"), content
    else:
        parts = _jupyter_parts(message.data)
        channel, header = parts[0], _json(parts[1])
        inner = {"content": _json(parts[4])}
    kind = header.get("msg_type") if isinstance(header, dict) else None
    if kind is None:
        return _plain(message)
    return f"{channel} {kind} {_compact(inner.get('content'))}"


def _jupyter_parts(data: bytes) -> list[str]:
    """Channel, header, parent header, metadata and content of the protocol's first version.

    It begins with a number of offsets and the offsets, each in 8 bytes, little-endian.
    """
    count = int.from_bytes(data[:8], "little")
    numbers = range(8, min(8 + 8 * min(count, 100), len(data)), 8)
    offsets = [int.from_bytes(data[at : at + 8], "little") for at in numbers]
    ends = offsets[1:]
    parts = [data[a:b].decode("utf-8", "replace") for a, b in zip(offsets, ends, strict=False)]
    return (parts + [""] * 5)[:5]


def _stomp(message: Text | Binary) -> str:
    text = message.text if isinstance(message, Text) else message.data.decode("utf-8", "replace")
    if not text.strip("\r\n"):
        return "heart-beat"
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    command, *headers = head.strip("\n").split("\n")
    said = body.rstrip("\n").removesuffix("\0")
    return " ".join(
        filter(None, [command, ", ".join(headers), said and json.dumps(said, ensure_ascii=False)])
    )


_PACKETS = (
    "CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK "
    "PINGREQ PINGRESP DISCONNECT AUTH"
).split()


def _mqtt(seen: Dissection) -> Iterator[Line]:
    """Packets do not end where messages do (MQTT 5.0, 6): some libraries send a byte in each."""
    unread: dict[Side, bytes] = {"client": b"", "server": b""}
    for sender, message in seen.messages:
        if not isinstance(message, Binary):
            continue
        data = unread[sender] + message.data
        while packet := _first_packet(data):
            yield sender, shorten(_describe_packet(data[0], data[packet[0] : packet[1]]), SHOWN)
            data = data[packet[1] :]
        unread[sender] = data


def _first_packet(data: bytes) -> tuple[int, int] | None:
    """Where the content of the first packet begins and ends, or None if it is not whole."""
    length, here = 0, 1
    while here < min(len(data), 5):
        length |= (data[here] & 0x7F) << 7 * (here - 1)
        here += 1
        if data[here - 1] < 0x80:
            return (here, here + length) if len(data) >= here + length else None
    return None


def _describe_packet(first: int, content: bytes) -> str:
    kind = first >> 4
    name = _PACKETS[kind - 1] if 1 <= kind <= 15 else f"packet of type {kind}"
    if kind != 3:
        return f"{name} {content[:40].hex(' ')}".rstrip()
    end = 2 + int.from_bytes(content[:2], "big")
    topic, start = content[2:end].decode("utf-8", "replace"), end + (2 if first & 0b110 else 0)
    said = json.dumps(content[start:].decode("utf-8", "replace"), ensure_ascii=False)
    return f"{name} {topic} {said}"


def _plain(message: Text | Binary) -> str:
    return message.text if isinstance(message, Text) else message.data[:60].hex(" ")


def _json(text: str) -> dict[str, Any]:
    """The object of a JSON text; an empty one if it is none."""
    try:
        content = json.loads(text) if text[:1] == "{" else None
    except (ValueError, RecursionError):
        content = None
    return content if isinstance(content, dict) else {}


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


_READERS: dict[str, Callable[[Text | Binary], str]] = {
    "engine-io": _engine_io,
    "socket-io": _socket_io,
    "graphql-transport-ws": _graphql,
    "graphql-ws": _graphql,
    "jupyter": _jupyter,
    "stomp": _stomp,
}
