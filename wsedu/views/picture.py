"""A picture in a notebook: one drawing, shown as a live widget, as SVG, or as text."""

import html
import json
import os
import re
from pathlib import Path
from typing import Any, Self

import anywidget
import traitlets

from .._awaited import no_coroutine
from .drawing import clean

HERE = Path(__file__).parent


def module(*names: str) -> str:
    """The files of this folder as the one ES module that a widget may have.

    Each file is a module too, so that it can be checked and read alone; here, where all is in
    one file, nothing needs to be imported.
    """
    sources = [(HERE / name).read_text(encoding="utf-8") for name in names]
    return re.sub(r"(?m)^import .*\n", "", "\n".join(sources))


def named(module: str, name: str) -> str:
    """The module as a part of a script, in which what it exports has this name."""
    return module.replace("export default", f"const {name} =")


class Picture(anywidget.AnyWidget):
    """What all pictures share.

    svg:      the drawing
    text:     the same in words, complete
    selected: the name of the item that was selected last
    detail:   a second drawing, shown under the first; filled in answer to a selection
    hint:     one line that says what can be done with the picture
    """

    _esm = module("interactive_svg.js", "picture.js")
    _css = (HERE / "picture.css").read_text(encoding="utf-8")

    svg = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)
    detail = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("text", "hint")
    def _clean(self, proposal: dict[str, Any]) -> str:
        """Words as they may be printed: lines, and nothing in them that a terminal obeys."""
        return "\n".join(map(clean, proposal["value"].split("\n")))

    def __new__(cls, *args: Any, **options: Any) -> Self:
        no_coroutine(cls.__name__, *args, *options.values())
        return super().__new__(cls, *args, **options)  # type: ignore[no-any-return]

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget for a running JupyterLab; the other forms for all other programs."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        if os.environ.get("NBGRADER_EXECUTION"):  # the page of its feedback has no widgets
            data = {kind: value for kind, value in data.items() if "widget" not in kind}
        return data | self.forms(), metadata

    def forms(self) -> dict[str, str]:
        """What is stored in a notebook, and shown where there is no kernel."""
        return {"image/svg+xml": self.svg, "text/plain": self.text}

    def save_page(self, path: str | Path) -> None:
        """Write a page that shows the picture without Jupyter, kernel or network.

        What the page does by itself works there; what Python would answer does not.
        """
        state = {
            name: getattr(self, name) for name in self.trait_names(sync=True) if name[0] != "_"
        }
        values = json.dumps({n: v for n, v in state.items() if n not in ("layout", "tabbable")})
        script = _PAGE.format(
            module=module("without_kernel.js") + named(self._esm, "widget"),
            # No byte inside the script may look like the end of the script.
            values=values.replace("<", "\\u003c"),
        )
        Path(path).write_text(
            f'<!DOCTYPE html><html lang="en"><meta charset="utf-8">'
            f"<title>{html.escape(type(self).__name__)}</title>"
            f"<style>{self._css}</style><main></main>"
            f'<script type="module">{script}</script></html>',
            encoding="utf-8",
        )

    def __str__(self) -> str:
        return self.text


_PAGE = """{module}
widget.render({{ model: modelOf({values}), el: document.querySelector("main") }});
"""
