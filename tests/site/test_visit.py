"""A visit to the built site, in both browsers: a lesson, an exercise, and both after a reload."""

import json
from typing import Any

import pytest

from wsedu.course.catalogue import exercise_named

from ..firefox import Browser
from .host import Host
from .pages import LONG, Page, lesson_is_shown, open_lesson, run
from .test_lessons_in_pyodide import DIFFERENCES, ROOT, code_cells, compared, stored
from .updates import SECOND

pytestmark = pytest.mark.browser

EXERCISES = "exercises/en/03_sec_websocket_accept/03_exercises.ipynb"
ANSWER, CHECK = "compute-accept-answer", "compute-accept-check"
WRONG = "def accept(key):\n    return hashlib.sha1((key + GUID).encode()).hexdigest()"
RIGHT = """
def accept(key):
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
"""

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


def outputs_of(page: Page, ids: list[str] | None, **sources: str) -> dict[str, Any]:
    """The outputs of these cells, or of all, after they have run in their order."""
    run(page, "")  # Python has started
    page.set_default_timeout(LONG)
    found: dict[str, Any] = json.loads(page.evaluate(RUN, [ids, sources]))
    return found


def text_of(outputs: list[dict[str, Any]]) -> str:
    return " ".join(text for _how, _kind, text in stored({"outputs": outputs}))


def test_a_lesson_runs_in_a_page_as_it_is_stored(browser: Browser, served_site: Host) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        open_lesson(page, served_site.url, SECOND)
        came = outputs_of(page, None)
    wrong = {
        cell["id"]: (compared(stored(cell)), compared(stored({"outputs": came[cell["id"]]})))
        for cell in code_cells(ROOT / SECOND)
        if cell["id"] not in DIFFERENCES["cells"]
        and compared(stored(cell)) != compared(stored({"outputs": came[cell["id"]]}))
    }
    assert wrong == {}


def test_an_exercise_is_solved_and_found_again_after_a_reload(
    browser: Browser, served_site: Host
) -> None:
    mistakes = {mistake.name: mistake for mistake in exercise_named("compute-accept").mistakes}
    with browser.new_context() as context:
        page = context.new_page()
        open_lesson(page, served_site.url, EXERCISES)
        cells = ["exercises-start", ANSWER, CHECK]
        outputs = outputs_of(page, cells, **{ANSWER: WRONG})
        assert mistakes["hex-not-base64"].sentence in text_of(outputs[CHECK])
        outputs = outputs_of(page, cells, **{ANSWER: RIGHT})
        assert "✔ 03.2" in text_of(outputs[CHECK])
        page.reload()
        lesson_is_shown(page, EXERCISES)
        kept = page.evaluate(
            """id => window.jupyterapp.shell.currentWidget.content.widgets
                .find(cell => cell.model.id === id).model.sharedModel.getSource()""",
            ANSWER,
        )
        assert kept == RIGHT
        outputs = outputs_of(page, ["exercises-start", "accept-progress"])
        assert "Passed: 1 of" in text_of(outputs["accept-progress"])
