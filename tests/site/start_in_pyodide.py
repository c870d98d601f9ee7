"""What a learner does first in a kernel; this file itself runs in Pyodide.

The last line is JSON: what each of it gave, and which modules had to be compiled for it.
"""

import json
import os
import sys

# As the kernel does.
import micropip  # noqa: F401
import piplite.piplite  # noqa: F401
from pyodide_kernel import kernel_instance


async def run(cell):
    """Run a cell; None, or its traceback."""
    done = await kernel_instance.run(cell)
    return "\n".join(done["traceback"]) if done["status"] == "error" else None


def tab(typed):
    """What can be put after what was typed."""
    return kernel_instance.complete(typed, len(typed))["matches"]


def look(name, detail):
    """What ``name?`` or ``name??`` shows."""
    return kernel_instance.inspect(name, len(name), detail)["data"].get("text/plain", "")


found = {
    "first cell": await run(json.loads(given)),  # noqa: F704, F821
    "Tab after lab.": tab("lab."),
    "Tab after Lab(": tab("Lab("),
    "Lab?": look("Lab", 0),
    "Lab??": look("Lab", 1),
    "wrong argument": await run("Lab(colour=1)"),  # noqa: F704
    "error in asyncio": await run("import asyncio\nasyncio.Queue().get_nowait()"),  # noqa: F704
}
specs = [getattr(module, "__spec__", None) for module in [*sys.modules.values()]]
found["compiled now"] = sorted(
    spec.name
    for spec in specs
    if spec and (spec.origin or "").endswith(".py") and not os.path.exists(spec.cached or "")
)
json.dumps(found)
