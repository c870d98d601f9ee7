"""The learner's own browser as a client: the notebook's page opens a WebSocket to the tap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .._text import _

HERE = Path(__file__).parent
PATH = "/from-your-browser"  # tells this connection from all others

# The same by Chromium 156 on Linux, recorded by this very tap, for readers without a page.
KEPT = HERE / "chromium_handshake.json"


class BrowserClient(anywidget.AnyWidget):
    """A piece of the page that opens one WebSocket and lists what the script is told of it.

    url:    where it connects
    script: the events of the WebSocket object, in words, in the order in which they came
    """

    _esm = HERE / "browser.js"

    url = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    script = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, url: str) -> None:
        super().__init__(url=url, title=_("What the page's script is told:"))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget; without a page there is only this sentence."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        text = _("Here the notebook's own page opens a WebSocket to the lab.")
        return data | {"text/plain": text}, metadata
