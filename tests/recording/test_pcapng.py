"""Recordings as capture files: Wireshark's own dissector is the witness."""

import math
import re
import subprocess
from pathlib import Path

import pytest

from wsedu.protocol import Close, Frame, Opcode, build_close, build_frame
from wsedu.recording import Event, Recording, dissect
from wsedu.recording.pcapng import SEGMENT

from . import ANSWER, REQUEST

KEY = bytes.fromhex("37fa213d")
LENGTHS = ("payload_length", "payload_length_ext_16", "payload_length_ext_64")


def recording(*frames: tuple[str, Frame], tail: tuple[Event, ...] = ()) -> Recording:
    events = [Event(0.001, "client", "data", REQUEST), Event(0.002, "server", "data", ANSWER)]
    for number, (side, frame) in enumerate(frames):
        key = KEY if side == "client" else None
        data = build_frame(frame, key)
        events.append(Event(0.01 * (number + 1), side, "data", data))
    return Recording((*events, *tail))


def read(tshark: str, path: Path, *what: str) -> list[list[str]]:
    """The fields that tshark finds, a line for each packet that has them."""
    fields = [argument for name in what for argument in ("-e", name)]
    command = [tshark, "-r", str(path), "-T", "fields", *fields, "-E", "occurrence=a"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return [line.split("\t") for line in result.stdout.splitlines() if line.strip()]


def frames_seen_by(tshark: str, path: Path) -> list[tuple[int, ...]]:
    """(opcode, fin, mask, length) of every frame, in order; here each has packets of its own."""
    found = []
    names = ("opcode", "fin", "mask", *LENGTHS)
    for opcode, fin, mask, *lengths in read(tshark, path, *(f"websocket.{n}" for n in names)):
        flags = (int(flag in ("1", "True")) for flag in (fin, mask))
        found.append((int(opcode), *flags, int([length for length in lengths if length][-1])))
    return found


def frames_seen_by_us(recording: Recording) -> list[tuple[int, ...]]:
    return [
        (u.layout.frame.opcode, int(u.layout.frame.fin), int(u.layout.masked), u.layout.length)
        for u in dissect(recording).find("frame")
    ]


@pytest.mark.slow
def test_wireshark_sees_the_frames_that_we_see(tshark: str, tmp_path: Path) -> None:
    lengths = (0, 1, 125, 126, 65535, 65536, 100_000)
    said = [("client", Frame(Opcode.BINARY, bytes(n))) for n in lengths]
    talk = recording(
        *said,
        ("client", Frame(Opcode.TEXT, b"Hel", fin=False)),
        ("server", Frame(Opcode.PING, b"still there?")),
        ("client", Frame(Opcode.PONG, b"still there?")),
        ("client", Frame(Opcode.CONTINUATION, b"lo")),
        ("server", Frame(Opcode.TEXT, "привет".encode())),
        ("server", Frame(Opcode.CLOSE, build_close(Close(1001, "bye")))),
        ("client", Frame(Opcode.CLOSE, build_close(Close(1001, "bye")))),
        tail=(Event(1.0, "server", "end"), Event(1.1, "client", "end")),
    )
    talk.save(tmp_path / "talk.pcapng")
    assert frames_seen_by(tshark, tmp_path / "talk.pcapng") == frames_seen_by_us(talk)
    assert len(frames_seen_by_us(talk)) == len(lengths) + 7


@pytest.mark.slow
def test_wireshark_reads_the_handshake_and_the_texts(tshark: str, tmp_path: Path) -> None:
    talk = recording(("client", Frame(Opcode.TEXT, b"Hello")))
    talk.save(tmp_path / "talk.pcapng")
    path = tmp_path / "talk.pcapng"
    assert read(tshark, path, "http.request.uri") == [["/chat"]]
    assert read(tshark, path, "http.response.code") == [["101"]]
    assert read(tshark, path, "websocket.masking_key") == [["37fa213d"]]
    whole = subprocess.run(
        [tshark, "-r", str(path), "-V"], capture_output=True, text=True, timeout=60, check=True
    )
    assert re.search(r"^WebSocket\n(?s:.*)^ +Text: Hello$", whole.stdout, re.MULTILINE)


@pytest.mark.slow
def test_wireshark_finds_nothing_wrong_with_the_packets(tshark: str, tmp_path: Path) -> None:
    talk = recording(
        ("client", Frame(Opcode.BINARY, bytes(100_000))),
        tail=(Event(1.0, "server", "end"), Event(1.1, "client", "lost")),
    )
    talk.save(tmp_path / "talk.pcapng")
    path = tmp_path / "talk.pcapng"
    command = [
        tshark,
        "-r",
        str(path),
        "-o",
        "tcp.check_checksum:TRUE",
        "-o",
        "ip.check_checksum:TRUE",
        "-T",
        "fields",
        "-e",
        "tcp.checksum.status",
        "-e",
        "ip.checksum.status",
        "-e",
        "tcp.analysis.flags",
        "-e",
        "_ws.malformed",
        "-e",
        "frame.time_epoch",
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert {tuple(line[:4]) for line in lines} == {("1", "1", "", "")}
    assert len(lines) == 3 + 2 + math.ceil(100_014 / SEGMENT) + 2
    assert float(lines[-1][4]) == pytest.approx(1.1)


@pytest.mark.slow
@pytest.mark.parametrize("payload", [0, 1, 6, 123])
@pytest.mark.parametrize("side", ["client", "server"])
def test_wireshark_sees_every_small_frame_of_one_chunk(
    tshark: str, tmp_path: Path, payload: int, side: str
) -> None:
    """Of 2,000 frames in one packet of 32 KiB it shows about 500."""
    count = 2000
    frame = build_frame(Frame(Opcode.BINARY, bytes(payload)), KEY if side == "client" else None)
    talk = recording(tail=(Event(0.1, side, "data", frame * count),))
    talk.save(tmp_path / "talk.pcapng")
    found = read(tshark, tmp_path / "talk.pcapng", "websocket.opcode")
    assert sum(len(line[0].split(",")) for line in found) == count


def test_an_empty_recording_is_a_file_too(tmp_path: Path) -> None:
    Recording().save(tmp_path / "empty.pcapng")
    assert (tmp_path / "empty.pcapng").read_bytes().startswith(b"\x0a\x0d\x0d\x0a")
