"""Run notebooks as the browser edition does; this file itself runs in Pyodide.

``given`` is JSON: {name: [folder, [source, ...]]} of the code cells. The last line is JSON, too:
{name: [[["stream" or "result", MIME type, text], ...], ...]}; an error is ["error", "", words].
"""

import builtins
import io
import json
import os
import shutil
import sys

import comm
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

SHOWN = ("text/plain", "text/markdown", "text/html", "image/svg+xml", "image/png")
outputs = []


def note(data):
    """A cell has shown something."""
    outputs.extend(["result", kind, "".join(data[kind])] for kind in SHOWN if kind in data)


class Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, **_options):
        note(data)


class Hook(DisplayHook):
    def __call__(self, result=None):
        if result is not None:
            note(self.shell.display_formatter.format(result)[0])


class Shell(InteractiveShell):
    displayhook_class = Hook
    display_pub_class = Publisher


class Printed(io.StringIO):
    def write(self, text):
        if outputs and outputs[-1][0] == "stream":
            outputs[-1][2] += text
        else:
            outputs.append(["stream", "", text])
        return len(text)


async def run(folder, cells):
    """What each of these cells prints, shows, or raises."""
    os.chdir(folder)
    shutil.rmtree(os.environ["WSEDU_HOME"], ignore_errors=True)
    InteractiveShell.clear_instance()
    Shell.clear_instance()
    shell = Shell.instance()
    builtins.get_ipython = lambda: shell
    found = []
    for source in cells:
        outputs.clear()
        kept, sys.stdout = sys.stdout, Printed()
        try:
            text = shell.transform_cell(source)
            ran = await shell.run_cell_async(source, store_history=True, transformed_cell=text)
        finally:
            sys.stdout = kept
        error = ran.error_in_exec or ran.error_before_exec
        if error is not None:
            outputs.append(["error", "", f"{type(error).__name__}: {error}"])
        found.append(list(outputs))
    return found


assert comm  # what widgets ask for
json.dumps({name: await run(*notebook) for name, notebook in json.loads(given).items()})
