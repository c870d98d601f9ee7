"""The messages of other protocols as readable lines.

How to think about it: each protocol has a function here that takes one message and gives one line:
the name of what it is, in the words of that protocol, and what it holds. A message that cannot be
read is shown as it is. MQTT is different: its packets do not end where messages do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..protocol import Binary, Text
from ..protocol.http import shorten
from .events import Side

SHOWN = 200  # characters of a message that are shown

Messages = Iterable[tuple[Side, Text | Binary]]

_ENGINE = ("open", "close", "ping", "pong", "message", "upgrade", "noop")
_SOCKET = "CONNECT DISCONNECT EVENT ACK CONNECT_ERROR BINARY_EVENT BINARY_ACK".split()
# The type, how many binary messages follow, the namespace, a number for the answer, JSON.
_PACKET = re.compile(r"([0-6])(?:(\d+)-)?(?:(/[^,]*),?)?(\d+)?(.*)", re.DOTALL)


def engine_io(message: Text | Binary) -> str:
    """A packet of Engine.IO: its type by name, and the rest."""
    if isinstance(message, Binary):
        return f"binary: {message.data[:40].hex(' ')}"
    kind, rest = message.text[:1], message.text[1:]
    return f"{_ENGINE[int(kind)]} {rest}".rstrip() if kind in set("0123456") else message.text


def socket_io(message: Text | Binary) -> str:
    """A packet of Socket.IO inside of one of Engine.IO: its type, namespace, number and JSON."""
    packet = _PACKET.fullmatch(message.text[1:]) if isinstance(message, Text) else None
    if packet is None or not isinstance(message, Text) or message.text[0] != "4":
        return engine_io(message)
    kind, attached, namespace, number, content = packet.groups("")
    parts = [_SOCKET[int(kind)], namespace, number and f"#{number}", content]
    parts += [f"({attached} binary)"] if attached else []
    return " ".join(filter(None, parts))


def graphql(message: Text | Binary) -> str:
    """An operation of GraphQL: its type, its number and its payload."""
    content = read_json(message.text) if isinstance(message, Text) else {}
    if "type" not in content:
        return _plain(message)
    payload = content.get("payload")
    parts = [content["type"], content.get("id"), None if payload is None else _compact(payload)]
    return " ".join(str(part) for part in parts if part is not None)


def jupyter(message: Text | Binary) -> str:
    """A message of a Jupyter kernel, as JSON or in its binary form: channel, type and content."""
    if isinstance(message, Text):
        content = read_json(message.text)
        channel, header, inner = content.get("channel"), content.get("header"), content
    else:
        parts = _jupyter_parts(message.data)
        channel, header = parts[0], read_json(parts[1])
        inner = {"content": read_json(parts[4])}
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


def stomp(message: Text | Binary) -> str:
    """A frame of STOMP: its command, its headers and its body."""
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


def mqtt(messages: Messages) -> Iterator[tuple[Side, str]]:
    """Packets do not end where messages do (MQTT 5.0, 6): some libraries send a byte in each."""
    unread: dict[Side, bytes] = {"client": b"", "server": b""}
    for sender, message in messages:
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


def json_value(text: str) -> Any:
    """What a JSON text says, or None if it is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def read_json(text: str) -> dict[str, Any]:
    """The object of a JSON text; an empty one if it is none."""
    content = json_value(text) if text[:1] == "{" else None
    return content if isinstance(content, dict) else {}


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
