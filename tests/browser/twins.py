"""Asking the page what it computes, to compare it with Python."""

import json
from typing import Any

from wsedu.views.adjustable import Adjustable

from .scenes import Page


def computed_in_the_page(
    tab: Page, picture: Adjustable, states: list[dict[str, Any]]
) -> list[dict[str, str]]:
    """The slots of each state, as the picture's own module computes them."""
    module = picture._esm.replace("export default", "const widget =").replace("export ", "")
    tab.goto("about:blank")
    tab.add_script_tag(content=f"{module}\nwindow.compute = compute;", type="module")
    tab.wait_for_function("() => !!window.compute")
    # As one string: Playwright takes longer for many values than the page does to compute them.
    text = tab.evaluate(
        """text => {
            const [states, words] = JSON.parse(text);
            return JSON.stringify(states.map(state => compute(state, words)));
        }""",
        json.dumps([states, picture.words]),
    )
    found: list[dict[str, str]] = json.loads(text)
    return found
