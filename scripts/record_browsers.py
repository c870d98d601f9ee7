"""Record what real browsers do as clients, for readers of the lessons who have no live page.

    .venv/bin/python scripts/record_browsers.py [NAME ...]

Rewrites ``wsedu/live/chromium_*.json``, one for each scene of ``tests/browser/scenes.py``, or only
those named; and ``firefox_*.json`` for those that lesson 12 shows in both browsers. Needs a
Chromium and a Firefox on this machine.
"""

import datetime
import sys
import tempfile
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests import firefox  # noqa: E402
from tests.browser.scenes import SCENES, play, told  # noqa: E402
from tests.chromium import empty_page, launch  # noqa: E402
from wsedu.live.browser import HERE, NO_PAGE  # noqa: E402
from wsedu.recording import PageRecording  # noqa: E402

MOST = 2**12  # bytes that are kept of a recording


def shortened(recording: PageRecording) -> PageRecording:
    """Without the bytes after ``MOST``, which it counts; ends of TCP stay."""
    sizes = accumulate(len(event.data) for event in recording.events)
    pairs = zip(recording.events, sizes, strict=True)
    events = tuple(event for event, size in pairs if not event.data or size <= MOST)
    dropped = sum(len(e.data) for e in recording.events) - sum(len(e.data) for e in events)
    return replace(recording, events=events, dropped=recording.dropped + dropped)


def record(browser: firefox.Browser, address: str, name: str) -> None:
    """One scene in one browser."""
    scene, kind = SCENES[name], firefox.kind(browser)
    recording = shortened(play(browser, address, name))
    major = browser.version.split(".")[0]
    version = {"chromium": f"Chromium {major}", "firefox": f"Firefox ESR {major}"}[kind]
    today = datetime.date.today().isoformat()
    note = f"A kept recording, not yours: {version} on Linux, {today}.{NO_PAGE}"
    if not scene.both:  # elsewhere a picture says it
        note += f" That page's script was told: {'; '.join(told(recording))}."
    replace(recording, note=note).save(HERE / f"{kind}_{name}.json")
    print(kind, name, *(step.words for step in recording.script), sep="; ")


if __name__ == "__main__":
    names = sys.argv[1:] or list(SCENES)
    with empty_page() as address:
        with sync_playwright() as playwright, launch(playwright) as chromium:
            for name in names:
                record(chromium, address, name)
        with tempfile.TemporaryDirectory() as folder, firefox.launch(Path(folder)) as fox:
            for name in names:
                if SCENES[name].both:
                    record(fox, address, name)
