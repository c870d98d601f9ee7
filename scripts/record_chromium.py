"""Record what real browsers do as clients, for readers of the lessons who have no such page.

    .venv/bin/python scripts/record_chromium.py [NAME ...]

Rewrites ``wsedu/live/chromium_*.json``, one for each scene of ``tests/browser/scenes.py``, and what
is kept of Firefox beside it, or only the scenes named. A large one is compressed with gzip. Needs
both browsers on this machine.
"""

import contextlib
import datetime
import gzip
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests import firefox  # noqa: E402
from tests.browser.scenes import KEPT, NAMES, SCENES, play  # noqa: E402
from tests.chromium import empty_page, launch  # noqa: E402
from tests.firefox import Browser  # noqa: E402
from wsedu.live.browser import HERE  # noqa: E402

LARGE = 2**16  # bytes of JSON

# A Chromium's recording takes the place of a page that did not come.
INSTEAD = {"chromium": " No page of this notebook answered.", "firefox": ""}


def record(browser: Browser, which: str, name: str, address: str) -> None:
    """Play one scene, and keep it."""
    recording, told = play(browser, address, name)
    version, today = browser.version.partition(".")[0], datetime.date.today().isoformat()
    note = (
        f"A kept recording, not yours: {NAMES[which]} {version} on Linux, {today}."
        f"{INSTEAD[which]} That page's script was told: {'; '.join(told)}."
    )
    path, text = HERE / f"{which}_{name}.json", replace(recording, note=note).to_json().encode()
    if len(text) > LARGE:
        path.with_suffix(".json.gz").write_bytes(gzip.compress(text, mtime=0))
    else:
        path.write_bytes(text)
    print(which, name, note, sep=": ")


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(empty_page())
        profile = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browsers: dict[str, Browser] = {
            "chromium": stack.enter_context(launch(stack.enter_context(sync_playwright()))),
            "firefox": stack.enter_context(firefox.launch(profile)),
        }
        for which, name in KEPT:
            if name in (sys.argv[1:] or SCENES):
                record(browsers[which], which, name, address)
