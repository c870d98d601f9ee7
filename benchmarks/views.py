"""How fast the pictures with controls follow, beside ``ipywidgets.interact`` with matplotlib.

    python benchmarks/views.py results.json
    python benchmarks/views.py results.json --older OLDER

All of it happens in one page of a real JupyterLab. A key moves a control; the time runs from
that key until the changed picture has been painted. The rival shows the same rows of bytes as
the masking stepper, drawn anew by matplotlib whenever its slider moves. A ladder of 10,000
arrows is timed from the start of its cell until its first arrows are painted; if you name a
checkout of an older commit, such as c26641d, its ladder takes turns with ours in the same page.
"""

import argparse
import json
import platform
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.chromium import launch  # noqa: E402
from tests.jupyter import Notebook, started  # noqa: E402

RIVAL = """
import io
import ipywidgets
import matplotlib
matplotlib.use("agg")
from IPython.display import Image, display
from matplotlib.figure import Figure
from wsedu.protocol import mask

def draw(byte=0):
    payload, key = b"Hello, WebSocket!!!!", bytes.fromhex("37fa213d")
    rows = [payload, (key * 5)[:20], mask(payload, key), payload]
    figure = Figure(figsize=(9, 3))
    axes = figure.subplots()
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            chosen = dict(facecolor="orange" if x == byte else "lightgrey")
            axes.text(x, -y, f"{value:02x}", ha="center", bbox=chosen)
    axes.set_xlim(-1, 20)
    axes.set_ylim(-4, 1)
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    display(Image(stream.getvalue()))

ipywidgets.interact(draw, byte=(0, 19));
"""

CELLS = {
    "interact and matplotlib": RIVAL,
    "frame builder": "from wsedu import FrameBuilder\nFrameBuilder()",
    "masking stepper": "from wsedu import MaskingSteps\nMaskingSteps('Hello, WebSocket!!!!')",
    "stream cutter": "from wsedu import StreamCutter\nfrom wsedu.protocol import *\n"
    "StreamCutter(build_frame(Frame(Opcode.TEXT, b'Hello'), b'abcd') * 3, 'client')",
    "frame checks": "from wsedu import FrameChecks\nfrom wsedu.protocol import *\n"
    "FrameChecks(build_frame(Frame(Opcode.TEXT, b'Hello'), b'abcd'))",
    "accept stepper": "from wsedu import AcceptSteps\nAcceptSteps('dGhlIHNhbXBsZSBub25jZQ==')",
    "closing stepper": "from wsedu import ClosingSteps, Lab\n"
    "from wsedu.protocol import Close, Frame, Opcode, build_close\n"
    "lab = Lab()\npeer = await lab.raw()\n"
    "await peer.send(Frame(Opcode.CLOSE, build_close(Close(1000, 'bye'))))\n"
    "await peer.live(closes='never')\nawait peer.close()\nClosingSteps(lab.recording)",
}

LONG = """
import sys
for name in [name for name in sys.modules if name.partition(".")[0] == "wsedu"]:
    del sys.modules[name]
sys.path.insert(0, {tree!r})
from wsedu import Ladder, Recording
from wsedu.protocol import Frame, Opcode, build_frame, build_request, build_response
from wsedu.recording import Event
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
head = (Event(0, "client", "data", build_request("example.com", "/", KEY).to_bytes()),
        Event(0, "server", "data", build_response(KEY).to_bytes()))
frames = (build_frame(Frame(Opcode.TEXT, b"number %d" % n), b"abcd") for n in range(10_000))
recording = Recording(head + tuple(Event(0, "client", "data", frame) for frame in frames))
Ladder_{name}, recording_{name} = Ladder, recording
"""

# From the start of the cell until its first arrows are painted.
OPEN = """
async () => {
    const shown = '.wsedu-scroll:not([data-before]) [data-item="u2"]';
    for (const box of document.querySelectorAll(".wsedu-scroll")) box.dataset.before = "1";
    const start = performance.now();
    const done = window.jupyterapp.commands.execute("notebook:run-cell");
    while (!document.querySelector(shown)) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const taken = performance.now() - start;
    await done;
    return taken;
}
"""

# From a key until what it changed is painted: two frames after the change was made, the first
# of them has been shown.
WATCH = """
output => {
    window.taken = [];
    let begin = 0;
    document.addEventListener("keydown", () => { begin = performance.now(); }, true);
    const painted = async () => {
        if (!begin) return;
        const start = begin;
        begin = 0;
        for (const image of output.querySelectorAll("img")) await image.decode().catch(() => 0);
        requestAnimationFrame(() => setTimeout(() => taken.push(performance.now() - start), 0));
    };
    new MutationObserver((changes) => {
        const drawn = changes.some(({ target, addedNodes }) =>
            target.closest?.("svg") || target.parentElement?.closest("svg") ||
            [...addedNodes].some((node) => node.querySelector?.("img") || node.nodeName === "IMG"));
        if (drawn) void painted();
    }).observe(output, { subtree: true, childList: true, attributes: true, characterData: true });
}
"""


def measure(notebook: Notebook, cell: str, count: int) -> list[float]:
    """Milliseconds of each of ``count`` moves of the first slider, to and fro."""
    output, page = notebook.output(cell).first, notebook.page
    output.locator(".wsedu-board svg, img").first.wait_for()
    sliders = output.locator('input[type="range"], [role="slider"]')
    there, back = ("ArrowRight", "ArrowLeft") if sliders.count() else ("Space", "Space")
    output.evaluate(WATCH)
    (sliders if sliders.count() else output.locator('input[type="checkbox"]')).first.focus()
    for _press in range(6):  # away from the end, where a key would move nothing
        page.keyboard.press(back)
        page.wait_for_timeout(300)
    page.evaluate("() => void (taken.length = 0)")
    for number in range(count):
        page.keyboard.press(there if number % 6 < 3 else back)
        page.wait_for_function("count => taken.length > count", arg=number, timeout=10_000)
        page.wait_for_timeout(30)
    found: list[float] = page.evaluate("taken")
    return found


def measure_ladders(notebook: Notebook, names: list[str]) -> dict[str, float]:
    """Median milliseconds until each of these ladders is open; they take turns."""
    taken: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        notebook.run(f"long-{name}")
    for _round in range(7):
        for name in names:
            # The command runs the cell that is selected.
            notebook.page.evaluate(
                """id => {
                    const { content } = window.lesson;
                    content.activeCellIndex = content.widgets.findIndex(c => c.model.id === id);
                }""",
                f"ladder-{name}",
            )
            taken[name].append(notebook.page.evaluate(OPEN))
            notebook.page.wait_for_timeout(2000)  # ours asks for the rest
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> None:
    """Measure, print a table, and write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--older", type=Path, help="a checkout of an older commit")
    options = parser.parse_args()
    trees = {"now": ROOT}
    if options.older:
        trees["older"] = options.older.resolve()
    ladders = {}
    for name, tree in trees.items():
        ladders[f"long {name}"] = LONG.format(tree=str(tree), name=name)
        ladders[f"ladder {name}"] = f"Ladder_{name}(recording_{name})"
    results: dict[str, Any] = {"python": platform.python_version(), "milliseconds": {}}
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as server:
        book = nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_code_cell(source, id=name.replace(" ", "-"))
                for name, source in [*CELLS.items(), *ladders.items()]
            ],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(book, server.folder / "views.ipynb")
        with sync_playwright() as playwright, launch(playwright) as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            notebook = Notebook(page, server)
            notebook.open("views.ipynb")
            for name in CELLS:
                cell = name.replace(" ", "-")
                notebook.run(cell)
                times = sorted(measure(notebook, cell, options.count))
                results["milliseconds"][name] = {
                    "median": statistics.median(times),
                    "p95": times[int(len(times) * 0.95)],
                }
            results["ladder of 10,000 arrows"] = measure_ladders(notebook, list(trees))
    rival = results["milliseconds"]["interact and matplotlib"]["median"]
    for name, found in results["milliseconds"].items():
        share = found["median"] / rival
        print(
            f"{name:24} median {found['median']:6.1f} ms  p95 {found['p95']:6.1f} ms  {share:.2f}x"
        )
    for name, taken in results["ladder of 10,000 arrows"].items():
        print(f"ladder of 10,000 arrows, {name:6} {taken:.0f} ms")
    options.results.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
