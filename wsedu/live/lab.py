"""The lab: the one handle on everything live.

    lab = Lab()
    recording = await lab.talk(request)

A ``websockets`` server waits behind a tap, in a thread of its own. Whatever you or your
browser say to it is on a recording afterwards. Starting a lab again replaces the old one.
"""

from __future__ import annotations

import asyncio
import atexit
import hmac
import logging
import re
import textwrap
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from .._awaited import no_coroutine
from ..protocol import Request as HttpRequest
from ..recording import Recording, dissect
from ..words import _
from .background import EXITS, SHORTEST, Background, Stopped, closed
from .faults import Faults
from .memory import Network
from .notifications import Notifications
from .peer import Peer, only_bytes
from .tap import HOST, Log, Tap

T = TypeVar("T")
OwnServer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PAUSE = 0.1  # seconds that somebody who watches is left in peace
NAMED = 10  # of what was seen in vain, the last so many; a flood has a hundred thousand

# What the library would print into somebody's cell is on the recording already.
_silent = logging.getLogger("wsedu.live.server")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


class Lab:
    """A real server on this machine, behind a tap that records every byte.

    It is a thing to look at and guards nothing: any program here, and any page that your browser
    shows, may connect to it, and order something, as long as it is open.

    The server is ``websockets``. Unless it is given a ``handler`` it sends every message back;
    an ordinary request for ``/page`` is answered with 200. The other arguments are the
    library's own, with its defaults:

    handler:       what the server does with a connection: an async function of one argument
    open_timeout:  seconds until a client that has not finished its handshake is dropped
    ping_interval: seconds between Pings, None for none
    ping_timeout:  seconds that it waits for a Pong, None for ever
    close_timeout: seconds that it waits for the answer to its Close
    max_size:      bytes of the longest message that it takes
    origins:       the values of Origin that are let in; None in the list stands for "no Origin"
    subprotocols:  the subprotocols that it speaks
    date:          what its clock says in the Date header, instead of the time of day; a lesson
                   passes a fixed one, so that its bytes are the same on every run
    notifications: be the server of ``notifications.py`` as well: orders by HTTP at ``http_url``,
                   and every WebSocket client hears of them
    raw:           instead of the library, this async function of a ``Peer`` is the server,
                   from the end of the handshake on; the arguments above do not concern it
    server:        your own server, all of it, from the first byte of the handshake on: an async
                   function of an ``asyncio.StreamReader`` and ``StreamWriter``. Its writer is
                   closed when it ends; what it raises is an event on the recording
    network:       "loopback", or "memory" for a network without sockets, which only this lab
                   and the loop of the cell that starts it are on; no browser can reach it
    open_to_the_network: an address of this machine on which others can reach the server, such
                   as "0.0.0.0" for all of them; by default nobody can. It needs a ``token`` of
                   8 characters or more, which clients add to the address: ``?token=...``
    """

    _current: Lab | None = None

    def __init__(
        self,
        handler: Callable[[ServerConnection], Awaitable[None]] | None = None,
        *,
        open_timeout: float = 10,
        ping_interval: float | None = 20,
        ping_timeout: float | None = 20,
        close_timeout: float = 10,
        max_size: int | None = 2**20,
        origins: Sequence[str | re.Pattern[str] | None] | None = None,
        subprotocols: Sequence[str] | None = None,
        date: str | None = None,
        notifications: bool = False,
        raw: Callable[[Peer], Awaitable[None]] | None = None,
        server: OwnServer | None = None,
        network: Literal["loopback", "memory"] = "loopback",
        open_to_the_network: str | None = None,
        token: str | None = None,
    ) -> None:
        no_coroutine("Lab", handler, raw, server)
        if sum(script is not None for script in (handler, raw, server)) > 1:
            raise ValueError("handler, raw and server all say what the server does; give one")
        own = server or (raw and _raw_server(raw))
        address = _allowed_address(open_to_the_network, token, plain=not (notifications or own))
        if network not in ("loopback", "memory"):
            raise ValueError(f"network is loopback or memory, not {network!r}")
        if network == "memory" and open_to_the_network is not None:
            raise ValueError("a network in memory cannot be opened to others")
        if Lab._current is not None:
            Lab._current.close()
        self._memory = Network() if network == "memory" else None
        self._background = Background(self._memory.install if self._memory else None)
        options: dict[str, Any] = {
            "open_timeout": open_timeout,
            "ping_interval": ping_interval,
            "ping_timeout": ping_timeout,
            "close_timeout": close_timeout,
            "max_size": max_size,
            "origins": origins,
            "subprotocols": subprotocols,
        }
        self._notifications: Notifications | None = None
        self._http_tap: Tap | None = None
        self._server: Server | asyncio.Server
        try:
            if notifications:
                self._notifications, self._http_tap = self._background.call(_start_notifications())
                handler = handler or self._notifications.websocket
            self._server, self._tap = self._background.call(
                _start_own(own) if own else _start(handler or _echo, options, date, address, token)
            )
            if self._http_tap is not None:
                # Whoever waits for something on this lab waits for both.
                self._http_tap.changed = self._tap.changed
                self._http_tap.watchers = self._tap.watchers
        except BaseException:
            self._background.close()
            raise
        # Listening on every address includes this one.
        self._host = HOST if address in ("0.0.0.0", "::") else address
        self._query = f"/?token={token}" if token else ""
        self._peers: list[Peer] = []
        self._leave_memory: Callable[[], None] | None = None
        with suppress(RuntimeError):  # outside of a cell no loop runs, which could connect
            if self._memory:
                self._leave_memory = self._memory.install(asyncio.get_running_loop())
        Lab._current = self

    def _be_open(self) -> None:
        if Lab._current is not self:
            raise closed()

    @property
    def _taps(self) -> tuple[Tap, ...]:
        return (self._tap, self._http_tap) if self._http_tap else (self._tap,)

    @property
    def url(self) -> str:
        """Where clients connect: the tap's address; raises LabClosed when it is closed."""
        self._be_open()
        return f"ws://{self._host}:{self._tap.port}{self._query}"

    @property
    def http_url(self) -> str:
        """The address of the news by HTTP, of a lab with ``notifications``."""
        if self._http_tap is None:
            raise RuntimeError(_("this lab serves no news; start Lab(notifications=True)"))
        self._be_open()
        return f"http://{HOST}:{self._http_tap.port}"

    @property
    def http_recordings(self) -> tuple[Recording, ...]:
        """One recording for each HTTP connection to the news, the oldest first."""
        return tuple(log.recording() for log in self._http_tap.logs) if self._http_tap else ()

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """One recording for each connection so far, the oldest first.

        The newest 100 are kept, each up to 4 MiB, all up to 64 MiB. One that was let go, or is
        not whole, says so in its ``note`` and ``dropped``.
        """
        return tuple(log.recording() for log in self._tap.logs)

    @property
    def recording(self) -> Recording:
        """The newest connection; empty if there was none yet."""
        return self._tap.logs[-1].recording() if self._tap.logs else Recording()

    async def until(
        self, condition: Callable[[Recording], T], what: str = "", timeout: float = 5
    ) -> T:
        """Wait until ``condition`` holds for the newest recording, and return its result.

        Raises TimeoutError after ``timeout`` seconds, saying what was seen instead.
        """
        no_coroutine("lab.until", condition)
        look = self._until(lambda: condition(self.recording), lambda: self.recording, what, timeout)
        return await self._tell_here(look, timeout)

    async def _tell_here(self, work: Coroutine[Any, Any, T], timeout: float) -> T:
        try:
            return await self._background.wait(work, timeout)
        except _InVain as vain:
            error = vain.told()
        raise error

    async def _until(
        self, look: Callable[[], T], seen: Callable[[], Recording], what: str, timeout: float
    ) -> T:
        """``look`` again after events until it finds something; ``seen`` is for the error.

        Raises _InVain after ``timeout`` seconds.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while True:
                    async with self._tap.changed:
                        start = time.monotonic()
                        with self._background.at_work():
                            if result := look():
                                return result
                        looked = time.monotonic() - start
                        await self._tap.changed.wait()
                    # A look reads the whole recording. With a rest after each, as long as the
                    # look itself, a busy connection gets half of the time at least.
                    await asyncio.sleep(looked)
        with self._background.at_work():
            raise _InVain(what, timeout, seen())

    def watch(self, call: Callable[[], object]) -> Callable[[], None]:
        """Call ``call()`` when something new is on a recording; what is returned ends that.

        It is called ten times a second at most, and once more after the last news. The thread is
        the lab's, so it should only pass the word on, as ``loop.call_soon_threadsafe(draw)``
        does: one that takes long is called less often, so that the lab has nine tenths of the
        time at least. When it raises, it is called no more.
        """
        no_coroutine("lab.watch", call)
        watching = self._background.start(self._watch(call))

        def stop() -> None:
            watching.cancel()

        return stop

    async def _watch(self, call: Callable[[], object]) -> None:
        with self._tap.watched() as changed:
            while True:
                await changed.wait()
                changed.clear()
                start = time.monotonic()
                with self._background.at_work():
                    call()
                await asyncio.sleep(max(PAUSE, 9 * (time.monotonic() - start)))

    async def talk(self, *turns: bytes, timeout: float = 5) -> Recording:
        """Open a TCP connection, send these bytes, and return what passed on the wire.

        Each turn is sent as it is, without any help. After each, the raw client waits until
        the server has answered or closed the connection; at the end it closes its own side.
        Raises TimeoutError if there is neither within ``timeout`` seconds.
        """
        for turn in turns:
            only_bytes(turn)
        return await self._tell_here(self._talk(turns, timeout), timeout)

    async def _talk(
        self, turns: tuple[bytes, ...], timeout: float, tap: Tap | None = None
    ) -> Recording:
        tap = tap or self._tap
        host = self._host if tap is self._tap else HOST
        reader, writer = await asyncio.open_connection(host, tap.port)
        log = tap.log_of(writer.get_extra_info("sockname")[1])
        try:
            log.wanted = True
            answers = 0
            for turn in turns:
                writer.write(turn)

                def settled(answered: int = answers) -> bool:
                    return log.closed_by("server") or _answers(log.recording()) > answered

                await self._until(settled, log.recording, _("an answer"), timeout)
                with self._background.at_work():
                    answers = _answers(log.recording())
            with self._background.at_work():
                recording = log.recording()
            # Whoever closes with bytes unread breaks the connection (TCP RST). The tap writes
            # down before it passes on, so that the last of them may still be on their way.
            with suppress(asyncio.IncompleteReadError, OSError):
                await reader.readexactly(len(recording.sent_by("server")))
            return recording
        finally:
            log.wanted = False
            writer.close()

    async def ask(self, method: str, path: str, body: bytes = b"", timeout: float = 5) -> Recording:
        """Send one HTTP request to the news, wait for the whole answer, and return both.

        Raises TimeoutError if the answer has not ended within ``timeout`` seconds.
        """
        no_coroutine("lab.ask", method, path, body)
        address = self.http_url.removeprefix("http://")
        length = (("Content-Length", str(len(body))),) if body else ()
        request = HttpRequest(path, (("Host", address), *length), method)
        return await self._tell_here(
            self._talk((request.to_bytes() + body,), timeout, self._http_tap), timeout
        )

    async def raw(self) -> Peer:
        """A raw client whose handshake is done; from here on you say every byte."""
        return await self._background.wait(self._raw())

    async def _raw(self) -> Peer:
        reader, writer = await asyncio.open_connection(self._host, self._tap.port)
        peer = Peer("client", reader, writer, self._background.wait)
        self._peers.append(peer)
        await peer.shake_hands()
        return peer

    async def fault(self, **faults: Any) -> None:
        """Make the network bad, for open connections too; without arguments, well again.

        The news by HTTP suffer from it as well.

        delay, jitter: seconds that every chunk waits, and waits more at random
        cut, cut_at:   bytes in a chunk, or offsets at which a chunk ends
        hold:          True lets nothing through (a black hole)
        flip:          (offset, bit) to turn
        whose:         on whose bytes all this acts: "client", "server" or "both"
        """
        for tap in self._taps:
            await self._background.wait(tap.set_faults(Faults(**faults)))

    async def drop(self) -> None:
        """Tear down every open connection, as a network does that goes away (TCP RST)."""
        for tap in self._taps:
            await self._background.wait(tap.drop())

    async def browser(
        self,
        until: Literal["open", "message", "close"] = "open",
        close: Sequence[Any] = (1000, "seen enough"),
        kept: str = "handshake",
        patience: float | None = None,
    ) -> Recording:
        """Let the page that shows this notebook open a WebSocket, and return what passed.

        The page connects by itself as soon as it shows the cell's output, and lists there what
        its script is told: open, message, error, close.

        until:    the event after which its script calls ``close``; with "close" it never does,
                  and the server has to end the connection
        close:    the arguments of that call
        patience: seconds for the page to connect, and again for the connection to end; without
                  it 3, and 10 for a page that runs the cell to connect. If the connection does
                  not end, what passed so far is returned, and its note says what is open. If no
                  page connects (a program runs the notebook, or the page is on another machine),
                  what a Chromium did before is returned. The cell prints both notes
        kept:     which of the recordings of that Chromium

        A lab in memory returns a kept recording at once. Raises LabClosed if the lab is closed.
        """
        from IPython.display import display

        from . import browser

        if until not in browser.UNTIL:
            raise ValueError(f"until is one of {', '.join(browser.UNTIL)}, not {until!r}")
        recording = browser.kept(kept)
        self._be_open()
        if not self._memory:
            before = set(self._tap.logs)  # perhaps of an earlier call
            url = f"ws://{self._host}:{self._tap.port}{browser.PATH}{self._query.lstrip('/')}"
            display(browser.BrowserClient(url, until, close))
            with suppress(_InVain):
                recording = await self._page(before, patience)
        if recording.note:
            # Below the page's list, so that what is not live is seen where it should have been.
            print(textwrap.fill(recording.note, 80, break_on_hyphens=False))
        return recording

    async def _page(self, before: set[Log], patience: float | None) -> Recording:
        """The connection of the page; raises _InVain if it does not come."""
        from . import browser

        def come() -> list[Log]:
            new = [log for log in self._tap.logs if log not in before]
            return [log for log in new if browser.is_from_page(log.recording())]

        def over() -> bool:
            return log.closed_by("client") and log.closed_by("server")

        begin = browser.patience() if patience is None else patience
        end = browser.PATIENCE if patience is None else patience
        # A server that loops without an await is no page that stays away: Stuck goes to the cell.
        log = (await self._background.wait(self._until(come, Recording, "", begin), begin))[-1]
        log.wanted = True
        try:
            with suppress(_InVain):
                await self._background.wait(self._until(over, Recording, "", end), end)
                return log.recording()
            return browser.still_open(log.recording(), end)
        finally:
            log.wanted = False

    def close(self) -> None:
        """Stop the servers and leave nothing behind; closing twice does nothing.

        A server that keeps the event loop to itself is stopped, or else left behind, after a
        second or two.
        """
        if Lab._current is self:
            Lab._current = None
            if self._leave_memory:
                self._leave_memory()
            with suppress(Exception):
                self._background.call(self._stop(), SHORTEST, excuse=1)
            self._background.close()

    async def _stop(self) -> None:
        for peer in self._peers:
            await peer.abort()
        for tap in self._taps:
            await tap.remark(_("the lab was closed"))
            await tap.close()
        if self._notifications is not None:
            self._notifications.close()
        if isinstance(self._server, Server):
            self._server.close(close_connections=False)
        else:
            self._server.close()

    def __repr__(self) -> str:
        state = self.url if Lab._current is self else _("closed")
        return f"<Lab {state}>"


class _InVain(Exception):
    """A wait that is over, and what there is to say of it.

    To read a long recording takes seconds, so that the lab's thread only hands it over.
    """

    def __init__(self, what: str, timeout: float, seen: Recording) -> None:
        super().__init__()
        self._what, self._timeout, self._seen = what, timeout, seen

    def told(self) -> TimeoutError:
        """The error that says what was seen instead, for the thread of the one who waited."""
        units = dissect(self._seen).units
        seen = "; ".join(f"{unit.sender}: {unit.title}" for unit in units[-NAMED:])
        if len(units) > NAMED:
            seen = _("{seen} ({count} more came before)").format(
                seen=seen, count=len(units) - NAMED
            )
        return TimeoutError(
            _("Waited {timeout} s for {what}, in vain. Seen so far: {seen}").format(
                timeout=self._timeout,
                what=self._what or _("the condition"),
                seen=seen or _("nothing"),
            )
        )


def _answers(recording: Recording) -> int:
    """How many complete things the server has said: a 101, then frames."""
    seen = dissect(recording)
    if seen.switch is None:
        return 0  # an answer that refuses is complete when the server closes
    return sum(
        unit.sender == "server" and (unit.layout is None or unit.layout.truncated is None)
        for unit in seen.units
    )


def _allowed_address(address: str | None, token: str | None, plain: bool) -> str:
    """Where to listen: here, unless somebody asks for more in so many words."""
    if address is None:
        if token is not None:
            raise ValueError("a token goes with open_to_the_network; nobody else can reach the lab")
        return HOST
    if not plain:
        raise ValueError(
            "your own server, a raw one and the news ask for no token, so they stay on 127.0.0.1"
        )
    if token is None or len(token) < 8 or not token.isascii() or not token.isalnum():
        raise ValueError(
            "open_to_the_network needs a token of 8 or more letters and digits, "
            "because everybody in the network can knock"
        )
    return address


async def _start(
    handler: Callable[[ServerConnection], Awaitable[None]],
    options: dict[str, Any],
    date: str | None,
    address: str,
    token: str | None,
) -> tuple[Server | asyncio.Server, Tap]:
    def admit(connection: ServerConnection, request: Request) -> Response | None:
        given = parse_qs(urlsplit(request.path).query).get("token", [""])[0]
        if token is not None and not hmac.compare_digest(given.encode(), token.encode()):
            return connection.respond(403, "This lab asks for its token.\n")
        return _answer_page(connection, request)

    def set_date(_connection: ServerConnection, _request: Request, response: Response) -> None:
        if date is not None:
            del response.headers["Date"]
            response.headers["Date"] = date

    async def serve_one(connection: ServerConnection) -> None:
        try:
            await handler(connection)
        except Stopped:
            await tap.blame_server(connection.remote_address[1], _looped())
            raise RuntimeError("stopped") from None  # the library closes with 1011
        except EXITS as error:
            await tap.blame_server(connection.remote_address[1], _raised(error))
            raise RuntimeError("stopped") from None

    server = await serve(
        serve_one,
        HOST,
        0,
        logger=_silent,
        # The library would add its version and Python's, which differ from run to run.
        server_header="websockets",
        process_request=admit,
        process_response=set_date,
        **options,
    )
    tap = await _tap_before(next(iter(server.sockets)), address)
    return server, tap


async def _start_notifications() -> tuple[Notifications, Tap]:
    notifications = Notifications()
    await notifications.start()
    tap = Tap(notifications.port)
    await tap.start()
    return notifications, tap


def _raw_server(script: Callable[[Peer], Awaitable[None]]) -> OwnServer:
    async def right_here(work: Coroutine[Any, Any, T]) -> T:
        return await work

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer("server", reader, writer, right_here)
        with suppress(OSError):  # the client has gone
            await peer.shake_hands()
            await script(peer)

    return server


async def _start_own(own: OwnServer) -> tuple[Server | asyncio.Server, Tap]:
    # The loop itself holds its tasks weakly: one that waits for what nobody else knows of, as in
    # "await asyncio.Future()", would be collected.
    running = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.current_task())
        port = writer.get_extra_info("peername")[1]
        # The lab closes; asyncio would report a cancelled connection.
        with suppress(asyncio.CancelledError):
            try:
                await own(reader, writer)
            except (Exception, *EXITS) as error:
                await tap.blame_server(port, _raised(error))
            except Stopped:
                await tap.blame_server(port, _looped())
            finally:
                writer.close()
                running.discard(asyncio.current_task())

    server = await asyncio.start_server(connected, HOST, 0)
    tap = await _tap_before(server.sockets[0])
    return server, tap


def _raised(error: BaseException) -> str:
    words = ": ".join(filter(None, (type(error).__name__, str(error)[:200])))
    return _("the server raised {error}").format(error=words)


def _looped() -> str:
    return _("the server looped without an await, and was stopped")


async def _tap_before(listener: Any, address: str = HOST) -> Tap:
    tap = Tap(listener.getsockname()[1])
    await tap.start(address)
    return tap


async def _echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


def _answer_page(connection: ServerConnection, request: Request) -> Response | None:
    """An ordinary HTTP request gets an ordinary answer; everything else goes on."""
    if request.path == "/page" and "Upgrade" not in request.headers:
        return connection.respond(200, "This is a page.\n")
    return None


def _close_current() -> None:
    if Lab._current is not None:
        Lab._current.close()


atexit.register(_close_current)
