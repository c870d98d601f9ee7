"""Record how connections die, for the exercise which-death.

    .venv/bin/python scripts/record_deaths.py

Rewrites ``logs.json`` in the exercise's folder, from ``tests/browser/deaths.py``. Needs a Chromium
and a Firefox on this machine.
"""

import asyncio
import datetime
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "exercises")]
from tests import chromium, firefox  # noqa: E402
from tests.browser.deaths import PAGES, RAW, call, visit  # noqa: E402
from wsedu_exercises.browser_as_client.which_death import log  # noqa: E402

TODAY = datetime.date.today().isoformat()


def kept(by: str, lines: log.Log) -> dict[str, Any]:
    """One log as it is stored."""
    return {
        "by": f"{by}, {TODAY}",
        "log": [[side, what, data.hex(" ")] for side, what, data in lines],
    }


def from_pages(browser: Any, name: str, by: str) -> dict[str, Any]:
    """A log for each situation that a page can be in."""
    found = {}
    with chromium.empty_page() as address:
        for what, death in PAGES.items():
            with browser.new_context() as context:
                page = context.new_page()
                page.goto(address)
                found[f"{name}: {what}"] = kept(by, visit(page, death))
    return found


if __name__ == "__main__":
    logs = {name: kept("a raw client", asyncio.run(call(name))) for name in RAW}
    with sync_playwright() as playwright, chromium.launch(playwright) as browser:
        logs |= from_pages(browser, "Chromium", f"Chromium {browser.version}")
    with tempfile.TemporaryDirectory() as folder, firefox.launch(Path(folder)) as browser:
        logs |= from_pages(browser, "Firefox", f"Firefox {browser.version}")
    path = Path(log.__file__).with_name("logs.json")
    path.write_text(json.dumps(logs, indent=1) + "\n", encoding="utf-8")
