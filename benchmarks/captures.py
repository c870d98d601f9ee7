"""How fast capture files are read: ours, dpkt and tshark, in one run.

    python benchmarks/captures.py results.json
    python benchmarks/captures.py results.json --dpkt PYTHON

A file of 100,000 packets of 65 bytes, as pcap and as pcapng, each with one masked frame of 11
bytes. Every peer works until the TCP payload of every packet is in hand; ours also puts the
streams together. ``tshark -T fields`` prints the payload's length. CPU seconds, the median of the
rounds; the peers take turns within every round. dpkt runs in the Python that is named, for it is
no dependency of the course: ``python -m venv PLACE`` and ``PLACE/bin/pip install dpkt`` make one.

Then one pcapng file of 100 MB with 1,000,000 frames: CPU seconds to open it, and the memory that
it takes (on Linux, which tells it).
"""

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from wsedu.recording.captures import open_capture

PACKETS, LARGE = 100_000, 1_000_000
FRAME = bytes.fromhex("818537fa213d7f9f4d5158")
PORT = 8811

OF_DPKT = """
import sys, time
import dpkt
start, size = time.process_time(), 0
with open(sys.argv[1], "rb") as file:
    pcapng = sys.argv[1].endswith("ng")
    for _, data in dpkt.pcapng.Reader(file) if pcapng else dpkt.pcap.Reader(file):
        size += len(dpkt.ethernet.Ethernet(data).data.data.data)
assert size == int(sys.argv[2]), size
print(time.process_time() - start)
"""

IN_MEMORY = """
import re, sys, time
from pathlib import Path
import wsedu
from wsedu.recording.captures import open_capture
def peak():
    # Not ru_maxrss: that begins with what the parent has.
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
before = peak()
(connection,) = open_capture(sys.argv[1], int(sys.argv[2]))
first = connection.first(1000)
opened, at_open = time.process_time(), peak() - before
events = len(connection.recording.events)
print(opened, time.process_time(), at_open, peak() - before, events)
"""


def packets(count: int, data: bytes = FRAME) -> Iterable[bytes]:
    """Ethernet, IPv4, TCP, and one or more frames, as one side of a connection sends them."""
    for number in range(count):
        sequence = number * len(data) + 1
        segment = struct.pack(">HHIIBBHHH", 40000, PORT, sequence, 1, 0x50, 0x18, 512, 0, 0)
        head = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(data), 0, 0x4000, 64, 6, 0)
        yield bytes(12) + b"\x08\x00" + head + bytes((127, 0, 0, 1)) * 2 + segment + data


def write_pcap(path: Path, count: int) -> None:
    with path.open("wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number, packet in enumerate(packets(count)):
            head = struct.pack("<IIII", 1_700_000_000, number, len(packet), len(packet))
            file.write(head + packet)


def write_pcapng(path: Path, count: int, data: bytes = FRAME) -> None:
    """As dumpcap writes it: nanoseconds."""
    resolution = struct.pack("<HHBxxxI", 9, 1, 9, 0)
    with path.open("wb") as file:
        file.write(struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28))
        file.write(struct.pack("<IIHHI", 1, 32, 1, 0, 262144) + resolution + struct.pack("<I", 32))
        for number, packet in enumerate(packets(count, data)):
            high, low = divmod(1_700_000_000_000_000_000 + number * 1000, 2**32)
            length, padding = 32 + len(packet) + -len(packet) % 4, bytes(-len(packet) % 4)
            head = struct.pack("<IIIIIII", 6, length, 0, high, low, len(packet), len(packet))
            file.write(head + packet + padding + struct.pack("<I", length))


def ours(path: Path) -> float:
    start = time.process_time()
    (connection,) = open_capture(path, PORT)
    taken = time.process_time() - start
    assert connection.sent == (PACKETS * len(FRAME), 0)
    return taken


def of_tshark(path: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-e", "tcp.len"]
    found = subprocess.run(command, capture_output=True, check=True).stdout.split()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert found == [b"11"] * PACKETS
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def of_dpkt(python: str, path: Path) -> float:
    command = [python, "-c", OF_DPKT, str(path), str(PACKETS * len(FRAME))]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)


def large(path: Path) -> dict[str, float]:
    command = [sys.executable, "-c", IN_MEMORY, str(path), str(PORT)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    opened, whole, at_open, peak, events = map(float, done.stdout.split())
    assert events == LARGE
    size = path.stat().st_size
    return {
        "file_mb": round(size / 1e6),
        "first_1000_events_cpu_seconds": round(opened, 2),
        "all_events_cpu_seconds": round(whole, 2),
        "memory_when_open_of_file": round(at_open / size, 2),
        "memory_with_all_events_of_file": round(peak / size, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("json", type=Path, help="where to write the results")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--dpkt", metavar="PYTHON", help="a Python that has dpkt")
    options = parser.parse_args()
    peers: dict[str, Callable[[Path], float]] = {"wsedu": ours}
    if shutil.which("tshark"):
        peers["tshark -T fields"] = of_tshark
    if options.dpkt:
        peers["dpkt"] = lambda path: of_dpkt(options.dpkt, path)
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("pcap", write_pcap), ("pcapng", write_pcapng)):
            path = Path(folder) / f"packets.{name}"
            write(path, PACKETS)
            seconds: dict[str, list[float]] = {peer: [] for peer in peers}
            for _ in range(options.rounds):
                for peer, read in peers.items():
                    seconds[peer].append(read(path))
            results[name] = {p: round(statistics.median(s), 3) for p, s in seconds.items()}
            print(f"\n{name}: CPU seconds for {PACKETS:,} packets")
            for peer, taken in results[name].items():
                ratio = taken / results[name]["wsedu"]
                print(f"  {peer:20} {taken:8.3f} {ratio:8.2f}x")
        path = Path(folder) / "large.pcapng"
        write_pcapng(path, LARGE)
        results["large"] = large(path)
    print(f"\n{LARGE:,} frames in one pcapng file")
    for name, figure in results["large"].items():
        print(f"  {name.replace('_', ' '):34} {figure:8}")
    about = {"python": platform.python_version(), "machine": platform.machine()}
    options.json.write_text(json.dumps({**about, "results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
