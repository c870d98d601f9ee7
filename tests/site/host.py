"""A plain static host, as the public ones are: files below a path, gzipped, no other header.

How to think about it: what works only because our own server is kind does not work for a learner.
So this one sends no header that lets threads or shared memory run, lists no folder, and serves the
site below ``/course/``. It remembers what it was asked for.
"""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO, ClassVar
from urllib.parse import unquote, urlsplit

PREFIX = "/course/"
PYTHON = "pyodide.asm.wasm"
# For Chromium: no other name leads anywhere. And of its two compilers of WebAssembly only the quick
# one works: to start Python in a page takes two thirds of the time.
CHROMIUM = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--js-flags=--liftoff-only",
)
TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".ipynb": "application/json",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


@dataclass
class Asked:
    """One request, and what it cost."""

    path: str  # below the site, with its query
    status: int
    sent: int  # bytes of the body, as they crossed the wire


@dataclass
class Host:
    """Where the site is, and what was asked of it so far."""

    url: str  # of the site, with a slash at its end
    port: int
    is_over: bool = False
    asked: list[Asked] = field(default_factory=list)
    # Until this is set, a request for Python waits. It is set, unless a test clears it: to start
    # Python takes a page most of its time, and many look only at what is there without it.
    python: threading.Event = field(default_factory=threading.Event)

    def write(self, stream: BinaryIO, body: bytes) -> None:
        """Send the body of a response; a benchmark replaces this by a slow line."""
        stream.write(body)

    def failed(self) -> list[str]:
        """The paths of requests that found nothing."""
        return [request.path for request in self.asked if request.status >= 400]


@cache
def zipped(path: Path, _changed: float) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: ClassVar[Path]
    host: ClassVar[Host]

    def do_GET(self) -> None:
        if self.host.is_over:  # the browser has kept a connection open
            self.close_connection = True
            return
        asked = urlsplit(self.path)
        name = unquote(asked.path.removeprefix(PREFIX))
        path = (self.site / name).resolve()
        if path.is_dir() and self.path.startswith(PREFIX):
            path = path / "index.html"
        inside = self.path.startswith(PREFIX) and path.is_relative_to(self.site.resolve())
        if not (inside and path.is_file()):
            return self.answer(404, b"There is no such file.", "text/plain")
        if path.name == PYTHON:
            self.host.python.wait()
            if self.host.is_over:
                self.close_connection = True
                return
        body, packed = path.read_bytes(), False
        # A host packs text and WebAssembly; wheels and pictures are packed already.
        if path.suffix in TYPES and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, packed = zipped(path, path.stat().st_mtime), True
        kind = TYPES.get(path.suffix, "application/octet-stream")
        self.answer(200, body, kind, packed)

    def answer(self, status: int, body: bytes, kind: str, packed: bool = False) -> None:
        self.host.asked.append(Asked(self.path.removeprefix(PREFIX), status, len(body)))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.host.write(self.wfile, body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(site: Path, port: int = 0, python: bool = True) -> Iterator[Host]:
    """Serve a folder on this machine, at a free port or the given one, until the block ends.

    python: whether it gives out Python at once
    """
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    handler.host = Host(f"http://127.0.0.1:{server.server_port}{PREFIX}", server.server_port)
    server.daemon_threads = True
    if python:
        handler.host.python.set()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield handler.host
    finally:
        handler.host.is_over = True
        handler.host.python.set()
        server.shutdown()
        server.server_close()
        thread.join()
