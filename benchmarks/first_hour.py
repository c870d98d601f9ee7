"""What a learner waits for, beside an older commit: the environment, and the first picture.

    python benchmarks/first_hour.py results.json OLDER NEWER

OLDER and NEWER are two clones of this repository. They take turns: each builds its environment
anew with README's first command, and then opens the course with it in a real Chromium, from the
command until the first picture of lesson 00 is on the screen. Where a clone does not show the
stored picture, "Run All Cells" is pressed as soon as the kernel says that it is idle, and again if
it did not hear it. Every start has an empty home; pip's cache is the machine's, filled before.
"""

import argparse
import json
import platform
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.chromium import launch  # noqa: E402
from tests.terminal import Terminal, readme, shell  # noqa: E402

OPEN = readme("Open the course")
LESSON = "00_start_here.ipynb"
# A picture is seen when it is decoded, has a size, and is within the window.
SEEN = """() => [...document.querySelectorAll(".jp-OutputArea :is(svg, img)")].some((e) => {
    const box = e.getBoundingClientRect();
    return e.complete !== false && box.height > 100 && box.top < innerHeight && box.bottom > 0;
})"""


def build(clone: Path, home: Path) -> tuple[float, int]:
    """Seconds and bytes of a new environment; ``--version`` ends the command when it is there."""
    shutil.rmtree(clone / ".venv", ignore_errors=True)
    environment = shell(home)
    start = time.perf_counter()
    terminal = Terminal(f"{OPEN} --version", clone, environment)
    if status := terminal.end(timeout=900):
        raise RuntimeError(f"{status}: {terminal.text}")
    taken = time.perf_counter() - start
    files = [path.lstat() for path in (clone / ".venv").rglob("*")]
    return taken, sum(file.st_size for file in files)


def press_run_all(page: Page) -> None:
    """Press it, and agree to the question which kernel to take, if there is one."""
    dialog = page.locator(".jp-Dialog .jp-mod-accept")
    if dialog.count():
        dialog.first.click()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
    page.locator(".lm-MenuBar-item", has_text="Run").first.click(timeout=5_000)
    page.locator(".lm-Menu-item", has_text="Run All Cells").first.click(timeout=5_000)


def first_picture(clone: Path, home: Path, browser: Browser) -> float:
    """Seconds from the command to the first picture."""
    run = not (clone / "scripts" / "lab.py").exists()  # an older one, which trusts no notebook
    environment = shell(home)
    start = time.perf_counter()
    terminal = Terminal(OPEN, clone, environment)
    try:
        address = terminal.address()
        if "/tree/" not in address:  # it opens the lesson, but prints another address
            address = address.replace("/lab", f"/lab/tree/{LESSON}")
        # So tall that the first picture is in sight without a scroll.
        page = browser.new_page(viewport={"width": 1280, "height": 3000})
        page.goto(address, wait_until="commit")
        for tries_left in reversed(range(10)):
            try:
                if run:
                    press_run_all(page)
                page.wait_for_function(SEEN, timeout=10_000 if run else 120_000)
                break
            except Error:
                if not tries_left or not run:
                    raise
        taken = time.perf_counter() - start
        page.close()
    finally:
        terminal.ctrl_c()
    return taken


def main() -> None:
    """Measure, print a table, and write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("older", type=Path)
    parser.add_argument("newer", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ready", action="store_true", help="both environments are there: no new")
    options = parser.parse_args()
    clones = {"older": options.older.resolve(), "newer": options.newer.resolve()}
    turns = [(name, clone) for _round in range(options.rounds) for name, clone in clones.items()]
    kinds = ("environment, seconds", "environment, bytes", "first picture, seconds")
    found: dict[str, dict[str, list[float]]] = {
        what: {name: [] for name in clones} for what in kinds
    }

    def note(what: str, name: str, value: float) -> None:
        found[what][name].append(value)
        print(f"{what:24} {name} {value:13,.1f}", flush=True)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name, clone in [] if options.ready else turns:
            seconds, size = build(clone, Path(folder) / "builder")
            note("environment, seconds", name, seconds)
            note("environment, bytes", name, size)
        with sync_playwright() as playwright, launch(playwright) as browser:
            for number, (name, clone) in enumerate(turns):
                seconds = first_picture(clone, Path(folder) / str(number), browser)
                note("first picture, seconds", name, seconds)
    print("the medians")
    for what, times in found.items():
        if not all(times.values()):
            continue
        older, newer = (statistics.median(times[name]) for name in clones)
        print(f"{what:24} older {older:13,.1f}  newer {newer:13,.1f}  {newer / older:.2f}x")
    results: dict[str, Any] = {"python": platform.python_version(), "found": found}
    options.results.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
