"""How fast frames are read and written: ours, websockets and wsproto, in one run.

    python benchmarks/codec.py results.json

Every peer does the whole job of its sans-I/O layer. Reading: masked binary messages, as a
server gets them, until the application has its bytes. Writing: the same messages as a client
sends them, masked with random keys. The peers take turns within every round, so that what
disturbs the machine disturbs them all; CPU time is counted, and the median of the rounds is
shown. "with C" means: with the C function for masking that websockets ships.
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import websockets.frames
from websockets.protocol import CLIENT, SERVER, Protocol
from websockets.speedups import apply_mask as c_mask
from websockets.utils import apply_mask as pure_mask
from websockets.version import version as websockets_version
from wsproto import __version__ as wsproto_version
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage

from wsedu.protocol import Binary, Endpoint, Frame, Opcode, build_frame, mask_fast
from wsedu.protocol.masking import Mask

SIZES = {"125 B": (125, 2000), "64 KiB": (2**16, 32), "1 MiB": (2**20, 4)}  # size, messages
Job = Callable[[], None]


def use(mask: Mask) -> None:
    """Let websockets mask with this function; there is one place where it looks for it."""
    vars(websockets.frames)["apply_mask"] = mask


def reading(size: int, count: int) -> dict[str, Job]:
    stream = b"".join(
        build_frame(Frame(Opcode.BINARY, os.urandom(size)), os.urandom(4)) for _ in range(count)
    )

    def ours(mask: Mask) -> None:
        endpoint = Endpoint("server", max_message_size=None, mask=mask)
        messages = list(endpoint.receive(stream))
        assert len(messages) == count and isinstance(messages[-1], Binary)

    def of_websockets(mask: Mask) -> None:
        use(mask)
        protocol = Protocol(SERVER, max_size=None)
        protocol.receive_data(stream)
        assert len(protocol.events_received()) == count

    def of_wsproto() -> None:
        connection = Connection(ConnectionType.SERVER)
        connection.receive_data(stream)
        assert len(list(connection.events())) == count

    return jobs(ours, of_websockets, of_wsproto)


def writing(size: int, count: int) -> dict[str, Job]:
    payload = os.urandom(size)
    new_key = partial(os.urandom, 4)  # the peers take theirs from the same source

    def ours(mask: Mask) -> None:
        endpoint = Endpoint("client", new_key, mask=mask)
        assert len([endpoint.send_binary(payload) for _ in range(count)]) == count

    def of_websockets(mask: Mask) -> None:
        use(mask)
        protocol = Protocol(CLIENT)
        for _ in range(count):
            protocol.send_binary(payload)
        assert len(protocol.data_to_send()) == count

    def of_wsproto() -> None:
        connection = Connection(ConnectionType.CLIENT)
        assert len([connection.send(BytesMessage(payload)) for _ in range(count)]) == count

    return jobs(ours, of_websockets, of_wsproto)


def jobs(
    ours: Callable[[Mask], None], theirs: Callable[[Mask], None], wsproto: Job
) -> dict[str, Job]:
    return {
        "wsedu": partial(ours, mask_fast),
        "websockets": partial(theirs, pure_mask),
        "wsproto": wsproto,
        "wsedu with C": partial(ours, c_mask),
        "websockets with C": partial(theirs, c_mask),
    }


def measure(jobs: dict[str, Job], rounds: int) -> dict[str, float]:
    """Median CPU seconds of each job; they take turns within every round."""
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.process_time()
            job()
            seconds[name].append(time.process_time() - start)
    return {name: statistics.median(times) for name, times in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("json", type=Path, help="where to write the results")
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    results = []
    for direction, make in (("read", reading), ("write", writing)):
        for label, (size, count) in SIZES.items():
            medians = measure(make(size, count), options.rounds)
            print(f"\n{direction} {label:8}      {'messages/s':>12} {'MiB/s':>9} {'wsedu is':>10}")
            for name, seconds in medians.items():
                per_second = count / seconds
                # A peer with C is held against ours with C.
                rival = medians["wsedu with C" if "C" in name else "wsedu"]
                row = {
                    "direction": direction,
                    "size": size,
                    "peer": name,
                    "messages_per_second": round(per_second),
                    "mib_per_second": round(per_second * size / 2**20, 1),
                    "wsedu_is_faster_by": round(seconds / rival, 2),
                }
                results.append(row)
                print(
                    f"  {name:20} {row['messages_per_second']:12,} {row['mib_per_second']:9,}"
                    f" {row['wsedu_is_faster_by']:9.2f}x"
                )
    versions = {"websockets": websockets_version, "wsproto": wsproto_version}
    about = {"python": platform.python_version(), "machine": platform.machine(), **versions}
    options.json.write_text(json.dumps({**about, "results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
