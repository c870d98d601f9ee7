"""Two visits to the built site, in both browsers: one with a network, and one without."""

from pathlib import Path
from typing import Any

import pytest

from wsedu.course.catalogue import exercise_named

from .host import serving
from .pages import LONG, Context, Page, open_lesson, outputs_of, run
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


def text_of(outputs: list[dict[str, Any]]) -> str:
    return " ".join(text for _how, _kind, text in stored({"outputs": outputs}))


def solve(page: Page) -> None:
    """Answer an exercise, wrong and then right."""
    mistakes = {mistake.name: mistake for mistake in exercise_named("compute-accept").mistakes}
    cells = ["exercises-start", ANSWER, CHECK]
    outputs = outputs_of(page, cells, **{ANSWER: WRONG})
    assert mistakes["hex-not-base64"].sentence in text_of(outputs[CHECK])
    outputs = outputs_of(page, cells, **{ANSWER: RIGHT})
    assert "✔ 03.2" in text_of(outputs[CHECK])


def find_again(page: Page) -> None:
    """The answer is still there, and counts."""
    kept = page.evaluate(
        """id => window.jupyterapp.shell.currentWidget.content.widgets
            .find(cell => cell.model.id === id).model.sharedModel.getSource()""",
        ANSWER,
    )
    assert kept == RIGHT
    outputs = outputs_of(page, ["exercises-start", "accept-progress"])
    assert "Passed: 1 of" in text_of(outputs["accept-progress"])


def run_lesson(page: Page) -> None:
    """A lesson shows what is stored in it."""
    came = outputs_of(page, None)
    wrong = {
        cell["id"]: (compared(stored(cell)), compared(stored({"outputs": came[cell["id"]]})))
        for cell in code_cells(ROOT / SECOND)
        if cell["id"] not in DIFFERENCES["cells"]
        and compared(stored(cell)) != compared(stored({"outputs": came[cell["id"]]}))
    }
    assert wrong == {}


def test_an_exercise_is_solved_and_the_second_visit_needs_no_network(
    context: Context, built_site: Path
) -> None:
    with serving(built_site) as host:
        page = context.new_page()
        open_lesson(page, host.url, EXERCISES)
        page.wait_for_function("document.documentElement.dataset.stored === 'true'", timeout=LONG)
        # A browser asks for the worker's own code when it likes.
        asked = [r.path for r in host.asked if "service-worker.js" not in r.path]
        assert sorted(asked) == sorted(set(asked)), "a file is fetched twice"
        assert host.failed() == []
        solve(page)
        page.close()
    page = context.new_page()
    page.goto(host.url)
    assert page.evaluate("document.querySelectorAll('.lessons > li').length") > 10
    open_lesson(page, host.url, EXERCISES)
    find_again(page)
    open_lesson(page, host.url, SECOND)
    page.wait_for_selector(".jp-Notebook h1")
    run_lesson(page)
    assert run(page, "import os, wsedu; print(os.path.exists('/drive/notebooks'))") == "True\n"
