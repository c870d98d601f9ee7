"""A visit to the built site, in both browsers: an exercise, and what is left after a reload."""

from typing import Any

import pytest

from wsedu.course.catalogue import exercise_named

from ..firefox import Browser
from .host import Host
from .pages import lesson_is_shown, open_lesson, outputs_of
from .test_lessons_in_pyodide import stored

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
