"""Record what real browsers do as clients, for readers of the lessons who have no live page.

    .venv/bin/python scripts/record_browsers.py [NAME ...]

Rewrites ``wsedu/live/chromium_*.json``, one for each scene of ``tests/browser/scenes.py``, or only
those named; and ``firefox_*.json`` for those that a lesson shows in both browsers. A large one is
compressed with gzip. Needs a Chromium and a Firefox on this machine.
"""

import datetime
import gzip
import sys
import tempfile
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests import firefox  # noqa: E402
from tests.browser.scenes import NAMES, SCENES, play, told  # noqa: E402
from tests.chromium import empty_page, launch  # noqa: E402
from wsedu.live.browser import HERE, NO_PAGE  # noqa: E402
from wsedu.recording import PageRecording  # noqa: E402

MOST = 2**21  # bytes that are kept of a recording, or else only the first few
LEAST = 2**12
LARGE = 2**16  # bytes of JSON

# A Chromium's recording takes the place of a page that did not come.
INSTEAD = {"chromium": NO_PAGE, "firefox": ""}


def shortened(recording: PageRecording) -> PageRecording:
    """Without what is too much, which it counts; ends of TCP stay."""
    if not recording.dropped and sum(len(event.data) for event in recording.events) < MOST:
        return recording
    sizes = accumulate(len(event.data) for event in recording.events)
    pairs = zip(recording.events, sizes, strict=True)
    events = tuple(event for event, size in pairs if not event.data or size <= LEAST)
    dropped = sum(len(e.data) for e in recording.events) - sum(len(e.data) for e in events)
    return replace(recording, events=events, dropped=recording.dropped + dropped)


def record(browser: firefox.Browser, address: str, name: str) -> None:
    """One scene in one browser."""
    scene, kind = SCENES[name], firefox.kind(browser)
    with browser.new_context() as context:
        recording = shortened(play(context.new_page(), address, name))
    version, today = browser.version.split(".")[0], datetime.date.today().isoformat()
    note = f"A kept recording, not yours: {NAMES[kind]} {version} on Linux, {today}.{INSTEAD[kind]}"
    if not scene.script:  # elsewhere a picture says it
        note += f" That page's script was told: {'; '.join(told(recording))}."
    path, text = HERE / f"{kind}_{name}.json", replace(recording, note=note).to_json().encode()
    if len(text) > LARGE:
        path.with_suffix(".json.gz").write_bytes(gzip.compress(text, mtime=0))
    else:
        path.write_bytes(text)
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
