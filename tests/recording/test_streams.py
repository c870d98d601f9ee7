"""Bytes without a capture around them: who sent them, and whether they can be WebSocket at all."""

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Recording, dissect
from wsedu.recording.streams import is_frames, is_websocket, read_handshake, to_recording

from . import ANSWER, REQUEST
from .wires import Wire, pcap

MASK = bytes.fromhex("37fa213d")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), MASK)
BACK = build_frame(Frame(Opcode.TEXT, b"Hello"))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (HELLO, True),
        (HELLO * 3 + BACK, True),
        (HELLO[:-1], True),
        (HELLO + b"\x81", True),
        (b"\x82\x7f" + (1 << 24).to_bytes(8, "big"), True),
        (b"\x82\x7f" + (1 << 40).to_bytes(8, "big"), False),
        (b"\x83\x00", False),
        (b"\xa1\x00", False),
        (b"\x91\x00", False),
        (b"\x09\x00", False),
        (b"\x89\x7e\x00\x80", False),
        (HELLO + b"\xff\xff", False),
        (HELLO + b"\x82\x7f", True),
        (b"\x81", False),
        (b"", False),
    ],
)
def test_frames_are_told_from_other_bytes(data: bytes, expected: bool) -> None:
    assert is_frames(data) is is_websocket(data) is expected


@pytest.mark.parametrize(("data", "side"), [(HELLO, "client"), (BACK, "server")])
def test_the_masking_bit_tells_the_side(data: bytes, side: str) -> None:
    recording = Recording.open(data)
    assert recording.begins == "frames" and recording.events[0].sender == side
    assert "Nothing says who sent these bytes" in recording.note
    assert len(dissect(recording).messages) == 1


def test_a_bit_that_may_be_of_an_extension_is_not_a_problem_without_the_handshake() -> None:
    frame = build_frame(Frame(Opcode.TEXT, b"x", rsv1=True))
    assert not dissect(Recording.open(frame)).units[0].problems


def test_the_bytes_of_a_handshake_are_parted() -> None:
    recording = Recording.open(REQUEST + ANSWER + BACK)
    assert recording.sent_by("client") == REQUEST and recording.begins == "connection"
    assert dissect(recording).messages != ()
    assert [unit.kind for unit in dissect(Recording.open(ANSWER + b"\xff")).units][0] == "response"


# The text of a handshake.


def text_of(head: bytes) -> str:
    return head.decode().replace("\r\n", "\n").strip()


@pytest.mark.parametrize(
    "text",
    [
        (REQUEST + ANSWER).decode(),
        text_of(REQUEST) + "\n\n" + text_of(ANSWER),
        "\n\n" + text_of(REQUEST) + "\n\n" + text_of(ANSWER) + "\n",
        "* Connected\n"
        + "".join(f"> {line}\n" for line in text_of(REQUEST).splitlines())
        + "> \n* note\n"
        + "".join(f"< {line}\r\n" for line in text_of(ANSWER).splitlines())
        + "< \n",
    ],
)
def test_a_handshake_as_text_is_read(text: str) -> None:
    recording = Recording.open(text.encode())
    assert (recording.sent_by("client"), recording.sent_by("server")) == (REQUEST, ANSWER)
    assert ("Carriage returns are lost" in recording.note) is ("\n> " in text or "\r" not in text)
    assert not any(unit.problems for unit in dissect(recording).units)


def test_a_request_or_a_response_alone_is_read() -> None:
    assert dissect(Recording.open(text_of(REQUEST).encode())).find("request")
    seen = dissect(Recording.open(text_of(ANSWER).encode()))
    assert seen.status == 101 and [unit.kind for unit in seen.units] == ["response"]
    assert "The request is not here" in seen.recording.note
    assert Recording.from_json(seen.recording.to_json()) == seen.recording
    alone = "\n".join(f"> {line}" for line in text_of(REQUEST).splitlines())
    assert Recording.open(alone.encode()).sent_by("client") == REQUEST


def test_the_body_of_a_response_is_kept() -> None:
    for end in ("\r\n", "\n"):
        text = f"HTTP/1.1 400 Bad{end}Content-Length: 2{end}{end}hi"
        seen = dissect(Recording.open(text.encode()))
        assert [unit.kind for unit in seen.units] == ["response", "body"]


@pytest.mark.parametrize("text", ["", "GET it while it is hot", "HTTP is old", "> a\n< b"])
def test_other_text_is_not_a_handshake(text: str) -> None:
    assert read_handshake(text) is None


# Gaps and packets.


def test_what_comes_after_a_gap_is_left_out() -> None:
    said = b"[12 bytes missing in capture file]."
    recording = to_recording(
        [
            ("client", REQUEST),
            ("server", ANSWER),
            ("client", HELLO + said + b"xx"),
            ("client", b"yyy"),
            ("server", said),
            ("server", BACK),
        ],
        [],
        None,
    )
    assert recording.sent_by("client") == REQUEST + HELLO
    assert recording.sent_by("server") == ANSWER
    assert recording.dropped == 12 + 2 + 3 + 12 + len(BACK)
    assert recording.note.count("were not captured") == 2
    only = to_recording([("server", said)], [], None)
    assert only.sent_by("server") == said


def packets(*wires: Wire) -> bytes:
    return "\n\n".join(
        "\n".join(
            f"{at:04x}  {packet.data[at : at + 16].hex(' ')}"
            for at in range(0, len(packet.data), 16)
        )
        for wire in wires
        for packet in wire.packets
    ).encode()


def talk(client: int = 50000) -> Wire:
    wire = Wire(client=("192.0.2.1", client))
    wire.send("client", REQUEST)
    wire.send("server", ANSWER)
    wire.send("client", HELLO)
    return wire


def test_packets_in_a_dump_are_taken_apart() -> None:
    recording = Recording.open(packets(talk()))
    assert recording.sent_by("client") == REQUEST + HELLO
    assert recording == Recording.open(pcap(talk().packets)) or len(recording.events) == 3
    with pytest.raises(ValueError, match="packets of 2 WebSocket connections"):
        Recording.open(packets(talk(), talk(50001)))
    chosen = Recording.open(packets(talk(), talk(50001)), port=50001)
    assert chosen.sent_by("server") == ANSWER
