"""Real talks between six libraries and two browsers: the same frames as Wireshark, also damaged."""

import gzip
import io
import json
import random
import time
import tracemalloc
from itertools import takewhile
from pathlib import Path

import pytest

from wsedu.protocol import Text
from wsedu.recording import dissect
from wsedu.recording.captures import open_capture
from wsedu.recording.packets import CaptureError, CaptureFile
from wsedu.views.ladder import describe

from .test_captures import Seen, damaged, frames_seen_by, frames_seen_by_us
from .wires import Packet, pcap

TALKS = {
    path.name.partition(".")[0]: gzip.decompress(path.read_bytes())
    for path in sorted((Path(__file__).parent / "talks").glob("*.gz"))
}
STORED: dict[str, dict[str, list[list[int]]]] = json.loads(
    (Path(__file__).parent / "talks" / "frames.json").read_text()
)


def stored(name: str) -> Seen:
    """What tshark saw in a file when it was made."""
    return {
        tuple(map(int, ports.split("-"))): [tuple(frame) for frame in frames]  # type: ignore[misc]
        for ports, frames in STORED[name].items()
    }


def options(name: str) -> list[str]:
    """What tshark has to be told: a request in several pieces is HTTP too."""
    port = min(int(port) for ports in STORED[name] for port in ports.split("-"))
    return [
        *("-d", f"tcp.port=={port},http"),
        *("-o", "tcp.reassemble_out_of_order:TRUE"),
        *("-o", "websocket.decompress:FALSE"),
    ]


def test_six_libraries_and_two_browsers_are_there_on_both_sides() -> None:
    sides = [name.split("_to_") for name in TALKS]
    libraries = {"websockets", "aiohttp", "tornado", "picows", "wsproto", "ws"}
    assert libraries == {server.split("_")[0] for _, server in sides}
    assert libraries | {"websocket-client", "chromium", "firefox"} == {c for c, _ in sides}
    assert set(TALKS) == set(STORED)


@pytest.mark.parametrize("name", TALKS)
def test_the_frames_are_those_that_wireshark_saw(name: str) -> None:
    (connection,) = open_capture(TALKS[name])
    assert frames_seen_by_us((connection,)) == stored(name)
    assert connection.notes == ()
    seen = dissect(connection.recording)
    assert [problem for unit in seen.units for problem in unit.problems] == []
    said = [message for side, message in seen.messages if side == "client"]
    assert said == [message for side, message in seen.messages if side == "server"]
    assert said[0] == Text("Hello") and len(said) >= 6
    frames = [unit.layout.frame for unit in seen.find("frame")]
    assert any(frame.rsv1 for frame in frames) == ("deflate" in name)
    if "cut" in name:
        assert len(connection.recording.events) > len(seen.units) + 2


@pytest.mark.slow
@pytest.mark.parametrize("name", TALKS)
def test_wireshark_sees_them_still(name: str, tshark: str, tmp_path: Path) -> None:
    (tmp_path / "talk.pcap").write_bytes(TALKS[name])
    assert frames_seen_by(tshark, tmp_path / "talk.pcap", *options(name)) == stored(name)


# Damage to packets, as lossy networks and captures do it; and to the file.


DAMAGED = 200  # how many captures are damaged here; 1,000 were, once


def packets_of(data: bytes) -> list[Packet]:
    return [
        Packet(packet, at, link, original)
        for at, link, packet, original in CaptureFile(io.BytesIO(data))
    ]


def hurt(chance: random.Random, data: bytes) -> bytes:
    """The capture, in which bits are turned or packets cut, lost, doubled or late."""
    if chance.random() < 0.2:
        return damaged(chance, data)
    packets = packets_of(data)
    for _ in range(chance.choice([1, 1, 2, 5])):
        at = chance.randrange(len(packets))
        packet = packets[at]
        match chance.randrange(5):
            case 0:
                turned = bytearray(packet.data)
                turned[chance.randrange(len(turned))] ^= 1 << chance.randrange(8)
                packets[at] = packet._replace(data=bytes(turned))
            case 1:
                size = chance.randrange(len(packet.data))
                packets[at] = packet._replace(data=packet.data[:size], original=len(packet.data))
            case 2:
                del packets[at]
            case 3:
                packets.insert(chance.randrange(len(packets)), packet)
            case 4:
                packets.insert(at + chance.randint(1, 6), packets.pop(at))
    return pcap(packets)


@pytest.mark.slow
def test_damage_raises_nothing_but_a_clear_error_and_takes_no_time_or_memory() -> None:
    chance, talks, frames, refused = random.Random(1), list(TALKS.values()), 0, 0
    tracemalloc.start()
    slowest = 0.0
    for number in range(DAMAGED):
        data = hurt(chance, talks[number % len(talks)])
        start = time.process_time()
        try:
            for connection in open_capture(data):
                seen = dissect(connection.recording)
                assert describe(seen, times=True, every_problem=True)
                frames += len(seen.find("frame"))
        except CaptureError:
            refused += 1
        slowest = max(slowest, time.process_time() - start)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert frames > 10 * DAMAGED and refused < DAMAGED / 4
    assert slowest < 2 and peak < 20_000_000


def alike(one: list[tuple[int, ...]], other: list[tuple[int, ...]]) -> int:
    """How many frames at their beginning are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@pytest.mark.slow
@pytest.mark.parametrize("name", TALKS)
def test_of_damaged_packets_we_read_what_wireshark_reads_rightly(
    name: str,
    tshark: str,
    tmp_path: Path,
) -> None:
    """Or we say what is missing. Wireshark says nothing, and may lose its place in the stream."""
    path = tmp_path / "damaged.pcap"
    path.write_bytes(hurt(random.Random(name), TALKS[name]))
    try:
        found = open_capture(path)
    except CaptureError:
        found = ()
    ours, theirs = frames_seen_by_us(found), frames_seen_by(tshark, path, *options(name))
    noted = not found or any(connection.notes for connection in found)
    for ports, frames in stored(name).items():
        right = alike(theirs.get(ports, []), frames)
        assert noted or alike(ours.get(ports, []), frames) >= right
