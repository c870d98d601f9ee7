"""Record one connection of a real Chromium, for readers of the lesson who have no live page.

    .venv/bin/python scripts/record_chromium.py

Rewrites ``wsedu/live/chromium_handshake.json``. Needs a Chromium on this machine.
"""

import datetime
import sys
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from chromium import empty_page, launch  # noqa: E402

from wsedu.live import Lab  # noqa: E402
from wsedu.live.browser import KEPT, PATH  # noqa: E402
from wsedu.recording import Recording  # noqa: E402


def record() -> tuple[Recording, str]:
    """The bytes of one connection, and the browser's version."""
    lab = Lab(date="Thu, 01 Dec 2011 00:00:00 GMT")
    try:
        with (
            empty_page() as address,
            sync_playwright() as playwright,
            launch(playwright) as browser,
        ):
            page = browser.new_page()
            page.goto(address)
            page.evaluate(
                "url => new Promise((done, fail) => { const s = new WebSocket(url);"
                " s.onopen = () => s.close(1000, 'seen enough'); s.onclose = done;"
                " s.onerror = fail; })",
                lab.url + PATH,
            )
            return lab.recording, browser.version
    finally:
        lab.close()


if __name__ == "__main__":
    recording, version = record()
    note = (
        f"A kept recording, not yours: Chromium {version.split('.')[0]} on Linux, "
        f"{datetime.date.today().isoformat()}. No page of this notebook answered."
    )
    replace(recording, note=note).save(KEPT)
    print(recording.sent_by("client").decode("latin-1"))
