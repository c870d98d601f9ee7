"""The learner's own browser as a client: the notebook's page opens a WebSocket to the tap.

How to think about it: the lab cannot call the page. It shows a widget in the cell's output, whose
script connects as soon as the page has drawn it, and then waits for a request with a path of its
own. Where no page comes, because a program runs the notebook, a kept recording takes its place.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..protocol import Opcode
from ..recording import Recording, dissect
from ..words import _
from .tap import Log, Tap
from .waiting import found, in_thread

HERE = Path(__file__).parent
PATH = "/from-your-browser"  # tells a page's connection from all others

UNTIL = ("open", "message", "close")

# Seconds for the page to connect. While it draws what a whole notebook shows it may be busy.
PATIENCE, WITH_PAGE = 3, 10


def kept(name: str, browser: str = "chromium") -> Recording:
    """What a Chromium or a Firefox did on Linux, recorded by such a tap, for readers without it.

    Raises ValueError if there is no such recording. ``scripts/record_chromium.py`` makes them.
    """
    paths = HERE.glob(f"{browser}_*.json*")  # a large one is compressed with gzip
    names = {path.name.partition(".")[0].removeprefix(f"{browser}_"): path for path in paths}
    if name not in names:
        raise ValueError(f"kept is one of {', '.join(sorted(names))}, not {name!r}")
    return Recording.open(names[name])


def patience() -> float:
    """Seconds to wait for the page: more if there is one, for a page says which cell it runs."""
    from IPython import get_ipython

    parent = getattr(get_ipython(), "parent_header", None) or {}
    return WITH_PAGE if parent.get("metadata", {}).get("cellId") else PATIENCE


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
    frames = [(unit.sender, unit.layout.frame) for unit in seen.units if unit.layout]
    closed = {sender for sender, frame in frames if frame.opcode == Opcode.CLOSE}
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
    return replace(recording, note=" ".join(filter(None, (recording.note, note))))


class BrowserClient(anywidget.AnyWidget):
    """A part of the page that opens one WebSocket and lists what its script is told.

    url:    where it connects
    until:  the event after which it closes: "open", "message", or "close" for never
    close_with: the arguments with which it calls ``close``
    send:   how many letters it sends when the connection is open, as one message; 0 for none
    script: the events of the WebSocket object, in words, in the order in which they came

    It connects once. Shown again, perhaps on another day, it shows what happened then.
    """

    _esm = HERE / "browser.js"

    url = traitlets.Unicode().tag(sync=True)
    until = traitlets.Enum(UNTIL, "open").tag(sync=True)
    close_with: traitlets.List[Any] = traitlets.List().tag(sync=True)
    send = traitlets.Int().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    over = traitlets.Unicode().tag(sync=True)
    earlier = traitlets.Unicode().tag(sync=True)
    script = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self, url: str, until: str = "open", close_with: Sequence[Any] = (), send: int = 0
    ) -> None:
        super().__init__(
            url=url,
            until=until,
            close_with=list(close_with),
            send=send,
            title=_("What the page's script is told:"),
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
