"""Asking the page what it computes, to compare it with Python."""

from typing import Any

from wsedu.views.adjustable import Adjustable

from ..firefox import Browser


def computed_in_the_page(
    browser: Browser, picture: Adjustable, states: list[dict[str, Any]]
) -> list[dict[str, str]]:
    """The slots of each state, as the picture's own module computes them."""
    module = picture._esm.replace("export default", "const widget =").replace("export ", "")
    page = browser.new_page()
    try:
        page.add_script_tag(content=f"{module}\nwindow.compute = compute;", type="module")
        page.wait_for_function("() => !!window.compute")
        found: list[dict[str, str]] = page.evaluate(
            "([states, words]) => states.map((state) => compute(state, words))",
            [states, picture.words],
        )
    finally:
        page.close()
    return found
