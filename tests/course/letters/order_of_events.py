"""The right answers to order-of-events: what a page heard in two real browsers.

A browser takes seconds, so here is what was recorded. ``tests/browser/test_order_of_events.py``
plays each of these situations again, in both browsers, and compares.
"""

from __future__ import annotations

CODE = 1011  # of the Close in B

# Letter -> the events in Chromium 156.0.8078 and in Firefox ESR 153.7.0, on 2026-11-27.
HEARD = {
    "A": ("error close", "error close"),
    "B": ("open close", "open close"),
    "C": ("open message close", "open message close"),
    "D": ("open close", "open error close"),
    "E": ("open close", "open error close"),
    "F": ("open error close", "open message close"),
    "G": ("open error close", "open message close"),
    "H": ("error close", "open close"),
    "I": ("error close", "open close"),
    "J": ("open message error close", "open message error close"),
}
# The browser of which the task asks, where the two differ.
BROWSERS = {"D": "chromium", "E": "firefox", "F": "chromium", "G": "firefox"} | {
    "H": "chromium",
    "I": "firefox",
}


def right() -> dict[str, object]:
    """Letter -> answer."""
    return {
        letter: firefox if BROWSERS.get(letter) == "firefox" else chromium
        for letter, (chromium, firefox) in HEARD.items()
    }
