"""Recordings as capture files: Wireshark's own dissector is the witness."""

import math
import random
import re
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from wsedu.protocol import Close, Frame, Opcode, build_close, build_frame
from wsedu.recording import Event, Recording, dissect
from wsedu.recording.captures import open_capture
from wsedu.recording.events import SIDES, Side
from wsedu.recording.pcapng import SEGMENT, Talk, to_pcapng

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


# Several connections in one file.


def joined(events: Iterable[Event]) -> list[Event]:
    """The chunks as they were before they were put into segments: those have the same time."""
    found: list[Event] = []
    for event in events:
        last = found[-1] if found else None
        if event.data and last and replace(last, data=event.data) == event:
            found[-1] = replace(last, data=last.data + event.data)
        else:
            found.append(event)
    return found


def test_connections_at_the_same_time_are_read_back_as_they_were(
    tshark: str, tmp_path: Path
) -> None:
    chance = random.Random(16)
    talks = []
    for number in range(5):
        told, time = [], 0.0
        for _ in range(50):
            time = round(time + chance.random() / 10, 6)
            side: Side = chance.choice(["client", "server"])
            data = chance.randbytes(chance.choice([1, 1459, 1460, 1461, 9000]))
            told.append(Event(time, side, "data", data))
        told[0] = Event(told[0].time, "client", "data", REQUEST)
        told[1] = Event(told[1].time, "server", "data", ANSWER)
        ends = chance.choice([("end", "end"), ("lost", "lost"), ("end", "lost"), ()])
        told += [Event(time, side, kind) for side, kind in zip(SIDES, ends, strict=False)]
        start = 1_795_744_576.563947 + number / 7
        talks.append(Talk(tuple(told), 50_000 + number % 3, start + 100 * (number // 3)))
    (tmp_path / "talks.pcapng").write_bytes(to_pcapng(talks))
    found = open_capture(tmp_path / "talks.pcapng")
    assert [connection.client for connection in found] == [
        f"192.0.2.1:{talk.port}" for talk in talks
    ]
    for connection, talk in zip(found, talks, strict=True):
        assert joined(connection.recording.events) == list(talk.events)
        assert connection.notes == ()
    times = [float(line[0]) for line in read(tshark, tmp_path / "talks.pcapng", "frame.time_epoch")]
    assert times == sorted(times) and times[0] == pytest.approx(talks[0].start, abs=1e-6)
