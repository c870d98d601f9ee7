"""The picture of the board in TEACHING.md: ``python -m tests.classroom.picture docs/board.png``.

It is a screenshot of the page, with a simulated class on the real board.
"""

import io
import sys
from contextlib import ExitStack

import playwright.sync_api
from PIL import Image

from .. import chromium
from .played import Session
from .simulated import simulate


def take(path: str) -> None:
    simulated = simulate(seed=24, learners=30, lessons=["04"], minutes=24, hard=False)
    with ExitStack() as exits:
        session = Session(simulated, exits)
        session.players.leave(sorted(simulated.leavers))
        driver = exits.enter_context(playwright.sync_api.sync_playwright())
        browser = exits.enter_context(chromium.launch(driver))
        page = browser.new_page(viewport={"width": 1180, "height": 660})
        page.goto(session.address)
        page.locator("#matrix td.stuck").first.hover()
        page.locator("#detail").wait_for()
        shot = Image.open(io.BytesIO(page.screenshot()))
        shot.convert("RGB").quantize(64).save(path, optimize=True)


if __name__ == "__main__":
    take(sys.argv[1])
