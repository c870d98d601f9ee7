"""The learner's own browser as a client: the notebook's page opens a WebSocket to the tap.

How to think about it: the lab cannot call the page. It shows a widget in the cell's output, whose
script connects as soon as the page has drawn it, and then waits for a request with a path of its
own. What that script does and hears comes over a second WebSocket, past the tap. Where no page
comes, because a program runs the notebook, a kept recording takes its place.
"""

import asyncio
import gzip
import json
import logging
import math
import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from websockets.asyncio.server import ServerConnection, serve

from ..protocol import Opcode
from ..recording import PageRecording, Recording, dissect
from ..recording.page import ScriptStep
from ..words import _
from .elsewhere import for_the_page
from .options import LIST, NONE, Rule
from .tap import Log, Tap
from .waiting import found, in_thread

HERE = Path(__file__).parent
PATH = "/from-your-browser"  # tells a page's connection from all others
BROWSERS = ("chromium", "firefox")
NO_PAGE = " No page of this notebook answered."  # a part of a kept note
STEPS = 200  # of a script that are kept

UNTIL = ("open", "message", "close")

# Seconds for the page to connect. While it draws what a whole notebook shows it may be busy.
PATIENCE, WITH_PAGE = 3, 10
WITH_SCRIPT = 10  # for a script of the learner's to end: it may wait, or send much
NO_MORE = 0.5  # once no page has come: a program runs the notebook, which may have many visits


# What ``lab.browser`` may be given: a string would be taken letter by letter.
RULES = {
    "close": Rule(
        _('a list of what close() is called with, such as [1000, "bye"]'),
        LIST,
        lambda given: all(isinstance(value, (int, float, str, NONE)) for value in given),
    ),
    "script": Rule(_("a string of JavaScript"), (str,)),
    "protocols": Rule(
        _('a list of names, such as ["chat"]'),
        LIST,
        lambda names: all(isinstance(name, str) for name in names),
    ),
    "same_host": Rule(_("True or False"), (bool,)),
    "sandboxed": Rule(_("True or False"), (bool,)),
    "patience": Rule(
        _("a number of seconds, 0 or more, or None"),
        (int, float, NONE),
        lambda seconds: 0 <= seconds < math.inf,
    ),
}


def kept(name: str, browser: str = "chromium") -> PageRecording:
    """What a Chromium or a Firefox did on Linux, recorded by such a tap, for readers without it.

    browser: "chromium" or "firefox", of which there are fewer

    Raises ValueError if there is no such recording. ``scripts/record_browsers.py`` makes them.
    """
    if browser not in BROWSERS:
        raise ValueError(f"browser is one of {', '.join(BROWSERS)}, not {browser!r}")
    paths = HERE.glob(f"{browser}_*.json*")
    names = {path.name.partition(".")[0].removeprefix(f"{browser}_"): path for path in paths}
    if name not in names:
        raise ValueError(f"kept is one of {', '.join(sorted(names))}, not {name!r}")
    data = names[name].read_bytes()
    if names[name].suffix == ".gz":  # a large one
        data = gzip.decompress(data)
    return PageRecording.from_json(data.decode())


def other_browser(mine: Recording, name: str) -> PageRecording:
    """What the other browser did: Firefox if ``mine`` is of a Chromium, else Chromium.

    name: which of the kept recordings; raises ValueError if there is no such recording
    """
    agents = dissect(mine).request.head
    agent = agents.find("User-Agent")[0].value.text if agents else ""
    other = kept(name, "chromium" if "Firefox" in agent else "firefox")
    return replace(other, note=other.note.replace(NO_PAGE, ""))


def patience(came: bool = True) -> float:
    """Seconds to wait for the page: more if there is one, for a page says which cell it runs.

    came: whether the page came the last time
    """
    from IPython import get_ipython

    parent = getattr(get_ipython(), "parent_header", None) or {}
    if parent.get("metadata", {}).get("cellId"):
        return WITH_PAGE
    return PATIENCE if came else NO_MORE


def free_path(taken: Collection[str]) -> str:
    """A path for a page of its own, so that two pages at once are told apart."""
    numbered = (f"{PATH}/{number}" for number in count(2))
    return next(path for path in chain([PATH], numbered) if path not in taken)


async def visit(
    tap: Tap, path: str, before: set[Log], begin: float, end: float
) -> Recording | None:
    """What passed between the server and the page that opens ``path``.

    before: logs of earlier connections, perhaps of a page that had the same path
    begin:  seconds for the page to connect; then the result is None
    end:    seconds for the connection to end; then the note says what is still open
    """

    def come() -> Log | None:
        new = [log for log in tuple(tap.logs) if log not in before]
        return next((log for log in reversed(new) if is_from_page(log.recording(), path)), None)

    def over() -> bool:
        return log is not None and log.closed_by("client") and log.closed_by("server")

    log = await found(tap, come, begin)
    if log is None:
        return None
    log.wanted = True
    try:
        if await found(tap, over, end):
            return await in_thread(log.recording)
        return await in_thread(lambda: still_open(log.recording(), end))
    finally:
        log.wanted = False


def is_from_page(recording: Recording, path: str = PATH) -> bool:
    """Whether the client is the page that opens ``path``, which a token may follow.

    Faults may hold the page's request back; it counts too.
    """
    start = f"GET {path}".encode()
    held = (e.data for e in recording.events if e.sender == "client" and e.kind == "held")
    sent = recording.sent_by("client") or b"".join(held)
    return sent.startswith((start + b" ", start + b"?"))


def still_open(recording: Recording, seconds: float) -> Recording:
    """The same recording of a page's connection, with a note that says what has not ended."""
    seen = dissect(recording)
    closed = {unit.sender for unit in seen.units if unit.opcode == Opcode.CLOSE}
    ended = {event.sender for event in recording.events if event.kind in ("end", "lost")}
    closes = {
        "client": _("your browser had not sent Close"),
        "server": _("the server had not sent Close"),
    }
    ends = {
        "client": _("your browser had not ended its side of TCP"),
        "server": _("the server had not ended its side of TCP"),
    }
    if seen.switch is None:
        missing = [_("the handshake was not finished")]
    else:
        missing = [sentence for side, sentence in closes.items() if side not in closed]
        missing = missing or [sentence for side, sentence in ends.items() if side not in ended]
    note = _("This connection of your browser was still open after {seconds} s: {missing}.").format(
        seconds=f"{seconds:g}", missing="; ".join(missing)
    )
    return with_note(recording, note)


def with_note(recording: Recording, note: str) -> Recording:
    """The same recording, with one sentence more, or none if it is empty."""
    return replace(recording, note=" ".join(filter(None, (recording.note, note))))


class Report:
    """What a page says of its script, while that runs: a server for one WebSocket.

    url: where the page sends each step, as JSON
    """

    def __init__(self, host: str) -> None:
        self._host, self._path = host, f"/{secrets.token_urlsafe(9)}"
        self._steps: list[ScriptStep] = []
        self._began = False
        self._over = asyncio.Event()
        self.url = ""

    async def start(self) -> None:
        """Listen on a free port."""
        silent = logging.getLogger("wsedu.live.server")
        self._server = await serve(self._hear, self._host, 0, compression=None, logger=silent)
        port = next(iter(self._server.sockets)).getsockname()[1]
        self.url = f"ws://{self._host}:{port}{self._path}"

    async def _hear(self, connection: ServerConnection) -> None:
        if connection.request is None or connection.request.path != self._path:
            return
        self._began = True
        async for line in connection:
            # A line that is not a step is left out.
            with suppress(ValueError, TypeError, ArithmeticError, RecursionError):
                time, name, words = json.loads(line)
                if len(self._steps) < STEPS:
                    self._steps.append(ScriptStep(float(time), str(name), _whole(str(words))))
        self._over.set()

    async def script(self, seconds: float) -> tuple[ScriptStep, ...]:
        """The steps so far; waits for the last one, unless the page has not begun to report."""
        with suppress(TimeoutError):
            if self._began:
                await asyncio.wait_for(self._over.wait(), seconds)
        return tuple(self._steps)

    async def close(self) -> None:
        """Stop listening, and hang up."""
        self._server.close()


def _whole(text: str) -> str:
    """Text with U+FFFD for each half of a surrogate pair: a page may send one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class BrowserClient(anywidget.AnyWidget):
    """A part of the page that opens one WebSocket and lists what its script does and hears.

    url:    where it connects: an address of this machine, which the page may reach by another
    until:  the event after which it closes: "open", "message", or "close" for never
    close_with: the arguments with which it calls ``close``
    code:   JavaScript that runs instead of that, with the names ``socket`` and ``tell``
    protocols: the subprotocols that it asks for
    same_host: whether it connects to the host of the page, whatever that is called
    sandboxed: whether a sandboxed frame opens the WebSocket
    report: where it sends each step at once
    steps:  the calls and events of the WebSocket object, each with its seconds, name and words

    It connects once. Shown again, perhaps on another day, it shows what happened then.
    """

    _esm = HERE / "browser.js"

    url = traitlets.Unicode().tag(sync=True)
    until = traitlets.Enum(UNTIL, "open").tag(sync=True)
    close_with: traitlets.List[Any] = traitlets.List().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    over = traitlets.Unicode().tag(sync=True)
    earlier = traitlets.Unicode().tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)
    protocols: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    same_host = traitlets.Bool().tag(sync=True)
    sandboxed = traitlets.Bool().tag(sync=True)
    report = traitlets.Unicode().tag(sync=True)
    steps: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(
        self,
        url: str,
        until: str = "open",
        close_with: Sequence[Any] = (),
        *,
        code: str = "",
        protocols: Sequence[str] = (),
        same_host: bool = False,
        sandboxed: bool = False,
        report: str = "",
    ) -> None:
        title = _("What the page's script does and hears:")
        super().__init__(
            url=for_the_page(url),
            until=until,
            close_with=list(close_with),
            code=for_the_page(code),
            protocols=list(protocols),
            same_host=same_host,
            sandboxed=sandboxed,
            report=for_the_page(report),
            title=title if code else _("What the page's script is told:"),
            over=_("This connection is closed. To open another, run the cell again."),
            earlier=_(
                "This list is from an earlier connection. To open another, run the cell again."
            ),
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget; without a page there is only this sentence."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        text = _("Here the notebook's own page opens a WebSocket to the lab.")
        return data | {"text/plain": text}, metadata
