"""The slides, as a teacher opens them in a room without a network."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import editions  # noqa: E402

pytestmark = pytest.mark.browser


def test_slides_open_without_a_network(browser: Browser, tmp_path: Path) -> None:
    editions.make(tmp_path)
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        elsewhere: list[str] = []

        def refuse(route: Route) -> None:
            if route.request.url.startswith(("file:", "data:")):
                route.continue_()
            else:
                elsewhere.append(route.request.url)
                route.abort()

        context.route("**/*", refuse)
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        for path in sorted((tmp_path / "slides").glob("*.html")):
            page.goto(path.as_uri())
            page.wait_for_function("Reveal.isReady()")
            # To the end with the key that a teacher uses; each step shows something else.
            for _step in range(page.evaluate("Reveal.getTotalSlides()") * 5):
                if page.evaluate("Reveal.isLastSlide() && !Reveal.availableFragments().next"):
                    break
                before = page.evaluate("JSON.stringify(Reveal.getIndices())")
                page.keyboard.press("Space")
                assert page.evaluate("JSON.stringify(Reveal.getIndices())") != before
            else:
                pytest.fail(f"{path.name} has no end")
            assert page.evaluate("[...document.images].every((i) => i.naturalWidth > 0)")
        assert (elsewhere, wrong) == ([], [])
        # A slide that is longer than the screen can be scrolled.
        heights = "[...document.querySelectorAll('section:not(.stack)')].map((s) => s.offsetHeight)"
        assert max(page.evaluate(heights)) <= 720
