"""How fast frames are explained: now, at an older commit, and by tshark, in one run.

    git worktree add OLDER c26641d
    python benchmarks/dissecting.py results.json OLDER

100,000 masked frames of 11 bytes. The two checkouts dissect a recording of them, each frame in an
event of its own. Then a capture of them is opened and dissected, beside ``tshark -T json``: one
frame in a packet, and 100. The second number is with the message of every frame. A ladder of 10,000
arrows is made as a cell makes it (``views.py`` times it in a page).

CPU seconds (``resource``), the median of the rounds; the peers take turns within every round, and
each works in a process of its own. Ours are counted from after the import; of tshark's, what it
takes for a capture of one packet is shown too.

Last, one pcapng of 100 MB with 1,000,000 frames: the time from the start of the process to a
ladder of its first screen, then to all of it dissected, and the memory that it takes.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from captures import FRAME, LARGE, PORT, write_pcapng

Job = Callable[[], list[float]]
ROOT = Path(__file__).parent.parent
FRAMES, ARROWS, IN_A_PACKET = 100_000, 10_000, 100
LINE = '"websocket.payload_length":'  # tshark prints one for each frame

BEGIN = """
import asyncio, re, resource, sys, time
from pathlib import Path
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
def peak():
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
from wsedu import Ladder, Recording
from wsedu.protocol import Frame, Opcode, build_frame, build_request, build_response
from wsedu.recording import Event, dissect
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
head = (Event(0, "client", "data", build_request("localhost", "/", KEY).to_bytes()),
        Event(0, "server", "data", build_response(KEY).to_bytes()))
"""
DISSECT = """
frame, count = bytes.fromhex(sys.argv[1]), int(sys.argv[2])
events = tuple(Event(number, "client", "data", frame) for number in range(count))
recording, start = Recording(head + events), cpu()
seen = dissect(recording)
dissected = cpu() - start
assert len(seen.messages) == count
print(dissected, cpu() - start)
"""
OPEN = """
start = cpu()
seen = dissect(Recording.open(sys.argv[1], int(sys.argv[2])))
opened = cpu() - start
assert len(seen.messages) == int(sys.argv[3])
print(opened, cpu() - start)
"""
LADDER = """
texts = (b"number %d" % number for number in range(int(sys.argv[1])))
frames = (build_frame(Frame(Opcode.TEXT, text), b"abcd") for text in texts)
recording = Recording(head + tuple(Event(0, "client", "data", frame) for frame in frames))
async def cell():
    start = cpu()
    Ladder(recording)._repr_mimebundle_()
    print(cpu() - start)
asyncio.run(cell())
"""
FIRST = """
from wsedu.recording.captures import open_capture
before = peak()
(connection,) = open_capture(sys.argv[1], int(sys.argv[2]))
first = Ladder(connection.first(1000))._repr_mimebundle_()
print(cpu(), time.perf_counter() - started, (peak() - before) / Path(sys.argv[1]).stat().st_size)
"""
WHOLE = """
before = peak()
seen = dissect(Recording.open(sys.argv[1], int(sys.argv[2])))
assert len(seen.units) == int(sys.argv[3])
print(cpu(), time.perf_counter() - started, (peak() - before) / Path(sys.argv[1]).stat().st_size)
"""


def ours(tree: Path, source: str, *arguments: object) -> list[float]:
    """The numbers that this program prints, with the course from this checkout."""
    begin = "import time\nstarted = time.perf_counter()\n" + BEGIN
    command = [sys.executable, "-c", begin + source, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(tree)}
    done = subprocess.run(command, capture_output=True, check=True, env=environment, cwd="/")
    return [float(number) for number in done.stdout.split()]


def of_tshark(path: Path, count: int) -> list[float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = ["-d", f"tcp.port=={PORT},websocket"]
    command = ["tshark", "-n", "-r", str(path), *told, "-T", "json"]
    found = subprocess.run(command, capture_output=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert found.count(LINE.encode()) == count
    return [after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("json", type=Path, help="where to write the results")
    parser.add_argument("older", type=Path, help="a checkout of an older commit, such as c26641d")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    older = options.older.resolve()
    with tempfile.TemporaryDirectory() as folder:
        single, packed, one = (Path(folder) / f"{name}.pcapng" for name in ("1", "100", "start"))
        write_pcapng(single, FRAMES)
        write_pcapng(packed, FRAMES // IN_A_PACKET, FRAME * IN_A_PACKET)
        write_pcapng(one, 1)
        now, before = partial(ours, ROOT), partial(ours, older)
        groups: dict[str, dict[str, Job]] = {
            "dissect": {
                "now": partial(now, DISSECT, FRAME.hex(), FRAMES),
                "older": partial(before, DISSECT, FRAME.hex(), FRAMES),
            },
            "ladder": {
                "now": partial(now, LADDER, ARROWS),
                "older": partial(before, LADDER, ARROWS),
            },
            "capture, 1 frame in a packet": {
                "now": partial(now, OPEN, single, PORT, FRAMES),
                "tshark": partial(of_tshark, single, FRAMES),
            },
            "capture, 100 frames in a packet": {
                "now": partial(now, OPEN, packed, PORT, FRAMES),
                "tshark": partial(of_tshark, packed, FRAMES),
            },
            "capture of one packet": {"tshark": partial(of_tshark, one, 1)},
        }
        seconds: dict[tuple[str, str], list[list[float]]] = {}
        for _ in range(options.rounds):
            for group, jobs in groups.items():
                for name, job in jobs.items():
                    seconds.setdefault((group, name), []).append(job())
        results: dict[str, dict[str, list[float]]] = {group: {} for group in groups}
        for (group, name), found in seconds.items():
            medians = [statistics.median(column) for column in zip(*found, strict=True)]
            results[group][name] = [round(median, 3) for median in medians]
        large = Path(folder) / "large.pcapng"
        write_pcapng(large, LARGE)
        for name, source in (("first screen of the large file", FIRST), ("all of it", WHOLE)):
            used, wall, memory = now(source, large, PORT, LARGE)
            results[name] = {
                "CPU seconds": [round(used, 2)],
                "seconds": [round(wall, 2)],
                "memory, in sizes of the file": [round(memory, 2)],
            }
    for group, each in results.items():
        print(group)
        for name, values in each.items():
            shown = " ".join(f"{value:8.3f}" for value in values)
            ours_of_theirs = ""
            if "now" in each and name != "now":
                ratios = [
                    mine / values[min(i, len(values) - 1)] for i, mine in enumerate(each["now"])
                ]
                ours_of_theirs = "   now: " + ", ".join(f"{ratio:.2f}" for ratio in ratios)
            print(f"  {name:30} {shown}{ours_of_theirs}")
    about = {"python": platform.python_version(), "machine": platform.machine()}
    options.json.write_text(json.dumps({**about, "results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
