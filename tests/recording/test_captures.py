"""Connections from capture files: made here, real and damaged, with Wireshark as the witness."""

import gzip
import io
import random
import struct
import subprocess
import time
import tracemalloc
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Event, Recording, dissect
from wsedu.recording.captures import Connection, connections, open_capture
from wsedu.recording.packets import CaptureError, CaptureFile

from .. import programs
from . import ANSWER, REQUEST
from .wires import (
    ACK,
    CLIENT_6,
    FIN,
    RST,
    SERVER_6,
    Packet,
    Wire,
    block,
    cooked,
    cooked_2,
    ethernet,
    exported,
    ipv4,
    ipv6,
    option,
    pcap,
    pcapng,
    tcp,
)

REAL = {
    path.name.partition(".")[0]: path
    for path in sorted((Path(__file__).parent / "captures").glob("*.gz"))
}
KEY = bytes.fromhex("37fa213d")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), KEY)
BACK = build_frame(Frame(Opcode.TEXT, b"Hello"))
ORDINARY = b"GET /picture.png HTTP/1.1\r\nHost: example.com\r\n\r\n"


def talk(wire: Wire | None = None) -> Wire:
    """A handshake and two messages."""
    wire = wire or Wire()
    for side, data in (
        ("client", REQUEST),
        ("server", ANSWER),
        ("client", HELLO),
        ("server", BACK),
    ):
        wire.send(side, data)
    return wire


def ids(connection: Connection) -> list[str]:
    return [note.id for note in connection.notes]


def refusal(data: bytes, port: int | None = None) -> CaptureError:
    with pytest.raises(CaptureError) as raised:
        open_capture(data, port)
    sentence = str(raised.value)
    assert sentence[0].isupper() and sentence.endswith(".") and "\n" not in sentence
    return raised.value


# One connection.


@pytest.mark.parametrize("make", [pcap, pcapng])
def test_a_connection_becomes_a_recording(make: Callable[..., bytes], tmp_path: Path) -> None:
    wire = talk()
    wire.send("client", flags=FIN | ACK)
    wire.send("server", flags=RST | ACK)
    (tmp_path / "talk.bin").write_bytes(make(wire.packets))
    (connection,) = open_capture(tmp_path / "talk.bin")
    assert open_capture(str(tmp_path / "talk.bin"))[0] == connection
    assert open_capture(make(wire.packets))[0] == connection
    assert connection.recording == Recording(
        (
            Event(0.003, "client", "data", REQUEST),
            Event(0.004, "server", "data", ANSWER),
            Event(0.005, "client", "data", HELLO),
            Event(0.006, "server", "data", BACK),
            Event(0.007, "client", "end"),
            Event(0.008, "server", "lost"),
        )
    )
    assert (connection.client, connection.server) == ("192.0.2.1:50000", "192.0.2.2:8811")
    assert connection.kind == "websocket" and connection.notes == ()
    assert connection.sent == (len(REQUEST + HELLO), len(ANSWER + BACK))
    assert dissect(connection.recording).status == 101
    assert str(connection) == (
        f"192.0.2.1:50000 to 192.0.2.2:8811: {len(REQUEST + HELLO)} bytes, "
        f"{len(ANSWER + BACK)} back; WebSocket, with its opening handshake"
    )


def test_the_first_events_are_there_without_the_others() -> None:
    (connection,) = open_capture(pcap(talk().packets))
    assert connection.first(2).events == connection.recording.events[:2]
    assert connection.first(2).dropped == len(HELLO + BACK)
    assert connection.recording is connection.recording  # made once


def test_our_own_capture_files_are_read_back(tmp_path: Path) -> None:
    events = (
        Event(0.001, "client", "data", REQUEST),
        Event(0.002, "server", "data", ANSWER),
        Event(0.5, "client", "data", build_frame(Frame(Opcode.BINARY, bytes(1000)), KEY)),
        Event(1.0, "server", "end"),
        Event(1.25, "client", "lost"),
    )
    Recording(events).save(tmp_path / "ours.pcapng")
    (connection,) = open_capture(tmp_path / "ours.pcapng")
    assert connection.recording == Recording(events)


def test_ipv6_addresses_are_in_brackets() -> None:
    ends = CLIENT_6, SERVER_6
    made = [
        Packet(ipv6(tcp(*ends, 1, REQUEST))),
        Packet(ipv6(tcp(*ends[::-1], 1, ANSWER), *ends[::-1])),
    ]
    (connection,) = open_capture(pcap(made))
    assert connection.client == "[2001:db8::1]:50000" and connection.server == "[2001:db8::2]:8811"


# Which side is the client.


def test_the_sender_of_the_syn_is_the_client() -> None:
    wire = Wire(client=("192.0.2.1", 80), server=("192.0.2.2", 50000))
    wire.send("server", b"HELO first")
    (connection,) = open_capture(pcap(wire.packets), port=80)
    assert connection.client == "192.0.2.1:80"
    # The answer to a SYN tells it too.
    (connection,) = open_capture(pcap(wire.packets[1:]), port=80)
    assert connection.client == "192.0.2.1:80"


@pytest.mark.parametrize("only", [slice(None), slice(0, 1), slice(1, None)])
def test_else_the_sender_of_a_request_is_the_client(only: slice) -> None:
    wire = Wire(client=("192.0.2.1", 80), server=("192.0.2.2", 50000), opened=False)
    wire.send("client", REQUEST)
    wire.send("server", ANSWER)
    (connection,) = open_capture(pcap(wire.packets[only]))
    assert connection.client == "192.0.2.1:80"
    assert ids(connection) == []


def test_else_the_port_tells() -> None:
    wire = Wire(client=("192.0.2.1", 80), server=("192.0.2.2", 50000), opened=False)
    wire.send("server", BACK)
    wire.send("client", HELLO)
    (connection,) = open_capture(pcap(wire.packets), port=50000)
    assert connection.client == "192.0.2.1:80"
    assert [event.sender for event in connection.recording.events] == ["server", "client"]
    assert ids(connection) == ["capture.no-handshake"]
    (connection,) = connections(pcap(wire.packets))
    assert connection.server == "192.0.2.1:80"  # the lower one, for want of better


# Which connections.


def several() -> bytes:
    wires = [Wire(client=("192.0.2.1", 50000 + n)) for n in range(7)]
    upgraded, http, tls, http2, nothing, other, refused = wires
    talk(upgraded)
    http.send("client", ORDINARY)
    http.send("server", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    tls.send("client", b"\x16\x03\x01\x02\x00" + bytes(512))
    http2.send("client", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(40))
    other.send("client", b"SSH-2.0-OpenSSH_9.2\r\n")
    refused.send("client", ORDINARY)
    refused.send("server", b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
    refused.send("client", REQUEST)
    refused.send("server", b"HTTP/1.1 404 Not Found\r\n\r\n")
    assert nothing.packets
    return pcapng(packet for wire in wires for packet in wire.packets)


def test_all_connections_are_listed_with_a_line_each() -> None:
    listed = connections(several())
    kinds = ["websocket", "http", "tls", "http2", "empty", "other", "websocket"]
    assert [connection.kind for connection in listed] == kinds
    lines = [str(connection) for connection in listed]
    assert lines[1].endswith("48 bytes, 40 back; HTTP, no opening handshake")
    assert lines[2].endswith("192.0.2.2:8811: 517 bytes, 0 back; TLS")
    assert lines[4].endswith("0 bytes, 0 back; no data")


def test_the_websocket_connections_are_picked_out() -> None:
    found = open_capture(several())
    assert [c.client for c in found] == ["192.0.2.1:50000", "192.0.2.1:50006"]
    assert dissect(found[1].recording).find("request")  # a second try on the same connection


def test_a_port_picks_out_its_connections_whatever_they_are() -> None:
    assert len(open_capture(several(), port=8811)) == 7
    (connection,) = open_capture(several(), port=50005)
    assert connection.recording.sent_by("client") == b"SSH-2.0-OpenSSH_9.2\r\n"


def test_what_is_not_kept_is_counted() -> None:
    tls = connections(several())[2]
    assert tls.recording == Recording((), str(tls.notes[0]), dropped=517)


@pytest.mark.parametrize(
    "stream",
    [
        REQUEST.replace(b"Upgrade: websocket", b"UPGRADE:\tWebSocket, h2c"),
        b"PROXY TCP4 192.0.2.7 192.0.2.8 1234 80\r\n" + REQUEST,
        REQUEST.replace(b"\r\n", b"\n"),
        ORDINARY * 50 + REQUEST,
        REQUEST[:-2],  # not ended
    ],
)
def test_an_opening_handshake_is_found_in_its_forms(stream: bytes) -> None:
    wire = Wire()
    for at in range(0, len(stream), 100):
        wire.send("client", stream[at : at + 100])
    assert open_capture(pcap(wire.packets))[0].kind == "websocket"


def test_the_words_in_a_body_are_no_handshake() -> None:
    wire = Wire()
    wire.send("client", b"POST / HTTP/1.1\r\nHost: a\r\n\r\nUpgrade: websocket\r\n\r\n")
    wire.send("server", b"HTTP/1.1 200 OK\r\n\r\nUpgrade: websocket\r\n\r\n")
    assert connections(pcap(wire.packets))[0].kind == "http"


# Notes.


def test_a_gap_is_said_and_what_follows_it_is_counted() -> None:
    wire = talk()
    lost = wire.send("client", HELLO)
    wire.send("client", HELLO * 3)
    wire.send("server", BACK)
    wire.packets.remove(lost)
    (connection,) = open_capture(pcapng(wire.packets))
    assert connection.recording.sent_by("client") == REQUEST + HELLO
    assert connection.recording.dropped == 4 * len(HELLO)
    assert ids(connection) == ["capture.gap", "capture.after-gap"]
    first, second = map(str, connection.notes)
    assert first == (
        "The client sent 11 bytes that are not in the capture, "
        f"after {len(REQUEST + HELLO)} that are."
    )
    assert second == "33 bytes of the client came after that gap and are left out."
    assert connection.recording.note == f"{first} {second}"


def test_every_other_note_is_said() -> None:
    wire = talk()
    cut = wire.send("client", HELLO)
    wire.packets[-1] = cut._replace(data=cut.data[:-1], original=len(cut.data))
    wire.packets.append(wire.packet("server", 2000 + 2**31, b"?"))
    wire.packets.append(Packet(ipv4(b"", fragment=0x2000)))
    wire.packets.append(Packet(b"\x45"))
    statistics = block(5, bytes(12) + option(5, (7).to_bytes(8, "little")))
    data = pcapng(wire.packets) + statistics + b"\0"
    (connection,) = open_capture(data)
    assert ids(connection) == [
        "capture.cut",
        "capture.lost",
        "capture.fragments",
        "capture.short",
        "capture.cut-packets",
        "capture.gap",
        "capture.odd",
    ]
    assert "lost 7 packets" in str(connection.notes[1])
    (exported_one,) = open_capture(pcapng([Packet(exported(REQUEST), link=252)]))
    assert ids(exported_one) == ["capture.exported"]


# Refusals.


def test_a_capture_without_packets_is_refused() -> None:
    assert refusal(pcap([])).said.id == "capture.no-packets"
    assert refusal(pcap([Packet(b"abc")])[:-1]).said.id == "capture.no-whole-packet"
    assert refusal(pcapng([])[:-1]).said.id == "capture.no-whole-packet"


def test_a_capture_without_tcp_is_refused_with_what_it_has() -> None:
    error = refusal(pcap([Packet(ipv4(bytes(8), protocol=17))] * 3 + [Packet(b"\x50")]))
    assert error.said.id == "capture.no-tcp" and "4 packets, 3 of them UDP" in str(error)


def test_a_link_type_that_is_not_read_is_named() -> None:
    error = refusal(pcap([Packet(bytes(50), link=105)]))
    assert error.said.id == "capture.no-such-link" and "105" in str(error)


def test_a_port_that_is_not_there_is_refused_with_those_that_are() -> None:
    error = refusal(several(), port=443)
    assert error.said.id == "capture.no-such-port" and "8811" in str(error)


def wire_with(data: bytes) -> list[Packet]:
    wire = Wire()
    wire.send("client", data)
    return wire.packets


def test_tls_is_refused_with_the_way_to_decrypt_it() -> None:
    packets = wire_with(b"\x16\x03\x01\x02\x00" + bytes(512))
    error = refusal(pcapng(packets))
    assert error.said.id == "capture.only-tls" and "SSLKEYLOGFILE" in str(error)
    keys = block(10, b"KSLT\0\0\0\0")
    error = refusal(pcapng(packets) + keys)
    assert error.said.id == "capture.only-tls-with-keys" and "OSI layer 7" in str(error)


def test_http_2_is_refused_by_name() -> None:
    error = refusal(pcapng(wire_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
    assert error.said.id == "capture.only-http2"


def test_packets_captured_in_part_are_refused_with_the_remedy() -> None:
    error = refusal(REAL["snaplen"].read_bytes())
    assert error.said.id == "capture.only-cut" and "-s 0" in str(error)
    (connection,) = open_capture(REAL["snaplen"], port=8815)
    assert ids(connection)[:2] == ["capture.no-handshake", "capture.cut-packets"]


def test_a_capture_that_begins_in_the_middle_is_refused_with_a_port_to_name() -> None:
    wire = Wire(opened=False)
    wire.send("client", HELLO * 5)
    error = refusal(pcapng(wire.packets))
    assert error.said.id == "capture.no-websocket" and "port=8811" in str(error)
    (connection,) = open_capture(pcapng(wire.packets), port=8811)
    assert connection.recording.sent_by("client") == HELLO * 5


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_capture(tmp_path / "nothing.pcap")


# Real captures, and Wireshark as the witness.


Seen = dict[tuple[int, int], list[tuple[int, ...]]]


CUT = ("_ws.malformed", "_ws.short")  # what tshark adds where a frame is not whole


def frames_seen_by(tshark: str, path: Path, *options: str) -> Seen:
    """(opcode, FIN, RSV, key or -1, length) of each whole frame, by the ports of both sides."""
    command = [tshark, "-r", str(path), "-T", "pdml", "-2", *options]
    result = subprocess.run(command, capture_output=True, timeout=120)
    seen: Seen = {}
    if not result.stdout and result.returncode > 0:  # not a capture for tshark either
        return seen
    for packet in xml.fromstring(result.stdout).iter("packet"):
        fields = {field.get("name"): field.get("show") for field in packet.iter("field")}
        if "tcp.srcport" not in fields:  # the packet is damaged
            continue
        path_ = int(fields["tcp.srcport"]), int(fields["tcp.dstport"])
        protos = packet.findall("proto[@name='websocket']")
        cut = any(packet.find(f"proto[@name='{name}']") is not None for name in CUT)
        for number, proto in enumerate(protos):
            here = {field.get("name"): field.get("show") for field in proto.iter("field")}
            if "_ws.unreassembled" in here or (cut and number == len(protos) - 1):
                continue
            length = (
                here.get("websocket.payload_length_ext_64")
                or here.get("websocket.payload_length_ext_16")
                or here["websocket.payload_length"]
            )
            key = here.get("websocket.masking_key")
            frame = (
                int(here["websocket.opcode"]),
                int(here["websocket.fin"] in ("1", "True")),
                int(here["websocket.rsv"], 0),
                int(key.replace(":", ""), 16) if key else -1,
                int(length),
            )
            seen.setdefault(path_, []).append(frame)
    return seen


def frames_seen_by_us(found: tuple[Connection, ...]) -> Seen:
    seen: Seen = {}
    for connection in found:
        ports = [int(end.rpartition(":")[2]) for end in (connection.client, connection.server)]
        for unit in dissect(connection.recording).find("frame"):
            layout = unit.layout
            if layout.truncated is None:
                path = ports if unit.sender == "client" else ports[::-1]
                frame = layout.frame
                rsv = frame.rsv1 << 2 | frame.rsv2 << 1 | frame.rsv3
                key = int.from_bytes(layout.mask_key) if layout.masked else -1
                seen.setdefault(tuple(path), []).append(
                    (int(frame.opcode), int(frame.fin), rsv, key, layout.length)
                )
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lo", "ipv6", "any_dumpcap", "any_tcpdump", "bridge"])
def test_wireshark_sees_the_frames_that_we_see_in_real_captures(name: str, tshark: str) -> None:
    found = open_capture(REAL[name])
    ours = frames_seen_by_us(found)
    assert frames_seen_by(tshark, REAL[name]) == ours
    assert all(len(frames) >= 5 for frames in ours.values()) and len(ours) == 2
    assert [ids(connection) for connection in found] == [[]]
    (recording,) = (connection.recording for connection in found)
    assert recording.ended and recording.dropped == 0
    assert dissect(recording).messages[0][1].text == "Hello"


def test_decrypted_bytes_are_taken_once() -> None:
    """Wireshark 4.0, which wrote this file, sees 94 frames of the server in it: it gets lost."""
    (connection,) = open_capture(REAL["decrypted"])
    messages = dissect(connection.recording).messages
    lengths = [4 + n for n in [5000] * 12 + [16372, 16000, 30000, 10, 20]]
    assert [(m.text[:4], len(m.text)) for side, m in messages if side == "server"] == [
        (f"{n:04}", length) for n, length in enumerate(lengths)
    ]
    assert [m.text for side, m in messages if side == "client"] == ["early"] + ["b" * 9000] * 6


def test_what_dumpcap_lost_is_said() -> None:
    """Wireshark shows the frames before the gap, and says nothing of the others."""
    (connection,) = open_capture(REAL["lossy"])
    assert ids(connection) == ["capture.lost", *["capture.gap", "capture.after-gap"] * 2]
    assert connection.notes[0].args["count"] == 160
    side = connection.recording.sent_by("client")
    assert len(side) == 524_445 and connection.notes[1].args["count"] == 327_680
    # Two million bytes, the header of their frame, the request, and a Close frame of 8 bytes.
    total = 2_000_000 + 14 + side.index(b"\r\n\r\n") + 4 + 8
    assert len(side) + sum(note.args["count"] for note in connection.notes[1:3]) == total
    assert connection.recording.dropped == total * 2 - 4 * 2 - (
        side.index(b"\r\n\r\n") - connection.recording.sent_by("server").index(b"\r\n\r\n")
    ) - len(side) - len(connection.recording.sent_by("server"))


# What happens to segments on their way. Wireshark puts them together too.


def troubled_talk(
    chance: random.Random, number: int, troubles: str
) -> tuple[Wire, dict[str, bytes]]:
    """A connection with frames cut anywhere, whose segments have some of these troubles."""
    first = chance.choice([1000, 2**32 - 500, chance.randrange(2**32)])
    wire = Wire(client=("192.0.2.1", 20000 + number), first=(first, 2**32 - 1 - first))
    wire.send("client", REQUEST)
    wire.send("server", ANSWER)
    opened = len(wire.packets)
    sent = {"client": REQUEST, "server": ANSWER}
    for _ in range(chance.randint(1, 5)):
        side = chance.choice(["client", "server"])
        data = b"".join(
            build_frame(
                Frame(Opcode.BINARY, chance.randbytes(chance.choice([0, 5, 125, 126, 300, 3000]))),
                KEY if side == "client" else None,
            )
            for _ in range(chance.randint(1, 4))
        )
        start, at = wire.next[side], 0
        while at < len(data):
            size = chance.randint(1, 1448)
            wire.send(side, data[at : at + size])
            at += size
        for _ in range(chance.randrange(3) if "again" in troubles else 0):  # in other cuts
            at = chance.randrange(len(data))
            piece = data[at : at + chance.randint(1, 1448)]
            wire.packets.append(wire.packet(side, start + at, piece))
        sent[side] += data
    if "late" in troubles:
        for _ in range(5):
            at = chance.randrange(opened, len(wire.packets))
            wire.packets.insert(at, wire.packets.pop(chance.randrange(opened, len(wire.packets))))
    if "twice" in troubles:  # as on ``any``, where bridges are
        wire.packets = [packet for packet in wire.packets for _ in range(2)]
    return wire, sent


FORMS: dict[str, Callable[[list[Packet]], bytes]] = {
    "pcap, raw": pcap,
    "pcap, big-endian, nanoseconds": lambda p: pcap(p, ">", 0xA1B23C4D, parts=10**9),
    "pcap, modified, cooked": lambda packets: pcap(
        [p._replace(data=cooked(p.data), link=113) for p in packets], magic=0xA1B2CD34
    ),
    "pcapng, several link types": lambda packets: pcapng(
        [
            (
                p,
                p._replace(data=ethernet(p.data), link=1),
                p._replace(data=ethernet(p.data, tags=[0x88A8, 0x8100]), link=1),
                p._replace(data=cooked_2(p.data), link=276),
                p._replace(data=b"\2\0\0\0" + p.data, link=0),
            )[n % 5]
            for n, p in enumerate(packets)
        ],
        ">",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("troubles", ["none", "late", "again", "late twice", "again twice"])
def test_wireshark_sees_the_frames_that_we_see_whatever_happened_to_segments(
    form: str, troubles: str, tshark: str, tmp_path: Path
) -> None:
    chance = random.Random(form + troubles)
    talks = [troubled_talk(chance, number, troubles) for number in range(20)]
    path = tmp_path / "talks"
    path.write_bytes(FORMS[form]([packet for wire, _ in talks for packet in wire.packets]))
    found = open_capture(path)
    ours = frames_seen_by_us(found)
    assert frames_seen_by(tshark, path, "-o", "tcp.reassemble_out_of_order:TRUE") == ours
    assert len(ours) >= 20 and [ids(connection) for connection in found] == [[]] * 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_what_was_sent_is_found_whatever_happened_to_segments(seed: int) -> None:
    """If segments come late and again in other cuts, Wireshark 4.0 misses frames of 1 in 100."""
    chance = random.Random(seed)
    talks = [
        troubled_talk(chance, number, "late again twice"[: 5 + 6 * (seed % 3)])
        for number in range(3)
    ]
    data = FORMS[chance.choice(list(FORMS))]([p for wire, _ in talks for p in wire.packets])
    for connection, (_, sent) in zip(open_capture(data), talks, strict=True):
        assert {side: connection.recording.sent_by(side) for side in sent} == sent
        assert connection.notes == ()


# Files with random damage.


def damaged(chance: random.Random, data: bytes) -> bytes:
    """The same file with a few bytes or pieces changed, left out, doubled, or cut off."""
    file = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 30])):
        at = chance.randrange(len(file) or 1)
        # The heads are where damage hurts.
        at = chance.choice([at, at, at % 400])
        size = chance.choice([1, 2, 4, 20, 1000])
        match chance.randrange(6):
            case 0 | 1:
                file[at : at + 1] = chance.randbytes(1)
            case 2:
                file[at : at + 4] = chance.choice([bytes(4), b"\xff" * 4, chance.randbytes(4)])
            case 3:
                del file[at : at + size]
            case 4:
                file[at:at] = file[at : at + size]
            case 5:
                del file[max(at, 24) :]
    return bytes(file)


def whole_files() -> list[bytes]:
    chance = random.Random(0)
    talks = [troubled_talk(chance, number, "late again")[0].packets for number in range(2)]
    made = [make([packet for packets in talks for packet in packets]) for make in FORMS.values()]
    made.append(pcapng([Packet(exported(REQUEST), link=252), Packet(exported(HELLO), link=252)]))
    real = [path.read_bytes() for path in REAL.values()]
    return made + real + [gzip.decompress(data) for data in real if len(data) < 5000]


@pytest.mark.slow
def test_damage_raises_nothing_but_a_clear_error_and_takes_no_time_or_memory() -> None:
    files, chance, refused = whole_files(), random.Random(16), 0
    tracemalloc.start()
    slowest = 0.0
    for number in range(1000):
        data = damaged(chance, files[number % len(files)])
        start = time.process_time()
        for port in (None, 8811):
            try:
                for connection in open_capture(data, port):
                    assert connection.recording.dropped >= 0
                    assert all(map(str, connection.notes))
            except CaptureError as error:
                refused += 1
                assert str(error).endswith(".")
        slowest = max(slowest, time.process_time() - start)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 100 < refused < 1500
    assert slowest < 5 and peak < 60_000_000


def sizes_that_wireshark_reads(path: Path, tshark: str, editcap: str) -> list[int]:
    """How many bytes Wireshark has of each packet of a file.

    ``editcap`` reads as ``tshark`` does, and starts in a hundredth of the time. It writes the
    packets that it could read anew, as pcapng; where that has no place for them, ``tshark`` says.
    """
    anew = path.with_suffix(".pcapng")
    anew.unlink(missing_ok=True)
    command = [editcap, "-F", "pcapng", str(path), str(anew)]
    subprocess.run(command, capture_output=True, timeout=60)
    if not anew.exists():
        command = [tshark, "-r", str(path), "-n", "-T", "fields", "-e", "frame.cap_len"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return [int(line) for line in result.stdout.split()]
    blocks, sizes = anew.read_bytes(), []
    while blocks:
        kind, length = struct.unpack_from("<II", blocks)
        if kind == 6:  # a packet
            sizes += struct.unpack_from("<20xI", blocks)
        blocks = blocks[length:]
    return sizes


@pytest.mark.slow
def test_of_a_damaged_file_we_read_the_packets_that_wireshark_reads(
    tshark: str, tmp_path: Path
) -> None:
    editcap = programs.find("editcap", purpose="comparing with Wireshark needs")
    files, chance = whole_files()[:5], random.Random(17)
    read = 0
    for number in range(40):
        data = damaged(chance, files[number % len(files)])
        path = tmp_path / "damaged"
        path.write_bytes(data)
        theirs = sizes_that_wireshark_reads(path, tshark, editcap)
        ours = []
        try:
            for _, _, packet, original in CaptureFile(io.BytesIO(data)):
                if len(packet) > original:  # nonsense: Wireshark exchanges the two lengths
                    break
                ours.append(len(packet))
            else:
                assert len(theirs) <= len(ours) or theirs == [len(data)]
        except CaptureError:
            assert theirs in ([], [len(data)])
        if theirs != [len(data)]:  # tshark shows a file of no known format as one packet
            count = min(len(ours), len(theirs))
            assert ours[:count] == theirs[:count]
            read += count
    assert read > 400
