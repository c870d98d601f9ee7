"""What three implementations make of the same bytes, in the same words."""

from dataclasses import dataclass, field
from typing import Any

from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode as TheirOpcode
from websockets.protocol import CLIENT, SERVER, Protocol
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import (
    CloseConnection,
    Message,
    TextMessage,
)
from wsproto.events import Ping as TheirPing

from tests.protocol import KEY
from wsedu.protocol import Endpoint, Failed, PeerClosed
from wsedu.protocol.frames import Role


@dataclass(frozen=True)
class Verdict:
    """What was received, and how it ended: ``open``, ``closed CODE`` or ``failed CODE``."""

    events: tuple[tuple[str, str | bytes], ...]  # ("text", ...), ("binary", ...), ("ping", ...)
    end: str
    why: str = field(default="", compare=False)  # our sentence, if we failed


def ours(data: bytes, reader: Role) -> Verdict:
    new_key = (lambda: KEY) if reader == "client" else None
    endpoint = Endpoint(reader, new_key, max_message_size=None)
    events: list[tuple[str, str | bytes]] = []
    for event in endpoint.receive(data):
        match event:
            case Failed():
                return Verdict(tuple(events), f"failed {event.close_code}", event.sentence)
            case PeerClosed():
                return Verdict(tuple(events), f"closed {event.code}")
            case _:
                (value, *_reply) = vars(event).values()
                events.append((type(event).__name__.lower(), value))
    return Verdict(tuple(events), "open")


def of_websockets(data: bytes, reader: Role) -> Verdict:
    """``Protocol`` gives frames; we join them and decode texts, as its upper layers do."""
    protocol = Protocol(CLIENT if reader == "client" else SERVER, max_size=None)
    protocol.receive_data(data)
    events: list[tuple[str, str | bytes]] = []
    message: list[TheirFrame] = []
    for frame in protocol.events_received():
        assert isinstance(frame, TheirFrame)
        if frame.opcode in (TheirOpcode.PING, TheirOpcode.PONG):
            events.append((frame.opcode.name.lower(), bytes(frame.data)))
        elif frame.opcode is not TheirOpcode.CLOSE:
            message.append(frame)
            if frame.fin:
                payload = b"".join(bytes(f.data) for f in message)
                if message[0].opcode is TheirOpcode.TEXT:
                    try:
                        events.append(("text", payload.decode()))
                    except UnicodeDecodeError:
                        return Verdict(tuple(events), "failed 1007")
                else:
                    events.append(("binary", payload))
                message = []
    if protocol.parser_exc:
        assert protocol.close_sent is not None
        return Verdict(tuple(events), f"failed {int(protocol.close_sent.code)}")
    if protocol.close_rcvd:
        return Verdict(tuple(events), f"closed {int(protocol.close_rcvd.code)}")
    return Verdict(tuple(events), "open")


def of_wsproto(data: bytes, reader: Role) -> Verdict:
    """``Connection`` gives pieces of messages; a broken rule looks like a Close."""
    kind = ConnectionType.CLIENT if reader == "client" else ConnectionType.SERVER
    connection = Connection(kind)
    connection.receive_data(data)
    events: list[tuple[str, str | bytes]] = []
    parts: list[Any] = []
    for event in connection.events():
        if isinstance(event, CloseConnection):
            failed = connection.state is ConnectionState.OPEN
            code = int(event.code) if event.code is not None else 1005
            return Verdict(tuple(events), f"{'failed' if failed else 'closed'} {code}")
        if isinstance(event, Message):
            parts.append(event.data if isinstance(event, TextMessage) else bytes(event.data))
            if event.message_finished:
                if isinstance(event, TextMessage):
                    events.append(("text", "".join(parts)))
                else:
                    events.append(("binary", b"".join(parts)))
                parts = []
        else:
            name = "ping" if isinstance(event, TheirPing) else "pong"
            events.append((name, bytes(event.payload)))  # type: ignore[attr-defined]
    return Verdict(tuple(events), "open")
