"""A picture in a notebook: one drawing, shown as a live widget, as SVG, or as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

HERE = Path(__file__).parent


class Picture(anywidget.AnyWidget):
    """What all pictures share.

    svg:      the drawing
    text:     the same in words, complete
    selected: the name of the item that was selected last
    detail:   a second drawing, shown under the first; filled in answer to a selection
    hint:     one line that says what can be done with the picture
    """

    _esm = HERE / "picture.js"
    _css = HERE / "picture.css"

    svg = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)
    detail = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget for a running JupyterLab; the SVG and the text for everybody else."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return data | {"image/svg+xml": self.svg, "text/plain": self.text}, metadata

    def __str__(self) -> str:
        return self.text
