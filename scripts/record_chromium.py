"""Record what a real Chromium does as a client, for readers of the lessons who have no live page.

    .venv/bin/python scripts/record_chromium.py [NAME ...]

Rewrites ``wsedu/live/chromium_*.json``, one for each scene of ``tests/browser/scenes.py``, or only
those named. Needs a Chromium on this machine.
"""

import datetime
import sys
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.browser.scenes import SCENES, play  # noqa: E402
from tests.chromium import empty_page, launch  # noqa: E402
from wsedu.live.browser import HERE  # noqa: E402

if __name__ == "__main__":
    with empty_page() as address, sync_playwright() as playwright, launch(playwright) as browser:
        for name in sys.argv[1:] or SCENES:
            recording, told = play(browser, address, name)
            note = (
                f"A kept recording, not yours: Chromium {browser.version.split('.')[0]} on Linux, "
                f"{datetime.date.today().isoformat()}. No page of this notebook answered. "
                f"That page's script was told: {'; '.join(told)}."
            )
            replace(recording, note=note).save(HERE / f"chromium_{name}.json")
            print(name, note, sep=": ")
