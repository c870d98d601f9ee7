"""A notebook that is opened again the next day, before a kernel has run any cell."""

import nbformat
import pytest

from wsedu.live.browser import WITH_PAGE

from ..firefox import expect
from ..jupyter import ROOT, Jupyter, Notebook

pytestmark = pytest.mark.browser

CELLS = {
    "picture": "from wsedu import AcceptSteps\nAcceptSteps()",
    "visit": "from wsedu import Lab\nlab = Lab()\nmine = await lab.browser(patience=20)",
    "patience": "from wsedu.live.browser import patience\npatience()",
}
OVER = "This connection is closed. To open another, run the cell again."
EARLIER = "This list is from an earlier connection. To open another, run the cell again."


def test_a_notebook_has_its_pictures_and_lists_and_says_how_to_connect_anew(
    jupyter: Jupyter, notebook: Notebook
) -> None:
    """The course's setting keeps what was shown."""
    path = "notebooks/en/yesterday.ipynb"
    lesson = nbformat.read(ROOT / "notebooks/en/gallery.ipynb", as_version=4)
    # A notebook that names no kernel would ask for one.
    lesson.cells = [nbformat.v4.new_code_cell(code, id=name) for name, code in CELLS.items()]
    nbformat.write(lesson, jupyter.folder / path)
    notebook.open(path)
    for cell in CELLS:
        notebook.run(cell)
    picture, visit = notebook.output("picture"), notebook.output("visit")
    items, sentence = visit.locator("ol li"), visit.locator("p").last
    expect(picture.locator(".wsedu-board svg")).to_be_visible()
    expect(items).to_have_count(2)
    expect(sentence).to_have_text(OVER)
    expect(notebook.output("patience")).to_contain_text(str(WITH_PAGE))

    notebook.open_again_tomorrow()
    expect(picture.locator(".wsedu-board svg")).to_be_visible(timeout=30_000)
    board = picture.locator(".wsedu-board").first
    before = board.get_attribute("aria-description")
    picture.locator("select").select_option(index=1)
    assert board.get_attribute("aria-description") != before, "it follows without a kernel"
    expect(sentence).to_have_text(EARLIER)
    expect(items).to_have_count(2)  # it did not connect

    notebook.run("visit")  # as it says
    expect(sentence).to_have_text(OVER)
    expect(items).to_have_count(2)
    kernel = "window.lesson.sessionContext.session.kernel"
    notebook.page.evaluate(f"{kernel}.restart().then(() => {kernel}.info).then(() => null)")
    expect(sentence).to_have_text(OVER)
    expect(items).to_have_count(2)
