"""Pages of the built site in a browser, and the learner's files that they keep."""

import json
from pathlib import Path
from typing import Any

import playwright.sync_api

from .. import firefox
from .updates import read

Page = playwright.sync_api.Page | firefox.Page
Context = playwright.sync_api.BrowserContext | firefox.Context

LONG = 120_000  # milliseconds: a kernel starts in ten seconds, on a busy machine in a minute

# Calls a method of the learner's files.
FILES = """async ([method, ...more]) => {
    const { Files } = await import(new URL("parts/files.js", new URL("./", location.href)));
    const { storage } = await (await fetch("course.json")).json();
    const files = await Files.open(storage, { make: true });
    try {
        return await files[method](...more);
    } finally {
        files.close();
    }
}"""


# Everything that these cells print, show and raise, by their ids, once all of them have run.
RUN = """async ([ids, sources]) => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets;
    const found = cells.filter(cell => ids === null || ids.includes(cell.model.id));
    for (const [id, source] of Object.entries(sources)) {
        cells.find(cell => cell.model.id === id).model.sharedModel.setSource(source);
    }
    if (ids === null) {
        await window.jupyterapp.commands.execute("notebook:run-all-cells");
    } else for (const cell of found) {
        panel.content.activeCellIndex = cells.indexOf(cell);
        await window.jupyterapp.commands.execute("notebook:run-cell");
    }
    await panel.context.save();
    return JSON.stringify(Object.fromEntries(found
        .filter(cell => cell.model.type === "code")
        .map(cell => [cell.model.id, cell.model.toJSON().outputs])));
}"""


def front_page(context: Context, url: str) -> Page:
    """The front page; the worker answers for it."""
    page = context.new_page()
    page.goto(url)
    page.wait_for_function("!!navigator.serviceWorker.controller")
    return page


def open_lesson(page: Page, url: str, path: str) -> None:
    """Open a notebook in JupyterLab, and wait until it is shown."""
    page.goto(f"{url}lab/index.html?path={path}")
    lesson_is_shown(page, path)


def lesson_is_shown(page: Page, path: str) -> None:
    """Wait until JupyterLab shows this notebook."""
    page.wait_for_function(
        f"window.jupyterapp?.shell.currentWidget?.context?.path === '{path}'", timeout=LONG
    )
    page.evaluate("window.jupyterapp.shell.currentWidget.context.ready.then(() => null)")


def run(page: Page, source: str) -> str:
    """What Python prints in the kernel of the notebook that is shown."""
    page.wait_for_function(
        """window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status
            === 'idle'""",
        timeout=LONG,
    )
    said: str = page.evaluate(
        """async source => {
            const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
            const future = kernel.requestExecute({ code: source });
            let text = "";
            future.onIOPub = ({ header, content }) => {
                if (header.msg_type === "stream") text += content.text;
                if (header.msg_type === "error") text += content.evalue;
            };
            await future.done;
            return text;
        }""",
        source,
    )
    return said


def outputs_of(page: Page, ids: list[str] | None, **sources: str) -> dict[str, Any]:
    """The outputs of these cells, or of all, after they have run in their order."""
    run(page, "")  # Python has started
    page.set_default_timeout(LONG)
    found: dict[str, Any] = json.loads(page.evaluate(RUN, [ids, sources]))
    return found


def your_files(page: Page, method: str, *more: Any) -> Any:
    """Ask for the learner's files, or change them, as the pages of the site do."""
    return page.evaluate(FILES, [method, *more])


def published(site: Path, path: str) -> dict[str, Any]:
    """A notebook as the site has it."""
    return read(site / "files" / path)
