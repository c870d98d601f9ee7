"""How long the browser edition takes until it can be read and run, beside a plain JupyterLite.

    python benchmarks/site.py results.json

Both sites are served by one static host, which compresses what a public one does. They take turns,
each time in a new Chromium: lesson 02 of ours, which is timed until its first stored picture is in
sight, until its kernel is idle, and until its first cell is done, which imports the course and
starts a lab; and a notebook with ``1+1`` in its first cell. Then the same page is opened once more.
With ``--megabits 10`` all of it is done again over a line of that speed.

Times are in seconds, with the browser's own processor seconds beside them: on a busy machine read
these. Bytes are those of every file that was sent until the first cell was done, each compressed by
``gzip -6``, whether or not the host does it; that is how the first proof of this edition counted.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

import plain_site
import psutil
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.first_hour import SEEN  # noqa: E402
from tests.chromium import launch  # noqa: E402
from tests.site.host import TYPES, Asked, Host, serving, zipped  # noqa: E402

NOTEBOOKS = {"ours": "notebooks/en/02_the_opening_handshake.ipynb", "plain": plain_site.NOTEBOOK}
PROOF = 23_400_000  # bytes of the first visit to the proof of this edition
IDLE = """() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status
    === 'idle'"""
RUN_FIRST_CELL = """async () => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.findIndex((cell) => cell.model.type === "code");
    await window.jupyterapp.commands.execute("notebook:run-cell");
    return content.activeCell.model.toJSON();
}"""


class Line:
    """A line of some speed, which all responses share."""

    def __init__(self, megabits: float) -> None:
        self.rate = megabits * 125_000  # bytes in a second
        self.lock, self.free = threading.Lock(), 0.0

    def write(self, stream: BinaryIO, body: bytes) -> None:
        """Write bytes as fast as they come through."""
        for start in range(0, len(body), 16_384):
            piece = body[start : start + 16_384]
            with self.lock:
                self.free = max(self.free, time.perf_counter()) + len(piece) / self.rate
                pause = self.free - time.perf_counter()
            time.sleep(max(pause, 0))
            stream.write(piece)


def compressed(site: Path, asked: list[Asked]) -> int:
    """Bytes of all files that were sent, each compressed."""
    paths = [site / unquote(urlsplit(one.path).path) for one in asked if one.status == 200]
    files = [path / "index.html" if path.is_dir() else path for path in paths]
    return sum(len(zipped(path, path.stat().st_mtime)) for path in files)


def processor() -> float:
    """Processor seconds of all processes that this one started and that still run."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def visit(page: Page, address: str) -> dict[str, float]:
    """Seconds and processor seconds until a picture is there, until idle, until the cell ran."""
    found: dict[str, float] = {}
    start, used = time.perf_counter(), processor()

    def note(moment: str) -> None:
        found[moment] = time.perf_counter() - start
        found[f"{moment}, processor"] = processor() - used

    page.goto(address, wait_until="commit")
    page.wait_for_function(SEEN, timeout=300_000)
    note("picture")
    page.wait_for_function(IDLE, timeout=300_000)
    note("idle")
    cell = page.evaluate(RUN_FIRST_CELL)
    note("cell")
    if cell["execution_count"] != 1 or any(o["output_type"] == "error" for o in cell["outputs"]):
        raise RuntimeError(f"The first cell did not run: {cell}")
    return found


def measure(host: Host, site: Path, notebook: str) -> dict[str, float]:
    """A first visit in a new Chromium, and a second one in the same."""
    address = f"{host.url}lab/index.html?path={notebook}"
    host.asked.clear()
    with sync_playwright() as playwright, launch(playwright) as browser:
        # So tall that the first picture is in sight without a scroll.
        context = browser.new_context(viewport={"width": 1280, "height": 3000})
        page = context.new_page()
        found = visit(page, address)
        found |= {"bytes": compressed(site, host.asked), "requests": len(host.asked)}
        page.close()
        host.asked.clear()
        again = visit(context.new_page(), address)
        found |= {f"again, {moment}": seconds for moment, seconds in again.items()}
        found["again, requests"] = len(host.asked)
    return found


def table(medians: dict[str, dict[str, float]], line: str) -> None:
    """Print what was found on a line, and the three ratios that have a target."""
    ours, plain = medians["ours"], medians["plain"]
    print(f"\n{line:32} {'ours':>10} {'plain':>10}")
    for key, value in ours.items():
        if key.endswith("processor"):
            continue
        number = "10,.0f" if key.endswith(("bytes", "requests")) else "10.1f"
        text = f"{key:32} {value:{number}} {plain[key]:{number}}"
        if f"{key}, processor" in ours:
            used = (ours[f"{key}, processor"], plain[f"{key}, processor"])
            text += "   processor {:6.1f} {:6.1f}".format(*used)
        print(text)
    targets = {
        "picture, of the plain one's idle": (ours["picture"] / plain["idle"], 0.5),
        "first cell, of the plain one's idle": (ours["cell"] / plain["idle"], 1.15),
        "bytes, of the proof's": (ours["bytes"] / PROOF, 0.75),
    }
    for what, (ratio, target) in targets.items():
        print(f"{what:38} {ratio:5.2f}, at most {target}")


def main() -> None:
    """Measure, print a table, and write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabits", type=float, help="once more, over a line of this speed")
    parser.add_argument("--site", type=Path, help="ours, if it is built")
    parser.add_argument("--plain", type=Path, help="the plain one, if it is built")
    options = parser.parse_args()
    results: dict[str, Any] = {"cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as folder:
        folders = {"ours": options.site or Path(folder, "ours")}
        folders["plain"] = options.plain or Path(folder, "plain")
        if not folders["ours"].exists():
            build = [sys.executable, str(ROOT / "scripts" / "site.py"), "--to"]
            subprocess.run([*build, str(folders["ours"])], check=True)
        if not folders["plain"].exists():
            plain_site.build(folders["plain"])
        for site in folders.values():  # now, so that no visit waits for it
            for path in site.rglob("*"):
                if path.suffix in TYPES:
                    zipped(path, path.stat().st_mtime)
        lines: dict[str, Callable[[BinaryIO, bytes], object]]
        lines = {"no limit": lambda stream, body: stream.write(body)}
        if options.megabits:
            lines[f"a line of {options.megabits:g} Mbit/s"] = Line(options.megabits).write
        with serving(folders["ours"]) as ours, serving(folders["plain"]) as plain:
            hosts = {"ours": ours, "plain": plain}
            for line, write in lines.items():
                found: dict[str, list[dict[str, float]]] = {name: [] for name in hosts}
                for _round in range(options.rounds):
                    for name, host in hosts.items():
                        host.write = write
                        one = measure(host, folders[name], NOTEBOOKS[name])
                        found[name].append(one)
                        print(name, {what: round(value, 1) for what, value in one.items()})
                medians = {
                    name: {what: statistics.median(one[what] for one in ones) for what in ones[0]}
                    for name, ones in found.items()
                }
                table(medians, line)
                results[line] = {"found": found, "medians": medians}
    options.results.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
