"""Pictures in pages that nbconvert writes: each with its words, and never wider than the page.

How to think about it: nbconvert writes a stored SVG as an image without a description, even if
the output has one. It takes an output that is HTML as it is. So each picture of the course becomes
such an output on its way into the page. The file ``jupyter_config.json`` of the environment names
``describe``; nbconvert, JupyterLab's export and nbgrader's feedback all read it.
"""

from base64 import b64encode
from html import escape
from typing import Any


def describe(notebook: Any, resources: Any) -> tuple[Any, Any]:
    """The notebook with HTML beside each SVG of ours, which nbconvert prefers to it."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            svg = data.get("image/svg+xml", "")
            if 'class="wsedu-svg"' in svg:
                data["text/html"] = image(svg, data["text/plain"])
    return notebook, resources


def image(svg: str, text: str) -> str:
    """An image of HTML that says ``text``."""
    source = b64encode(svg.encode()).decode()
    return (
        f'<img alt="{escape(text)}" src="data:image/svg+xml;base64,{source}" '
        f'style="max-width: 100%; height: auto">'
    )
