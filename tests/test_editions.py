"""The editions for a teacher: made from the lessons, with nothing of them lost or left behind."""

import ast
import base64
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import ScriptExporter
from playwright.sync_api import Route, sync_playwright

from .chromium import launch
from .terminal import clone_with_this_environment, run_in

ROOT = Path(__file__).parent.parent
LESSONS = sorted((ROOT / "notebooks" / "en").glob("*.ipynb"))

sys.path.insert(0, str(ROOT / "scripts"))
import editions  # noqa: E402
import execute  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command of TEACHING.md makes in a fresh clone."""
    course = clone_with_this_environment(tmp_path_factory.mktemp("editions") / "course", "class")
    for name in ("notebooks", "scripts"):  # as they are here, committed or not
        shutil.copytree(ROOT / name, course / name, dirs_exist_ok=True)
    page = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"(?m)^    (python3 scripts/classroom\.py editions.*)$", page)
    done = run_in(course, command)
    assert done.returncode == 0, done.stderr
    made = [course / line for line in done.stdout.splitlines()]
    assert len(made) == 3 * len(LESSONS)  # slides are there as pages too
    named = re.findall(r"`(build/(?:live|slides)\S*)`", page)
    assert len(named) > 1
    assert all((course / name).exists() for name in named) and all(map(Path.exists, made))
    return course / "build"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_live_edition_has_the_words_and_the_questions_and_no_code(path: Path, folder: Path) -> None:
    lesson = nbformat.read(path, as_version=4)
    edition = nbformat.read(folder / "live" / path.name, as_version=4)
    nbformat.validate(edition)
    first, start, *others = edition.cells
    assert start.id == "live-start"
    cells = [first, *others]
    assert [cell.id for cell in cells] == [cell.id for cell in lesson.cells]
    for cell, origin in zip(cells, lesson.cells, strict=True):
        if cell.cell_type == "markdown":
            assert cell.source == editions.CLEAR.sub("", origin.source)
        else:
            assert cell.outputs == [] and cell.execution_count is None
            assert cell.source in ("", origin.source)
            assert bool(cell.source) == bool(re.match(r"(predict|revisit)\(", origin.source))


@pytest.mark.parametrize(
    "path", [path for path in LESSONS if path.stem[0].isdigit()], ids=lambda path: path.stem
)
def test_no_edition_says_to_clear_the_outputs(path: Path, folder: Path) -> None:
    def words(place: Path) -> str:
        return str(nbformat.read(place, as_version=4).cells[0].source)

    lesson = words(path)
    for edition in ("live", "slides"):
        text = words(folder / edition / path.name)
        assert "our run" in lesson and "our run" not in text and "Clear" not in text
        # It is the last that the title says, and all that is lost.
        assert lesson.startswith(text) and 100 < len(lesson) - len(text) < 150


def test_live_edition_runs_as_it_is(folder: Path) -> None:
    edition = nbformat.read(folder / "live" / "07_closing.ipynb", as_version=4)
    NotebookClient(edition, timeout=60, kernel_name="python3").execute()


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_slides_begin_at_headings_and_keep_the_pictures(path: Path, folder: Path) -> None:
    lesson = nbformat.read(path, as_version=4)
    html = (folder / "slides" / path.name).with_suffix(".html").read_text(encoding="utf-8")
    headings = [c for c in lesson.cells if c.cell_type == "markdown" and c.source.startswith("#")]
    assert html.count("<section><section>") == len(headings)
    for cell in lesson.cells:
        for output in cell.get("outputs", []):
            if picture := output.get("data", {}).get("image/svg+xml"):
                assert base64.b64encode(picture.encode()).decode() in html, cell.id


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_page_of_slides_loads_only_what_is_beside_it(path: Path, folder: Path) -> None:
    page = (folder / "slides" / path.name).with_suffix(".html")
    html = page.read_text(encoding="utf-8")
    tags = re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*>", html)
    loaded = {name for tag in tags for name in re.findall(r'\b(?:src|href)="(?!data:)(.*?)"', tag)}
    assert loaded == {
        "reveal.js/dist/reveal.js",
        "reveal.js/dist/reveal.css",
        "reveal.js/dist/theme/white.css",
    }
    assert all((page.parent / name).exists() for name in loaded)
    assert not re.search(r"@import|\bimport [^;\n]* from|require\(|url\(['\"]?http", html)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_slides_hold_back_what_a_question_asks_about(path: Path, folder: Path) -> None:
    asked = False
    for cell in nbformat.read(folder / "slides" / path.name, as_version=4).cells:
        asked = asked and cell.cell_type == "code"
        assert (cell.metadata.slideshow.slide_type == "fragment") == asked
        asked = asked or cell.source.startswith("predict(")


@pytest.mark.parametrize(
    "path",
    [*LESSONS, *sorted((ROOT / "exercises" / "en").glob("*/*.ipynb"))],
    ids=lambda path: path.stem,
)
def test_a_notebook_becomes_a_script_with_the_right_name(path: Path) -> None:
    script, resources = ScriptExporter().from_filename(str(path))
    assert resources["output_extension"] == ".py"
    compile(script, path.stem, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert nbformat.read(path, as_version=4).metadata == execute.METADATA


# What a key press is to a page: an event at what has the focus. Says how the slides end.
TO_THE_END = """() => {
    const space = { key: " ", code: "Space", keyCode: 32, bubbles: true, cancelable: true };
    for (let step = Reveal.getTotalSlides() * 5; step > 0; step--) {
        if (Reveal.isLastSlide() && !Reveal.availableFragments().next) return "the end";
        const before = JSON.stringify(Reveal.getIndices());
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", space));
        if (JSON.stringify(Reveal.getIndices()) === before) return `${before} stays`;
    }
    return "no end";
}"""


@pytest.mark.browser
def test_slides_open_without_a_network(folder: Path) -> None:
    """As a teacher opens them in a room, in a real Chromium."""
    with (
        sync_playwright() as playwright,
        launch(playwright) as chromium,
        chromium.new_context(viewport={"width": 1280, "height": 720}) as context,
    ):
        elsewhere: list[str] = []

        def refuse(route: Route) -> None:
            if route.request.url.startswith(("file:", "data:")):
                route.continue_()
            else:
                elsewhere.append(route.request.url)
                route.abort()

        context.route("**/*", refuse)
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        for path in sorted((folder / "slides").glob("*.html")):
            page.goto(path.as_uri())
            page.wait_for_function("Reveal.isReady()")
            # With the key that a teacher uses; each step shows something else. From the second on,
            # the page presses it itself, which needs no way back and forth for each.
            before = page.evaluate("JSON.stringify(Reveal.getIndices())")
            page.keyboard.press("Space")
            assert page.evaluate("JSON.stringify(Reveal.getIndices())") != before
            assert page.evaluate(TO_THE_END) == "the end", path.name
            assert page.evaluate("[...document.images].every((i) => i.naturalWidth > 0)")
        assert (elsewhere, wrong) == ([], [])
        # A slide that is longer than the screen can be scrolled.
        heights = "[...document.querySelectorAll('section:not(.stack)')].map((s) => s.offsetHeight)"
        assert max(page.evaluate(heights)) <= 720
