"""What a browser sends by itself: the situations of the exercise who-sends-cookies."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from ..course.letters.who_sends_cookies import SENT, word
from .scenes import Page

pytestmark = pytest.mark.browser

COOKIE = "session=1; HttpOnly; SameSite=Strict"
PATIENCE = 30  # seconds

PAGES = {
    "/": "<!DOCTYPE html><title>page</title>",
    "/outer": '<!DOCTYPE html><title>outer</title><iframe sandbox="allow-scripts" src="/inner">',
    "/inner": "<!DOCTYPE html><title>inner</title>"
    "<script>new WebSocket(`ws://${location.host}/`)</script>",
}

# Opens a WebSocket, and waits for its end.
OPEN = """
url => new Promise(done => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.close();
    socket.onclose = event => done(event.code);
})
"""

Seen = queue.Queue[str]


@contextmanager
def shop(seen: Seen) -> Iterator[int]:
    """The port of a server with pages and WebSocket, which notes what each handshake carries."""

    def asked(connection: ServerConnection, request: Request) -> Response | None:
        if "Upgrade" not in request.headers:
            body = PAGES.get(request.path, "").encode()
            headers = Headers({"Content-Type": "text/html", "Content-Length": str(len(body))})
            return Response(200, "OK", headers, body)
        seen.put(word(request.headers))
        if request.path == "/refused":
            response = connection.respond(401, "")
            response.headers["WWW-Authenticate"] = "Basic"
            return response
        return None

    def answered(connection: ServerConnection, request: Request, response: Response) -> None:
        ends = {"/login": "", "/logout": "; Max-Age=0"}
        if request.path in ends:
            response.headers["Set-Cookie"] = COOKIE + ends[request.path]

    def stay(connection: ServerConnection) -> None:
        for _message in connection:
            pass

    server: Server
    with serve(stay, "127.0.0.1", 0, process_request=asked, process_response=answered) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.socket.getsockname()[1]
        finally:
            server.shutdown()
            thread.join(PATIENCE)


# Letter -> the page, and the paths that it connects to, one after the other.
SITUATIONS = {
    "A": ("http://127.0.0.1:{port}/", ["/"]),
    "B": ("http://127.0.0.1:{other}/", ["/"]),
    "C": ("http://localhost:{other}/", ["/"]),
    "D": ("http://127.0.0.1:{port}/outer", []),  # the page in its frame connects
    "F": ("http://127.0.0.1:{port}/", ["/refused", "/"]),
    "G": ("http://127.0.0.1:{port}/", ["/logout", "/"]),
}


def test_every_recorded_letter_has_a_situation() -> None:
    assert set(SITUATIONS) == set(SENT)


@pytest.mark.parametrize("letter", SENT)
def test_browser_sends_what_is_recorded(tab: Page, letter: str) -> None:
    seen: Seen = queue.Queue()
    with shop(seen) as port, shop(queue.Queue()) as other:
        tab.goto(f"http://127.0.0.1:{port}/")
        tab.evaluate(OPEN, f"ws://127.0.0.1:{port}/login")
        assert seen.get(timeout=PATIENCE) == "origin", "before the login there is no cookie"
        address, paths = SITUATIONS[letter]
        tab.goto(address.format(port=port, other=other))
        for path in paths:
            tab.evaluate(OPEN, f"ws://127.0.0.1:{port}{path}")
        *_before, found = [seen.get(timeout=PATIENCE) for _request in paths or [""]]
        assert found == SENT[letter]
        assert seen.empty(), "there is one request for each connection"
