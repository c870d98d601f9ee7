"""A real JupyterLab in folders of its own, and a notebook that is open in it."""

import itertools
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page

from . import programs

ROOT = Path(__file__).parent.parent
PAGES = itertools.count()  # each has a number

SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # Every cell stays in the page, so that it can be looked at.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}


OUTPUTS_ARE_SHOWN = """() => {
    const { cells } = window.lesson.content.model.sharedModel.toJSON();
    const shown = [...document.querySelectorAll(".jp-OutputArea-output")];
    return shown.length === cells.flatMap(cell => cell.outputs ?? []).length &&
        shown.every(({ innerHTML }) => innerHTML && innerHTML !== "Loading widget...");
}"""


class Jupyter:
    """A running server: its address, the folder it serves, and the learner's folder."""

    def __init__(self, url: str, token: str, folder: Path, home: Path) -> None:
        self.url, self.token, self.folder, self.home = url, token, folder, home


@contextmanager
def started(base: Path, *arguments: str) -> Iterator[Jupyter]:
    """JupyterLab as ``scripts/open.py`` starts it, in a copy of the course, with these settings.

    All that it keeps is kept below ``base``. It gets these arguments, too.
    """
    for name in ("notebooks", "exercises", "scripts"):
        shutil.copytree(ROOT / name, base / "course" / name)
    (base / "course" / ".venv").mkdir()
    for name, content in SETTINGS.items():
        path = base / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    (base / "home").mkdir()
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(base / "config"),
        "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter" / "etc" / "jupyter"),
        "JUPYTER_PATH": str(ROOT / "jupyter" / "share" / "jupyter"),
        "JUPYTER_DATA_DIR": str(base / "data"),
        "JUPYTER_RUNTIME_DIR": str(base / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(base / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(base / "workspaces"),
        "WSEDU_HOME": str(base / "home"),
    }
    command = [
        *(sys.executable, str(base / "course" / "scripts" / "lab.py"), "--no-browser"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--IdentityProvider.token=course"),
        "--LabApp.expose_app_in_browser=True",
        *arguments,
    ]
    address = r"(http://127\.0\.0\.1:\d+)/lab"
    with programs.started(command, address, environment) as (server, url):
        yield Jupyter(url, "course", base / "course", base / "home")
        server.terminate()


class Notebook:
    """A notebook that is open in JupyterLab."""

    def __init__(self, page: Page, jupyter: Jupyter | None = None) -> None:
        """jupyter: what opens the page; a page that has been opened needs none"""
        self.page, self.jupyter = page, jupyter

    def open(self, path: str) -> None:
        """Open it, and wait until its kernel answers."""
        self.path = path
        is_new = not self.page.evaluate("Boolean(window.jupyterapp)")
        if is_new:
            # A workspace of its own: JupyterLab would bring back what another page had open.
            workspace = f"page-{next(PAGES)}"
            address = f"{self.jupyter.url}/lab/workspaces/{workspace}/tree/{path}"
            self.page.goto(f"{address}?token={self.jupyter.token}")
            self.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext")
        self.page.evaluate(
            """async path => {
                await window.jupyterapp.restored;
                window.lesson = path
                    ? await window.jupyterapp.commands.execute("docmanager:open", {path})
                    : window.jupyterapp.shell.currentWidget;
                await window.lesson.context.ready;
                await window.lesson.sessionContext.ready;
                await window.lesson.sessionContext.session.kernel.info;
            }""",
            None if is_new else path,
        )

    def open_again_tomorrow(self) -> None:
        """Save it, end its kernel, leave JupyterLab, and open it in a new page of JupyterLab."""
        self.page.evaluate(
            """async () => {
                await window.lesson.context.save();
                await window.lesson.sessionContext.shutdown();
            }"""
        )
        # On a busy machine JupyterLab may say "model not found" of a widget that is stored: the
        # kernel connects before all widgets are loaded. It is right when it is opened again.
        for _again in range(4):
            self.page.goto("about:blank")
            self.open(self.path)
            self.page.wait_for_function(OUTPUTS_ARE_SHOWN)
            if not self.page.evaluate("document.body.innerText.includes('model not found')"):
                break

    def leave(self) -> None:
        """End the kernel, if there is one, and forget what the learner did."""
        self.page.evaluate("window.lesson?.sessionContext.shutdown()")
        shutil.rmtree(self.jupyter.home)
        self.jupyter.home.mkdir()

    def close(self) -> None:
        """Close it without a question, for the next one in the same page."""
        self.page.evaluate("window.lesson?.dispose()")

    def run_all(self) -> None:
        """Run every cell, and wait until the last one is done."""
        self.page.evaluate("window.jupyterapp.commands.execute('runmenu:run-all')")

    def run(self, cell: str) -> None:
        """Run one cell and wait until it is done."""
        self.page.evaluate(
            """async id => {
                const panel = window.lesson;
                const index = panel.content.widgets.findIndex(c => c.model.id === id);
                panel.content.activeCellIndex = index;
                await window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            cell,
        )

    def write(self, cell: str, source: str) -> None:
        """Replace the source of a cell."""
        self.page.evaluate(
            """([id, source]) => {
                const panel = window.lesson;
                panel.content.widgets.find(c => c.model.id === id).model.sharedModel.setSource(
                    source);
            }""",
            [cell, source],
        )

    def first_code_cell(self) -> str:
        """Its id."""
        return str(
            self.page.evaluate(
                "window.lesson.content.widgets.find(c => c.model.type === 'code').model.id"
            )
        )

    def source(self, cell: str) -> str:
        return str(
            self.page.evaluate(
                """id => window.lesson.content.widgets.find(c => c.model.id === id)
                    .model.sharedModel.getSource()""",
                cell,
            )
        )

    def output(self, cell: str) -> Locator:
        """The output area of a cell."""
        index = self.page.evaluate(
            """id => window.lesson.content.widgets.findIndex(
                c => c.model.id === id)""",
            cell,
        )
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".jp-OutputArea")

    def cells(self) -> int:
        return self.page.locator(".jp-Notebook .jp-Cell").count()
