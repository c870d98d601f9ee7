"""Recordings of other programs, most of them by nginx, Socket.IO and the like: see ``others.json``.

Each was made over loopback through the lab's tap, with the producers that it names. It has the
cause that the doctor must name first, or none, and the protocol inside of its messages, or none.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.recording import ANSWER, REQUEST, conversation
from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Recording, diagnose, dissect, inside

OTHERS = {
    entry["name"]: entry
    for entry in json.loads((Path(__file__).parent / "recordings" / "others.json").read_text())
}
MASK = bytes.fromhex("37fa213d")


def recording(name: str) -> Recording:
    return Recording.from_json(json.dumps(OTHERS[name]["recording"]))


@pytest.mark.parametrize("name", OTHERS)
def test_the_doctor_names_the_cause_or_is_silent(name: str) -> None:
    expected = OTHERS[name].get("cause")
    found = diagnose(recording(name))
    assert found.causes[:1] == ((expected,) if expected else ()), found


@pytest.mark.parametrize("name", OTHERS)
def test_the_protocol_inside_is_named(name: str) -> None:
    found = inside(dissect(recording(name)))
    assert (found and found.name) == OTHERS[name].get("inside")
    if found is not None:
        place, stream = found.evidence, recording(name).sent_by(found.evidence.side)
        assert stream[place.span.start : place.span.end] == place.data != b""
        assert found.sentence.count(".") >= 1 and str(found.evidence)


READABLE = {
    "socket.io": [
        ("client", "CONNECT /admin"),
        ("client", 'EVENT #0 ["chat","Hello"]'),
        ("server", 'ACK #0 ["ok"]'),
        ("server", 'BINARY_EVENT ["bin",{"_placeholder":true,"num":0}] (1 binary)'),
        ("server", "binary: 01 02 03"),
    ],
    "a client that does not answer engine.io": [("server", "ping")],
    "plain client at socket.io": [("client", "hello")],
    "python-socketio": [("client", 'EVENT ["chat",{"text":"Hello"}]')],
    "stomp": [
        ("client", 'SEND destination:/topic/chat, content-length:10 "Hello, all"'),
        ("server", "RECEIPT receipt-id:close-1"),
    ],
    # Its library sends each piece of a packet in a message of its own.
    "mqtt": [("server", 'PUBLISH chat "Hello"'), ("client", "DISCONNECT")],
    "paho": [("client", 'PUBLISH chat "Hello"')],
    "graphql-ws": [("client", 'start 1 {"query": "subscription { count }"}')],
    "graphql-transport-ws": [("server", "connection_ack")],
    "gql": [("server", 'next 1 {"data": {"count": 0}}')],
    "jupyter": [
        ("client", 'shell execute_request {"code": "print(6 * 7)", "silent": false, '),
        ("server", 'iopub stream {"name": "stdout", "text": "42\\n"}'),
    ],
    "jupyter, as JSON": [("server", 'iopub status {"execution_state": "busy"}')],
}


@pytest.mark.parametrize(("name", "lines"), READABLE.items(), ids=READABLE)
def test_the_messages_inside_are_readable(name: str, lines: list[tuple[str, str]]) -> None:
    found = inside(dissect(recording(name)))
    assert found is not None
    shown = list(found.lines())
    for sender, start in lines:
        assert any(each == sender and line.startswith(start) for each, line in shown), shown


def test_every_protocol_that_is_named_has_a_recording() -> None:
    names = {entry.get("inside") for entry in OTHERS.values()} - {None}
    assert names == {
        *(
            "engine-io",
            "socket-io",
            "graphql-ws",
            "graphql-transport-ws",
            "jupyter",
            "stomp",
            "mqtt",
        )
    }


# What is not sure is not named, and what is damaged is shown as it is.


def talk(*messages: str | bytes, subprotocol: str = "") -> Recording:
    """Messages of the server, after a handshake that chose a subprotocol."""
    line = f"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n".encode()
    answer = ANSWER[:-2] + line if subprotocol else ANSWER
    frames = [
        build_frame(Frame(Opcode.TEXT, message.encode()))
        if isinstance(message, str)
        else build_frame(Frame(Opcode.BINARY, message))
        for message in messages
    ]
    return conversation(
        ("client", REQUEST), ("server", answer), *(("server", frame) for frame in frames)
    )


@pytest.mark.parametrize(
    "message",
    ["Hello", "40", '{"type":"next","id":"1"}', '{"header": 1}', "{", "[" * 5000, b"\x10\x0cMQTT"],
)
def test_a_message_that_does_not_tell_is_not_a_protocol(message: str | bytes) -> None:
    assert inside(dissect(talk(message))) is None
    assert inside(dissect(talk(message, subprotocol="chat"))) is None


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("STOMP\naccept-version:1.2\n\n\0", "stomp"),
        (b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00", "mqtt"),
    ],
)
def test_without_a_subprotocol_a_message_speaks_for_itself(message: str | bytes, name: str) -> None:
    found = inside(dissect(talk(message)))
    assert found is not None and found.name == name


@pytest.mark.parametrize(
    ("subprotocol", "message", "shown"),
    [
        ("graphql-ws", "{", "{"),
        ("graphql-ws", b"\xff\x00", "ff 00"),
        ("graphql-transport-ws", '{"type":"pong"}', "pong"),
        ("v1.kernel.websocket.jupyter.org", b"\xff" * 8, "ff ff ff ff ff ff ff ff"),
        ("v1.kernel.websocket.jupyter.org", b"", ""),
        ("v1.kernel.websocket.jupyter.org", "[]", "[]"),
        ("v12.stomp", "\n", "heart-beat"),
        ("v12.stomp", b"MESSAGE\nid:1\n\nHi\0\n", 'MESSAGE id:1 "Hi"'),
        ("mqtt", b"\x00\x00", "packet of type 0"),
        ("mqtt", b"\x32\x06\x00\x01c\x00\x07!", 'PUBLISH c "!"'),
    ],
)
def test_a_message_that_cannot_be_read_is_shown_as_it_is(
    subprotocol: str, message: str | bytes, shown: str
) -> None:
    found = inside(dissect(talk(message, subprotocol=subprotocol)))
    assert found is not None
    assert list(found.lines()) == [("server", shown)]


@pytest.mark.parametrize("message", ["text", b"\x30\x05\x00", b"\x30" + b"\xff" * 9])
def test_a_packet_that_is_not_whole_has_no_line(message: Any) -> None:
    found = inside(dissect(talk(message, subprotocol="mqtt")))
    assert found is not None and list(found.lines()) == []


@pytest.mark.parametrize("packet", ["9", "x", "4", "49", "2probe", "4x"])
def test_a_packet_of_socket_io_that_is_none_is_shown_as_it_is(packet: str) -> None:
    found = inside(dissect(talk('0{"sid":"a"}', "40", packet)))
    assert found is not None and found.name == "socket-io"
    assert len(list(found.lines())) == 3
