"""What a printer makes of a page: how many sheets, on both sizes of paper."""

import re
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import sync_playwright

from ..chromium import launch

PAPERS = ("A4", "Letter")


def sheets(pages: Iterable[Path]) -> dict[str, dict[str, int]]:
    """How many sheets each page takes, by its name and the paper, in a real Chromium."""
    found: dict[str, dict[str, int]] = {}
    with sync_playwright() as playwright, launch(playwright) as chromium:
        page = chromium.new_page()
        for path in pages:
            page.goto(path.as_uri())
            found[path.stem] = {
                paper: len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))
                for paper in PAPERS
            }
    return found
