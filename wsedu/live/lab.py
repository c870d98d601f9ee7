"""The lab: the one handle on everything live.

    lab = Lab()
    recording = await lab.talk(request)

How to think about it: a server runs in a thread of its own, with a tap in front of it. Whatever
you or your browser say to the server is on a recording afterwards. To start a lab again replaces
the old one. The work itself is done in the modules beside this one: ``servers`` starts, ``tap``
writes down, ``tapped`` asks it, ``waiting`` looks, ``talking`` and ``peer`` are raw clients,
``browser`` is yours.
"""

from __future__ import annotations

import asyncio
import atexit
import re
import textwrap
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self

from websockets.asyncio.server import ServerConnection

from .._awaited import no_coroutine
from ..protocol import Request
from ..recording import PageRecording, Recording
from ..words import _
from .background import SHORTEST, Background, LabClosed, closed
from .memory import Network
from .notifications import Notifications
from .options import OF_THE_LIBRARY, allowed_address, check, check_each
from .peer import Peer
from .servers import OwnServer, Running, start, start_own
from .talking import talk
from .tap import Tap
from .tapped import Tapped

if TYPE_CHECKING:  # with anywidget, which a lab without a page does not need
    from .browser import Report
    from .programs import Program


class Lab(Tapped):
    """A real server on this machine, behind a tap that records every byte.

    It runs until ``close``, or until another lab takes its place; ``with`` closes it at its end.
    The lab is made to be looked at, and protects nothing. While it is open, any program on this
    machine and any page in your browser may connect to it, and send it orders.

    The server is ``websockets``. Without a ``handler`` it sends every message back. An ordinary
    request for ``/page`` gets a 200. The arguments down to ``subprotocols`` are the library's own,
    with its defaults:

    handler:       what the server does with a connection: an async function of one argument
    open_timeout:  seconds until the server drops a client that has not finished its handshake
    ping_interval: seconds between Pings, None for none
    ping_timeout:  seconds that the server waits for a Pong, None for no limit
    close_timeout: seconds that the server waits for the reply to its Close
    max_size:      bytes of the longest message that the server takes
    origins:       the values of Origin that are let in; None in the list stands for "no Origin"
    subprotocols:  the subprotocols that the server speaks
    date:          the text of the Date header, instead of the time of day; a lesson passes a
                   fixed one, so that its bytes are the same on every run
    set_cookie:    the value of a Set-Cookie header of the 101, with which a browser is known again
    notifications: run the server of ``notifications.py``: it takes orders by HTTP at ``http_url``
                   and tells every WebSocket client
    raw:           an async function of a ``Peer`` that is the server, instead of the library, once
                   the handshake is done; the arguments above do not concern it
    server:        your own server, all of it, from the first byte of the handshake on: an async
                   function of an ``asyncio.StreamReader`` and ``StreamWriter``. Its writer is
                   closed when it returns; an exception that it raises is on the recording
    upstream:      the port of a server that runs already on this machine; only the tap is new
    network:       "loopback", or "memory" for a network without sockets that only this lab and
                   the loop of its cell are on; no browser can reach it
    open_to_the_network: an address of this machine on which others can reach the server, such
                   as "0.0.0.0" for all of them; by default nothing else can. It needs a ``token``
                   of 8 characters or more, which clients add to the address: ``?token=...``

    Raises TypeError or ValueError, which name the option that is wrong. The lab that was open
    before stays open then.
    """

    _current: Lab | None = None
    _page_came = True  # when ``browser`` asked last

    def __init__(
        self,
        handler: Callable[[ServerConnection], Awaitable[None]] | None = None,
        *,
        open_timeout: float | None = 10,
        ping_interval: float | None = 20,
        ping_timeout: float | None = 20,
        close_timeout: float | None = 10,
        max_size: int | None = 2**20,
        origins: Sequence[str | re.Pattern[str] | None] | None = None,
        subprotocols: Sequence[str] | None = None,
        date: str | None = None,
        set_cookie: str | None = None,
        notifications: bool = False,
        raw: Callable[[Peer], Awaitable[None]] | None = None,
        server: OwnServer | None = None,
        upstream: int | None = None,
        network: Literal["loopback", "memory"] = "loopback",
        open_to_the_network: str | None = None,
        token: str | None = None,
    ) -> None:
        options = {name: value for name, value in locals().items() if name != "self"}
        no_coroutine("Lab", handler, raw, server)
        check(**options)
        plain = not (raw or server or upstream or notifications)
        address = allowed_address(open_to_the_network, token, plain)
        if Lab._current is not None:
            Lab._current.close()
        self._notifications = Notifications() if notifications else None
        if self._notifications:
            handler = handler or self._notifications.websocket
        library = {name: options[name] for name in OF_THE_LIBRARY}
        given = partial(
            start, handler, raw, server, upstream, library,
            date=date, set_cookie=set_cookie, address=address, token=token,
        )  # fmt: skip
        self._open(given, Network() if network == "memory" else None)
        self._query = f"?token={token}" if token else ""
        self._knows_visitors = bool(set_cookie or token)
        self._peers: list[Peer] = []
        self._proxies: list[Program] = []  # in front of this lab; they end with it
        self._reports: list[Report] = []  # of pages whose script runs
        self._paths: set[str] = set()  # of pages that have not come yet
        Lab._current = self

    def _open(
        self, begin: Callable[[], Coroutine[Any, Any, Running]], network: Network | None
    ) -> None:
        """Start the thread and the servers; if one fails, close the thread again."""
        self._memory = network
        self._background = Background(network.install if network else None)
        self._http: Running | None = None
        try:
            if self._notifications:
                self._http = self._background.call(start_own(self._notifications.http))
            self._running = self._background.call(begin())
        except BaseException:
            self._background.close()
            raise
        self._tap = self._running.tap
        if self._http:
            # What waits for something on this lab waits for both.
            self._http.tap.watchers = self._tap.watchers
        self._leave_memory: Callable[[], None] | None = None
        if network:
            with suppress(RuntimeError):  # outside of a cell no loop runs, which could connect
                self._leave_memory = network.install(asyncio.get_running_loop())

    def _be_open(self) -> None:
        if Lab._current is not self:
            raise closed()

    @property
    def _all(self) -> tuple[Running, ...]:
        return (self._running, self._http) if self._http else (self._running,)

    @property
    def _taps(self) -> tuple[Tap, ...]:  # the connections to ``http_url`` suffer as well
        return tuple(running.tap for running in self._all)

    @property
    def url(self) -> str:
        """Where clients connect: the tap's address; raises LabClosed when it is closed."""
        return self._address("/" if self._query else "")

    @property
    def direct_url(self) -> str:
        """Where the server itself listens: past the tap, so nothing of it is recorded.

        For measuring: a relay has buffers of its own, in which bytes wait too.
        """
        self._be_open()
        return f"ws://{self._tap.server}:{self._tap.target}{self._query and '/'}{self._query}"

    def _address(self, path: str) -> str:
        self._be_open()
        return f"ws://{self._tap.host}:{self._tap.port}{path}{self._query}"

    @property
    def http_url(self) -> str:
        """Where a lab with ``notifications`` answers HTTP requests."""
        if self._http is None:
            raise RuntimeError(
                _("This lab has no notifications. Start one that has: Lab(notifications=True)")
            )
        self._be_open()
        return f"http://{self._http.tap.host}:{self._http.tap.port}"

    @property
    def http_recordings(self) -> tuple[Recording, ...]:
        """One recording for each HTTP connection to ``http_url``, the oldest first."""
        return tuple(log.recording() for log in tuple(self._http.tap.logs)) if self._http else ()

    async def ask(self, method: str, path: str, body: bytes = b"", timeout: float = 5) -> Recording:
        """Send one HTTP request to ``http_url``, wait for the whole response, and return both.

        Raises TimeoutError if the response has not ended within ``timeout`` seconds.
        """
        no_coroutine("lab.ask", method, path, body)
        address = self.http_url.removeprefix("http://")
        assert self._http is not None
        length = (("Content-Length", str(len(body))),) if body else ()
        request = Request(path, (("Host", address), *length), method).to_bytes() + body
        return await self._background.wait(talk(self._http.tap, (request,), timeout), timeout)

    async def browser(
        self,
        until: Literal["open", "message", "close"] = "open",
        close: Sequence[Any] = (1000, "seen enough"),
        kept: str = "handshake",
        patience: float | None = None,
        script: str = "",
        protocols: Sequence[str] = (),
        same_host: bool = False,
        sandboxed: bool = False,
    ) -> PageRecording:
        """Let the page that shows this notebook open a WebSocket, and return what passed.

        The page connects by itself as soon as it shows the cell's output, and lists there what
        its script is told: open, message, error, close. The result has these steps, too.

        until:    the event after which its script calls ``close``; with "close" it never does,
                  and the server has to end the connection
        close:    the arguments of that call
        script:   JavaScript of yours, which runs instead of that as soon as the WebSocket is made;
                  ``socket`` is the WebSocket, and ``tell(...)`` adds a line to the list
        protocols: the subprotocols that the page asks for; a string is one
        same_host: the page calls this machine by the name in its own address, be that localhost
                  or 127.0.0.1, so that only the port is another
        sandboxed: the WebSocket is opened in a sandboxed frame, which runs no script of yours
        patience: seconds for the page to connect, and again for the connection to end; without
                  it 3, but 10 for a page that runs the cell to connect, 0.5 where none came the
                  last time, and 10 for a connection with a script of yours to end. If the
                  connection does not end, what passed so far is returned, and its note says what
                  is open. If no page connects (a program runs the notebook, or the page is on
                  another machine), what a Chromium did before is returned. The cell prints both
                  notes
        kept:     which of the recordings of that Chromium

        A lab in memory, or in a page, returns a kept recording at once. So does a lab on a hub
        where the page cannot come through a tunnel, and the cell says why. Raises LabClosed if
        the lab is closed.
        """
        from . import browser, elsewhere

        if until not in browser.UNTIL:
            raise ValueError(f"until is one of {', '.join(browser.UNTIL)}, not {until!r}")
        protocols = [protocols] if isinstance(protocols, str) else protocols  # as in JavaScript
        given = {"close": close, "script": script, "protocols": protocols, "patience": patience}
        check_each(browser.RULES, given | {"same_host": same_host, "sandboxed": sandboxed})
        if script and sandboxed:
            raise ValueError("a sandboxed frame runs no script; give script or sandboxed")
        recording = browser.kept(kept)
        self._be_open()
        hindrance = elsewhere.hindrance(sandboxed, self._knows_visitors)
        if not (self._memory or hindrance):
            show = partial(
                browser.BrowserClient, until=until, close_with=close, code=script,
                protocols=protocols, same_host=same_host, sandboxed=sandboxed,
            )  # fmt: skip
            end = browser.WITH_SCRIPT if script else browser.PATIENCE
            recording = await self._visit(show, patience, end) or recording
        note = recording.note
        if hindrance:
            print(textwrap.fill(hindrance, 80))
            note = note.replace(browser.NO_PAGE, "")
        if note:
            # Below the page's list, so that what is not live is seen where it should have been.
            print(textwrap.fill(note, 80, break_on_hyphens=False))
        return recording

    async def _visit(
        self, client: Callable[..., object], patience: float | None, end: float
    ) -> PageRecording | None:
        """Show a page its script; what its connection was, or None if it does not come."""
        from IPython.display import display

        from . import browser, elsewhere

        path = browser.free_path(self._paths)
        self._paths.add(path)
        begin = browser.patience(Lab._page_came) if patience is None else patience
        end = end if patience is None else patience
        report = browser.Report(self._tap.host)
        await self._background.wait(report.start())
        self._reports.append(report)
        try:
            before = set(self._tap.logs)
            display(client(self._address(path), report=report.url))
            visit = browser.visit(self._tap, path, before, begin, end)
            recording = await self._background.wait(visit, end)
            if patience is None:
                Lab._page_came = recording is not None
            if recording is None:
                return None
            # A page that comes late must not be taken for the next one.
            self._paths.discard(path)
            script = await self._background.wait(report.script(end if recording.ended else 0))
            recording = browser.with_note(recording, elsewhere.how_it_came())
            return PageRecording.of(recording, script)
        finally:
            with suppress(LabClosed):  # which has closed it
                await self._background.wait(report.close())
                self._reports.remove(report)

    def close(self) -> None:
        """Stop the servers and leave nothing behind; closing twice does nothing.

        A server that keeps the event loop to itself is stopped, or else left behind, after a
        second or two.
        """
        if Lab._current is self:
            Lab._current = None
            if self._leave_memory:
                self._leave_memory()
            for proxy in list(self._proxies):
                proxy.close()
            with suppress(Exception):
                self._background.call(self._stop(), SHORTEST, excuse=1)
            self._background.close()

    async def _stop(self) -> None:
        for peer in self._peers:
            await peer.abort()
        for report in self._reports:
            await report.close()
        for running in self._all:
            running.tap.remark(_("the lab was closed"))
            running.stop()
            await running.tap.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = self.url if Lab._current is self else _("closed")
        return f"<Lab {state}>"


def _close_current() -> None:
    if Lab._current is not None:
        Lab._current.close()


atexit.register(_close_current)
