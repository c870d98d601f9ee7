"""The learner's own browser as a client: the notebook's page opens a WebSocket to the tap."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .._text import _
from ..recording import Recording

HERE = Path(__file__).parent
PATH = "/from-your-browser"  # tells this connection from all others

UNTIL = ("open", "message", "close")


def kept(name: str) -> Recording:
    """What a Chromium did on Linux, recorded by this very tap, for readers without a page.

    Raises ValueError if there is no such recording. ``scripts/record_chromium.py`` makes them.
    """
    names = {path.stem.removeprefix("chromium_"): path for path in HERE.glob("chromium_*.json")}
    if name not in names:
        raise ValueError(f"kept is one of {', '.join(sorted(names))}, not {name!r}")
    return Recording.load(names[name])


class BrowserClient(anywidget.AnyWidget):
    """A piece of the page that opens one WebSocket and lists what the script is told of it.

    url:    where it connects
    until:  the event after which it closes: "open", "message", or "close" for never
    close_with: the arguments with which it calls ``close``
    script: the events of the WebSocket object, in words, in the order in which they came
    """

    _esm = HERE / "browser.js"

    url = traitlets.Unicode().tag(sync=True)
    until = traitlets.Enum(UNTIL, "open").tag(sync=True)
    close_with: traitlets.List[Any] = traitlets.List().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    script = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, url: str, until: str = "open", close_with: Sequence[Any] = ()) -> None:
        title = _("What the page's script is told:")
        super().__init__(url=url, until=until, close_with=list(close_with), title=title)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget; without a page there is only this sentence."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        text = _("Here the notebook's own page opens a WebSocket to the lab.")
        return data | {"text/plain": text}, metadata
