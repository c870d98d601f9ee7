"""Finding and starting a Chromium for the browser tests."""

import http.server
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from . import programs

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright, *flags: str) -> Browser:
    """Start it, or skip with a plain sentence; in CI a missing browser is a failure."""
    path = programs.find(*NAMES, purpose="the browser tests need a Chromium:")
    start = Path(__file__).with_suffix(".sh")
    return playwright.chromium.launch(
        executable_path=start, args=[*FLAGS, *flags], env={**os.environ, "CHROMIUM": path}
    )


class _EmptyPage(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>page</title>")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def empty_page() -> Iterator[str]:
    """The address of an empty page, so that a script has an origin."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _EmptyPage)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
